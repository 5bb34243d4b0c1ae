"""The line under the title of each page with code: how to run it, and how long that takes."""

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

RUN_TIMES = Path(__file__).parents[1] / "run_times.json"
WITHOUT = {"index", "install"}  # they link to "Install" themselves, or are it


def install_link(page: str) -> addnodes.pending_xref:
    """Link to the page "Install"."""
    target = {"refdomain": "std", "reftype": "doc", "reftarget": "/install", "refdoc": page}
    text = nodes.inline("", "Install the package")
    return addnodes.pending_xref("", text, **target, refexplicit=True, refwarn=True)


def line_of_script(doctree: nodes.document, page: str, times: dict[str, str]) -> list[nodes.Node]:
    """Say how to run a script's page: as the notebook or the script at its end."""
    links: list[nodes.Node] = []
    for download in doctree.findall(addnodes.download_reference):
        for suffix, name in ((".ipynb", "notebook"), (".py", "script")):
            if download["reftarget"].endswith(suffix):
                link = download.deepcopy()
                link.children = [nodes.Text(name)]
                links += [nodes.Text(" or " if links else ", then download this page as a "), link]
    time = times.get(Path(page).name)
    return [*links, nodes.Text(f". It runs in {time}." if time else ".")] if links else []


def shows_code(cell: nodes.container) -> bool:
    """Whether a cell shows its code."""
    hidden = {"tag_hide-input", "tag_hide-cell"}.intersection(cell["classes"])
    kinds = {part.get("nb_element") for part in cell.children if isinstance(part, nodes.container)}
    return not hidden and "cell_code_source" in kinds


def add_run_line(app: Sphinx, doctree: nodes.document) -> None:
    """Insert the line below the title."""
    page = app.env.current_document.docname
    title = next(doctree.findall(nodes.title), None)
    if title is None or page in WITHOUT:
        return
    rest = line_of_script(doctree, page, json.loads(RUN_TIMES.read_text(encoding="utf-8")))
    if not rest:
        cells = [n for n in doctree.findall(nodes.container) if n.get("nb_element") == "cell_code"]
        if any(map(shows_code, cells)):
            rest = [nodes.Text(", then paste the cells of this page into a notebook, in order.")]
    if rest:
        line = nodes.paragraph("", "", install_link(page), *rest, classes=["run-line"])
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Sphinx) -> dict:
    """Insert the lines before Sphinx collects links and downloads."""
    app.connect("doctree-read", add_run_line, priority=450)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
