"""How to run a page: the line under its title, and the lines of the page "Install"."""

import json
from pathlib import Path

import jinja2
from docutils import nodes
from install_lines import requirement
from sphinx import addnodes
from sphinx.application import Sphinx

RUN_TIMES = Path(__file__).parents[1] / "run_times.json"
WITHOUT = {"index", "install"}  # they link to "Install" themselves, or are it


def line_of_script(doctree: nodes.document, page: str) -> list[nodes.Node]:
    """Say how to run a script's page: as the notebook or the script at its end."""
    links: list[nodes.Node] = []
    for download in doctree.findall(addnodes.download_reference):
        name = {".ipynb": "notebook", ".py": "script"}.get(Path(download["reftarget"]).suffix)
        if name:
            link = download.deepcopy()
            link.children = [nodes.Text(name)]
            links += [nodes.Text(" or " if links else ", then download this page as a "), link]
    time = json.loads(RUN_TIMES.read_text(encoding="utf-8")).get(Path(page).name)
    return links and [*links, nodes.Text(f". It runs in {time}." if time else ".")]


def shows_code(cell: nodes.container) -> bool:
    """Whether a container is a cell that shows its code."""
    shown = {"tag_hide-input", "tag_hide-cell"}.isdisjoint(cell["classes"])
    kinds = {part.get("nb_element") for part in cell.children if isinstance(part, nodes.container)}
    return cell.get("nb_element") == "cell_code" and shown and "cell_code_source" in kinds


def add_run_line(app: Sphinx, doctree: nodes.document) -> None:
    """Insert the line below the title."""
    page = app.env.current_document.docname
    title = next(doctree.findall(nodes.title), None)
    if title is None or page in WITHOUT:
        return
    rest = line_of_script(doctree, page)
    if not rest and any(map(shows_code, doctree.findall(nodes.container))):
        rest = [nodes.Text(", then paste the cells of this page into a notebook, in order.")]
    if rest:
        target = {"refdomain": "std", "reftype": "doc", "reftarget": "/install", "refdoc": page}
        text = nodes.inline("", "Install the package")
        install = addnodes.pending_xref("", text, **target, refexplicit=True, refwarn=True)
        line = nodes.paragraph("", "", install, *rest, classes=["run-line"])
        title.parent.insert(title.parent.index(title) + 1, line)


def fill_in_wheel(app: Sphinx, page: str, source: list[str]) -> None:
    """Write the wheel's name and address into the page "Install"."""
    if page == "install":
        wheel, address = Path(app.config.wheel).name, app.config.site_address
        names = {"address": address, "wheel": wheel, "needed": requirement(wheel, address)}
        source[0] = jinja2.Template(source[0], keep_trailing_newline=True).render(names)


def setup(app: Sphinx) -> dict:
    """Insert the lines before Sphinx collects links and downloads."""
    app.connect("source-read", fill_in_wheel)
    app.connect("doctree-read", add_run_line, priority=450)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
