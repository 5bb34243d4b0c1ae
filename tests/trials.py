"""Try the checker on learners' code, right and wrong: what test_checker.py and a page report."""

import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pytorch_rl_basics import Report, check
from pytorch_rl_basics.checker import sandbox
from pytorch_rl_basics.exercises import EXERCISES, check_of


class Trial(NamedTuple):
    """One attempt, what it is, and what the checker says of it."""

    exercise: str
    attempt: str  # the name of the learner's function
    right: bool
    mistake: str | None  # the name that a wrong one should get, if it is a known mistake
    report: Report
    seconds: float  # of CPU time


def learners(exercise: str) -> Iterator[tuple[Callable[..., Any], bool, str | None]]:
    """List the learners' code for one exercise: the function, whether it is right, its mistake."""
    code = importlib.import_module(f"learners.{exercise}")
    yield from ((function, True, None) for function in code.RIGHT)
    for mistake, functions in code.WRONG.items():
        yield from ((function, False, mistake) for function in functions)
    yield from ((function, False, None) for function in code.UNNAMED)


def trials(exercise: str, seed: int = 0) -> list[Trial]:
    """Check every attempt at an exercise, with all random draws from this seed."""
    sandbox.SEED = seed
    check_of.cache_clear()  # it has noted facts with other draws
    found = []
    for function, right, mistake in learners(exercise):
        start = time.process_time()
        report = check(function, exercise)
        seconds = time.process_time() - start
        found.append(Trial(exercise, function.__name__, right, mistake, report, seconds))
    return found


def all_trials(seed: int = 0) -> list[Trial]:
    """Check every attempt at every exercise."""
    return [trial for exercise in EXERCISES for trial in trials(exercise, seed)]
