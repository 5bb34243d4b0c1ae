"""Pages of known mistakes: one for each exercise, written from its folder before reading starts."""

import difflib
import re
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from templates import fill_in

from pytorch_rl_basics import check
from pytorch_rl_basics.checker.edits import Form, Mistake
from pytorch_rl_basics.exercises import EXERCISES, check_of

CASES = Path(__file__).parents[1] / "general_mistakes.toml"


def write_pages(app: Sphinx) -> None:
    """Write each exercise's page and the general one, if they are not there as they should be."""
    pages = {name: page(name) for name in EXERCISES}
    pages["general"] = fill_in("general_mistakes.jinja", cases=general_cases())
    for name, text in pages.items():
        path = Path(app.srcdir, "mistakes", f"{name}.md")
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


def general_cases() -> dict[str, dict[str, str]]:
    """Read an example of each mistake that any exercise can have."""
    return tomllib.loads(CASES.read_text(encoding="utf-8"))


def function_of(name: str, slug: str) -> Callable:
    """Find code that makes a mistake, one of the exercise's own or a general one."""
    own = {mistake.slug: mistake.forms[0].function for mistake in check_of(name).mistakes}
    if slug in own:
        return own[slug]
    scope: dict = {}
    exec(general_cases()[slug]["code"], scope)
    return scope[name]


def heading(mistake: Mistake) -> str:
    """Give the first sentence of what is wrong."""
    return re.split(r"(?<=\.) ", mistake.misconception)[0].removesuffix(".")


def difference(form: Form, *, fix: bool = False) -> str:
    """Give the lines that an edit changes, or that a fix changes back.

    There are dots where lines are left out between them. The line before says where lines are only
    added or only removed.
    """
    right, wrong = form.right.splitlines(), form.source.splitlines()
    lines = []  # sign and code
    for kind, start, end, first, last in difflib.SequenceMatcher(None, right, wrong).get_opcodes():
        if kind != "equal":
            before = right[:start][-1:] if kind in ("insert", "delete") else []
            lines += [("", "")] * bool(lines)
            lines += [(" ", line) for line in before]
            sides = [right[start:end], wrong[first:last]]
            for sign, side in zip("-+", reversed(sides) if fix else sides, strict=True):
                lines += [(sign, line) for line in side]
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
        self.env.note_dependency(str(CASES))
        report = check(function_of(name, slug), name)
        if report.mistake != slug:
            raise self.error(f"the code of {slug} was named {report.mistake}")
        reports = self.env.metadata[self.env.docname].setdefault("reports", {})
        reports[slug] = [report.call, report.got, report.expected]  # drills ask with them
        return [nodes.literal_block("", repr(report), language="text")]


def setup(app: Sphinx) -> dict:
    """Write the pages, and add the directive."""
    app.connect("builder-inited", write_pages)
    app.add_directive("mistake-report", MistakeReport)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
