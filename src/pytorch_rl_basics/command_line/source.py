"""Read a learner's file, a script or a notebook, and execute what its exercises need.

A downloaded page, filled in, checks itself and then goes on to train and to draw. Of such a file,
and of a notebook, only those statements are executed that the learner's functions depend on.
"""

from __future__ import annotations

import ast
import dis
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from ..exercises import EXERCISES

CHECKS = {"check", "own_or_reference"}  # what a page calls on the learner's function
# Lines for IPython, such as `%pip install`, `!ls`, `name = !ls`, `hint?`.
MAGIC = re.compile(r"^([ \t]*)(?:(?:\w+ *= *)?[%!?].*|[\w.]+\?+)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook, or a whole script.

    Attributes:
        name: the file's name as tracebacks show it, with the cell's number.
        place: what comes before a line's number when the line is quoted.
        text: the code.
    """

    name: str
    place: str
    text: str


def read(path: Path) -> list[Cell]:
    """Read a script, or the code cells of a notebook.

    Raises:
        OSError: the file cannot be read.
        SyntaxError: it is not text in the encoding that it declares, which is UTF-8 for most.
        ValueError: it is not a notebook, although it is named like one.
    """
    name, content = str(path.absolute()), path.read_bytes()
    if path.suffix == ".ipynb":
        return [
            Cell(f"{name}, code cell {number}", f"code cell {number}, ", text)
            for number, text in enumerate(_code_cells(content), start=1)
        ]
    try:
        return [Cell(name, "", importlib.util.decode_source(content))]
    except (UnicodeError, SyntaxError) as error:  # as Python itself, which names the encoding less
        raise SyntaxError(f"the file is not text that Python can read: {error}") from error


def _code_cells(content: bytes) -> Iterator[str]:
    try:
        cells = json.loads(content)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError("this is not a Jupyter notebook") from error
    for text in code:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            text = "" if re.match(r"%%(?!time|capture)", text) else MAGIC.sub(r"\1pass", text)
        yield text


def execute(path: Path) -> ModuleType:
    """Execute a file as a module of its own, not as the main program.

    Raises:
        Exception: whatever the file raises, and what ``read`` raises.
    """
    cells = read(path)
    trees = dict(_parsed(cells))
    if path.suffix == ".ipynb" or any(map(_checks_itself, trees.values())):
        _keep_what_is_needed(trees)
    codes = [compile(tree, name, "exec", dont_inherit=True) for name, tree in trees.items()]
    module = ModuleType(f"attempt.{path.stem}")
    module.__file__ = str(path.absolute())
    sys.modules[module.__name__] = module  # where pickle and dataclasses look it up
    for code in codes:
        exec(code, vars(module))
    return module


def _parsed(cells: list[Cell]) -> Iterator[tuple[str, ast.Module]]:
    """Parse cells; leave out one that is not Python, unless the attempt is in it or in none."""
    names = {name for exercise in EXERCISES for name in own_names(exercise)}
    holds = {cell: bool(names & set(re.findall(r"\w+", cell.text))) for cell in cells}
    for cell in cells:
        try:
            yield cell.name, ast.parse(cell.text, cell.name)
        except (SyntaxError, ValueError):
            if holds[cell] or not any(holds.values()):
                raise


def own_names(exercise: str) -> tuple[str, str]:
    """Name the functions that count as an attempt: pages of agents call theirs ``my_gae``."""
    return exercise, f"my_{exercise}"


class Statement:
    """A statement at the top level of a file.

    Attributes:
        binds: the names that it gives a value.
        reads: the names that it reads.
        changes: the names of the objects that it changes, as ``numbers.append(2)`` does.
    """

    def __init__(self, node: ast.stmt, file: str) -> None:
        self.node = node
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as notebooks do
        code = compile(ast.Module([node], []), file, "exec", flags, dont_inherit=True)
        self.binds = _names(code, "STORE")
        self.reads = set().union(*(_names(part, "LOAD") for part in _parts(code)))
        self.changes = set(map(_root, _changed(node))) - {""}
        self.imports = isinstance(node, ast.Import | ast.ImportFrom)
        self.defines = self.imports or isinstance(node, ast.FunctionDef | ast.ClassDef)

    @property
    def always_needed(self) -> bool:
        """Whether it changes how others are read: imports of ``*`` and from ``__future__``."""
        node = self.node
        return isinstance(node, ast.ImportFrom) and (
            node.module == "__future__" or node.names[0].name == "*"
        )


def _changed(node: ast.stmt) -> list[ast.expr]:
    """Find the objects whose items, attributes or methods a statement sets, deletes or calls."""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(owner))):
            return [owner]
        case ast.Assign(targets) | ast.Delete(targets):
            found = targets
        case ast.AugAssign(target) | ast.AnnAssign(target):
            found = [target]
        case _:
            found = []
    return [one.value for one in found if isinstance(one, ast.Attribute | ast.Subscript)]


def _root(node: ast.expr) -> str:
    """Name the variable that an expression such as ``a.b[0]`` starts from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names(code: CodeType, action: str) -> set[str]:
    """Find the global names that code loads or stores."""
    return {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname.startswith(action) and re.search("NAME|GLOBAL", step.opname)
    }


def _parts(code: CodeType) -> Iterator[CodeType]:
    """Yield the code, and that of the functions and classes in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)


def _checks_itself(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == __name__.split(".")[0]
        and CHECKS & {alias.name for alias in node.names}
        for node in tree.body
    )


def _keep_what_is_needed(trees: dict[str, ast.Module]) -> None:
    """Leave in a page the learner's functions and, step by step, what each of them reads."""
    statements = [Statement(node, file) for file, tree in trees.items() for node in tree.body]
    kept = {statement for statement in statements if statement.always_needed}
    for name in (name for exercise in EXERCISES for name in own_names(exercise)):
        own = [
            number
            for number, one in enumerate(statements)
            if name in one.binds and not one.imports and not CHECKS & one.reads
        ]
        if own:
            kept |= _needed(statements, own[-1])
    nodes = {statement.node for statement in kept}
    for tree in trees.values():
        tree.body = [node for node in tree.body if node in nodes]


def _needed(statements: list[Statement], definition: int) -> set[Statement]:
    """Find what a definition needs: first in what comes before its check, else below it."""
    checks = [number for number, one in enumerate(statements) if CHECKS & one.reads]
    end = next((number for number in checks if number > definition), len(statements))
    before = [one for one in statements[:end] if not CHECKS & one.reads]
    after = [one for one in statements[end:] if one.defines]
    kept: set[Statement] = set()
    decorated = [one for one in before if getattr(one.node, "decorator_list", ())]  # registered
    waiting = [statements[definition], *decorated]
    while waiting:
        one = waiting.pop()
        kept.add(one)
        for name in one.reads:
            binding = [other for other in before if name in other.binds | other.changes]
            binding = binding or [other for other in after if name in other.binds]
            waiting += [other for other in binding if other not in kept]
    return kept
