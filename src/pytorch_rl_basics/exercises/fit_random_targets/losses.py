"""Tell what the losses that an attempt returns are, from the gradients that its steps used."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .steps import Step, batches_of, targets_of

RIGHT_LOSSES = "the mean squared errors of the logging steps"


@dataclass
class LossKinds:
    """The steps of a training, to compare its losses with.

    Attributes:
        steps: what each step learned from.
        log_every: how many steps apart losses should be logged.
        twice: whether ``backward()`` ran twice a step.
    """

    steps: Sequence[Step]
    log_every: int
    twice: bool

    def kind_of(self, losses: list[float]) -> str:
        """Say what the losses are, as far as the gradients tell."""
        batches = batches_of(self.steps)
        if not losses or len(batches) != len(self.steps):
            return "unknown"
        # The mean squared error sends the gradient error / B to each of the B × 2 outputs.
        before = [((g * len(g)) ** 2).mean().item() for _, _, g in batches]
        logging_steps = self._logging_steps(len(losses))
        if any(_match(losses, before, logged) for logged in logging_steps):
            return RIGHT_LOSSES
        for kind, series in self._series(before):
            if any(_match(losses, series, logged) for logged in logging_steps):
                return kind
        found = [_find(loss, before) for loss in losses]
        if all(found):
            return f"the mean squared errors of updates {', '.join(map(str, found))}"
        return self._other_kind(losses, before, [g for _, _, g in batches])

    def _logging_steps(self, count: int) -> list[list[int]]:
        """List the steps that may be logged: 0, log_every, ... or log_every - 1, ..."""
        first = range(0, len(self.steps), self.log_every)
        last = range(self.log_every - 1, len(self.steps), self.log_every)
        return [list(first)[:count], list(last)[:count]]

    def _series(self, before: list[float]) -> list[tuple[str, list[float]]]:
        """Compute what else a loss of each step may be."""
        after = []
        for step in self.steps:
            batch = step.batch
            assert batch is not None
            weight, bias = step.after[:8].reshape(2, 4), step.after[8:]
            error = batch[0] @ weight.T + bias - targets_of(*batch)
            after.append((error**2).mean().item())
        return [
            ("mean squared errors measured after the update", after),
            ("averages of the mean squared errors so far", _averages(before, len(before))),
            ("averages of the last mean squared errors", _averages(before, self.log_every)),
        ]

    def _other_kind(self, losses: list[float], before: list[float], upstream: list[Tensor]) -> str:
        """Tell another loss by the gradients that it sends, or by its size."""
        sizes = torch.cat(upstream).abs()
        at_the_limit = sizes > 0.999 * sizes.max()
        if at_the_limit.all():
            return "those of a loss with gradients of one size, like the absolute error"
        if at_the_limit.float().mean() > 0.05:
            return "those of a loss with capped gradients, like the Huber loss"
        if (sizes == 0).float().mean() > 0.05:
            return "those of some predictions only; the others get no gradient"
        for logged in self._logging_steps(len(losses)):
            shares = [loss / before[step] for loss, step in zip(losses, logged, strict=False)]
            if len(logged) == len(losses) and all(_near(share, shares[0]) for share in shares):
                return self._scaled(shares[0], len(upstream[0]))
        return "those of no batch"

    def _scaled(self, share: float, rows: int) -> str:
        """Put into words that losses and gradients disagree in size.

        A loss that is a times the mean squared error sends a times its gradient; the squared
        errors that the gradients show are a² times the true ones.
        """
        by = "backward() runs twice and " if self.twice else ""
        names = {
            1 / (2 * rows): "sums over the batch, not means",
            1 / 2: "twice the means",
            1 / 4: f"right, but {by}the gradients are doubled",
            2.0: "halves of the means",
        }
        for known, name in names.items():
            if _near(share, known):
                return name
        return f"{share:.3g} times what the gradients make of them"


def _averages(series: list[float], window: int) -> list[float]:
    parts = [series[max(0, end - window) : end] for end in range(1, len(series) + 1)]
    return [sum(part) / len(part) for part in parts]


def _match(losses: list[float], series: list[float], steps: list[int]) -> bool:
    return len(steps) == len(losses) and all(
        _near(loss, series[step]) for loss, step in zip(losses, steps, strict=True)
    )


def _find(loss: float, series: list[float]) -> int | None:
    """Find the number of the step, from 1, whose loss is nearest, if it is near."""
    step = min(range(len(series)), key=lambda step: abs(series[step] - loss))
    return step + 1 if _near(loss, series[step]) else None


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-6)
