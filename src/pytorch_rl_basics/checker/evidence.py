"""What an attempt gives in all calls of a check, beside what is right."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .example import Example, Outcome
from .facts import Raised, same
from .probes import Attempt


@dataclass
class Case:
    """One call: what it should give, and what an attempt gives."""

    example: Example
    right: Outcome
    shown: Outcome | Raised

    @functools.cached_property
    def arguments(self) -> dict[str, Any]:
        """The arguments that have a name, to look at and not to call anything with."""
        given = re.findall(r"\w+", self.example.call)
        return {name: value for name, value in self.example.inputs().items() if name in given}

    def pair(self, label: str) -> tuple[Any, Any] | None:
        """Give what is looked at under a label, right and shown; None if one is an error."""
        if isinstance(self.shown, Raised):
            return None
        right, shown = self.right.values[label], self.shown.values[label]
        return None if isinstance(right, Raised) or isinstance(shown, Raised) else (right, shown)


@dataclass
class Evidence:
    """What an attempt gives in all calls of a check, beside what is right."""

    truth: Attempt
    attempt: Attempt
    cases: list[Case]

    @functools.cached_property
    def label(self) -> str:
        """The first thing that differs in some call; empty if only inputs differ."""
        labels = dict.fromkeys(label for case in self.cases for label in case.right.values)
        return next((label for label in labels if not self.right(label)), "")

    def right(self, label: str) -> bool:
        """Tell whether something is right in all calls."""
        shown = [case for case in self.cases if label in case.right.values]
        return all(is_right(case, label) for case in shown)

    @functools.cached_property
    def pairs(self) -> list[tuple[Case, Any, Any]]:
        """What differs in some call, in all calls: the call, right, shown."""
        found = [(case, case.pair(self.label)) for case in self.cases]
        return [(case, *pair) for case, pair in found if pair is not None]

    @functools.cached_property
    def whole(self) -> bool:
        """Whether no call raised an error."""
        return len(self.pairs) == len(self.cases)

    @functools.cached_property
    def numbers(self) -> list[tuple[Case, Tensor, Tensor]]:
        """The pairs as vectors of as many numbers, if all are."""
        found = [(case, numbers(one), numbers(other)) for case, one, other in self.pairs]
        vectors = [(case, a, b) for case, a, b in found if a is not None and b is not None]
        fits = len(vectors) == len(self.cases) and all(len(a) == len(b) for _, a, b in vectors)
        return vectors if fits else []

    @functools.cached_property
    def all_numbers(self) -> tuple[Tensor, Tensor]:
        """All numbers, right and shown, in two long vectors."""
        nothing = torch.zeros(0, dtype=torch.float64)
        right = torch.cat([nothing, *(right for _, right, _ in self.numbers)])
        return right, torch.cat([nothing, *(shown for _, _, shown in self.numbers)])

    def explained_by(self, function: Attempt, name: str = "", make: Any = None) -> bool:
        """Tell whether a function, with an input changed, gives what the attempt gives.

        It must do so in all calls; one of them, the shortest that is wrong, is tried first.
        """
        changed = {name: make} if name else {}
        for case in self.wrong_first:
            outcome = case.example.run(function, changed)
            if isinstance(outcome, Raised) or isinstance(case.shown, Raised):
                return False
            if not same(outcome.values.get(self.label), case.shown.values.get(self.label)):
                return False
        return True

    def input_explains(self, name: str, make: Callable[[Any], Any]) -> bool:
        """Tell whether right code with an input changed gives what the attempt gives."""
        given = [case.arguments.get(name) for case in self.cases]
        moved = any(not same(make(value), value) for value in given)
        return moved and self.explained_by(self.truth, name, make)

    @functools.cached_property
    def wrong_first(self) -> list[Case]:
        """The calls, those with wrong results first, and short ones before long ones."""
        return sorted(
            self.cases, key=lambda case: (is_right(case, self.label), len(case.example.setup))
        )

    @functools.cached_property
    def result_differs(self) -> bool:
        """Whether the result itself is wrong, and not only a gradient or the like."""
        return self.whole and self.label == next(iter(self.cases[0].right.values))


def gather(
    truth: Attempt, attempt: Attempt, answers: Iterable[tuple[Example, Outcome]]
) -> Evidence:
    """Make all calls with an attempt."""
    cases = [Case(example, right, example.run_safely(attempt)) for example, right in answers]
    return Evidence(truth, attempt, cases)


def is_right(case: Case, label: str) -> bool:
    """Tell whether a call gives under a label what is right."""
    if isinstance(case.shown, Raised):
        return False
    return same(case.shown.values[label], case.right.values[label])


def numbers(value: Any) -> Tensor | None:
    """Read a value as a vector of numbers, if it is a tensor, a number or a list of those."""
    if isinstance(value, Tensor):
        return value.detach().double().flatten()
    if type(value).__module__ == "numpy":
        return numbers(value.tolist())
    if isinstance(value, int | float):
        return torch.tensor([float(value)], dtype=torch.float64)
    if isinstance(value, list | tuple):
        parts = [numbers(entry) for entry in value]
        found = [part for part in parts if part is not None]
        return torch.cat(found) if found and len(found) == len(parts) else None
    return None


def close(one: Any, other: Any) -> bool:
    """Tell whether two values hold the same numbers, whatever their types and shapes."""
    one, other = numbers(one), numbers(other)
    if one is None or other is None or one.shape != other.shape:
        return False
    return torch.allclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True)
