"""No page that comes before an exercise gives its answer away."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check, solution
from pytorch_rl_basics.exercises import EXERCISES

ROOT = Path(__file__).parents[1]
PATTERNS = ("docs/concepts/*.md", "tutorials/worked_examples/*.py")
PAGES = [
    *(f"docs/{name}.md" for name in ("index", "install", "cartpole", "why", "habits", "check")),
    *sorted(str(path.relative_to(ROOT)) for pattern in PATTERNS for path in ROOT.glob(pattern)),
]
CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(---\n.*?^---\n|(?::[\w-]+:[^\n]*\n)+|)(.*?)^```$", re.M | re.S
)
IGNORED = re.compile(r"# sphinx_gallery_start_ignore.*?# sphinx_gallery_end_ignore", re.S)


def shown(page):
    """Parse the code that a page shows unfolded."""
    text = (ROOT / page).read_text("utf-8")
    if page.endswith(".py"):
        return ast.parse(IGNORED.sub("", text))
    cells = CELL.findall(text)
    return ast.parse("".join(code for tags, code in cells if not re.search("remove|hide", tags)))


def computed(tree):
    """Give what each statement computes, whatever name the result gets."""
    statements = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Expr | ast.Return)
    ]
    return {ast.unparse(node.value) for node in statements if node.value}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_not_show_all_lines_of_a_solution(page):
    lines = computed(shown(page))
    for name in EXERCISES:
        (answer,) = (
            node
            for node in ast.parse(str(solution(name))).body
            if isinstance(node, ast.FunctionDef)
        )
        assert not computed(answer) <= lines, name


@pytest.mark.parametrize("page", PAGES)
def test_no_function_of_a_page_passes_an_exercise(page):
    for node in shown(page).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        names = {"torch": torch, "F": F, "nn": nn}
        exec(compile(ast.Module([node], []), page, "exec"), names)
        function = names[node.name]
        for name, exercise in EXERCISES.items():
            if len(inspect.signature(function).parameters) == len(
                inspect.signature(exercise.function).parameters
            ):
                assert not check(function, name).passed
