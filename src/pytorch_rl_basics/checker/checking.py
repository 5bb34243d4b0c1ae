"""Check a learner's function: compare what it does with the truth, then with known mistakes."""

from __future__ import annotations

import functools
import importlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..exercises import EXERCISES, get_exercise
from .facts import Facts, Frequencies, Raised, describe, in_words, same
from .mistakes import Attempt, Mistake
from .sandbox import sandbox

LABEL = 11  # columns of "came back: " and the like


@dataclass(frozen=True)
class Probe:
    """One call of the attempt, and what is looked at.

    Attributes:
        call: the call as the report shows it.
        observe: calls the attempt and notes the facts, the most fundamental first.
        expect: facts that the truth cannot show by being called, such as probabilities.
        glance: notes the same facts from fewer draws, where a mistake shall be recognised only.
    """

    call: str
    observe: Callable[[Attempt], Facts]
    expect: Facts = field(default_factory=dict)
    glance: Callable[[Attempt], Facts] | None = None


@dataclass(frozen=True)
class Check:
    """How one exercise is checked.

    Attributes:
        truth: does what is asked by another way than the library.
        probes: the calls, the most fundamental first.
        mistakes: known wrong codes; where two behave alike, the commoner one comes first.
        note: what a pass leaves open, for an attempt that passed; empty for most.
    """

    truth: Attempt
    probes: tuple[Probe, ...]
    mistakes: tuple[Mistake, ...]
    note: Callable[[Attempt], str] = lambda attempt: ""


@dataclass(frozen=True)
class Report:
    """The verdict on an attempt.

    Attributes:
        passed: whether it does what the exercise asks.
        exercise: the exercise's name.
        mistake: the name of the mistake, if it is a known one; it has a section on the site.
        message: the whole report in words.
    """

    passed: bool
    exercise: str
    mistake: str | None
    message: str

    def __repr__(self) -> str:
        return fill(self.message)


def fill(report: str, width: int = 76) -> str:
    """Wrap a report, line by line; what follows a label stays to the right of it."""
    lines = []
    for line in report.splitlines():
        indent = " " * LABEL if line[:LABEL].rstrip().endswith(":") else ""
        lines.append(textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False))
    return "\n".join(lines)


class Difference(NamedTuple):
    """Where an attempt first departs from the truth."""

    probe: int  # its number
    label: str  # of the fact
    seen: Facts
    wanted: Facts


def check(function: Attempt, exercise: str | None = None) -> Report:
    """Say whether a function does what its exercise asks, and if not, which mistake it makes.

    Args:
        function: the attempt.
        exercise: the exercise's name; the function's own name if left out.

    Returns:
        A report. Whatever the attempt does or raises, nothing is raised out of here, and random
        states, default dtype, grad mode and the like are as before.

    Raises:
        KeyError: ``exercise`` is given, and is not the name of one; the message lists them.

    >>> def cubic_gradient(x):
    ...     return 3 * x**2 + 2
    >>> check(cubic_gradient).passed
    False
    """
    if exercise is not None:
        get_exercise(exercise)
    with sandbox():
        name = exercise or _name(function)
        try:
            return _judge(name, function)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # such as a result that cannot be compared with anything
            why = f"looking at what it does ended in an error: {describe(Raised.of(error))}"
            return _refuse(name or "no exercise", why)


def _name(function: Attempt) -> str:
    """Give a function's name, as far as it has one."""
    try:
        name = function.__name__
    except Exception:  # whatever a learner's object may raise
        return ""
    return name if isinstance(name, str) else ""


def _judge(name: str, function: Attempt) -> Report:
    if not callable(function):
        return _refuse(name or "no exercise", f"{in_words(function, repr)} is not a function.")
    if name not in EXERCISES:
        return _refuse(
            name or "no exercise",
            f"no exercise is named {name!r}. Give its name as well, as in "
            f"check(function, 'epsilon_greedy'). There are: {', '.join(EXERCISES)}.",
        )
    difference = first_difference(name, function)
    if difference is None:
        note = check_of(name).note(function)
        return Report(True, name, None, f"{name}: passed.{' ' * bool(note)}{note}")
    return _report(name, function, difference)


