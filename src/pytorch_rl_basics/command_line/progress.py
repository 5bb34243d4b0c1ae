"""What a learner has done and read: a file in the workbook, with one line for each exercise."""

import contextlib
import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..exercises import EXERCISES
from .verdicts import Verdict

NAME = "exercise_progress.json"


def here() -> Path:
    """Find the workbook: this folder, or the only one directly below it that has progress."""
    below = [path.parent for path in Path().glob(f"*/{NAME}")]
    return below[0] if len(below) == 1 and not Path(NAME).exists() else Path()


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what is known of each exercise; a damaged file is kept under another name."""
    marks: dict[str, dict[str, Any]] = {name: {"passed": False, "hints": 0} for name in EXERCISES}
    path = folder / NAME
    text = path.read_bytes() if path.exists() else b""
    try:
        for name, mark in json.loads(text or "{}").items():
            marks[name] = {"passed": mark["passed"] is True, "hints": int(mark["hints"])}
    except Exception as problem:
        others = (path.with_stem(f"{path.stem}_damaged_{i}") for i in itertools.count(1))
        kept = path.rename(next(other for other in others if not other.exists())).name
        says = f"{path} is damaged ({problem!r}) and is now {kept}. Your progress starts from zero."
        print(says, file=sys.stderr)
        path.touch()
        return load(folder)
    return marks


def note(folder: Path, name: str | None, **changes: Any) -> None:
    """Write down what has changed for an exercise, if the folder has a file for it."""
    path, new = folder / NAME, folder / f"{NAME}.new"
    with contextlib.suppress(OSError):  # the folder is read-only: no reason to stop
        if name and path.exists():
            marks = load(folder)
            marks[name] |= changes
            lines = (f'  "{one}": {json.dumps(mark)}' for one, mark in marks.items())
            new.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
            new.replace(path)  # at once: nobody reads half of it


def noted(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Pass verdicts on, and write down which attempts passed."""
    for verdict in verdicts:
        note(Path(verdict.file).parent, verdict.exercise, passed=verdict.report.passed)
        yield verdict
