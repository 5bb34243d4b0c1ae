"""Change right code in one place, in each way that a slip could: for ``nox -s differential``."""

import ast
import importlib
import inspect
import random
import textwrap
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pytorch_rl_basics.checker.edits import IMPORTS
from pytorch_rl_basics.exercises import EXERCISES

SEED = 14
ALIKE = (  # names that are taken for each other
    "max min mean sum amax amin maximum minimum median prod topk", "argmax argmin max min",
    "zeros ones rand randn", "zeros_like ones_like rand_like", "train eval", "any all",
    "exp log expm1 log10 log1p square sqrt abs", "softmax log_softmax sigmoid logsigmoid softplus",
    "detach clone", "detach float double long", "ReLU Tanh LeakyReLU Sigmoid", "relu tanh sigmoid",
    "mse_loss l1_loss smooth_l1_loss huber_loss", "MSELoss L1Loss HuberLoss SmoothL1Loss",
    "copy_ add_ mul_ sub_", "values indices", "squeeze flatten unsqueeze", "append insert extend",
    "backward zero_grad step", "parameters buffers", "reversed list sorted", "float int",
    "logits probs", "logical_not bool", "floor ceil", "gather take_along_dim", "stack cat",
    "requires_grad_ detach_", "no_grad enable_grad inference_mode", "none sum mean", "pow mul",
)  # fmt: skip
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
LIBRARIES = {"torch", "F", "nn", "math", "np", "random", "copy", "itertools"}
KEPT = (ast.JoinedStr, ast.arguments, ast.Import, ast.ImportFrom)  # texts, signatures, imports


class Edit(NamedTuple):
    """Right code with one thing changed."""

    exercise: str
    attempt: str  # the name of the right function
    change: str  # "before -> after", of the lines that differ
    code: str
    names: dict[str, Any]  # what the code may use

    def __str__(self) -> str:
        return f"{self.exercise}.{self.attempt}: {self.change}"

    def function(self) -> Any:
        """Run the code, and give the function that it defines."""
        names = dict(self.names)
        exec(compile(self.code, f"<{self.attempt}>", "exec"), names)
        return names[self.attempt]


def right_code(exercise: str) -> Iterator[Edit]:
    """Give the right attempts of ``tests/learners/`` and those that known mistakes are edits of."""
    module = importlib.import_module(f"learners.{exercise}")
    for function in module.RIGHT:
        code = ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(function))))
        yield Edit(exercise, function.__name__, "", code, vars(module))
    path = EXERCISES[exercise].folder / "mistakes.toml"
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    exec(IMPORTS, names)
    for code in written["right"].values():
        yield Edit(exercise, exercise, "", ast.unparse(ast.parse(code)), names)


def draw_edits(number: int) -> list[Edit]:
    """Draw so many different edits of all right code; a smaller number gives the first of these."""
    places = [
        (right, tree, place)
        for exercise in EXERCISES
        for right in right_code(exercise)
        for tree in [ast.parse(right.code)]
        for place in all_places(tree)
    ]
    random.Random(SEED).shuffle(places)
    found: dict[tuple[str, str], Edit] = {}
    for right, tree, place in places:
        if len(found) == number:
            break
        code = changed(tree, *place)
        change = difference(right.code, code)
        if change and is_python(code):
            found.setdefault((right.exercise, code), right._replace(change=change, code=code))
    return list(found.values())


def is_python(code: str) -> bool:
    """Tell whether Python takes the code; one argument given twice can still be written down."""
    try:
        compile(code, "<edit>", "exec")
    except SyntaxError:
        return False
    return True


def difference(before: str, after: str) -> str:
    """Show the lines that differ, without the ones that begin and end both alike."""
    one, two = before.splitlines(), after.splitlines()
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    parts = ("; ".join(line.strip() for line in lines) for lines in (one, two))
    return " -> ".join(parts) if one or two else ""


def changed(tree: ast.Module, node: ast.AST, field: str, new: Any) -> str:
    """Give the code with another value in one field of one node."""
    old = getattr(node, field)
    setattr(node, field, new)
    code = ast.unparse(ast.fix_missing_locations(tree))
    setattr(node, field, old)
    return code


def all_places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Any]]:
    """Give each node and field that may change, with each new value."""
    names = sorted({n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | _assigned(tree))
    nodes = [node for node in ast.walk(tree) if not isinstance(node, KEPT)]
    for node in nodes:
        for field, old in ast.iter_fields(node):
            yield from ((node, field, new) for new in field_variants(node, field, old, names))


def _assigned(tree: ast.Module) -> set[str]:
    return {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def field_variants(node: ast.AST, field: str, old: Any, names: list[str]) -> Iterator[Any]:
    """Give what may stand in one field of a node instead: a node, a list of nodes or a name."""
    if isinstance(old, ast.expr):
        yield from variants(old, names)
    elif field in ("attr", "id") or (field == "value" and isinstance(old, str)):
        yield from (name for group in map(str.split, ALIKE) if old in group for name in group)
    elif isinstance(old, list):
        for i, part in enumerate(old):
            before, after = old[:i], old[i + 1 :]
            if isinstance(part, ast.stmt):
                yield from ([*before, *new, *after] for new in statement_variants(part))
                yield [*before, *after[:1], part, *after[1:]]
            elif isinstance(part, ast.expr):
                yield from ([*before, new, *after] for new in variants(part, names))
                yield [*before, *after[:1], part, *after[1:]]
            if not isinstance(part, ast.stmt) and field in ("args", "keywords", "decorator_list"):
                yield [*before, *after]
    elif isinstance(node, ast.Compare | ast.BinOp | ast.AugAssign) and field == "op":
        yield from (kind() for kind in ARITHMETIC if not isinstance(old, kind))


def statement_variants(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Leave a statement out, or what is around its body."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield [ast.Pass()]
    if isinstance(node, ast.With | ast.If):
        yield node.body


def variants(node: ast.expr, names: list[str]) -> Iterator[ast.expr]:
    """Give what may stand instead of an expression."""
    match node:
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as old):
            values = (old + 1, old - 1, -old, 2 * old, 0 * old, old / 2, old * 1.01)
            kind = type(old)
            numbers = {v for v in values if v != old and (kind is float or v == int(v))}
            yield from (ast.Constant(kind(v)) for v in sorted(numbers))
        case ast.Name(id=name) if name in names and isinstance(node.ctx, ast.Load):
            i = names.index(name)
            yield from (ast.Name(other) for other in (names[i - 1], names[(i + 1) % len(names)]))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(left=left, right=right, op=op):
            yield from (left, right, ast.BinOp(right, op, left))
            yield ast.UnaryOp(ast.USub(), node)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            kinds = [kind for kind in COMPARISONS if not isinstance(op, kind)]
            yield from (ast.Compare(left, [kind()], [right]) for kind in kinds)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Subscript(value=value):
            yield value
        case ast.Call(func=ast.Attribute(value=value), args=args):
            library = isinstance(value, ast.Name) and value.id in LIBRARIES
            yield from args[:1] if library else (value,)
            if any(keyword.arg == "dim" for keyword in node.keywords):
                keep = ast.keyword("keepdim", ast.Constant(True))
                yield ast.Call(node.func, args, [*node.keywords, keep])
        case ast.Call(args=[only]):
            yield only
        case ast.Slice(lower=low, upper=high, step=step):
            for new in ((None, high, step), (low, None, step), (low, high, None)):
                yield ast.Slice(*new)
