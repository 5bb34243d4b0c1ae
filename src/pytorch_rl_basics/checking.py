"""Check a learner's function."""

from __future__ import annotations

import contextlib
import threading

from ._validation import ASKED
from .checker.comparing import Check, Difference
from .checker.error_index import name_in_error_index
from .checker.evidence import gather
from .checker.facts import Raised, describe, in_words
from .checker.general import name_in_general, what_is_right
from .checker.interrupts import STOPS, Interrupts, OutOfTime
from .checker.naming import name_mistake
from .checker.probes import Attempt
from .checker.report import Report
from .checker.sandbox import sandbox
from .checker.settings import Everything
from .exercises import EXERCISES, check_of, find_exercises, get_exercise

UNKNOWN = "The checker does not know this mistake. It found the difference above."
NEXT_STEPS = (
    "In Python, check({name}).reproduce() prints code that makes this call with your function and "
    "with the library's. Run it, and print each step in your function."
)
DELEGATED = "(The library computed the answer, not code of your own.)"
ONE_AT_A_TIME = threading.RLock()  # a check changes settings of the whole process


def check(
    function: Attempt, exercise: str | int | None = None, *, seconds: float | None = None
) -> Report:
    """Check whether a function does what its exercise asks, and if not, which mistake it makes.

    An exception that the attempt raises, ``SystemExit`` included, becomes part of the report; only
    ``KeyboardInterrupt`` still stops the program, even if the attempt catches it. Checks in
    several threads run one after the other.

    The check restores afterwards:

    - Python's built-in functions, ``sys.modules``, ``sys.path``, ``os.environ``, the working
      directory, standard output and error, warning filters, signal handlers, a timer that the
      attempt has started, the recursion limit, trace and profile functions;
    - the random states of Python, NumPy and PyTorch; the print options of NumPy and PyTorch;
    - PyTorch's default dtype and device, grad mode, inference mode, autocast, anomaly detection,
      deterministic algorithms, number of threads, matmul precision, hooks of all modules and
      optimizers, and the functions and classes that exercises use.

    Args:
        function: the attempt.
        exercise: the exercise's name or its number. If left out, the function's own name is the
            exercise's. Where several exercises have this number, the function's name chooses.
        seconds: a time limit, none by default. It works in the main thread only, on systems that
            have ``signal.setitimer`` (not Windows), and is off while a debugger runs. It cannot
            interrupt native code, such as one long call of PyTorch: it ends the attempt after it.

    Returns:
        A report, which also shows the first lines that the attempt printed. Its ``delegated`` is
        True if the attempt passed but called the library's function of the same exercise, or read
        the checker's answer. The library's function itself passes without this remark.

    Raises:
        KeyError: ``exercise`` is not the name or number of an exercise, or is the number of
            several and the function has the name of none of them; the message lists the names.

    >>> def cubic_gradient(x):
    ...     return 3 * x**2 + 2
    >>> check(cubic_gradient).passed
    False
    """
    with ONE_AT_A_TIME, Everything(), sandbox():
        name = _name(function)
        if exercise is not None and name not in (one.name for one in find_exercises(exercise)):
            name = get_exercise(exercise).name
        interrupts, where = Interrupts(seconds), ""
        try:
            with interrupts:
                report = _judge(name, function)
        except OutOfTime as error:
            where = Raised.of(error).where
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # such as a result that cannot be compared with anything
            report = _refuse(name, f"the check ended in an error: {describe(Raised.of(error))}")
    if interrupts.kind is KeyboardInterrupt:  # the attempt has caught it
        raise KeyboardInterrupt
    if interrupts.kind is OutOfTime:
        late, advice = f"took longer than {seconds:g} s", "Look for a loop that never ends."
        return Report(False, name, None, late, advice=advice, where=where)
    return report


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
    except STOPS:
        raise
    except BaseException:  # whatever a learner's object may raise
        return ""
    return name if type(name) is str else ""


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
    if not check.intact:
        check_of.cache_clear()
        check = check_of(name)
    ASKED.clear()
    difference, first = check.compare(function)
    if difference is None:
        asked_for = "printed" in check.expected[0]  # to print is part of the task
        printed = () if asked_for else first.printed
        delegated = bool(ASKED & {name, "the checker"}) and function is not EXERCISES[name].function
        delegated = delegated or function is check.truth
        note = f"{DELEGATED * delegated} {check.note(function)}".strip()
        return Report(True, name, None, "passed", printed=printed, note=note, delegated=delegated)
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
    """Name the mistake and say what to try.

    The exercise's own mistakes come first, then the error index, then the general mistakes.
    """
    own = name_mistake(check, function, found)
    if own is not None:
        return own.slug, own.misconception, own.fix
    if by_error := name_in_error_index(found.shown.get(found.label)):
        return by_error
    unknown, next_steps = UNKNOWN, NEXT_STEPS.format(name=_name(function))
    with contextlib.suppress(Exception):  # such as a sparse result, which equals nothing
        evidence = gather(check.truth, function, check.answers)
        unknown += what_is_right(evidence, check.probes[found.probe].example)
        if general := name_in_general(evidence):
            return general
    return None, unknown, next_steps


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
