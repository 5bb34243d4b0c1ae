"""Small repairs to finished pages that no option of the extensions offers."""

import re
from html import escape
from itertools import zip_longest
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx

ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
PADDING = 2  # characters around the text of a table's cell
WIDE = 36  # characters in a line of code that a phone shows without scrolling, in a list or fold

# What furo's templates leave open, and Sphinx's search page: there is no block to override.
MENDED = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer': '<aside aria-label="Page" class="toc-drawer',
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<img class="sidebar-logo"': '<img class="sidebar-logo" width="80" height="80"',
    '<th class="head"><p></p></th>': '<td class="head"></td>',  # a table's empty corner
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
}


# The links stand at the end of the page, and the archive of one script holds nothing new.
CLUTTER = {"sphx-glr-download-link-note", "sphx-glr-download-zip"}


def drop_clutter(app: Sphinx, doctree: nodes.document) -> None:
    """Remove what sphinx-gallery adds to the page of a script."""
    if not any(
        "sphx-glr-example-title" in node["classes"] for node in doctree.findall(nodes.section)
    ):
        return
    for node in list(doctree.findall(lambda n: isinstance(n, nodes.note | nodes.container))):
        if CLUTTER.intersection(node["classes"]):
            node.parent.remove(node)


def finish(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Repair the HTML of a page before it is written."""
    if doctree is None:
        formulas = False
    else:
        formulas = any(True for _ in doctree.findall(is_formula))
        context["body"] = focusable(described(app, sized(app, context["body"])))
    if not formulas:
        context["css_files"] = [
            css for css in context["css_files"] if "katex" not in str(css.filename)
        ]


def is_formula(node: nodes.Node) -> bool:
    """Whether KaTeX's styles are needed for a node."""
    return isinstance(node, nodes.math | nodes.math_block)


def sized(app: Sphinx, body: str) -> str:
    """Give pictures their width and height, so that the text does not jump while they load."""
    sources = {path.name: path for path in Path(app.srcdir, "tutorials").glob("*/images/*.png")}
    sources |= {name: Path(app.srcdir, path) for path, (_, name) in app.env.images.items()}

    def with_size(match: re.Match[str]) -> str:
        source = sources.get(match["name"])
        if source is None or source.suffix != ".png":
            return match[0]
        with Image.open(source) as image:
            return f'{match[0]} width="{image.width}" height="{image.height}"'

    return re.sub(r'<img\b[^>]*? src="[^"]*_images/(?P<name>[^"/]+)"', with_size, body)


def described(app: Sphinx, body: str) -> str:
    """Say under each thumbnail what the first figure of its page says, which it is made of."""

    def with_text(match: re.Match[str]) -> str:
        (page,) = Path(app.srcdir, "tutorials").glob(f"*/{match['name']}.rst")
        text = re.search(r":alt: (.+)", page.read_text(encoding="utf-8"))
        return f'alt="{escape(text[1]) if text else ""}"{match["rest"]}'

    thumbnail = r'alt=""(?P<rest> src="[^"]*/sphx_glr_(?P<name>\w+)_thumb\.png")'
    return re.sub(thumbnail, with_text, body)


def focusable(body: str) -> str:
    """Let the keyboard scroll code and tables that are wider than a phone."""

    def code(match: re.Match[str]) -> str:
        wide = any(len(line) > WIDE for line in plain(match["code"]).splitlines())
        return f'<pre tabindex="0">{match["code"]}</pre>' if wide else match[0]

    def table(match: re.Match[str]) -> str:
        rows = [re.findall(r"<t[dh]\b.*?</t[dh]>", row, re.DOTALL) for row in ROW.findall(match[0])]
        columns = zip_longest(*rows, fillvalue="")
        widths = [max(longest_word(plain(cell)) for cell in column) for column in columns]
        wide = sum(widths) + PADDING * len(widths) > WIDE
        return match[0].replace("<div ", '<div tabindex="0" ', 1) if wide else match[0]

    body = re.sub(r"<pre>(?P<code>.*?)</pre>", code, body, flags=re.DOTALL)
    return re.sub(r'<div class="table-wrapper[^>]*>.*?</table>', table, body, flags=re.DOTALL)


def plain(html: str) -> str:
    """Take the markup out."""
    return re.sub(r"<[^>]+>|&\w+;", "", html)


def longest_word(text: str) -> int:
    """Count the letters of the word that a column cannot be narrower than."""
    return max(map(len, text.split()), default=0)


def mend(html: str) -> str:
    """Replace what the templates write."""
    for written, meant in MENDED.items():
        html = html.replace(written, meant)
    return html


def mend_templates(app: Sphinx) -> None:
    """Mend every page that the templates give, also those without a source, such as the search."""
    if app.builder.format == "html":
        render = app.builder.templates.render
        app.builder.templates.render = lambda name, context: mend(render(name, context))


def setup(app: Sphinx) -> dict:
    """Hook into the build."""
    app.connect("builder-inited", mend_templates)
    app.connect("doctree-read", drop_clutter, priority=400)  # before Sphinx collects downloads
    app.connect("html-page-context", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