@functools.cache
def check_of(exercise: str) -> Check:
    """Load how an exercise is checked."""
    module = importlib.import_module(f".checks.{exercise}", __package__)
    loaded: Check = module.CHECK
    return loaded


def look(probe: Probe, attempt: Attempt, *, briefly: bool = False) -> Facts:
    """Call an attempt as a probe does, and note the facts; an exception is a fact as well."""
    observe = (briefly and probe.glance) or probe.observe
    with sandbox():
        try:
            return {"error": None, **observe(attempt)}
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return {"error": Raised.of(error)}


@functools.cache
def wanted_facts(exercise: str) -> tuple[Facts, ...]:
    """Note what the truth shows in each probe."""
    right = check_of(exercise)
    wanted = tuple({**look(probe, right.truth), **probe.expect} for probe in right.probes)
    if failed := [facts["error"] for facts in wanted if facts["error"] is not None]:
        raise RuntimeError(f"the checker's own answer to {exercise} fails: {failed[0]}")
    return wanted


@functools.cache
def known_facts(exercise: str, code: Attempt, number: int) -> Facts:
    """Note what the code of a known mistake shows in one probe; done when first asked for."""
    return look(check_of(exercise).probes[number], code, briefly=True)


def first_difference(exercise: str, attempt: Attempt) -> Difference | None:
    """Find the first probe, and in it the first fact, in which an attempt is not right."""
    probes = check_of(exercise).probes
    for number, (probe, wanted) in enumerate(zip(probes, wanted_facts(exercise), strict=True)):
        seen = look(probe, attempt)
        label = _first_label(seen, wanted)
        if label is not None:
            return Difference(number, label, seen, wanted)
    return None


def _first_label(seen: Facts, wanted: Facts) -> str | None:
    """Find the first fact that is not as wanted."""
    for label, value in wanted.items():
        if label not in seen or not same(seen[label], value):
            return label
    return None


def name_mistake(exercise: str, attempt: Attempt, found: Difference) -> Mistake | None:
    """Find the known mistake that shows the same first difference; None if there is none.

    Numbers and error messages that agree name a mistake. Where the difference is one of kind only
    (a type, a yes or no) or one of chance, all other facts of the call must agree as well, unless
    the mistake says that this difference alone gives it away.
    """
    candidates = [
        (_agreeing(found.seen, known_facts(exercise, code, found.probe)), mistake, code)
        for mistake in check_of(exercise).mistakes
        for code in mistake.codes
        if _tells(exercise, mistake, code, found) and _right_before(exercise, code, found.probe)
    ]
    most = max((score for score, _, _ in candidates), default=0)
    best = [(mistake, code) for score, mistake, code in candidates if score == most]
    by_chance = any(isinstance(fact, Frequencies) for fact in found.seen.values())
    if len({mistake.slug for mistake, _ in best}) > 1 or (best and by_chance):
        best = _alike_later(exercise, attempt, found.probe, best)
    return best[0][0] if best else None


def _tells(exercise: str, mistake: Mistake, code: Attempt, found: Difference) -> bool:
    label, shown = found.label, known_facts(exercise, code, found.probe)
    if _first_label(shown, found.wanted) != label or (label in found.seen) != (label in shown):
        return False
    if label in found.seen and not same(found.seen[label], shown[label]):
        return False
    if mistake.telling or not isinstance(found.seen.get(label), str | bool | Frequencies | None):
        return True
    return _agreeing(found.seen, shown) == len(found.seen) == len(shown)


def _right_before(exercise: str, code: Attempt, probe: int) -> bool:
    """Tell whether the code of a mistake shows nothing wrong in the probes before this one."""
    return all(
        _first_label(known_facts(exercise, code, number), wanted) is None
        for number, wanted in enumerate(wanted_facts(exercise)[:probe])
    )


