"""The workbook: a folder with a starter file for each exercise."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..exercises import EXERCISES, Exercise, find_exercises

COMMAND = "python -m pytorch_rl_basics"
OLDER = ("part_", "bridge_")  # how workbooks named what are exercises 9 to 17 now
PATTERNS = ("exercise_*.py", "exercise_*.ipynb", *(f"{prefix}*.py" for prefix in OLDER))

STARTER = '''\
"""{title}.

{task}

{in_rl}

Page:      {page}

In the folder of this file:
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
    """Write the starter files that do not exist yet.

    Args:
        folder: the folder to write them to; it is made if it does not exist.

    Yields:
        Each exercise's file, and whether it was written. An existing file stays as it is.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for exercise in EXERCISES.values():
        path = file_in(folder, exercise)
        new = not path.exists()
        if new:
            path.write_text(starter(exercise), encoding="utf-8")
        yield path, new


def file_name(exercise: Exercise) -> str:
    """Name the file that an exercise is written in.

    >>> file_name(EXERCISES["epsilon_greedy"]), file_name(EXERCISES["td_target"])
    ('exercise_3_epsilon_greedy.py', 'exercise_10_td_target.py')
    """
    return f"exercise_{exercise.number}_{exercise.name}.py"


FILE_NAMES = {file_name(exercise): exercise.name for exercise in EXERCISES.values()}
OLDER_NAMES = {f"{prefix}{name}.py": name for prefix in OLDER for name in EXERCISES}


def exercise_of(path: Path) -> str | None:
    """Name the exercise of a file by the file's name; None for any other name.

    >>> exercise_of(Path("exercise_10_td_target.py")), exercise_of(Path("mine.py"))
    ('td_target', None)
    """
    return (FILE_NAMES | OLDER_NAMES).get(f"{path.stem}.py")


def find(places: Iterable[str]) -> list[Path]:
    """Find the files to check.

    Args:
        places: files; a folder for the workbook's files and the exercises' notebooks in it, in the
            order of the exercises; an exercise's name or number for its files in the current
            folder.

    Raises:
        OSError: a file does not exist or is of another kind, or a folder has no exercise files.
    """
    return list(dict.fromkeys(path for place in places for path in _find(place)))


def _find(place: str) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        if not (found := exercise_files(path)):
            raise FileNotFoundError(
                f"no exercise files (exercise_*.py) in {path.resolve()}. "
                f"`{COMMAND} start FOLDER` writes them."
            )
        return found
    paths = [path]
    if not path.exists():
        paths = [file_in(Path(), exercise) for exercise in find_exercises(place)] or paths
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"there is no file {path}.")
        if path.suffix not in (".py", ".ipynb"):
            raise OSError(f"{path} is neither a Python file (.py) nor a notebook (.ipynb).")
    return paths


def exercise_files(folder: Path, deep: bool = False) -> list[Path]:
    """Find exercise files by their names; if there are none, and on request, in sub-folders."""
    for search in (folder.glob, folder.rglob)[: 1 + deep]:
        found = {file for pattern in PATTERNS for file in search(pattern) if file.is_file()}
        seen = [file for file in found if "/." not in f"/{file.relative_to(folder).as_posix()}"]
        if seen:
            return sorted(seen, key=_position)
    return []


def file_in(folder: Path, exercise: Exercise) -> Path:
    """Choose an exercise's file in a folder: an older version's, the workbook's, or its page."""
    own = folder / file_name(exercise)
    page = folder / Path(exercise.page).name
    older = (folder / f"{prefix}{exercise.name}.py" for prefix in OLDER)
    names = (*older, own, own.with_suffix(".ipynb"))
    pages = (page.with_suffix(".py"), page.with_suffix(".ipynb"))
    return next((path for path in (*names, *pages) if path.exists()), own)


def _position(path: Path) -> tuple[int, int, str]:
    name, written = exercise_of(path), re.match(r"exercise_(\d+)", path.name)
    number = EXERCISES[name].number if name else int(written[1]) if written else len(EXERCISES)
    return number, list(EXERCISES).index(name) if name else len(EXERCISES), path.name


def starter(exercise: Exercise) -> str:
    """Write an exercise's starter file: its task, the signature, and an empty body."""
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
        title=f"Exercise {exercise.number}: {exercise.title}",
        task=textwrap.fill(exercise.task, 88, break_on_hyphens=False),
        in_rl=textwrap.fill(f"In reinforcement learning: {exercise.in_rl}", 88),
        page=f"{exercise.page}.html",
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
