"""Directive that writes the error index: a section for each entry, after running its code."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

from docutils import nodes
from error_snippets import GROUPS, Entry, entries, run
from interactive import load
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
        load(self.env, "error_index.css", "error_index.js")
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
        see = " and ".join(f"{{doc}}`/{page}`" for page in entry.see)
        part += self.say(f"{entry.cause} See {see}." if see else entry.cause)
        for form, place in entry.also:
            also = nodes.paragraph("", "Also: ", nodes.literal("", form, classes=["error-form"]))
            also += [nodes.Text(" "), *self.say(f"Recorded in {where(place)}.")]
            part += also
        if not entry.here:
            part += self.say(f"This build cannot raise it. Recorded in {where(entry.recorded)}.")
        part += [*code(entry.failing), nodes.paragraph("", "Fixed:"), *code(entry.fixed)]
        if printed:
            part += nodes.container("", literal(printed, "text"), classes=["sphx-glr-script-out"])
        part += nodes.raw("", "</details>\n", format="html")
        return part

    def say(self, markdown: str) -> nodes.paragraph:
        """Make a paragraph."""
        return nodes.paragraph("", "", *self.parse_inline(markdown)[0])


def where(place: str) -> str:
    """Say in Markdown where a message was recorded: an address, an installed file, or words."""
    if place.startswith("http"):
        return f"[{place.split('://')[1]}]({place})"
    if Path(get_path("platlib"), place).exists():
        package = place.partition("/")[0]
        return f"`{place}` of {package} {release(package)}"
    return place.replace("_", r"\_")


def release(package: str) -> str:
    """Return a package's version, without the name of the build."""
    return version(package).partition("+")[0]


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
    """List the entry in the site's index by its first line, and by the first sentence alone."""
    line = message.partition("\n")[0].replace(";", ",")  # a semicolon would split the entry
    texts = dict.fromkeys([line, line.partition(". ")[0]])
    return addnodes.index(entries=[("single", text, slug, "main", None) for text in texts])


def setup(app: Sphinx) -> dict:
    """Add the directive."""
    app.add_directive("error-index", ErrorIndex)
    app.add_node(EntryTitle, html=(visit_title, depart_title))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
