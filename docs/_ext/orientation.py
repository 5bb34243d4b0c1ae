"""Where a page is in the course, what it takes and how to run it: for each page and each card."""

import json
import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

import jinja2
from docutils import nodes
from install_lines import install_cell, requirement
from provenance import code_of
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_gallery import notebook
from thumbnails import thumbnail

RUN_TIMES = json.loads(Path(__file__).parents[1].joinpath("run_times.json").read_text("utf-8"))
WITHOUT = {"index", "install", "host"}  # to start, or about the site
WORDS_PER_MINUTE, LINES_PER_MINUTE = 200, 30  # of prose; of code and outputs
PLAYS = re.compile(r"^ *(import|from) (gymnasium|pytorch_rl_basics\.agents)\b", re.MULTILINE)
SEPARATOR = '<span aria-hidden="true">›</span>'
BUTTONS = {"ipynb": "Notebook", "py": "Script"}
DOWNLOAD = re.compile(r'href="([^"]+_downloads/[^"]+\.(ipynb|py))"')
PICTURE = re.compile(r"/sphx_glr_(\w+)_thumb\.png$")
CARD = re.compile(
    r'(?P<card><div class="sphx-glr-thumbcontainer") tooltip="(?P<text>[^"]*)"'
    r'(?P<link>>.*?href="(?P<name>\w+)\.html".*?)</div>\s*</div>',
    re.DOTALL,
)
SENTENCE = re.compile(r".*?[.!?](?=\s|$)", re.DOTALL)
PART = re.compile(
    r"^(?P<heading>##+ [^\n]*)$|^```\{code-cell\}[^\n]*\n"
    r"(?P<options>---\n.*?\n---\n|(?::[^\n]*\n)*)(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# The browser runs this before it paints the page, so nothing moves.
SHOW_THE_CURRENT_ENTRY = """<script>{
  const box = document.querySelector(".sidebar-scroll");
  const here = box.querySelector(".current-page > a");
  const top = here ? here.getBoundingClientRect().top - box.getBoundingClientRect().top : 0;
  if (top > box.clientHeight / 2)
    box.scrollTo({ top: top - box.clientHeight / 3, behavior: "instant" });
}</script>"""


@cache
def captions(env: BuildEnvironment) -> dict[str, str]:
    """Return the caption over each entry of the sidebar."""
    trees = env.get_doctree("index").findall(addnodes.toctree)
    return {page: tree["caption"] for tree in trees for _, page in tree["entries"]}


def breadcrumb(env: BuildEnvironment, page: str, link: Callable[[str], str]) -> str:
    """Write the line above a title, such as "Exercises › 3 of 8"."""
    group = captions(env)
    folder = page[: page.rfind("/") + 1]
    overview = f"{folder}index"
    if folder and page != overview:
        course = env.collect_relations()
        beside = [other for other in course if other.startswith(folder) and other != overview]
        name = f'<a href="{link(overview)}">{escape(env.titles[overview].astext())}</a>'
    elif page in group:
        name = escape(group[page])
        beside = [other for other in group if group[other] == group[page] == "Start"]
    else:
        return ""
    place = f" {SEPARATOR} {beside.index(page) + 1} of {len(beside)}" if beside else ""
    return f'<nav class="breadcrumb" aria-label="Breadcrumb">{name}{place}</nav>\n'


def shows_code(cell: nodes.container) -> bool:
    """Whether a container is a cell that shows its code."""
    shown = {"tag_hide-input", "tag_hide-cell"}.isdisjoint(cell["classes"])
    kinds = {part.get("nb_element") for part in cell.children if isinstance(part, nodes.container)}
    return cell.get("nb_element") == "cell_code" and shown and "cell_code_source" in kinds


def minutes(doctree: nodes.document) -> int:
    """Estimate how long it takes to read a page."""
    code = [block.astext() for block in doctree.findall(nodes.literal_block)]
    fixed = doctree.findall(nodes.FixedTextElement)  # code, outputs, formulas, HTML and comments
    words = len(doctree.astext().split()) - sum(len(text.astext().split()) for text in fixed)
    lines = "\n".join(code).count("\n") + 1
    return max(1, round(words / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE))


def note_facts(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page with code takes, and put drawn pictures on the cards of an overview."""
    page = app.env.current_document.docname
    script = page.startswith("tutorials/") and not page.endswith("/index")
    if script or any(map(shows_code, doctree.findall(nodes.container))):
        time = RUN_TIMES[page.rpartition("/")[2]] if script else "a few seconds"
        needs = "PyTorch and Gymnasium" if PLAYS.search(code_of(app, page)) else "PyTorch"
        facts = f"{minutes(doctree)} min to read · runs in {time} · needs {needs}"
        app.env.metadata[page]["facts"] = facts
    for image in list(doctree.findall(nodes.image)):
        if name := PICTURE.search(image["uri"]):
            image.replace_self(nodes.raw("", thumbnail(name[1]), format="html"))


def write_notebook(app: Sphinx, page: str) -> str:
    """Write the headings and the shown cells of a Markdown page as a notebook; return its place."""
    book = notebook.jupyter_notebook_skeleton()
    notebook.add_markdown_cell(book, f"# {app.env.titles[page].astext()}")
    wheel = Path(app.config.wheel).name
    notebook.add_code_cell(book, install_cell(wheel, app.config.site_address))
    for part in PART.finditer(app.env.doc2path(page).read_text(encoding="utf-8")):
        if part["heading"]:
            notebook.add_markdown_cell(book, part["heading"])
        elif "remove-" not in part["options"]:
            notebook.add_code_cell(book, part["code"])
    name = f"notebooks/{page if '/' in page else f'pages/{page}'}.ipynb"
    path = Path(app.outdir, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook.save_notebook(book, path)
    return name


def bar(app: Sphinx, page: str, body: str, link: Callable[..., str]) -> str:
    """Write the lines below a title: what the page takes, and how to run it."""
    facts = app.env.metadata[page].get("facts")
    if not facts or page in WITHOUT:
        return ""
    files = {BUTTONS[kind]: address for address, kind in DOWNLOAD.findall(body)}
    if not files:
        files["Notebook"] = link(write_notebook(app, page), resource=True)
    buttons = [f'<a href="{files[name]}" download>{name}</a>' for name in sorted(files)]
    if app.config.colab:
        address = app.config.colab + files["Notebook"].lstrip("./")
        buttons.append(f'<a href="{address}">Open in Colab</a>')
    buttons.append(f'<a href="{link("install")}">Install</a>')
    return f'<div class="page-bar"><p>{facts}</p><p>{" ".join(buttons)}</p></div>\n'


def add_to_page(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write the lines around the title and the texts of the cards, and scroll the sidebar."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree + SHOW_THE_CURRENT_ENTRY
    if doctree is None or page == "index":
        return

    def card(match: re.Match[str]) -> str:
        sentence = SENTENCE.match(match["text"])
        facts = app.env.metadata[f"{page.rpartition('/')[0]}/{match['name']}"]["facts"]
        text = f'<div class="card-text">{sentence[0] if sentence else match["text"]}</div>'
        return (
            f'{match["card"]}{match["link"]}</div>{text}<div class="card-facts">{facts}</div></div>'
        )

    body, link = CARD.sub(card, context["body"]), context["pathto"]
    lines = bar(app, page, body, link)
    body = body.replace("<h1>", f"{breadcrumb(app.env, page, link)}<h1>", 1)
    context["body"] = body.replace("</h1>", f"</h1>\n{lines}", 1)


def fill_in_wheel(app: Sphinx, page: str, source: list[str]) -> None:
    """Write the wheel's name and address into the page "Install"."""
    if page == "install":
        wheel, address = Path(app.config.wheel).name, app.config.site_address
        names = {"address": address, "wheel": wheel, "needed": requirement(wheel, address)}
        source[0] = jinja2.Template(source[0], keep_trailing_newline=True).render(names)


def setup(app: Sphinx) -> dict:
    """Hook into the build: before Sphinx collects pictures, and after furo has its sidebar."""
    app.connect("source-read", fill_in_wheel)
    app.connect("doctree-read", note_facts, priority=450)
    app.connect("html-page-context", add_to_page, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
