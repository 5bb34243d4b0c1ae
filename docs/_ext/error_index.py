"""Directive that writes the error index: a section for each entry, after running its code."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

from docutils import nodes
from error_snippets import GROUPS, Entry, entries, run
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class EntryTitle(nodes.title):
    """A title that opens and closes its section; the section's last child ends the fold."""


def visit_title(writer: HTML5Translator, node: EntryTitle) -> None:
    """Begin the fold."""
    writer.body.append("<details>\n<summary>")
    writer.visit_title(node)


def depart_title(writer: HTML5Translator, node: EntryTitle) -> None:
    """Begin what is folded."""
    writer.depart_title(node)
    writer.body.append("</summary>\n")


class ErrorIndex(SphinxDirective):
    """`.. error-index::`: how many entries there are, and all entries by group."""

    def run(self) -> list[nodes.Node]:
        """Build a section for each group, and in it a section for each entry."""
        self.env.metadata[self.env.docname]["error-index"] = True
        here = [entry.here for name in GROUPS for entry in entries(name)]
        text = (
            f"{len(here)} messages: {sum(here)} raised by torch {release('torch')} and Gymnasium "
            f"{release('gymnasium')} in this build, {here.count(False)} recorded elsewhere."
        )
        return [nodes.paragraph("", text), *map(self.group, GROUPS)]

    def group(self, name: str) -> nodes.section:
        """Build a group's section."""
        part = nodes.section(ids=[f"errors-{name}"], names=[f"errors-{name}"])
        part += nodes.title("", GROUPS[name])
        for entry in entries(name):
            self.env.note_dependency(str(entry.path))
            part += self.entry(entry)
        return part

    def entry(self, entry: Entry) -> nodes.section:
        """Show one error: its message, the cause, the code that fails and the fixed code."""
        message, printed = run(entry)
        part = nodes.section(ids=[entry.slug], names=[entry.slug], classes=["error-entry"])
        part += EntryTitle("", entry.title, support_smartquotes=False)  # quotes as Python's
        part += found_as(message, entry.slug)
        part += literal(message, "text", "error-message")
        cause = prose(entry.cause)
        for i, page in enumerate(entry.see):
            cause += [nodes.Text(" and " if i else " See "), where(page)]
        cause += nodes.Text("." if entry.see else "")
        part += cause
        part += [recorded("Also:", place, form) for form, place in entry.also]
        if not entry.here:
            part += recorded("This build cannot raise it.", entry.recorded)
        part += [*code(entry.failing), nodes.paragraph("", "Fixed:"), *code(entry.fixed)]
        if printed:
            part += nodes.container("", literal(printed, "text"), classes=["sphx-glr-script-out"])
        part += nodes.raw("", "</details>\n", format="html")
        return part


def prose(text: str) -> nodes.paragraph:
    """A paragraph in which backticks mark code."""
    paragraph = nodes.paragraph()
    for i, part in enumerate(text.replace("``", "`").split("`")):
        paragraph += nodes.literal("", part) if i % 2 else nodes.Text(part)
    return paragraph


def where(place: str) -> nodes.Node:
    """A link to an address, or to a page of this site."""
    if place.startswith("http"):
        return nodes.reference("", place.split("://")[1], refuri=place)
    link = addnodes.pending_xref(
        "", refdomain="std", reftype="doc", reftarget=f"/{place}", refexplicit=False, refwarn=True
    )
    link += nodes.inline("", place)
    return link


def release(package: str) -> str:
    """Return a package's version, without the name of the build."""
    return version(package).partition("+")[0]


def recorded(start: str, place: str, message: str = "") -> nodes.paragraph:
    """Say where a message was recorded: an address, an installed file, or words."""
    text = nodes.paragraph("", f"{start} ")
    if message:
        text += [nodes.literal("", message, classes=["error-form"]), nodes.Text(" ")]
    text += nodes.Text("Recorded in ")
    if place.startswith("http"):
        text += where(place)
    elif Path(get_path("platlib"), place).exists():
        package = place.partition("/")[0]
        text += [nodes.literal("", place), nodes.Text(f" of {package} {release(package)}")]
    else:
        text += nodes.Text(place)
    text += nodes.Text(".")
    return text


def code(text: str) -> Iterator[nodes.literal_block]:
    """Show code, and its lines for a terminal in blocks of their own."""
    parts = re.split(r"((?:^#.*\n)*^# \$ .*\n?(?:^#.*\n?)*)", text, flags=re.MULTILINE)
    for i, part in enumerate(map(str.strip, parts)):
        if part:
            yield literal(part.replace("# $ ", ""), "text" if i % 2 else "python")


def literal(text: str, language: str, *classes: str) -> nodes.literal_block:
    """Show a block of code or of output."""
    return nodes.literal_block(text, text, language=language, classes=list(classes))


def found_as(message: str, slug: str) -> addnodes.index:
    """Let the site's search find the entry by the first line, and by its first sentence alone."""
    line = message.partition("\n")[0].replace(";", ",")  # a semicolon would split the entry
    texts = dict.fromkeys([line, line.partition(". ")[0]])
    return addnodes.index(entries=[("single", text, slug, "main", None) for text in texts])


def load(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document) -> None:
    """Load the field's script and style on this page alone."""
    if app.env.metadata[page].get("error-index"):
        app.add_css_file("error_index.css")
        app.add_js_file("error_index.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Add the directive."""
    app.add_directive("error-index", ErrorIndex)
    app.add_node(EntryTitle, html=(visit_title, depart_title))
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
