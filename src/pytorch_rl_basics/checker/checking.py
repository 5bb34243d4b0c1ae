"""Check a learner's function: compare what it does with the truth, then with known mistakes."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..exercises import EXERCISES, find_exercises, get_exercise
from .facts import Facts, Frequencies, Raised, describe, in_words, same
from .mistakes import Attempt, Mistake
from .report import Report, labelled
from .sandbox import sandbox


@dataclass(frozen=True)
class Probe:
    """One call of the attempt, and what is looked at.

    Attributes:
        call: the call as the report shows it.
        observe: calls the attempt and notes the facts, the most fundamental first.
        expect: facts that the truth cannot show by being called, such as probabilities.
        glance: a cheaper probe with fewer draws, used only to name the mistake.
    """

    call: str
    observe: Callable[[Attempt], Facts]
    expect: Facts = field(default_factory=dict)
    glance: Callable[[Attempt], Facts] | None = None


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
    mistakes: tuple[Mistake, ...]
    note: Callable[[Attempt], str] = lambda attempt: ""


class Difference(NamedTuple):
    """The first difference between an attempt and the truth."""

    probe: int  # its number
    label: str  # of the fact
    seen: Facts
    wanted: Facts


def check(function: Attempt, exercise: str | int | None = None) -> Report:
    """Check whether a function does what its exercise asks, and if not, which mistake it makes.

    An exception that the attempt raises, ``SystemExit`` included, becomes part of the report; only
    ``KeyboardInterrupt`` still stops the program. Random states, default dtype, grad mode and the
    like are afterwards as before.

    Args:
        function: the attempt.
        exercise: the exercise's name or its number. If left out, the function's own name is the
            exercise's. Of several exercises with one number, the function's name chooses.

    Returns:
        A report, which also shows the first lines that the attempt printed.

    Raises:
        KeyError: ``exercise`` is not the name or number of an exercise, or is the number of
            several and the function has the name of none of them; the message lists the names.

    >>> def cubic_gradient(x):
    ...     return 3 * x**2 + 2
    >>> check(cubic_gradient).passed
    False
    """
    with sandbox():
        name = _name(function)
        if exercise is not None and name not in (one.name for one in find_exercises(exercise)):
            name = get_exercise(exercise).name
        try:
            return _judge(name, function)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # such as a result that cannot be compared with anything
            why = f"the check ended in an error: {describe(Raised.of(error))}"
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
            f"no exercise is named {name!r}. Name the exercise as well, as in "
            f"check(function, 'epsilon_greedy'). The names are: {', '.join(EXERCISES)}.",
        )
    difference, printed = _compare(name, function)
    lines = [labelled("printed", *printed)] if printed else []
    if difference is not None:
        return _report(name, function, difference, lines)
    note = check_of(name).note(function)
    if "printed" in wanted_facts(name)[0]:  # to print is part of the task
        lines = []
    return Report(True, name, None, "\n".join([f"{name}: passed. {note}".rstrip(), *lines]))


@functools.cache
def check_of(exercise: str) -> Check:
    """Load how an exercise is checked."""
    module = importlib.import_module(f".checks.{exercise}", __package__)
    loaded: Check = module.CHECK
    return loaded


def look(probe: Probe, attempt: Attempt, *, briefly: bool = False) -> Facts:
    """Call an attempt as a probe does, and note the facts; an exception is a fact as well."""
    return _look(probe, attempt, briefly)[0]


def _look(probe: Probe, attempt: Attempt, briefly: bool = False) -> tuple[Facts, list[str]]:
    """Note the facts, and the first lines that the attempt prints."""
    observe = (briefly and probe.glance) or probe.observe
    with sandbox() as printed:
        try:
            facts = {"error": None, **observe(attempt)}
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            facts = {"error": Raised.of(error)}
    return facts, printed.lines


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
    return _compare(exercise, attempt)[0]


def _compare(exercise: str, attempt: Attempt) -> tuple[Difference | None, list[str]]:
    """Compare an attempt with the truth, probe by probe, up to the first difference.

    Returns:
        The difference, and the first lines that the attempt printed in this probe; if there is no
        difference, None and the first lines that it printed in the first probe.
    """
    probes = check_of(exercise).probes
    printed: list[str] = []
    for number, (probe, wanted) in enumerate(zip(probes, wanted_facts(exercise), strict=True)):
        seen, lines = _look(probe, attempt)
        label = _first_label(seen, wanted)
        if label is not None:
            return Difference(number, label, seen, wanted), lines
        printed = printed if number else lines
    return None, printed


def _first_label(seen: Facts, wanted: Facts) -> str | None:
    """Find the first fact that differs from the truth's."""
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


def _report(name: str, attempt: Attempt, found: Difference, printed: list[str]) -> Report:
    if _unwritten(found):
        hint = labelled("hint", get_exercise(name).hints[0])
        return Report(False, name, None, "\n".join([f"{name}: not attempted yet.", *printed, hint]))
    slug: str | None
    if found.seen.get(found.label) == "None":
        slug = "forgotten-return"
        why = (
            "The function returned None: it ends without `return`, or returns the result of a call "
            "such as `backward()` or `list.reverse()`, which is None."
        )
        advice = "Return the result itself, by its name, in the last line."
    elif mistake := name_mistake(name, attempt, found):
        slug, why, advice = mistake.slug, mistake.misconception, mistake.cure
    else:
        slug, why = None, "The checker does not know this mistake. It found the difference above."
        advice = f"Make this call yourself, print each step in the function, or ask hint({name!r})."
    lines = [
        f"{name}: not yet.",
        labelled("called", check_of(name).probes[found.probe].call),
        *printed,
        *_got_and_expected(found),
        labelled("mistake", why + (f" ({slug})" if slug else "")),
        labelled("try", advice),
    ]
    return Report(False, name, slug, "\n".join(lines))


def own_or_reference(function: Attempt) -> tuple[Attempt, str]:
    """Return a learner's function once it passes its check, and the library's until then.

    Args:
        function: the attempt; its name is the exercise's.

    Returns:
        The function to go on with, and a caption that says whose function it is.

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


def _got_and_expected(found: Difference) -> list[str]:
    error = found.seen["error"]
    if error is not None:
        return [labelled("got", describe(error)), labelled("expected", "no error")]
    seen = describe(found.seen[found.label]) if found.label in found.seen else "nothing"
    right = describe(found.wanted[found.label])
    return [
        labelled("got", f"{found.label}: {seen}"),
        labelled("expected", f"{found.label}: {right}"),
    ]


def _refuse(name: str, why: str) -> Report:
    return Report(False, name, None, f"{name}: not checked: {why}")
