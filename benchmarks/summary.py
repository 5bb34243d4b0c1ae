"""Medians, ranges and ratios over seeds. A training that never solves its task is endless."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from .contestants import Kind
from .results import Trial


class Summary(NamedTuple):
    """Some numbers in short."""

    median: float
    lowest: float
    highest: float


def summarise(numbers: Sequence[float]) -> Summary:
    """Give the median and the range."""
    return Summary(statistics.median(numbers), min(numbers), max(numbers))


def of(trials: Sequence[Trial], contestant: str, algorithm: str) -> list[Trial]:
    """Keep one contestant's trainings of one algorithm."""
    return [
        trial for trial in trials if trial.contestant == contestant and trial.algorithm == algorithm
    ]


def finals(trials: Sequence[Trial]) -> list[float]:
    """Give the returns of the final weights, of the trainings that spent their budget."""
    return [trial.final_return for trial in trials if trial.final_return is not None]


def training_returns(trials: Sequence[Trial]) -> list[float]:
    """Give the returns in training, of the trainings that spent their budget."""
    return [trial.training_return for trial in trials if trial.training_return is not None]


def seconds_to(kind: Kind, trials: Sequence[Trial]) -> list[float]:
    """Give the CPU seconds until each training was solved; infinity for one that never was."""
    marks = [getattr(trial, kind) for trial in trials]
    return [math.inf if mark is None else mark.cpu_seconds for mark in marks]


def steps_to(kind: Kind, trials: Sequence[Trial]) -> list[float]:
    """Give the environment steps until each training was solved; infinity likewise."""
    marks = [getattr(trial, kind) for trial in trials]
    return [math.inf if mark is None else mark.env_steps for mark in marks]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Say how many times as long theirs take: the ratio of the medians.

    Infinite where only they do not get there, not a number where nobody or only we do not.
    """
    own, other = statistics.median(ours), statistics.median(theirs)
    return other / own if math.isfinite(own) else math.nan


def times(ratio: float) -> str:
    """Write a ratio, rounded down: 7.98 must not read as 8.0 where a goal of 8 is missed."""
    return f"{math.floor(10 * ratio) / 10:.1f} ×" if math.isfinite(ratio) else "–"
