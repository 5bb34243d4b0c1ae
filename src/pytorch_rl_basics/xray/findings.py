"""What the X-ray reports, and what its rules look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import nn

from .graph import Entry, Graph, Operation, Owner


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
class Parameter:
    """A line of the table: what the loss means for one parameter of the model.

    ``reached`` is whether ``backward()`` would bring a gradient here, and ``norm`` the norm of
    what ``.grad`` holds now: ``None`` where it holds nothing. ``stepped`` is whether the
    optimizer holds the parameter, ``None`` where no optimizer was given.
    """

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    frozen: bool
    reached: bool
    norm: float | None
    stepped: bool | None


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
    def detached(self) -> list[str]:
        """The names of parameters whose values enter the graph without a gradient."""
        entries = [entry for operation in self.graph.operations for entry in operation.entries]
        return sorted({entry.name for entry in entries if entry.kind == "detached"})

    @property
    def missed(self) -> list[Parameter]:
        """The parameters that this loss does not reach, for no reason known so far."""
        known = self.detached
        return [p for p in self.parameters if not (p.reached or p.frozen or p.name in known)]


def mark_cuts(graph: Graph, parameters: Sequence[Parameter]) -> Graph:
    """Mark a layer's constant input where it fits the output of an earlier, unreached layer."""
    operations = []
    for operation in graph.operations:
        entries = [
            replace(entry, kind="cut")
            if entry.kind == "constant" and givers(entry, operation, parameters)
            else entry
            for entry in operation.entries
        ]
        operations.append(replace(operation, entries=entries))
    return graph._replace(operations=operations)


def givers(entry: Entry, layer: Operation, parameters: Sequence[Parameter]) -> list[str]:
    """Name the unreached weights that come before a layer and give as many features."""
    names = [p.name for p in parameters]
    places = [names.index(e.name) for e in layer.entries if e.kind == "parameter"]
    if layer.name != "linear" or not entry.shape or not places:
        return []
    return [
        p.name
        for p in parameters[: min(places)]
        if not p.reached and not p.frozen and len(p.shape) == 2 and p.shape[0] == entry.shape[-1]
    ]


def some(names: Sequence[str], most: int = 4) -> str:
    """List names, and count those that are too many."""
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"
