"""The workbook: a folder with one starter file for each exercise, and how it is found again."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..exercises import EXERCISES, Exercise

COMMAND = "python -m pytorch_rl_basics"
PATTERNS = ("exercise_*.py", "bridge_*.py")

STARTER = '''\
"""{title}.

{task}

{in_rl}

Check it:  {command} check {file}
A hint:    {command} hint {name}
"""

{imports}


{signature}
    """{docstring}
    """
    raise NotImplementedError  # your code instead of this line
'''
IMPORTS = ("import torch", "import torch.nn.functional as F", "from torch import Tensor, nn")
PLAIN = {  # formulas as a text editor shows them
    r":math:`([^`]*)`": r"\1",
    r"\\frac\{(\w+)\}\{(\w+)\}": r"\1/\2",
    r"\\text\{(\w+)\}": r"\1",
    r"\\gamma": "γ",
    r"\\pi": "π",
    r"\\sum": "Σ",
    r"\\mid": "|",
    r"\s?\\,": "",
    r"\\(\w+)": r"\1",
    r"``": "`",
}


def start(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Write the starter files that are not there yet.

    Args:
        folder: where; it is made if need be.

    Yields:
        Each exercise's file, and whether it was written. A file that exists is left as it is.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for exercise in EXERCISES.values():
        path = folder / file_name(exercise)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(starter(exercise))
        except FileExistsError:
            yield path, False
        else:
            yield path, True


def file_name(exercise: Exercise) -> str:
    """Name the file that an exercise is written in.

    >>> file_name(EXERCISES["epsilon_greedy"]), file_name(EXERCISES["td_target"])
    ('exercise_3_epsilon_greedy.py', 'bridge_td_target.py')
    """
    prefix = f"exercise_{exercise.number}" if exercise.number else "bridge"
    return f"{prefix}_{exercise.name}.py"


FILE_NAMES = {file_name(exercise): exercise.name for exercise in EXERCISES.values()}


def find(places: Iterable[str]) -> list[Path]:
    """Find the files to check.

    Args:
        places: files; a folder stands for the workbook's files in it, in the order of the
            exercises, and an exercise's name for its file in the current folder.

    Raises:
        OSError: there is no such file, or no Python file, or no workbook in a folder.
    """
    return list(dict.fromkeys(path for place in places for path in _find(place)))


def _find(place: str) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        found = {file for pattern in PATTERNS for file in path.glob(pattern)}
        if not found:
            raise FileNotFoundError(
                f"no exercise files ({', '.join(PATTERNS)}) in {path.resolve()}. "
                f"`{COMMAND} start FOLDER` writes them."
            )
        return sorted(found, key=_position)
    if place in EXERCISES and not path.exists():
        path = Path(file_name(EXERCISES[place]))
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}.")
    if path.suffix != ".py":
        raise OSError(f"{path} is no Python file (.py). In a notebook, call check(function).")
    return [path]


def _position(path: Path) -> tuple[int, str]:
    names = list(FILE_NAMES)
    return (names.index(path.name) if path.name in names else len(names)), path.name


def starter(exercise: Exercise) -> str:
    """Write an exercise's starter file: its task, the signature, and a body that is to come."""
    number = f"Exercise {exercise.number}: " if exercise.number else ""
    function = inspect.unwrap(exercise.function)
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    signature = source.splitlines()[definition.lineno - 1 : definition.body[0].lineno - 1]
    used = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    abstract = sorted(
        name
        for name in used
        if getattr(function.__globals__.get(name), "__module__", "") == "collections.abc"
    )
    imports = [f"from collections.abc import {', '.join(abstract)}\n"] if abstract else []
    return STARTER.format(
        title=number + exercise.title,
        task=textwrap.fill(exercise.task, 88, break_on_hyphens=False),
        in_rl=textwrap.fill(f"In reinforcement learning: {exercise.in_rl}", 88),
        command=COMMAND,
        file=file_name(exercise),
        name=exercise.name,
        imports="\n".join([*imports, *IMPORTS]),
        signature="\n".join(signature),
        docstring=textwrap.indent(_contract(function.__doc__ or ""), "    ").strip(),
    )


def _contract(docstring: str) -> str:
    """Keep what tells the learner what to write: the summary, what goes in, what comes out."""
    text = inspect.cleandoc(docstring).partition("\n\nRaises:")[0]
    for formula, plain in PLAIN.items():
        text = re.sub(formula, plain, text)
    return text
