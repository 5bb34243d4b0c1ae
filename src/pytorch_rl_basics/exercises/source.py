"""Show a library function as a learner would write it: without docstring and validation."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

PACKAGE = __name__.split(".")[0]
VALIDATION = re.compile(r"expects|_?require\w*")  # the names of functions that only validate


def reference_source(function: Callable[..., Any]) -> str:
    """Give the source of a library function, with the imports that it needs to run on its own.

    >>> from pytorch_rl_basics import select_log_probs
    >>> print(reference_source(select_log_probs))
    import torch.nn.functional as F
    from torch import Tensor
    <BLANKLINE>
    <BLANKLINE>
    def select_log_probs(logits: Tensor, actions: Tensor) -> Tensor:
        log_probs = F.log_softmax(logits, dim=-1)  # (B, A)
        return log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)  # (B, 1) -> (B,)
    """
    source = _stripped(function)
    return "\n".join([*_imports(function, source), "", "", source])


def _stripped(function: Callable[..., Any]) -> str:
    """Give a function's source without its docstring and validation."""
    function = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(f"{function.__name__} is not a plain function")
    dropped = {line for node in _omitted(definition) for line in _lines(node)}
    body = [line for i, line in enumerate(source.splitlines(), start=1) if i not in dropped]
    return "\n".join(body)


def _omitted(definition: ast.FunctionDef) -> Iterator[ast.AST]:
    """Find the docstring, the validating decorator, and the statements that only validate."""
    yield from filter(_validates, definition.decorator_list)
    if ast.get_docstring(definition) is not None:
        yield definition.body[0]
    for node in ast.walk(definition):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _validates(node.value)):
            yield node


def _validates(node: ast.expr) -> bool:
    """Whether an expression calls a function that only validates."""
    match node:
        case ast.Call(ast.Name(function)):
            return VALIDATION.fullmatch(function) is not None
    return False


def _lines(node: Any) -> range:
    return range(node.lineno, node.end_lineno + 1)


def _imports(function: Callable[..., Any], source: str) -> list[str]:
    """Write the imports that a script needs for the names in the source."""
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    module = inspect.getmodule(function)
    lines, neighbours = [], []
    for node in ast.parse(inspect.getsource(module)).body if module else []:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias for alias in node.names if (alias.asname or alias.name) in used]
            if isinstance(node, ast.ImportFrom) and node.level:
                neighbours += [alias.name for alias in names]
            elif names:
                node.names = names
                lines.append(ast.unparse(node))
        elif isinstance(node, ast.FunctionDef) and node.name in used - {function.__name__}:
            neighbours += [node.name] * (not node.name.startswith("_"))
    if neighbours:
        lines.append(f"from {PACKAGE} import {', '.join(neighbours)}")
    return lines
