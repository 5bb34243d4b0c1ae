"""Compare what an attempt does with what is right, probe by probe, up to the first difference."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import Tensor

from .edits import Form, Mistake
from .example import Example, Outcome
from .facts import Facts, same
from .probes import Attempt, Observation, Probe, look, observe

Known = Mapping[str, Any]  # facts that stay as they are


class Difference(NamedTuple):
    """The first difference between an attempt and the truth."""

    probe: int  # its number
    label: str  # of the fact
    shown: Facts
    expected: Known
    printed: tuple[str, ...]  # the first lines that the attempt printed in this probe


@dataclass(frozen=True)
class Check:
    """How one exercise is checked.

    Attributes:
        truth: an independent reference implementation.
        probes: the calls, the most fundamental first.
        mistakes: known wrong codes; where two behave alike, the more common one comes first.
        note: what a pass leaves open, for an attempt that passed; empty for most.
    """

    truth: Attempt
    probes: tuple[Probe, ...]
    mistakes: tuple[Mistake, ...] = ()
    note: Callable[[Attempt], str] = lambda attempt: ""
    _known: dict[tuple[int, int], Known] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def expected(self) -> tuple[Known, ...]:
        """What the truth shows in each probe.

        Raises:
            RuntimeError: the truth itself raises an exception.
        """
        expected = tuple({**look(probe, self.truth), **probe.expect} for probe in self.probes)
        if failed := [facts["error"] for facts in expected if facts["error"] is not None]:
            raise RuntimeError(f"the checker's own answer fails: {failed[0]}")
        return tuple(map(_read_only, expected))

    @functools.cached_property
    def answers(self) -> tuple[tuple[Example, Outcome], ...]:
        """What the truth gives in the calls where all right functions give the same."""
        examples = [probe.example for probe in self.probes if probe.example]
        given = [(one, one.run_safely(self.truth)) for one in examples if not one.open]
        return tuple((one, outcome) for one, outcome in given if isinstance(outcome, Outcome))

    def known(self, form: Form, number: int) -> Known:
        """Give what the code of a known mistake shows in a probe; noted when first asked for."""
        key = (id(form), number)
        if key not in self._known:
            self._known[key] = _read_only(look(self.probes[number], form.function, briefly=True))
        return self._known[key]

    def compare(self, attempt: Attempt) -> tuple[Difference | None, Observation]:
        """Compare an attempt with the truth up to the first difference.

        Returns:
            The difference, or None, and what the attempt showed in the first probe.
        """
        first = None
        for number, (probe, expected) in enumerate(zip(self.probes, self.expected, strict=True)):
            shown = observe(probe, attempt)
            first = first or shown
            label = first_label(shown.facts, expected)
            if label is not None:
                return Difference(number, label, shown.facts, expected, shown.printed), first
        assert first is not None
        return None, first


def first_label(shown: Known, expected: Known) -> str | None:
    """Find the first fact that differs from the truth's."""
    for label, value in expected.items():
        if label not in shown or not same(shown[label], value):
            return label
    return None


def _read_only(facts: Facts) -> Known:
    """Copy facts, so that nothing that an attempt holds or changes is part of them."""
    return MappingProxyType({label: _copied(value) for label, value in facts.items()})


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return tuple(map(_copied, value))
    return value
