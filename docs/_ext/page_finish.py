"""Small fixes of finished pages for which the theme and the extensions have no option."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from PIL import Image
from sphinx.addnodes import toctree
from sphinx.application import Sphinx

from pytorch_rl_basics.checker.report import LABEL

PICTURE = re.compile(r'<img\b[^>]*? src="[^"]*_images/(?P<name>[^"/]+)"')
FORMULA = nodes.math | nodes.math_block
OUTPUT = re.compile(
    r'(class="(?:output (?:text_plain|stream)|sphx-glr-script-out)\b[^>]*>\s*<div[^>]*>\s*<pre)>'
    r"<span></span>(.*?)</pre>",
    re.DOTALL,
)
COLUMNS = re.compile(r"\S  |^ ", re.MULTILINE)  # what a text that may wrap does not have
VERDICT = re.compile(
    r"(^|<pre><span></span>)(\w+: (passed|not yet|not attempted yet)\.)", re.MULTILINE
)
REPORT = re.compile(
    r'<pre><span></span>((?:(?!</pre>).)*?<span class="verdict.*?)(?=</pre>)', re.DOTALL
)
TAG = re.compile("<[^>]*>")
WIDTH = 76  # of a report's lines
CHECKS = "tutorials/practice/does_not_learn"
GETS_CHECKS = re.compile(r"errors$|mistakes/|tutorials/(algorithms|improved|laboratory|pitfalls)/")

# What furo's templates leave open: there is no block to override.
FIXED = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer': '<aside aria-label="Page" class="toc-drawer',
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<img class="sidebar-logo"': '<img class="sidebar-logo" width="80" height="80"',
    'alt="Logo"': 'alt="A tensor in the loop of agent and environment"',
    '<th class="head"><p></p></th>': '<td class="head"></td>',  # a table's empty corner
    # The index of sources has lists that are children of lists: one list will do.
    **{"</li>\n<ul><li>": "</li>\n<li>", "</ul><li>": "<li>", "</ul></ul>": "</ul>"},
}
# Where a browser forbids storage, to ask for it is an error. This comes before the first script.
ASKS = "document.body.dataset.theme = localStorage"
FIXED[ASKS] = f"""try {{ localStorage }} catch {{
        const nothing = {{ getItem: () => null, setItem() {{}}, removeItem() {{}} }};
        Object.defineProperty(window, "localStorage", {{ value: nothing }});
      }}
      {ASKS}"""
FOOTER = '<div class="right-details">'
LOCAL = re.compile(r'\b(href|src|action|data-content_root)="(?!https?:|data:|#)(?:\./)?')


def finish(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Fix the HTML of a page before it is written, and load KaTeX's styles only for formulas."""
    if doctree is not None:
        context["body"] = outputs(sized(app, context["body"]))
        if GETS_CHECKS.match(page):
            link = f'<a class="reference internal" href="{context["pathto"](CHECKS)}">'
            context["body"] += f"<p>{link}If your agent does not learn: eight checks</a></p>"
    if doctree is None or not any(isinstance(node, FORMULA) for node in doctree.findall()):
        styles = context["css_files"]
        context["css_files"] = [css for css in styles if "katex" not in str(css.filename)]


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

    return PICTURE.sub(with_size, body)


def outputs(body: str) -> str:
    """Mark the checker's verdicts, and let outputs wrap in which no columns are aligned."""

    def with_class(match: re.Match[str]) -> str:
        kind = "" if COLUMNS.search(match[2]) else ' class="prose"'
        return f"{match[1]}{kind}><span></span>{match[2]}</pre>"

    def with_sign(match: re.Match[str]) -> str:
        name = match[3].replace(" ", "-")
        return f'{match[1]}<span class="verdict verdict-{name}">{match[2]}</span>'

    def unwrapped(match: re.Match[str]) -> str:
        lines, last = [], ""
        for line in match[1].rstrip("\n").split("\n"):
            full = unescape(TAG.sub("", f"{last} {line.strip().partition(' ')[0]}"))
            if line.startswith(" " * LABEL) and len(full) > WIDTH:
                lines[-1] += f" {line.strip()}"
            else:
                lines.append(line)
            last = line
        return '<pre class="prose">' + "".join(
            f'<span class="line">{line}\n</span>' for line in lines
        )

    return REPORT.sub(unwrapped, OUTPUT.sub(with_class, VERDICT.sub(with_sign, body)))


def fix_templates(app: Sphinx) -> None:
    """Fix every page that the templates write, also those without a source, such as the search.

    The page for an unknown address is served under any path: its links begin at the site's root.
    """
    if app.builder.format != "html":
        return
    render, root = app.builder.templates.render, urlsplit(app.config.site_address).path or "/"

    def fixed(name: str, context: dict) -> str:
        html = render(name, context)
        for written, meant in FIXED.items():
            html = html.replace(written, meant)
        html = html.replace(FOOTER, FOOTER + context.get("report", ""))
        return LOCAL.sub(rf'\1="{root}', html) if name == "404.html" else html

    app.builder.templates.render = fixed


def title_of(headings: nodes.Node) -> nodes.Node:
    """Copy the entry of a page's title, and the lists of pages below it, without other headings."""
    copy = headings.deepcopy()
    for entry in copy.children:
        if len(entry) > 1:
            pages = list(entry.findall(toctree))
            entry[1:] = [nodes.bullet_list("", *pages)] if pages else []
    return copy


def lighten_sidebar(app: Sphinx) -> None:
    """Let each page's sidebar copy titles alone, where Sphinx copies all headings to drop them."""
    if app.builder.format != "html":
        return
    env, write = app.env, app.builder._get_local_toctree

    @cache
    def titles() -> dict[str, nodes.Node]:
        return {page: title_of(headings) for page, headings in env.tocs.items()}

    def write_titles(page: str, collapse: bool = True, **options: Any) -> str:
        headings = env.tocs
        try:
            env.tocs = titles() if options.get("titles_only") else headings
            return write(page, collapse, **options)
        finally:
            env.tocs = headings

    app.builder._get_local_toctree = write_titles


def setup(app: Sphinx) -> dict:
    """Hook into the build."""
    app.connect("builder-inited", fix_templates)
    app.connect("builder-inited", lighten_sidebar)
    app.connect("html-page-context", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
