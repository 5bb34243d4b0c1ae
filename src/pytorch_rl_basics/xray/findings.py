"""What the X-ray reports, and what its rules look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import nn

from .graph import Graph
from .parameters import Owner, Parameter


class Finding(NamedTuple):
    """One thing that the X-ray reports.

    ``name`` is short and fixed, ``what`` is a fact, ``cause`` is likely where it says so, and
    ``fix`` is what to do.
    """

    name: str
    what: str
    cause: str
    fix: str

    @property
    def cure(self) -> str:
        """The fix, under the name that it had at first."""
        return self.fix

    def __str__(self) -> str:
        return f"{self.what} {self.cause} {self.fix}"


@dataclass(frozen=True)
class Case:
    """A loss and a model, with all that the X-ray has read from them."""

    loss: Any
    model: nn.Module
    graph: Graph
    parameters: Sequence[Parameter]
    owners: dict[int, Owner]
    optimizer: torch.optim.Optimizer | None

    @property
    def reached(self) -> list[Parameter]:
        """The parameters that this loss reaches."""
        return [p for p in self.parameters if p.reached]

    @property
    def with_gradient(self) -> list[Parameter]:
        """The parameters that a graph reaches and whose ``.grad`` is not None."""
        return [p for p in self.reached if p.norm is not None and self.graph.operations]

    @property
    def detached(self) -> list[str]:
        """The names of parameters whose values enter the graph without a gradient."""
        entries = [entry for operation in self.graph.operations for entry in operation.entries]
        return sorted({entry.name for entry in entries if entry.kind == "detached"})

    @property
    def missed(self) -> list[str]:
        """The names of parameters that this loss does not reach, for no reason known so far."""
        known = self.detached
        return [p.name for p in self.parameters if not (p.reached or p.frozen or p.name in known)]


Words = tuple[str, str, str]  # a fact, its cause, the fix
Rule = Callable[[Case], Iterator[Words]]

LEAVES_THE_GRAPH = (
    "`.detach()`, `.item()`, `.numpy()`, `torch.tensor(...)` around a result, or a "
    "`torch.no_grad()` block"
)


def listed(names: Sequence[str], most: int = 4) -> str:
    """List names, and count those that are too many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more
