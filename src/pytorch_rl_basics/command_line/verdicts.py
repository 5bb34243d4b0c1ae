"""Execute a learner's file, and check its functions that have an exercise's name."""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ..checker.facts import Raised
from ..checker.report import Report
from ..checker.sandbox import sandbox
from ..checking import check
from ..exercises import EXERCISES
from .source import execute, own_names, read
from .workbook import exercise_of


@dataclass(frozen=True)
class Verdict:
    """The report on an attempt, or on a file whose attempts cannot be reached.

    Attributes:
        file: the file that the attempt is in.
        exercise: the exercise's name; None if it is unknown because the file cannot be executed.
        report: the report on the attempt, or on the file.
        seconds: how long the check took, or the file, if it cannot be checked.
    """

    file: str
    exercise: str | None
    report: Report
    seconds: float

    @property
    def fields(self) -> dict[str, Any]:
        """What ``check --json`` prints."""
        report = self.report
        return {
            "file": self.file,
            "exercise": self.exercise,
            "passed": report.passed,
            "mistake": report.mistake,
            "message": report.message,
            "seconds": round(self.seconds, 3),
            "attempted": report.attempted,
            "call": report.call,
            "got": report.got,
            "expected": report.expected,
            "advice": report.advice,
            "delegated": report.delegated,
        }


@dataclass(frozen=True)
class Begun:
    """The next step, sent before it runs, because it may never end."""

    exercise: str | None  # None: the file itself is executed


def judge(path: Path, done: Collection[str] = ()) -> Iterator[Begun | Verdict]:
    """Execute a file and check the attempts in it.

    Args:
        path: the learner's file.
        done: exercises that already have a verdict.

    Yields:
        Each step before it runs, and then its verdict.
    """
    yield Begun(None)
    start = time.perf_counter()
    try:
        with sandbox():
            module = execute(path)
    except BaseException as error:
        yield Verdict(
            str(path), exercise_of(path), _stopped(path, error), time.perf_counter() - start
        )
        return
    found = attempts(module)
    if not found:
        report = _nothing_found(path, module)
        yield Verdict(str(path), exercise_of(path), report, time.perf_counter() - start)
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


def quote(path: Path, file: str | None, number: int | None) -> str:
    """Quote a line of a file, as a report does; nothing if the line is not known.

    Args:
        path: the file.
        file: its name in a traceback, which says which cell of a notebook it is.
        number: of the line, from 1.
    """
    try:
        cells = [cell for cell in read(path) if cell.name == file and number]
    except Exception:  # its own code has removed it, or left the folder
        return ""
    for cell in cells:
        for line in cell.text.splitlines()[(number or 0) - 1 : number]:
            return f"{cell.place}line {number}: {line.strip()}"
    return ""


def _imported(value: object, module: ModuleType) -> bool:
    # Not isinstance(): an object may define its result.
    return type(value) is FunctionType and value.__module__ != module.__name__


def _verdict(path: Path, function: Any, name: str) -> Verdict:
    start = time.perf_counter()
    try:
        report = check(function, name)
    except Exception as error:  # never the attempt's: check() catches those
        report = Report(
            False, name, None, "not checked", note=f"The checker itself failed: {error!r}"
        )
    return Verdict(str(path), name, report, time.perf_counter() - start)


def _stopped(path: Path, error: BaseException) -> Report:
    """Say why a file did not run to its end."""
    message, (file, number) = Raised.of(error).message, _innermost_line(path, error)
    if isinstance(error, SyntaxError):
        message, file, number = error.msg, error.filename, error.lineno
    got, where = f"{type(error).__name__}: {message}", quote(path, file, number)
    advice = _advice(path, error)
    return Report(False, path.name, None, "could not be run", got=got, where=where, advice=advice)


def _advice(path: Path, error: BaseException) -> str:
    """Say what to do about an error in a file."""
    if isinstance(error, SyntaxError) and error.__cause__ is not None:
        return "Save the file as UTF-8: your editor has a setting for the encoding."
    if isinstance(error, ModuleNotFoundError):
        return f"Install {error.name}, or remove the import: no exercise needs more than torch."
    if isinstance(error, SystemExit):
        return 'Remove what ends the program, or put it under `if __name__ == "__main__":`.'
    if path.suffix == ".ipynb":
        return "Fix this line, run the cell, and save the notebook."
    return f"Fix this line. `python {shlex.quote(path.name)}` shows the whole error."


def _innermost_line(path: Path, error: BaseException) -> tuple[str | None, int | None]:
    """Find the innermost line of the file that an exception went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(path.absolute()))]
    return (own[-1].filename, own[-1].lineno) if own else (None, None)


def _nothing_found(path: Path, module: ModuleType) -> Report:
    """Report that a file has no attempt, and how to name one."""
    name = exercise_of(path)
    imported = ", ".join(name for name in EXERCISES if name in vars(module))
    advice = f"Name it like the exercise: {', '.join(EXERCISES)}."
    if name is not None:
        advice = f"Name it {name}, and define it at the top level of the file."
    got = f"{imported}: imported, not written here" if imported else ""
    expected = f"a function named {name or 'like one of the exercises'}"
    return Report(
        False, path.name, None, "no exercise in it", got=got, expected=expected, advice=advice
    )
