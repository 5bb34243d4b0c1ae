"""Check each exercise when its file is saved, and go on to the next one."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

from ..exercises import EXERCISES
from . import progress, terminal, workbook
from .runner import run

POLL = 0.2  # seconds between two looks at the files


def events(begin: Path) -> Iterator[Path | str]:
    """Give the file to begin with, then files that are saved and lines that are typed."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(lines,), daemon=True).start()
    before, known = _look(begin), {**_look(begin), begin: ()}
    while True:
        now = _look(begin)
        for path, state in now.items():
            if state == before.get(path) != known.get(path):  # it has been written to its end
                known[path] = state
                yield path
        before = now
        with contextlib.suppress(queue.Empty):
            if (line := lines.get(timeout=POLL)) == "q":
                return
            yield line


def _look(begin: Path) -> dict[Path, tuple[int, ...]]:
    """Read the time, size and identity of the files that are there at the moment."""
    found = {path for pattern in workbook.PATTERNS for path in begin.parent.glob(pattern)} | {begin}
    with contextlib.suppress(OSError):
        states = [(path, path.stat()) for path in found if path.exists()]
        return {path: (at.st_mtime_ns, at.st_size, at.st_ino) for path, at in states}
    return {}  # an editor is just replacing a file


def _read_lines(lines: queue.SimpleQueue[str]) -> None:
    """Read standard input without its buffer, whose lock would hold up the end of Python."""
    with contextlib.suppress(OSError):  # there may be no input
        for line in open(0, "rb", buffering=0, closefd=False):  # noqa: SIM115
            lines.put(line.decode(errors="replace").strip().lower())
    lines.put("q")


def check(path: Path, current: str, limit: float) -> str:
    """Check a file; return the exercise to work on, the next one if the file passes."""
    verdicts = terminal.show(progress.noted(run([path], limit)))
    for verdict in terminal.first(verdicts):
        return verdict.exercise or current
    names, marks = list(EXERCISES), progress.load(path.parent)
    after = names.index(verdicts[-1].exercise or current) + 1
    for name in names[after:] + names[:after]:
        if not marks[name]["passed"]:
            file = workbook.file_in(path.parent, EXERCISES[name]).name
            print(f"\nNext: {name}, in {file}\n\n{terminal.wrap(EXERCISES[name].task)}")
            return name
    print("\nAll exercises pass.")
    return current
