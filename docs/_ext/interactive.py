"""Directive for a figure that the reader can change: `interactive NAME`.

Its content is what the page shows where scripts do not run.
`docs/_static/interactive/NAME.js` draws the figure. If there is a `docs/interactive/NAME.py`, the
build calls its function `data()` and writes the result into the page as JSON, so that every number
of the figure comes from the build. The HTML of its function `static(data)` comes after the content.
Only pages with a figure load its script.
"""

import json
import runpy
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).parents[1]
FIRST = "interactive/interactive.js"  # what all figures share


def load(env: BuildEnvironment, *files: str) -> None:
    """Let the page that is being read load files of `_static`, in this order."""
    env.metadata[env.docname].setdefault("files", []).extend(files)


def as_json(value: object) -> str:
    """Write JSON that can be part of a page."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c")


def place(name: str, data: str, *content: nodes.Node, kind: str = "") -> list[nodes.Node]:
    """Wrap what a figure replaces, and put its data in front of it."""
    opening = f'<div class="interactive{kind}" id="interactive-{name}">'
    if data:
        opening += f'<script type="application/json">{data}</script>'
    return [
        nodes.raw("", opening, format="html"),
        nodes.container("", *content, classes=["interactive-static"]),
        nodes.raw("", "</div>\n", format="html"),
    ]


@cache
def computed(name: str) -> tuple[str, str]:
    """Return what `docs/interactive/NAME.py` computes: JSON for a page's script tag, and HTML."""
    path = DOCS / "interactive" / f"{name}.py"
    if not path.exists():
        return "", ""
    module = runpy.run_path(str(path))
    data = module["data"]()
    return as_json(data), module["static"](data)


class Interactive(SphinxDirective):
    """`interactive NAME`; its content is what the page shows where scripts do not run."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Keep a place for the figure, and load its script."""
        name = self.arguments[0]
        for file in (f"interactive/{name}.py", f"_static/interactive/{name}.js"):
            self.env.note_dependency(str(DOCS / file))
        load(self.env, FIRST, f"interactive/{name}.js")
        data, static = computed(name)
        static = nodes.raw("", static, format="html")
        return place(name, data, *self.parse_content_to_nodes(), static)


def add_files(app: Sphinx, page: str, *_: object) -> None:
    """Load a page's own styles, and its scripts once it is parsed."""
    for file in app.env.metadata.get(page, {}).get("files", ()):
        if file.endswith(".css"):
            app.add_css_file(file)
        else:
            app.add_js_file(file, defer="defer")


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.add_directive("interactive", Interactive)
    app.connect("html-page-context", add_files, priority=400)  # before styles are sorted out
    return {"parallel_read_safe": True, "parallel_write_safe": True}
