"""Compare what an attempt does with what is right, probe by probe, up to the first difference."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from torch import Tensor

from .edits import Form, Mistake
from .example import Example, Outcome
from .facts import Facts, same
from .probes import Attempt, Observation, Probe, look, observe
from .seal import Answer, contents

Known = Mapping[str, Any]  # facts that stay as they are
Sealed = tuple[Known, str]  # facts, and their contents


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
        names: the global names of the modules that it is made of.
    """

    truth: Attempt
    probes: tuple[Probe, ...]
    mistakes: tuple[Mistake, ...] = ()
    note: Callable[[Attempt], str] = lambda attempt: ""
    names: tuple[Mapping[str, Any], ...] = ()
    _known: dict[tuple[int, int], Sealed] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        vars(self)["_seal"] = contents(self.names or self.probes)

    @property
    def expected(self) -> tuple[Known, ...]:
        """What the truth shows in each probe.

        Raises:
            RuntimeError: the truth itself raises an exception.
        """
        return tuple(facts for facts, _ in self._expected)

    @functools.cached_property
    def _expected(self) -> tuple[Sealed, ...]:
        expected = tuple({**look(probe, self.truth), **probe.expect} for probe in self.probes)
        if failed := [facts["error"] for facts in expected if facts["error"] is not None]:
            raise RuntimeError(f"the checker's own answer fails: {failed[0]}")
        return tuple(map(_sealed, expected))

    @property
    def intact(self) -> bool:
        """Whether no attempt has changed what this check compares with."""
        try:
            same = contents(self.names or self.probes) == vars(self)["_seal"]
            return same and all(contents(facts) == seal for facts, seal in self._expected)
        except RuntimeError:
            raise
        except Exception:  # it was emptied
            return False

    @functools.cached_property
    def answers(self) -> tuple[tuple[Example, Outcome], ...]:
        """What the truth gives in the calls where all right functions give the same."""
        examples = [probe.example for probe in self.probes if probe.example]
        given = [(one, one.run_safely(self.truth)) for one in examples if not one.open]
        return tuple((one, outcome) for one, outcome in given if isinstance(outcome, Outcome))

    def known(self, form: Form, number: int) -> Known:
        """Give what the code of a known mistake shows in a probe; noted when first asked for.

        The caller is in a sandbox.
        """
        key = (id(form), number)
        known = self._known.get(key)
        if not known or contents(known[0]) != known[1]:
            known = _sealed(look(self.probes[number], form.function, briefly=True, own=True))
            self._known[key] = known
        return known[0]

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


def _sealed(facts: Facts) -> Sealed:
    """Copy facts, so that nothing that an attempt holds or changes is part of them."""
    known = Answer({label: _copied(value) for label, value in facts.items()})
    return known, contents(known)


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return tuple(map(_copied, value))
    return value
