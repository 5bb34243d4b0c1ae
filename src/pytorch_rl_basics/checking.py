"""Check a learner's function."""

from __future__ import annotations

from .checker.comparing import Check, Difference
from .checker.evidence import gather
from .checker.facts import Raised, describe, in_words
from .checker.general import name_in_general, what_is_right
from .checker.naming import name_mistake
from .checker.probes import Attempt
from .checker.report import Report
from .checker.sandbox import sandbox
from .exercises import EXERCISES, check_of, find_exercises, get_exercise

UNKNOWN = "The checker does not know this mistake. It found the difference above."
NEXT_STEPS = (
    "Ask the report for reproduce(): it prints code that makes this call with your function and "
    "with the library's. Then print each step in your function."
)


def check(function: Attempt, exercise: str | int | None = None) -> Report:
    """Check whether a function does what its exercise asks, and if not, which mistake it makes.

    An exception that the attempt raises, ``SystemExit`` included, becomes part of the report; only
    ``KeyboardInterrupt`` still stops the program. The check restores the random states, the
    default dtype, the grad mode and the like.

    Args:
        function: the attempt.
        exercise: the exercise's name or its number. If left out, the function's own name is the
            exercise's. Where several exercises have this number, the function's name chooses.

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
            return _refuse(name, f"the check ended in an error: {describe(Raised.of(error))}")


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


def _name(function: Attempt) -> str:
    """Give a function's name, or an empty text if it has none."""
    try:
        name = function.__name__
    except Exception:  # whatever a learner's object may raise
        return ""
    return name if isinstance(name, str) else ""


def _judge(name: str, function: Attempt) -> Report:
    if not callable(function):
        return _refuse(name, f"{in_words(function, repr)} is not a function")
    if name not in EXERCISES:
        advice = (
            "Name the exercise as well, as in check(function, 'epsilon_greedy'). "
            f"The names are: {', '.join(EXERCISES)}."
        )
        return _refuse(name, f"no exercise is named {name!r}", advice)
    check = check_of(name)
    difference, first = check.compare(function)
    if difference is None:
        asked_for = "printed" in check.expected[0]  # to print is part of the task
        printed = () if asked_for else first.printed
        return Report(True, name, None, "passed", printed=printed, note=check.note(function))
    if _unwritten(difference):
        hint = get_exercise(name).hints[0]
        return Report(
            False, name, None, "not attempted yet", False, printed=difference.printed, hint=hint
        )
    return _explain(name, function, difference)


def _refuse(name: str, why: str, advice: str = "") -> Report:
    return Report(False, name or "no exercise", None, f"not checked: {why}", advice=advice)


def _explain(name: str, function: Attempt, found: Difference) -> Report:
    """Say what is wrong with an attempt."""
    check = check_of(name)
    example = check.probes[found.probe].example
    slug, explanation, advice = _named(check, function, found)
    got, expected = _got_and_expected(found)
    return Report(
        passed=False,
        exercise=name,
        mistake=slug,
        verdict="not yet",
        call=check.probes[found.probe].call,
        got=got,
        expected=expected,
        explanation=explanation,
        advice=advice,
        printed=found.printed,
        snippet=example.snippet(function) if example else "",
    )


def _named(check: Check, function: Attempt, found: Difference) -> tuple[str | None, str, str]:
    """Name the mistake, one of the exercise's own if there is one, and say what to try."""
    own = name_mistake(check, function, found)
    if own is not None:
        return own.slug, own.misconception, own.fix
    evidence = gather(check.truth, function, check.answers)
    return name_in_general(evidence) or (None, UNKNOWN + what_is_right(evidence), NEXT_STEPS)


def _unwritten(found: Difference) -> bool:
    """Tell a stub from a function in which torch itself has something not implemented."""
    error = found.shown["error"]
    return isinstance(error, Raised) and error.kind == "NotImplementedError" and error.stated


def _got_and_expected(found: Difference) -> tuple[str, str]:
    error, label = found.shown["error"], found.label
    if error is not None:
        return describe(error), "no error"
    shown = describe(found.shown[label]) if label in found.shown else "nothing"
    return f"{label}: {shown}", f"{label}: {describe(found.expected[label])}"
