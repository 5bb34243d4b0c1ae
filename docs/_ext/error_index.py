"""Directive that writes the error index: a section for each entry, after running its code."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

from docutils import nodes
from error_snippets import GROUPS, Entry, entries, run
from mistake_sections import prose, where
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FIELD = """\
<div class="error-filter">
<label for="error-filter">Paste your message</label>
<textarea id="error-filter" rows="3" autocomplete="off" spellcheck="false"></textarea>
<output for="error-filter"></output>
<div class="error-missing" hidden>
<p>The nearest entries, which are about other messages:</p>
<p class="error-nearest"></p>
<p>What to do next:</p>
<ol>
<li>Read the traceback from the bottom up to the last line that is in your own file.
The mistake is there or above it.</li>
<li>Print the shapes, dtypes and types of what that line uses.</li>
<li>Search the web for the last line of the traceback, in quotes, without your own names.</li>
<li>Copy the line into a new file and add only what it needs to fail, five to ten lines in all.
This often shows the mistake.</li>
<li>Ask, with these lines, the whole traceback and the versions of Python, torch and gymnasium.</li>
</ol>
</div>
</div>
<div class="error-found"></div>
"""


class ErrorIndex(SphinxDirective):
    """`.. error-index::`: all entries, by group."""

    def run(self) -> list[nodes.Node]:
        """Build a section for each group, and in it a section for each entry."""
        self.env.metadata[self.env.docname]["error-index"] = True
        groups = [self.group(name) for name in GROUPS]
        found = [entry for name in GROUPS for entry in entries(name)]
        raised = sum(entry.here for entry in found)
        text = f"{len(found)} messages: {raised} raised by torch {release('torch')} and Gymnasium "
        text += f"{release('gymnasium')} in this build, {len(found) - raised} recorded elsewhere."
        return [nodes.paragraph("", text), nodes.raw("", FIELD, format="html"), *groups]

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
        part += nodes.title("", entry.title, support_smartquotes=False)  # quotes as Python's
        part += found_as(message, entry.slug)
        part += literal(message, "text", "error-message")
        cause = prose(entry.cause)
        for page in entry.see:
            cause += [nodes.Text(" See "), where(page), nodes.Text(".")]
        part += cause
        part += [recorded("Also:", place, form) for form, place in entry.also]
        if not entry.here:
            part += recorded("This build cannot raise it.", entry.recorded)
        part += [*code(entry.failing), nodes.paragraph("", "Fixed:"), *code(entry.fixed)]
        if printed:
            output = nodes.container("", literal(printed, "text"), classes=["sphx-glr-script-out"])
            part += output
        return part


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
    elif source(place).exists():
        package = place.partition("/")[0]
        text += [nodes.literal("", place), nodes.Text(f" of {package} {release(package)}")]
    else:
        text += nodes.Text(place)
    text += nodes.Text(".")
    return text


def source(place: str) -> Path:
    """Return where a file of an installed package is."""
    return Path(get_path("platlib"), place)


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
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
