"""Directive that writes a section for every known mistake of an exercise, its code just run."""

from docutils import nodes
from explained import pages_about
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from pytorch_rl_basics import check
from pytorch_rl_basics.checker.checking import check_of
from pytorch_rl_basics.checker.mistakes import Mistake
from pytorch_rl_basics.exercises.source import reference_source


class Mistakes(SphinxDirective):
    """`.. mistakes:: NAME`: what goes wrong in an exercise, with the wrong code and its report."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Build one section a mistake, in the order of the registry."""
        exercise = self.arguments[0]
        return [section(exercise, mistake) for mistake in check_of(exercise).mistakes]


def section(exercise: str, mistake: Mistake) -> nodes.section:
    """Tell one mistake: what was meant, the code, the checker's answer, where to read more."""
    report = check(mistake.function, exercise)
    if report.mistake != mistake.slug:
        raise ValueError(f"{exercise}: the code of {mistake.slug} was named {report.mistake}")
    part = nodes.section(ids=[f"{exercise}-{mistake.slug}"], names=[mistake.slug])
    part += nodes.title("", mistake.slug)
    part += prose(mistake.misconception)
    part += nodes.literal_block("", reference_source(mistake.function), language="python")
    part += nodes.literal_block("", repr(report), language="text")
    part += nodes.paragraph("", "", nodes.Text("Seen: "), where(mistake.seen), nodes.Text("."))
    for page in pages_about(mistake.slug):
        part += nodes.paragraph("", "", nodes.Text("Told at length: "), where(page))
    return part


def prose(text: str) -> nodes.paragraph:
    """A paragraph in which backticks mark code."""
    paragraph = nodes.paragraph()
    for i, part in enumerate(text.replace("``", "`").split("`")):
        paragraph += nodes.literal("", part) if i % 2 else nodes.Text(part)
    return paragraph


def where(seen: str) -> nodes.Node:
    """A link to an address, or to a page of this site."""
    if seen.startswith("http"):
        return nodes.reference("", seen.split("://")[1], refuri=seen)
    link = addnodes.pending_xref(
        "", refdomain="std", reftype="doc", reftarget=f"/{seen}", refexplicit=False, refwarn=True
    )
    link += nodes.inline("", seen)
    return link


def setup(app: Sphinx) -> dict:
    """Add the directive."""
    app.add_directive("mistakes", Mistakes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
