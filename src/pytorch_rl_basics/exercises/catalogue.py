"""Load the exercises: each has a folder of its own beside this file, with the function's name.

``task.toml`` has its texts, which are ASCII so that every console can print them: ``module`` is
where the function is, and the others are the attributes of :class:`Exercise`. ``mistakes.toml``
holds the known mistakes (see ``checker/edits.py``), and ``check.py`` how an attempt is checked:
``truth``, ``PROBES``, and ``note`` where a pass leaves something open.
"""

import functools
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from ..checker.comparing import Check
from ..checker.edits import load_mistakes, read_toml
from ..checker.probes import Attempt
from ..checker.seal import note_outsiders
from .exercise import Exercise


def _exercise(folder: Path, texts: dict[str, Any]) -> Exercise:
    module = import_module(f"...{texts.pop('module')}", __name__)
    texts |= {name: _joined(texts[name]) for name in ("task", "in_rl")}
    texts["hints"] = tuple(map(_joined, texts["hints"]))
    return Exercise(getattr(module, folder.name), folder=folder, **texts)


def _joined(text: str) -> str:
    """Write a text that has several lines in its file as one."""
    return " ".join(text.split())


def _load() -> dict[str, Exercise]:
    """Read the texts of all exercises, in the order of their numbers."""
    folders = [path.parent for path in Path(__file__).parent.glob("*/check.py")]
    exercises = [_exercise(folder, read_toml(folder / "task.toml")) for folder in folders]
    return {one.name: one for one in sorted(exercises, key=lambda one: (one.number, one.name))}


EXERCISES = _load()


@functools.cache
def check_of(exercise: str) -> Check:
    """Load how an exercise is checked."""
    module, about = _load_check(exercise), EXERCISES[exercise]
    mistakes = load_mistakes(about.folder / "mistakes.toml", exercise, about.page)
    note = getattr(module, "note", lambda attempt: "")
    module.truth = _noting_outsiders(module.truth)
    names = tuple(
        vars(one) for name, one in sys.modules.items() if name.startswith(_prefix(exercise))
    )
    return Check(module.truth, module.PROBES, mistakes, note, names)


def _load_check(exercise: str) -> Any:
    """Import a check's modules; again each time, as an attempt may have changed the last ones."""
    for name in [name for name in sys.modules if name.startswith(_prefix(exercise))]:
        del sys.modules[name]
    return import_module(f".{exercise}.check", __package__)


def _prefix(exercise: str) -> str:
    return f"{__package__}.{exercise}."


def _noting_outsiders(truth: Attempt) -> Attempt:
    @functools.wraps(truth)
    def noting(*args: Any, **kwargs: Any) -> Any:
        note_outsiders()
        return truth(*args, **kwargs)

    return noting
