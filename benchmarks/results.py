"""What was measured, and how it is kept in a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 2
OURS, THEIRS = "ours", "stable-baselines3"


class Mark(NamedTuple):
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
        training_return: mean return of all training episodes, weighted by their lengths; None
            likewise.
    """

    contestant: str
    algorithm: str
    seed: int
    cpu_seconds: float
    env_steps: int
    greedy: Mark | None = None
    strict: Mark | None = None
    final_return: float | None = None
    training_return: float | None = None


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
    """Write results as JSON: a line per entry, floats with seven significant digits."""
    lines = [
        json.dumps({"kind": kind, "algorithm": algorithm, **_as_json(entry)}, ensure_ascii=False)
        for kind, entries in sorted(results.items())
        for algorithm, entry in sorted(entries.items())
    ]
    columns = json.dumps([column.name for column in fields(Trial)])
    head = f'{{"format": {FORMAT}, "columns of trials": {columns}, "entries": [\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def read(path: Path) -> Results:
    """Read what ``write`` has written.

    Raises:
        ValueError: the file is of another format.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("format") != FORMAT:
        raise ValueError(f"{path} holds no results of format {FORMAT}. Run `nox -s bench` again.")
    results: Results = {}
    for entry in content["entries"]:
        trials = [_trial(*trial) for trial in entry["trials"]]
        kind = results.setdefault(entry["kind"], {})
        kind[entry["algorithm"]] = Entry(Made(**entry["made"]), trials, entry["numbers"])
    return results


def _as_json(entry: Entry) -> Any:
    """Make a trial a list, and round the floats."""
    trials = [astuple(trial) for trial in entry.trials]
    text = json.dumps(
        {"made": asdict(entry.made), "trials": trials, "numbers": entry.numbers}, allow_nan=False
    )
    return json.loads(text, parse_float=lambda number: float(f"{float(number):.7g}"))


def _trial(*parts: Any) -> Trial:
    """Make a trial of its list."""
    trial = Trial(*parts)
    greedy, strict = (mark and Mark(*mark) for mark in (trial.greedy, trial.strict))
    return replace(trial, greedy=greedy, strict=strict)
