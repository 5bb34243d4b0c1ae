"""Run each learner's file in a process of its own: crashes and endless loops stay in there."""

from __future__ import annotations

import contextlib
import faulthandler
import itertools
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import torch

from ..checker.report import Report
from ..exercises import EXERCISES, check_of
from .verdicts import Begun, Verdict, judge, quote
from .workbook import exercise_of

LIMIT = 10.0  # seconds, for executing the file and for each check
GRACE = 2.0  # seconds, for a process to notice that its time is up
SIGNALLED = 128  # plus the signal's number: the exit code of a process whose child a signal ended
# A fork has what its parent has imported. It is unsafe with the system libraries of macOS.
START = "fork" if hasattr(os, "fork") and sys.platform != "darwin" else "spawn"


@dataclass(frozen=True)
class Death:
    """A process that ended before its work did.

    Attributes:
        exitcode: its exit code, negative for a signal; None if it had to be killed.
        trace: the lines that were running, as ``faulthandler`` writes them.
        parent_killed: whether it killed its parent, the process that waited for it.
    """

    exitcode: int | None
    trace: str
    parent_killed: bool

    @classmethod
    def of(cls, process: Any, trace: Path) -> Death:
        """Read how a process ended; where it was forked, how its child did."""
        code, forked = process.exitcode, START == "fork"
        if forked and code is not None and code - SIGNALLED in signal.valid_signals():
            code = SIGNALLED - code
        text = trace.read_text("utf-8", "replace") if trace.exists() else ""
        return cls(code, text, forked and (process.exitcode or 0) < 0)


def run(paths: Iterable[Path], limit: float = LIMIT) -> Iterator[Verdict]:
    """Check files, one after the other.

    Args:
        paths: the learner's files.
        limit: seconds for executing a file, and again for each check. Importing the library
            does not count.

    Yields:
        A verdict on each attempt, or on a file whose attempts cannot be reached.
    """
    if START == "fork":
        warm_up()
    for path in paths:
        yield from _run_file(path, limit)


def warm_up() -> None:
    """Import everything that checks need.

    There is no backward pass here: with a GPU it starts threads, which a fork does not have.
    """
    torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)  # the first imports a lot
    for name in EXERCISES:
        with contextlib.suppress(Exception):  # if it cannot be loaded, its verdict says so
            check_of(name)


def _run_file(path: Path, limit: float) -> Iterator[Verdict]:
    """Check a file's attempts; after one that ended its process, the others in a new one."""
    done: list[str] = []
    dead = True
    while dead:
        dead, exercise, start = False, None, time.perf_counter()
        for message in _messages(path, limit, done):
            match message:
                case Begun():
                    exercise, start = message.exercise, time.perf_counter()
                    if exercise is not None:
                        done.append(exercise)
                case Verdict():
                    yield message
                case Death():
                    seconds = time.perf_counter() - start
                    yield _verdict_on_death(path, exercise, message, limit, seconds)
                    dead = exercise is not None


def _messages(path: Path, limit: float, done: list[str]) -> Iterator[Begun | Verdict | Death]:
    """Start a process for a file, and pass on its messages; if it died, the last one says how."""
    context: Any = multiprocessing.get_context(START)
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder, receiver:
        trace = Path(folder) / "trace"
        process = context.Process(target=_work, args=(path, limit, done, sender, trace))
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            process.start()  # Python 3.12 warns of threads, such as numpy's: no check uses them
        sender.close()
        try:
            patience = None  # the imports may take their time
            while wait([receiver, process.sentinel], patience):
                try:
                    if not receiver.poll():
                        raise EOFError  # it has ended, but what it started keeps the pipe open
                    message: Begun | Verdict | None = receiver.recv()
                except Exception:  # or the file wrote to our pipe, and it may read as anything
                    process.join(GRACE)
                    break
                if message is None:
                    if Death.of(process, trace).parent_killed:
                        break
                    return
                patience = limit + GRACE
                yield message
            yield Death.of(process, trace)
        finally:
            process.kill()
            with contextlib.suppress(AttributeError, OSError):
                os.killpg(process.pid, signal.SIGKILL)  # what it has started, if it is still there
            process.join()


def _work(
    path: Path, limit: float, done: list[str], sender: Connection, trace: Path
) -> None:  # pragma: no cover (in the other process)
    """Judge a file and send the verdicts: the work of the other process."""
    warm_up()
    _isolate(path)
    if START == "fork":
        _go_on_in_a_child()
    parent = os.getppid()
    with trace.open("w", encoding="utf-8") as file:
        faulthandler.enable(file)
        for message in itertools.chain(judge(path, done), [None]):
            faulthandler.dump_traceback_later(limit, exit=True, file=file)  # from now on
            if os.getppid() != parent:  # the file has killed it
                os._exit(1)
            sender.send(message)
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()


def _go_on_in_a_child() -> None:  # pragma: no cover (in the other process)
    """Fork, and wait for the child, so that a file that kills its parent kills this process only.

    The process that reads the verdicts then goes on with the next file.
    """
    if child := os.fork():
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(code if code >= 0 else SIGNALLED - code)


def _isolate(path: Path) -> None:  # pragma: no cover (in the other process)
    """Silence this process, and let the file find what it finds when it is run by itself."""
    with contextlib.suppress(AttributeError):
        os.setsid()  # what this process starts can be ended with it
    torch.set_num_threads(1)  # a fork has none of its parent's threads
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    os.environ["MPLBACKEND"] = "agg"  # a window would wait for someone to close it
    sys.argv = [str(path)]
    sys.path.insert(0, str(path.parent.absolute()))


def _verdict_on_death(
    path: Path, exercise: str | None, death: Death, limit: float, seconds: float
) -> Verdict:
    """Say what ended a process, and at which line of the learner's."""
    verdict, advice = _cause(death, limit)
    where = quote(path, *_innermost_line(path, death.trace))
    report = Report(False, exercise or path.name, None, verdict, where=where, advice=advice)
    return Verdict(str(path), exercise or exercise_of(path), report, seconds)


def _cause(death: Death, limit: float) -> tuple[str, str]:
    """Say what ended a process, and what to try."""
    code = death.exitcode
    if death.parent_killed:
        return (
            "killed the process that started it",
            "Remove what ends other processes, such as os.kill.",
        )
    if code is None or death.trace.startswith("Timeout"):
        return (
            f"took longer than {limit:g} s",
            "Look for a loop that never ends. For work that takes longer, give --limit SECONDS.",
        )
    if code == -getattr(signal, "SIGKILL", 9):
        return "was killed by the system", "Look for what uses up the memory."
    if code < 0 or death.trace:
        reason = signal.strsignal(-code) if code < 0 else f"exit code {code}"
        return f"crashed Python ({reason})", "Look for a call into C code, such as ctypes."
    return f"ended Python (exit code {code})", "Remove what ends the program, such as os._exit."


def _innermost_line(path: Path, trace: str) -> tuple[str | None, int | None]:
    """Find the learner's line in a trace, which has the innermost call first."""
    name = str(path.absolute())
    escaped = re.escape(name.encode("ascii", "backslashreplace").decode())
    found = re.search(rf'File "{escaped}([^"]*)", line (\d+)', trace)
    return (name + found[1], int(found[2])) if found else (None, None)
