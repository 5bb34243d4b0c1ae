"""Try the checker on learners' code, right and wrong; as a script, write what a page reports."""

import importlib
import inspect
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from pytorch_rl_basics import Report, check
from pytorch_rl_basics.checker import sandbox
from pytorch_rl_basics.exercises import EXERCISES, check_of

SEEDS = {"epsilon_greedy": 30, "sample_actions": 30}  # whose verdicts depend on many draws
RESULTS = Path(__file__).parents[1] / "docs" / "checker_trials.json"


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
    for name, attempt in vars(code).items():
        if inspect.isfunction(attempt):  # which a helper may have made
            attempt.__name__ = name
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


def count(found: list[Trial]) -> dict[str, int]:
    """Count the attempts of each kind, and the right verdicts on them."""
    return {
        "right": sum(trial.right for trial in found),
        "accepted": sum(trial.right and trial.report.passed for trial in found),
        "wrong": sum(not trial.right for trial in found),
        "refused": sum(not trial.right and not trial.report.passed for trial in found),
        "known": sum(trial.mistake is not None for trial in found),
        "named": sum(
            trial.mistake is not None and trial.report.mistake == trial.mistake for trial in found
        ),
    }


def count_seeds(exercise: str) -> dict[str, int]:
    """Count the seeds, and the right verdicts with the seed that has the fewest."""
    seeds = SEEDS.get(exercise, 3)
    rows = [count(trials(exercise, seed)) for seed in range(seeds)]
    return {column: min(row[column] for row in rows) for column in rows[0]} | {"seeds": seeds}


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        counts = dict(zip(EXERCISES, pool.map(count_seeds, EXERCISES), strict=True))
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in counts.items())
    RESULTS.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
