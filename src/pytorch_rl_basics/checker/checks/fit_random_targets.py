"""How ``fit_random_targets`` is checked: from what its gradients say about the targets it drew."""

import contextlib
import io
import math
import re
import sys
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..checking import Check, Probe, look
from ..facts import Facts, type_of
from ..known.fit_random_targets import MISTAKES
from ..mistakes import Attempt
from .training_log import UPDATED, LoggedLinear, count_updates, fate, gradients, watch, weights

RIGHT_LOSSES = "the mean squared errors of the logging steps"
RIGHT_PRINT = "the loss at each logging step"
LEARNING_RATE = 0.05
ROOM = 100_000  # characters of what is printed
NUMBER = r"\d+\.?\d*(?:e[+-]?\d+)?"


def truth(
    model: Any, optimizer: Any, steps: int = 100, batch_size: int = 32, log_every: int = 20
) -> list[float]:
    """Draw uniform numbers, and set each gradient by hand; log at steps 0, log_every, ..."""
    losses: list[float] = []
    for step in range(steps):
        states, targets = torch.rand(batch_size, 4), torch.rand(batch_size, 2)
        loss = torch.linalg.vector_norm(model(states) - targets) ** 2 / targets.numel()
        parameters = list(model.parameters())
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(loss, parameters), strict=True
        ):
            parameter.grad = gradient
        optimizer.step()
        if step % log_every == 0:
            losses.append(loss.item())
            print(losses[-1])
    return losses


@dataclass
class Call:
    """One call of the model: its inputs, its outputs, and the gradients that reach those."""

    states: Tensor  # (B, 4), one row for a single state
    outputs: Tensor  # (B, 2)
    gradients: list[Tensor] = field(default_factory=list)


@dataclass
class Step:
    """One step of the optimizer."""

    calls: list[Call]
    used: Tensor  # the gradient that was in the parameters
    before: Tensor  # the parameters
    after: Tensor

    def batch(self) -> tuple[Tensor, Tensor, Tensor] | None:
        """Give the states, outputs and outputs' gradients that the step learned from."""
        learned = [call for call in self.calls if call.gradients]
        if not learned:
            return None
        return (
            torch.cat([call.states for call in learned]),
            torch.cat([call.outputs for call in learned]),
            torch.cat([sum(call.gradients[1:], call.gradients[0]) for call in learned]),
        )

    def own_gradient(self) -> Tensor | None:
        """Compute the gradient of this step's batch alone."""
        batch = self.batch()
        if batch is None:
            return None
        states, _, upstream = batch
        return torch.cat([(upstream.T @ states).flatten(), upstream.sum(dim=0)])


class Printed(io.StringIO):
    """Note after how many steps something was printed, and pass it on."""

    def __init__(self, run: "Run") -> None:
        super().__init__()
        self.run, self.onward = run, sys.stdout
        self.moments: set[int] = set()

    def write(self, text: str) -> int:
        """Keep a text, and the moment."""
        if text.strip():
            self.moments.add(len(self.run.steps))
        self.onward.write(text)
        return super().write(text[: max(0, ROOM - self.tell())])


