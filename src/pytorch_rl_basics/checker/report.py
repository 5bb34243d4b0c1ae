"""The report on an attempt: its fields, and how they are written and wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from .._console import printable

LABEL = 10  # columns of "expected: " and the other labels


@dataclass(frozen=True)
class Report:
    """The verdict on an attempt.

    Attributes:
        passed: whether the function does what the exercise asks.
        exercise: the exercise's name; of a file that could not be checked, the file's.
        mistake: the name of the mistake, if it is a known one; it has a section on the site.
        verdict: the result in a few words, such as ``not yet``.
        attempted: False if the function is still the stub of the exercise.
        call: the call that showed the mistake.
        got: what this call gave.
        expected: what it should give.
        explanation: what the mistake is.
        advice: what to try.
        printed: the first lines that the attempt printed.
        where: the line of the learner's code that ended it.
        hint: the first hint of an exercise that is not attempted yet.
        note: what a pass leaves open.
        snippet: code that makes the call with the library's function and with the learner's.
        delegated: whether it passed by the library's own function, or the checker's answer.
    """

    passed: bool
    exercise: str
    mistake: str | None
    verdict: str
    attempted: bool = True
    call: str = ""
    got: str = ""
    expected: str = ""
    explanation: str = ""
    advice: str = ""
    printed: tuple[str, ...] = ()
    where: str = ""
    hint: str = ""
    note: str = ""
    snippet: str = ""
    delegated: bool = False

    @property
    def headline(self) -> str:
        """The report in a few words: the name of the mistake, or else the verdict."""
        return self.mistake or self.verdict

    @property
    def message(self) -> str:
        """The whole report as text."""
        return self.text()

    def text(self, more: Mapping[str, str] | None = None) -> str:
        """Write the report, with further lines under labels of their own."""
        name = f" ({self.mistake})" if self.mistake else ""
        labels = {
            "called": self.call,
            "printed": ("\n" + " " * LABEL).join(self.printed),
            "got": self.got,
            "expected": self.expected,
            "where": self.where,
            "mistake": self.explanation + name,
            "try": self.advice,
            "hint": self.hint,
            **(more or {}),
        }
        lines = [f"{label + ':':<{LABEL}}{text}" for label, text in labels.items() if text]
        return "\n".join([f"{self.exercise}: {self.verdict}. {self.note}".rstrip(), *lines])

    def reproduce(self) -> None:
        """Print code that makes the call of the report, with the right function and with yours.

        Run it where your function is defined, and change what you like. A report that shows no
        call has no such code.
        """
        print(printable(self.snippet or "The report shows no call."))

    def __repr__(self) -> str:
        return printable(fill(self.message))


def fill(report: str, width: int = 76) -> str:
    """Wrap a report, line by line; a text that follows a label stays to the right of it."""
    lines = []
    for line in report.splitlines():
        start = line[:LABEL].rstrip()
        indent = " " * LABEL if start.endswith(":") or not start else ""
        lines.append(textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False))
    return "\n".join(lines)
