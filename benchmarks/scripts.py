"""Take the definitions out of a tutorial script, without running its cells."""

import ast
from pathlib import Path
from types import ModuleType

TUTORIALS = Path(__file__).parents[1] / "tutorials"
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def definitions(script: str | Path) -> ModuleType:
    """Execute a script's imports, functions, classes and CONSTANTS, and nothing else of it."""
    path = TUTORIALS / script
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    tree = ast.parse(path.read_text("utf-8"))
    tree.body = [node for node in tree.body if _defines(node)]
    exec(compile(tree, str(path), "exec"), module.__dict__)
    return module


def _defines(node: ast.stmt) -> bool:
    """Whether a statement is an import, a function, a class or a CONSTANT."""
    if isinstance(node, ast.Assign):
        return all(isinstance(name, ast.Name) and name.id.isupper() for name in node.targets)
    return isinstance(node, DEFINITIONS)
