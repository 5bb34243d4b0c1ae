"""Directive that writes the error index: a section for every entry, its code just run."""

from importlib.metadata import version

from docutils import nodes
from error_snippets import GROUPS, Entry, entries, run
from mistake_sections import prose, where
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FIELD = """\
<div class="error-filter">
<label for="error-filter">Paste your message</label>
<input id="error-filter" type="search" autocomplete="off" spellcheck="false">
<output for="error-filter"></output>
</div>
"""


class ErrorIndex(SphinxDirective):
    """`.. error-index::`: all entries, by group."""

    def run(self) -> list[nodes.Node]:
        """Build a section a group, and in it a section an entry."""
        self.env.metadata[self.env.docname]["error-index"] = True
        groups = [self.group(name) for name in GROUPS]
        count = sum(len(list(group.findall(nodes.section))) - 1 for group in groups)
        raised = f"{count} messages, from torch {version('torch').partition('+')[0]} "
        raised += f"and Gymnasium {version('gymnasium')}."
        return [nodes.paragraph("", raised), nodes.raw("", FIELD, format="html"), *groups]

    def group(self, name: str) -> nodes.section:
        """Build a group's section."""
        part = nodes.section(ids=[f"errors-{name}"], names=[f"errors-{name}"])
        part += nodes.title("", GROUPS[name])
        for entry in entries(name):
            self.env.note_dependency(str(entry.path))
            part += self.entry(entry)
        return part

    def entry(self, entry: Entry) -> nodes.section:
        """Tell one error: its message, why, the code that brings it, the code that mends it."""
        message, printed = run(entry)
        part = nodes.section(ids=[entry.slug], names=[entry.slug], classes=["error-entry"])
        part += nodes.title("", entry.title, support_smartquotes=False)  # quotes as Python's
        part += found_as(message, entry.slug)
        part += code(message, "text", "error-message")
        cause = prose(entry.cause)
        for page in entry.see:
            cause += [nodes.Text(" See "), where(page), nodes.Text(".")]
        if not entry.here:
            cause += nodes.Text(" (The machine that built this page could not raise it.)")
        part += [cause, code(entry.failing, "python")]
        part += [nodes.paragraph("", "Mended:"), code(entry.mended, "python")]
        if printed:
            output = nodes.container("", code(printed, "text"), classes=["sphx-glr-script-out"])
            part += output
        return part


def code(text: str, language: str, *classes: str) -> nodes.literal_block:
    """A block of code or of output."""
    return nodes.literal_block(text, text, language=language, classes=list(classes))


def found_as(message: str, slug: str) -> addnodes.index:
    """What leads the site's search to the entry: the first line, and its first sentence alone."""
    line = message.partition("\n")[0].replace(";", ",")  # a semicolon would split the entry
    texts = dict.fromkeys([line, line.partition(". ")[0]])
    return addnodes.index(entries=[("single", text, slug, "main", None) for text in texts])


def load(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document) -> None:
    """Load the filter on this page alone."""
    if app.env.metadata[page].get("error-index"):
        app.add_css_file("error_index.css")
        app.add_js_file("error_index.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Add the directive."""
    app.add_directive("error-index", ErrorIndex)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
