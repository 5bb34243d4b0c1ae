"""Pages of known mistakes: one for each exercise, written from its folder before reading starts."""

import difflib
import re
import textwrap
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from templates import fill_in

from pytorch_rl_basics import check
from pytorch_rl_basics.checker.edits import Form, Mistake
from pytorch_rl_basics.exercises import EXERCISES, check_of


def write_pages(app: Sphinx) -> None:
    """Write the page of each exercise, if it is not there as it should be."""
    for name in EXERCISES:
        path, text = Path(app.srcdir, "mistakes", f"{name}.md"), page(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def page(name: str) -> str:
    """Write the page of an exercise."""
    mistakes = check_of(name).mistakes
    return fill_in(
        "mistakes.jinja",
        name=name,
        exercise=EXERCISES[name],
        mistakes=mistakes,
        right=filter(None, dict.fromkeys(mistake.forms[0].right for mistake in mistakes)),
        heading=heading,
        difference=difference,
    )


def heading(mistake: Mistake) -> str:
    """Give the first sentence of what is wrong."""
    return re.split(r"(?<=\.) ", mistake.misconception)[0].removesuffix(".")


def difference(form: Form) -> str:
    """Give the lines that an edit changes, with dots where lines are left out between them.

    The line before says where lines are only added or only removed.
    """
    right, wrong = form.right.splitlines(), form.source.splitlines()
    lines = []  # sign and code
    for kind, start, end, first, last in difflib.SequenceMatcher(None, right, wrong).get_opcodes():
        if kind != "equal":
            before = right[:start][-1:] if kind in ("insert", "delete") else []
            lines += [("", "")] * bool(lines)
            lines += [(" ", line) for line in before]
            lines += [("-", line) for line in right[start:end]]
            lines += [("+", line) for line in wrong[first:last]]
    code = textwrap.dedent("\n".join(line for _, line in lines)).split("\n")
    return "\n".join(
        f"{sign} {line}" if sign else "  …" for (sign, _), line in zip(lines, code, strict=True)
    )


class MistakeReport(SphinxDirective):
    """`{mistake-report} EXERCISE SLUG`: what the checker says of the usual code of a mistake."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Check the code."""
        name, slug = self.arguments
        folder = EXERCISES[name].folder
        for path in (folder / "mistakes.toml", folder / "check.py"):
            self.env.note_dependency(str(path))
        (mistake,) = (mistake for mistake in check_of(name).mistakes if mistake.slug == slug)
        report = check(mistake.forms[0].function, name)
        if report.mistake != slug:
            raise self.error(f"the code of {slug} was named {report.mistake}")
        return [nodes.literal_block("", repr(report), language="text")]


def setup(app: Sphinx) -> dict:
    """Write the pages, and add the directive."""
    app.connect("builder-inited", write_pages)
    app.add_directive("mistake-report", MistakeReport)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
