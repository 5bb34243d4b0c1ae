"""Execute a learner's file and check each function in it that is named like an exercise."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

from ..checker.checking import check
from ..checker.facts import Raised
from ..checker.sandbox import sandbox
from ..exercises import EXERCISES
from .workbook import FILE_NAMES


@dataclass(frozen=True)
class Verdict:
    """What was found out about an attempt, or about a file whose attempts cannot be reached.

    Attributes:
        file: where the attempt stands.
        exercise: the exercise's name; None where even the file's name does not tell.
        passed: whether the attempt does what the exercise asks.
        mistake: the name of the mistake, if it is a known one.
        message: the whole report in words.
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
    """Said before each step: what is done next, in case it never ends."""

    exercise: str | None  # None: the file itself is executed


def judge(path: Path, done: Collection[str] = ()) -> Iterator[Begun | Verdict]:
    """Execute a file and check the attempts in it.

    Args:
        path: the learner's file.
        done: exercises that need no verdict any more.

    Yields:
        What is done next, and then what came of it, step by step.
    """
    yield Begun(None)
    start = time.perf_counter()
    try:
        with sandbox():
            module = execute(path)
    except BaseException as error:
        yield about_file(path, _stopped(path, error), time.perf_counter() - start)
        return
    names = attempts(module)
    if not names:
        yield about_file(path, _nothing_found(path, module), time.perf_counter() - start)
    for name in names:
        if name not in done:
            yield Begun(name)
            yield _verdict(path, module, name)


def execute(path: Path) -> ModuleType:
    """Execute a file as a module of its own, not as the main program."""
    code = compile(path.read_bytes(), str(path.absolute()), "exec", dont_inherit=True)
    module = ModuleType(f"attempt.{path.stem}")
    module.__file__ = str(path.absolute())
    sys.modules[module.__name__] = module  # where pickle and dataclasses look it up
    exec(code, vars(module))
    return module


def attempts(module: ModuleType) -> list[str]:
    """Name the exercises that a module has a function for, imported functions left out."""
    return [
        name
        for name in EXERCISES
        if name in vars(module) and not _imported(getattr(module, name), module)
    ]


def about_file(path: Path, message: str, seconds: float) -> Verdict:
    """Give the verdict on a file that could not be checked."""
    exercise = FILE_NAMES.get(path.name)
    return Verdict(str(path), exercise, False, None, f"{path.name}: {message}", seconds)


def show_line(path: Path, number: int | None) -> list[str]:
    """Quote a line of a file, as a line of a report; nothing if the line is not known."""
    if number is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # its own code has removed it, or left the folder
        return []
    return [f"where:     line {number}: {line.strip()}" for line in lines[number - 1 : number]]


def _imported(value: object, module: ModuleType) -> bool:
    # Not isinstance(): an object may have a say in that.
    return type(value) is FunctionType and value.__module__ != module.__name__


def _verdict(path: Path, module: ModuleType, name: str) -> Verdict:
    start = time.perf_counter()
    try:
        report = check(getattr(module, name), name)
    except Exception as error:  # never the attempt's: check() catches those
        passed, mistake = False, None
        message = f"{name}: not checked.\nThe checker itself failed: {error!r}"
    else:
        passed, mistake, message = report.passed, report.mistake, report.message
    return Verdict(str(path), name, passed, mistake, message, time.perf_counter() - start)


def _stopped(path: Path, error: BaseException) -> str:
    """Say why a file did not run to its end."""
    message = Raised.of(error).message
    cure = f"Put that right; `python {path.name}` shows the whole error."
    if isinstance(error, SyntaxError):
        message, number = error.msg, error.lineno
    else:
        number = _line(path, error)
    if isinstance(error, ModuleNotFoundError):
        cure = f"Install {error.name}, or do without it: no exercise needs more than torch."
    elif isinstance(error, SystemExit):
        cure = 'Leave out what ends the program, or put it under `if __name__ == "__main__":`.'
    return "\n".join(
        [
            "could not be run.",
            f"came back: {type(error).__name__}: {message}",
            *show_line(path, number),
            f"try:       {cure}",
        ]
    )


def _line(path: Path, error: BaseException) -> int | None:
    """Find the line of the file that an exception came from, or went through last."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if frame.filename == str(path.absolute())]
    return own[-1] if own else None


def _nothing_found(path: Path, module: ModuleType) -> str:
    wanted = FILE_NAMES.get(path.name)
    lines = ["no exercise in it."]
    if found := [name for name in EXERCISES if name in vars(module)]:
        lines.append(f"came back: {', '.join(found)}: imported, not written here")
    lines.append(f"wanted:    a function named {wanted or 'like one of the exercises'}")
    if wanted is None:
        lines.append(f"try:       Name it as the exercise: {', '.join(EXERCISES)}.")
    else:
        lines.append(f"try:       Name it {wanted}, and leave it at the top level of the file.")
    return "\n".join(lines)