class Recorder(LoggedLinear):
    """A linear model of 4 features and 2 outputs that keeps every call for its run."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__(4, 2, dtype=dtype)
        self.calls: list[Call] = []

    def forward(self, states: Tensor) -> Tensor:
        """Note the inputs, and the gradient of the outputs when it comes."""
        outputs = super().forward(states)
        call = Call(states.detach().reshape(-1, 4).clone(), outputs.detach().reshape(-1, 2).clone())
        self.calls.append(call)
        if outputs.requires_grad:
            outputs.register_hook(lambda g: call.gradients.append(g.detach().reshape(-1, 2)))
        return outputs

    def __deepcopy__(self, memo: dict[int, Any]) -> "Recorder":
        """Copy the parameters; a copy keeps its own calls."""
        twin = Recorder(self.weight.dtype)
        twin.load_state_dict(self.state_dict())
        return twin


class Run:
    """One call of an attempt, step by step."""

    def __init__(
        self,
        steps: int,
        batch_size: int,
        log_every: int,
        adam: bool = False,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.wanted_steps, self.batch_size, self.log_every = steps, batch_size, log_every
        self.model = Recorder(dtype)
        draw = torch.Generator().manual_seed(5)
        with torch.no_grad():
            for parameter in self.model.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=draw))
        optimizer = torch.optim.Adam if adam else torch.optim.SGD
        self.optimizer: torch.optim.Optimizer = optimizer(self.model.parameters(), lr=LEARNING_RATE)
        self.adam = adam
        self.optimizer.register_step_pre_hook(self._about_to_step)
        self.optimizer.register_step_post_hook(self._stepped)
        self.started = self.before = weights(self.model)
        self.steps: list[Step] = []
        self.backwards = 0
        self.printed = Printed(self)

    def _about_to_step(self, *_: Any) -> None:
        self.before = weights(self.model)

    def _stepped(self, *_: Any) -> None:
        calls, self.model.calls = self.model.calls, []
        self.steps.append(Step(calls, gradients(self.model), self.before, weights(self.model)))

    def facts(self, attempt: Attempt, *args: int) -> Facts:
        """Call the attempt, and note how it trained, what came back and what was printed."""
        with watch(self.model, self.optimizer) as log, contextlib.redirect_stdout(self.printed):
            result = attempt(self.model, self.optimizer, *args)
        self.backwards = log.count("backward")
        changed = not torch.equal(weights(self.model), self.started)
        facts: Facts = {
            "the model was": fate(log, changed),
            "updates": count_updates(log, self.wanted_steps),
            **_result_facts(result),
        }
        learned = facts["the model was"] == UPDATED
        if learned:
            facts |= self._states_facts() | {"each update used": self._gradients_used()}
        if _is_numbers(result):
            losses = [float(loss) for loss in result]
            if learned:
                facts["the losses are"] = kind = self._kind_of(losses)
                if "squared errors" in kind:
                    facts |= self._targets_facts()
            facts["printed"] = self._what_was_printed(losses)
        return facts

    def _states_facts(self) -> Facts:
        """Note the shape of the states, and how often they were drawn."""
        batches = [states for states, _, _ in self._batches()]
        shapes = sorted({str(tuple(states.shape)) for states in batches})
        facts: Facts = {"the states of a step have shape": " or ".join(shapes)}
        if self.batch_size > 3:  # a few whole numbers could be drawn twice by chance
            facts["the states differ between"] = _varying(batches)
            facts["different batches of states"] = _count_different(batches)
        return facts

    def _targets_facts(self) -> Facts:
        """Note how the targets vary, which can be told if the loss is a mean squared error."""
        if self.batch_size <= 3:
            return {}
        targets = [_targets(*batch) for batch in self._batches()]
        errors = [upstream for _, _, upstream in self._batches()]
        return {
            "the targets differ between": _varying(targets),
            "the errors differ between": _varying(errors),
            "different batches of targets": _count_different(targets),
        }

    def _batches(self) -> list[tuple[Tensor, Tensor, Tensor]]:
        return [batch for step in self.steps if (batch := step.batch()) is not None]

    def _gradients_used(self) -> str:
        """Say of which batches the gradients were that the updates used."""
        so_far, reached = torch.zeros_like(self.started), self.started
        for number, step in enumerate(self.steps, start=1):
            own = step.own_gradient()
            if own is None or not step.used.any():
                return f"its batch's gradient, but update {number} had none"
            so_far += own
            if not _close(step.used, own):
                return self._other(number, own, so_far)
            by_hand = step.before - LEARNING_RATE * step.used
            if not torch.equal(step.before, reached) or not (
                self.adam or torch.allclose(step.after, by_hand, rtol=1e-4, atol=1e-5)
            ):
                return f"its batch's gradient, but update {number} moved the model otherwise"
            reached = step.after
        return "the gradient of its own batch"

    def _other(self, number: int, own: Tensor, so_far: Tensor) -> str:
        """Say what an update used instead of its own batch's gradient."""
        used = self.steps[number - 1].used
        earlier = self.steps[number - 2].own_gradient() if number > 1 else None
        if _close(used, so_far):
            return "the gradients of all batches so far, added up"
        if earlier is not None and _close(used, earlier):
            return "the gradient of the batch before"
        share = (used @ own / (own @ own)).item()
        if _close(used, share * own):
            return f"{share:.3g} times the gradient of its own batch"
        return f"its batch's gradient up to update {number}, then something else"

    def _kind_of(self, losses: list[float]) -> str:
        """Say what the losses are, as far as the gradients tell."""
        batches = self._batches()
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
            batch = step.batch()
            assert batch is not None
            weight, bias = step.after[:8].reshape(2, 4), step.after[8:]
            error = batch[0] @ weight.T + bias - _targets(*batch)
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
        by = "backward() runs twice and " if self.backwards == 2 * len(self.steps) else ""
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

    def _what_was_printed(self, losses: list[float]) -> str:
        logs = self.wanted_steps // self.log_every
        moments = len(self.printed.moments)
        if not moments:
            return "nothing"
        if moments >= self.wanted_steps > 3 * logs:
            return "something at every step"
        if moments < logs:
            return f"something at {moments} of {logs} logging steps"
        shown = [float(number) for number in re.findall(NUMBER, self.printed.getvalue())]
        if all(any(abs(x - loss) < 0.06 * max(1, loss) for x in shown) for loss in losses):
            return RIGHT_PRINT
        return "something else than the losses"


def _result_facts(result: Any) -> Facts:
    """Note whether the result is a list of Python floats, and how long it is."""
    if not isinstance(result, list):
        return {"the result is": type_of(result)}
    kinds = sorted({"a float" if isinstance(x, float) else type_of(x) for x in result})
    return {
        "the result is": "a list",
        "the number of losses": str(len(result)),
        "its entries are": " and ".join(kinds) or "missing",
    }


