"""What was measured, and how it is kept in a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
OURS, THEIRS = "ours", "stable-baselines3"


@dataclass(frozen=True)
class Mark:
    """When a training was first solved."""

    cpu_seconds: float
    env_steps: int


@dataclass(frozen=True)
class Trial:
    """One training with one seed.

    Args:
        contestant: ``OURS``, ``THEIRS``, or what an ablation is called.
        algorithm: the one that was trained, which may be another than it is compared with.
        seed: of the training.
        cpu_seconds: of the whole training, evaluations left out.
        env_steps: environment steps of the whole training.
        greedy: when it was greedy solved; None if it never was.
        strict: when it was strict solved; None if it never was.
        final_return: mean return of 100 fresh greedy episodes with the final weights; None where
            the training was stopped before its budget was spent.
    """

    contestant: str
    algorithm: str
    seed: int
    cpu_seconds: float
    env_steps: int
    greedy: Mark | None = None
    strict: Mark | None = None
    final_return: float | None = None


@dataclass(frozen=True)
class Made:
    """Where and when results came about."""

    date: str
    machine: dict[str, str]
    versions: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """What one kind of measurement gave for one algorithm: trainings, or named numbers."""

    made: Made
    trials: list[Trial] = field(default_factory=list)
    numbers: dict[str, list[float]] = field(default_factory=dict)


Results = dict[str, dict[str, Entry]]
"""Entries by the kind of measurement, then by the algorithm."""


def merge(old: Results, new: Results) -> Results:
    """Put new entries in the place of old ones of the same kind and algorithm; keep the others."""
    return {kind: old.get(kind, {}) | new.get(kind, {}) for kind in {**old, **new}}


def write(results: Results, path: Path) -> None:
    """Write results as JSON."""
    kinds = {
        kind: {algorithm: asdict(entry) for algorithm, entry in entries.items()}
        for kind, entries in results.items()
    }
    text = json.dumps({"format": FORMAT, **kinds}, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> Results:
    """Read what ``write`` has written.

    Raises:
        ValueError: the file is of another format.
    """
    kinds = json.loads(path.read_text(encoding="utf-8"))
    if kinds.pop("format", None) != FORMAT:
        raise ValueError(f"{path} holds no results of format {FORMAT}. Run `nox -s bench` again.")
    return {
        kind: {algorithm: _entry(entry) for algorithm, entry in entries.items()}
        for kind, entries in kinds.items()
    }


def _entry(entry: dict[str, Any]) -> Entry:
    """Make an entry of its JSON."""
    trials = [_trial(trial) for trial in entry["trials"]]
    return Entry(Made(**entry["made"]), trials, entry["numbers"])


def _trial(trial: dict[str, Any]) -> Trial:
    """Make a trial of its JSON."""
    marks = {kind: trial[kind] and Mark(**trial[kind]) for kind in ("greedy", "strict")}
    return Trial(**trial | marks)
