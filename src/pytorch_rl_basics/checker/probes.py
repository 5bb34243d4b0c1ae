"""Call a learner's function in a certain way, and note the facts that this shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from .example import Example
from .facts import Facts, Raised, shorten
from .interrupts import STOPS
from .sandbox import rehearsal, sandbox

Attempt = Callable[..., Any]


@dataclass(frozen=True)
class Probe:
    """One call of the attempt, and what is looked at.

    Attributes:
        call: the call as the report shows it.
        observe: calls the attempt and notes the facts, the most fundamental first.
        expect: facts that the truth cannot show by being called, such as probabilities.
        observe_briefly: the same with fewer draws, used only to name the mistake.
        example: the call as code.
    """

    call: str
    observe: Callable[[Attempt], Facts]
    expect: Facts = field(default_factory=dict)
    observe_briefly: Callable[[Attempt], Facts] | None = None
    example: Example | None = None


def written_call(name: str, dtype: torch.dtype = torch.float32, **given: object) -> str:
    """Write a call as the report shows it; of long lists only the beginning.

    >>> written_call("halve", torch.float64, x=[1.0, 2.0], times=3)
    'halve(x = [1.0, 2.0], times = 3) in float64'
    """
    listed = ", ".join(
        f"{argument} = {shorten(str(value), 200)}" for argument, value in given.items()
    )
    return f"{name}({listed})" + (" in float64" if dtype == torch.float64 else "")


class Observation(NamedTuple):
    """What one call showed."""

    facts: Facts
    printed: tuple[str, ...]  # the first lines


def observe(
    probe: Probe, attempt: Attempt, *, briefly: bool = False, own: bool = False
) -> Observation:
    """Call an attempt as a probe does, and note what it shows; an exception is a fact as well.

    The checker's own code needs no sandbox within that of the check.
    """
    note_facts = (briefly and probe.observe_briefly) or probe.observe
    try:
        with rehearsal() if own else sandbox() as printed:
            facts = {"error": None, **note_facts(attempt)}
    except STOPS:
        raise
    except BaseException as error:  # now that built-in functions are back
        facts = {"error": Raised.of(error)}
    return Observation(facts, tuple(printed.lines))


def look(probe: Probe, attempt: Attempt, *, briefly: bool = False, own: bool = False) -> Facts:
    """Give the facts that a call shows."""
    return observe(probe, attempt, briefly=briefly, own=own).facts
