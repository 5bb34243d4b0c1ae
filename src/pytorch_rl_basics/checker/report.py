"""The report on an attempt: what it holds, and how its lines are written and wrapped."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from .._console import printable

LABEL = 10  # columns of "expected: " and the other labels


@dataclass(frozen=True)
class Report:
    """The verdict on an attempt.

    Attributes:
        passed: whether the function does what the exercise asks.
        exercise: the exercise's name.
        mistake: the name of the mistake, if it is a known one; it has a section on the site.
        message: the whole report as text.
    """

    passed: bool
    exercise: str
    mistake: str | None
    message: str

    def __repr__(self) -> str:
        return printable(fill(self.message))


def labelled(label: str, *texts: str) -> str:
    """Write lines of a report: a label, and to the right of it one text below the other."""
    return f"{label + ':':<{LABEL}}" + ("\n" + " " * LABEL).join(texts)


def fill(report: str, width: int = 76) -> str:
    """Wrap a report, line by line; a text that follows a label stays to the right of it."""
    lines = []
    for line in report.splitlines():
        start = line[:LABEL].rstrip()
        indent = " " * LABEL if start.endswith(":") or not start else ""
        lines.append(textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False))
    return "\n".join(lines)
