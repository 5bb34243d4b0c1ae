"""Execute a learner's file and check each function in it that is named like an exercise."""

from __future__ import annotations

import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ..checker.checking import check
from ..checker.facts import Raised
from ..checker.report import labelled
from ..checker.sandbox import sandbox
from ..exercises import EXERCISES
from .source import execute, own_names, read
from .workbook import exercise_of


@dataclass(frozen=True)
class Verdict:
    """What was found out about an attempt, or about a file whose attempts cannot be reached.

    Attributes:
        file: the file that the attempt is in.
        exercise: the exercise's name; None if it is unknown because the file cannot be executed.
        passed: whether the attempt does what the exercise asks.
        mistake: the name of the mistake, if it is a known one.
        message: the whole report as text.
        seconds: how long the check took, or the file, if it cannot be checked.
    """

    file: str
    exercise: str | None
    passed: bool
    mistake: str | None
    message: str
    seconds: float

    @property
    def headline(self) -> str:
        """The report in a few words."""
        if self.passed or self.mistake:
            return self.mistake or "passed"
        return self.message.splitlines()[0].partition(": ")[2].rstrip(".")

    @property
    def attempted(self) -> bool:
        """Whether there is anything to judge yet."""
        return self.headline != "not attempted yet"


@dataclass(frozen=True)
class Begun:
    """Sent before each step, which may never end: what is done next."""

    exercise: str | None  # None: the file itself is executed


def judge(path: Path, done: Collection[str] = ()) -> Iterator[Begun | Verdict]:
    """Execute a file and check the attempts in it.

    Args:
        path: the learner's file.
        done: exercises that already have a verdict.

    Yields:
        What is done next, and then its verdict, step by step.
    """
    yield Begun(None)
    start = time.perf_counter()
    try:
        with sandbox():
            module = execute(path)
    except BaseException as error:
        yield about_file(path, _stopped(path, error), time.perf_counter() - start)
        return
    found = attempts(module)
    if not found:
        yield about_file(path, _nothing_found(path, module), time.perf_counter() - start)
    for name, function in found.items():
        if name not in done:
            yield Begun(name)
            yield _verdict(path, function, name)


def attempts(module: ModuleType) -> dict[str, Any]:
    """Find the functions of a module that are attempts at exercises, imported ones left out."""
    return {
        exercise: vars(module)[name]
        for exercise in EXERCISES
        for name in reversed(own_names(exercise))
        if name in vars(module) and not _imported(vars(module)[name], module)
    }


def about_file(path: Path, message: str, seconds: float) -> Verdict:
    """Give the verdict on a file that could not be checked."""
    exercise = exercise_of(path)
    return Verdict(str(path), exercise, False, None, f"{path.name}: {message}", seconds)


def quote(path: Path, file: str | None, number: int | None) -> list[str]:
    """Quote a line of a file, as a line of a report; nothing if the line is not known.

    Args:
        path: the file.
        file: its name in a traceback, which says which cell of a notebook it is.
        number: of the line, from 1.
    """
    try:
        cells = [cell for cell in read(path) if cell.name == file and number]
    except Exception:  # its own code has removed it, or left the folder
        return []
    return [
        labelled("where", f"{cell.place}line {number}: {line.strip()}")
        for cell in cells
        for line in cell.text.splitlines()[(number or 0) - 1 : number]
    ]


def _imported(value: object, module: ModuleType) -> bool:
    # Not isinstance(): an object may have a say in that.
    return type(value) is FunctionType and value.__module__ != module.__name__


def _verdict(path: Path, function: Any, name: str) -> Verdict:
    start = time.perf_counter()
    try:
        report = check(function, name)
    except Exception as error:  # never the attempt's: check() catches those
        passed, mistake = False, None
        message = f"{name}: not checked.\nThe checker itself failed: {error!r}"
    else:
        passed, mistake, message = report.passed, report.mistake, report.message
    return Verdict(str(path), name, passed, mistake, message, time.perf_counter() - start)


def _stopped(path: Path, error: BaseException) -> str:
    """Say why a file did not run to its end."""
    advice = f"Fix this line. `python {path.name}` shows the whole error."
    if path.suffix == ".ipynb":
        advice = "Fix this line, run the cell, and save the notebook."
    message, (file, number) = Raised.of(error).message, _innermost_line(path, error)
    if isinstance(error, SyntaxError):
        message, file, number = error.msg, error.filename, error.lineno
    if isinstance(error, SyntaxError) and error.__cause__ is not None:
        advice = "Save the file as UTF-8: your editor has a setting for the encoding."
    elif isinstance(error, ModuleNotFoundError):
        advice = f"Install {error.name}, or remove the import: no exercise needs more than torch."
    elif isinstance(error, SystemExit):
        advice = 'Remove what ends the program, or put it under `if __name__ == "__main__":`.'
    return "\n".join(
        [
            "could not be run.",
            labelled("got", f"{type(error).__name__}: {message}"),
            *quote(path, file, number),
            labelled("try", advice),
        ]
    )


def _innermost_line(path: Path, error: BaseException) -> tuple[str | None, int | None]:
    """Find the innermost line of the file that an exception went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(path.absolute()))]
    return (own[-1].filename, own[-1].lineno) if own else (None, None)


def _nothing_found(path: Path, module: ModuleType) -> str:
    name = exercise_of(path)
    lines = ["no exercise in it."]
    if found := [name for name in EXERCISES if name in vars(module)]:
        lines.append(labelled("got", f"{', '.join(found)}: imported, not written here"))
    lines.append(labelled("expected", f"a function named {name or 'like one of the exercises'}"))
    advice = f"Name it like the exercise: {', '.join(EXERCISES)}."
    if name is not None:
        advice = f"Name it {name}, and define it at the top level of the file."
    return "\n".join([*lines, labelled("try", advice)])
