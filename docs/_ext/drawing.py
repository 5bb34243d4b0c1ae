"""Fold the code that only draws, and show a page's films side by side at its top.

In each cell, the code from the first statement that draws to the last is folded, unless one of them
prints, trains or calls a function that the page defines: then it shows more than how to draw.
Scripts and notebooks to download stay whole.
"""

import ast

from docutils import nodes
from predict import element
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

FIGURE, TABLE, OUTPUT = "How this figure is drawn", "How this table is made", "The output"
FILM = '<figure class="video">'
CELLS = ("Python", "ipython3")  # the language of gallery scripts' code, and of notebook pages'
SHORT = 4  # fewer lines need no fold
PENS = {"plt", "ax", "axes", "fig"}
TO_READ = {"print", "backward", "step", "nn", "optim", "train_step"}
FUNCTION = ast.FunctionDef | ast.ClassDef
WRITTEN_OUT = ast.Import | ast.ImportFrom | ast.Assign
COMPUTED = ast.Call | ast.BinOp | ast.Subscript


def names(*trees: ast.AST) -> set[str]:
    """Collect the names, attributes and parameters in code."""
    parts = [node for tree in trees for node in ast.walk(tree)]
    return {getattr(node, kind, "") for node in parts for kind in ("id", "attr", "arg")}


def functions(code: str) -> set[str]:
    """Name the functions and classes that a cell defines, but for those that draw."""
    made = [node for node in ast.parse(code).body if isinstance(node, FUNCTION)]
    return {node.name for node in made if not names(node) & PENS}


def drawing(code: str, own: set[str]) -> slice:
    """Find the lines of a cell that only draw, counted from 0; none if they are few.

    Imports and data right before them belong to them. ``own`` are the page's functions.
    """
    body = ast.parse(code).body
    prepares = [
        isinstance(node, WRITTEN_OUT) and not any(isinstance(n, COMPUTED) for n in ast.walk(node))
        for node in body
    ]
    draws = [i for i, node in enumerate(body) if names(node) & PENS and not prepares[i]]
    first, last = (draws[0], draws[-1] + 1) if draws else (0, 0)
    run = [node for node in body[first:last] if not isinstance(node, FUNCTION)]
    if not draws or names(*run) & (own | TO_READ):
        return slice(0)
    while first and prepares[first - 1]:
        first -= 1
    start, end = body[first - 1].end_lineno if first else 0, body[last - 1].end_lineno
    return slice(start, end) if end - start >= SHORT else slice(0)


def fold(title: str, *content: nodes.Node) -> list[nodes.Node]:
    """Fold nodes under a title."""
    summary = element("summary", nodes.inline("", title))
    return element('details class="code-fold"', *summary, *content)


class Fold(SphinxTransform):
    """Fold on pages of both kinds; what tags of notebook pages hide, too. Then raise the films."""

    default_priority = 750  # after the questions, which move cells

    def apply(self) -> None:
        """Change the page."""
        blocks = self.document.findall(nodes.literal_block)
        cells = [block for block in blocks if block.get("language") in CELLS]
        own = set().union(*(functions(cell.astext()) for cell in cells))
        for cell in list(self.document.findall(nodes.container)):
            hidden = cell.attributes.pop("hide_mode", None)
            if hidden == "output":
                cell[-1:] = fold(OUTPUT, cell[-1])
            elif hidden:
                cells = [block for block in cells if block.parent is not cell[0]]
                cell[:1] = fold(FIGURE if any(cell.findall(nodes.image)) else TABLE, cell[0])
        for cell in cells:
            code, lines = cell.astext().splitlines(), drawing(cell.astext(), own)
            if lines.stop:
                drawn = fold(FIGURE, *block(cell, code[lines]))
                rest = block(cell, code[lines.stop :])
                cell.replace_self([*block(cell, code[: lines.start]), *drawn, *rest])
        films = [node for node in self.document.findall(nodes.raw) if FILM in node.astext()]
        if len(films) > 1:
            for film in films:
                film.parent.remove(film)
            text = next(self.document.findall(nodes.section)).next_node(nodes.paragraph)
            at = text.parent.index(text) + 1
            text.parent[at:at] = element('div class="films"', *films)


def block(cell: nodes.literal_block, lines: list[str]) -> list[nodes.literal_block]:
    """Make a block of some of a cell's lines, or none if they are blank."""
    text = "\n".join(lines).strip("\n")
    return [nodes.literal_block(text, text, **cell.attributes)] if text else []


def setup(app: Sphinx) -> dict:
    """Register the transform."""
    app.add_transform(Fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
