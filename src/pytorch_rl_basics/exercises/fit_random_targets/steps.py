"""What one step of a training learned from: its calls of the model, and their gradients."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ...checker.training_log import LoggedLinear


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

    @functools.cached_property
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
        batch = self.batch
        if batch is None:
            return None
        states, _, upstream = batch
        return torch.cat([(upstream.T @ states).flatten(), upstream.sum(dim=0)])


def batches_of(steps: Sequence[Step]) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Give states, outputs and outputs' gradients of each step that learned from any."""
    return [batch for step in steps if (batch := step.batch) is not None]


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


def targets_of(states: Tensor, outputs: Tensor, upstream: Tensor) -> Tensor:
    """Compute the targets that a mean squared error with this gradient must have had."""
    return outputs - upstream * len(upstream)


def count_different(batches: list[Tensor]) -> int:
    """Count the batches that are not a repetition of an earlier one."""
    if len({batch.shape for batch in batches}) != 1:
        return len(batches)
    flat = torch.stack(batches).flatten(start_dim=1)  # (n, numbers in a batch)
    gaps = (flat[:, None] - flat).abs().amax(dim=-1)  # (n, n)
    repeated = (gaps <= 1e-4 * flat.abs().max()).tril(diagonal=-1).any(dim=1)
    return len(batches) - int(repeated.sum())


def repeats(rows: Tensor) -> bool:
    """Tell whether over a quarter of the rows repeat another; whole numbers may."""
    if close(rows, rows.round()):
        return False
    many = len(rows) > 500
    different = len(rows.unique(dim=0)) if many else count_different(list(rows))
    return len(rows) - different > len(rows) / 4


def varying(batches: list[Tensor]) -> str:
    """Say along which dimensions the numbers of each batch differ."""
    rows = any(not close(batch, batch[:1].expand_as(batch)) for batch in batches)
    columns = any(not close(batch, batch[:, :1].expand_as(batch)) for batch in batches)
    if rows and columns:
        return "rows and columns"
    return "rows alone" if rows else "columns alone" if columns else "nothing"


def related(batches: list[tuple[Tensor, Tensor, Tensor]], targets: list[Tensor]) -> bool:
    """Tell whether targets follow from states or outputs: over 3,000 rows, chance stays below 0.2.

    A few rows tell only that the targets are a linear function of the states.
    """
    states, outputs = (torch.cat([batch[part] for batch in batches]) for part in (0, 1))
    wanted = torch.cat(targets)
    if len(states) < 3_000:
        return len(states) > 20 and leftover(states, wanted) < 1e-3
    products = (states[:, :, None] * states[:, None, :]).flatten(start_dim=1)
    known = torch.cat([states, outputs, states.abs(), products], dim=1)
    both = torch.corrcoef(torch.cat([known, wanted], dim=1).T)[: known.shape[1], known.shape[1] :]
    return bool(both.nan_to_num().abs().max() > 0.2)


def leftover(states: Tensor, targets: Tensor) -> float:
    """Give the share of the targets' size that no linear function of the states explains."""
    known = torch.cat([states, torch.ones(len(states), 1)], dim=1).double()
    error = targets - known @ torch.linalg.lstsq(known, targets.double()).solution
    return float(error.norm() / targets.norm())


def close(one: Tensor, other: Tensor) -> bool:
    """Tell whether two tensors agree, on the scale of the second."""
    scale = max(other.abs().max().item(), 1e-6)
    return torch.allclose(one, other, rtol=1e-3, atol=1e-4 * scale)