def _agreeing(one: Facts, other: Facts) -> int:
    return sum(label in other and same(value, other[label]) for label, value in one.items())


def _alike_later(
    exercise: str, attempt: Attempt, probe: int, candidates: list[tuple[Mistake, Attempt]]
) -> list[tuple[Mistake, Attempt]]:
    """Compare an attempt with mistakes in the probes after the one that stopped it.

    The mistakes most alike come first; one that draws with other frequencies is left out.
    """
    probes = list(enumerate(check_of(exercise).probes))[probe + 1 :]
    seen = {number: look(later, attempt, briefly=True) for number, later in probes}
    alike = []
    for mistake, code in candidates:
        pairs = [(facts, known_facts(exercise, code, number)) for number, facts in seen.items()]
        if mistake.telling or all(_drawn_alike(one, other) for one, other in pairs):
            alike.append((sum(_agreeing(one, other) for one, other in pairs), mistake, code))
    alike.sort(key=lambda scored: -scored[0])
    return [(mistake, code) for _, mistake, code in alike]


def _drawn_alike(one: Facts, other: Facts) -> bool:
    """Tell whether two calls show the same frequencies, if any."""
    labels = [label for label, value in (one | other).items() if isinstance(value, Frequencies)]
    return all(
        label in one and label in other and same(one[label], other[label]) for label in labels
    )


def _report(name: str, attempt: Attempt, found: Difference) -> Report:
    probe = check_of(name).probes[found.probe]
    if _unwritten(found):
        hint = get_exercise(name).hints[0]
        return Report(False, name, None, f"{name}: not attempted yet.\nhint:      {hint}")
    lines = [f"{name}: not yet.", f"called:    {probe.call}"]
    lines += _came_back(found)
    if found.seen.get(found.label) == "None":
        slug = "forgotten-return"
        why = (
            "None came back: a function ends without `return`, or returns what a call such as "
            "`backward()` or `list.reverse()` gives, which is None."
        )
        cure = "Return the result itself, by its name, in the last line."
    elif mistake := name_mistake(name, attempt, found):
        slug, why, cure = mistake.slug, mistake.misconception, mistake.cure
    else:
        slug, why = None, "not one that is known here; the difference above is what was seen."
        cure = f"Call it yourself as above and look at each step, or ask hint({name!r})."
    lines += [f"mistake:   {why}" + (f" ({slug})" if slug else ""), f"try:       {cure}"]
    return Report(False, name, slug, "\n".join(lines))


def own_or_reference(function: Attempt) -> tuple[Attempt, str]:
    """Give a learner's function once it passes its check, and the library's until then.

    Args:
        function: the attempt; its name is the exercise's.

    Returns:
        The function to go on with, and a caption that says whose it is.

    Raises:
        KeyError: the function's name is not that of an exercise.

    >>> def sum_gradient(x):
    ...     raise NotImplementedError
    >>> sum_gradient, caption = own_or_reference(sum_gradient)
    >>> caption
    "drawn with the library's sum_gradient"
    """
    exercise = get_exercise(function.__name__)
    if check(function).passed:
        return function, f"drawn with your {exercise.name}"
    return exercise.function, f"drawn with the library's {exercise.name}"


def _unwritten(found: Difference) -> bool:
    """Tell a stub from a function in which torch itself has something not implemented."""
    error = found.seen["error"]
    return (
        isinstance(error, Raised)
        and error.kind == "NotImplementedError"
        and "not implemented for" not in error.message
    )


def _came_back(found: Difference) -> list[str]:
    error = found.seen["error"]
    if error is not None:
        return [f"came back: {describe(error)}", "wanted:    no error"]
    seen = describe(found.seen[found.label]) if found.label in found.seen else "nothing"
    return [
        f"came back: {found.label}: {seen}",
        f"wanted:    {found.label}: {describe(found.wanted[found.label])}",
    ]


def _refuse(name: str, why: str) -> Report:
    return Report(False, name, None, f"{name}: not checked: {why}")