def _targets(states: Tensor, outputs: Tensor, upstream: Tensor) -> Tensor:
    """Compute the targets that a mean squared error with this gradient must have had."""
    return outputs - upstream * len(upstream)


def _count_different(batches: list[Tensor]) -> int:
    """Count the batches that are not a repetition of an earlier one."""
    if len({batch.shape for batch in batches}) != 1:
        return len(batches)
    flat = torch.stack(batches).flatten(start_dim=1)  # (n, numbers in a batch)
    gaps = (flat[:, None] - flat).abs().amax(dim=-1)  # (n, n)
    repeated = (gaps <= 1e-4 * flat.abs().max()).tril(diagonal=-1).any(dim=1)
    return len(batches) - int(repeated.sum())


def _varying(batches: list[Tensor]) -> str:
    """Say along which dimensions the numbers of each batch differ."""
    rows = any(not _close(batch, batch[:1].expand_as(batch)) for batch in batches)
    columns = any(not _close(batch, batch[:, :1].expand_as(batch)) for batch in batches)
    if rows and columns:
        return "rows and columns"
    return "rows alone" if rows else "columns alone" if columns else "nothing"


def _averages(series: list[float], window: int) -> list[float]:
    means = []
    for end in range(1, len(series) + 1):
        part = series[max(0, end - window) : end]
        means.append(sum(part) / len(part))
    return means


def _match(losses: list[float], series: list[float], steps: list[int]) -> bool:
    return len(steps) == len(losses) and all(
        _near(loss, series[step]) for loss, step in zip(losses, steps, strict=True)
    )


def _find(loss: float, series: list[float]) -> int | None:
    """Find the number of the step, from 1, that a loss belongs to."""
    return next((n for n, value in enumerate(series, start=1) if _near(loss, value)), None)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-6)


def _close(one: Tensor, other: Tensor) -> bool:
    scale = max(other.abs().max().item(), 1e-6)
    return torch.allclose(one, other, rtol=1e-3, atol=1e-4 * scale)


def _is_numbers(result: Any) -> bool:
    return isinstance(result, list) and all(
        isinstance(x, int | float) or (isinstance(x, Tensor) and x.numel() == 1) for x in result
    )


def few_steps(attempt: Attempt) -> Facts:
    """Make 12 steps with numbers of our own."""
    return Run(12, 8, 4).facts(attempt, 12, 8, 4)


def single_states(attempt: Attempt) -> Facts:
    """Make 4 steps of one state each, with Adam."""
    return Run(4, 1, 2, adam=True).facts(attempt, 4, 1, 2)


class LightRun(Run):
    """A run that counts its steps and keeps their gradients, to check a hundred of them fast."""

    def _about_to_step(self, *_: Any) -> None:
        pass

    def _stepped(self, *_: Any) -> None:
        calls, self.model.calls = self.model.calls, []
        self.steps.append(Step(calls, self.started, self.started, self.started))

    def facts(self, attempt: Attempt, *args: int) -> Facts:
        """Call the attempt, and note how many steps it made of which size, and its losses."""
        with contextlib.redirect_stdout(self.printed):
            result = attempt(self.model, self.optimizer, *args)
        shapes = sorted({str(tuple(states.shape)) for states, _, _ in self._batches()})
        facts: Facts = {
            "updates": str(len(self.steps)),
            **_result_facts(result),
            "the states of a step have shape": " or ".join(shapes),
        }
        if _is_numbers(result):
            losses = [float(loss) for loss in result]
            facts["the losses are"] = self._kind_of(losses)
            facts["printed"] = self._what_was_printed(losses)
        return facts


def as_asked(attempt: Attempt) -> Facts:
    """Leave all numbers at their defaults."""
    return LightRun(100, 32, 20).facts(attempt)


def in_float64(attempt: Attempt) -> Facts:
    """Make two steps in float64."""
    return Run(2, 4, 1, dtype=torch.float64).facts(attempt, 2, 4, 1)


PROBES = (
    Probe(
        "fit_random_targets(model, SGD with lr=0.05, steps=12, batch_size=8, log_every=4)",
        few_steps,
    ),
    Probe(
        "fit_random_targets(model, Adam with lr=0.05, steps=4, batch_size=1, log_every=2)",
        single_states,
    ),
    Probe("fit_random_targets(model, SGD with lr=0.05)", as_asked),
)


def dtype_note(attempt: Attempt) -> str:
    """Say when the data are float32 whatever the model is; the exercise leaves that open."""
    error = look(Probe("", in_float64), attempt)["error"]
    if error is None or "dtype" not in error.message:
        return ""
    return (
        "One thing to know: it draws float32 data, so that a float64 model would raise an error. "
        "`dtype=next(model.parameters()).dtype` in the drawing fits every model."
    )


CHECK = Check(
    truth,
    PROBES,
    MISTAKES,
    dtype_note,
)
