"""Show verdicts at the command line: with rich in a terminal that has it, otherwise as text."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from ..checker.report import Report, fill
from ..exercises import EXERCISES
from .verdicts import Verdict
from .workbook import COMMAND, FILE_NAMES

TICKS = {"passed": "✓", "open": "·", "wrong": "✗"}
STYLES = {"passed": "green", "open": "dim", "wrong": "red"}


class Screen:
    """Show verdicts as text, in pipes, files, notebooks, and terminals without rich."""

    def row(self, text: str, status: str) -> None:
        """Print one line of the table at once: the next file may take a while."""
        print(text, flush=True)

    def progress(self, passed: int, total: int) -> None:
        """Print how many attempts passed."""
        print(f"\n{passed} of {total} passed")

    def report(self, text: str, status: str) -> None:
        """Print a whole report, its long lines indented under their labels."""
        print("\n" + wrap(text))


class ColourScreen(Screen):
    """Show verdicts in colour, with a bar and a frame."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(highlight=False, markup=False, soft_wrap=False)

    def row(self, text: str, status: str) -> None:
        """Print one line of the table, in its colour."""
        self.console.print(text, style=STYLES[status], overflow="ellipsis", no_wrap=True)

    def progress(self, passed: int, total: int) -> None:
        """Print a bar, and how many attempts passed."""
        from rich.progress_bar import ProgressBar

        self.console.print()
        self.console.print(ProgressBar(total, passed, width=40), f" {passed} of {total} passed")

    def report(self, text: str, status: str) -> None:
        """Print a whole report in a frame."""
        from rich.panel import Panel

        width = min(self.console.width, 100)
        self.console.print()
        frame = Panel(fill(text, width - 4), border_style=STYLES[status], width=width)
        self.console.print(frame)


def show(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Show each verdict at once, then the progress, then the report to read first.

    Returns:
        The verdicts.
    """
    screen, shown = _screen(), []
    for verdict in verdicts:
        shown.append(verdict)
        screen.row(_row(verdict), _status(verdict.report))
    reports = [verdict.report for verdict in shown]
    screen.progress(sum(report.passed for report in reports), len(reports))
    for report in reports:
        if report.passed and (report.note or report.printed):
            screen.report(report.message, "passed")
    for verdict in first(shown):
        more = {"file": verdict.file}
        if verdict.exercise is not None:
            more["a hint"] = f"{COMMAND} hint {verdict.exercise}"
        screen.report(verdict.report.text(more), _status(verdict.report))
    return shown


def first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Choose the attempt to work on: the first wrong one, or else the first missing one."""
    left = [verdict for verdict in verdicts if not verdict.report.passed]
    return sorted(left, key=lambda verdict: not verdict.report.attempted)[:1]


def wrap(text: str) -> str:
    """Wrap a text to the width of the terminal, or to a readable one if it is wider."""
    return fill(text, min(shutil.get_terminal_size().columns, 100))


def _screen() -> Screen:
    if sys.stdout.isatty():
        with contextlib.suppress(ImportError):
            return ColourScreen()
    return Screen()


def _row(verdict: Verdict) -> str:
    name = Path(verdict.file).name
    number = EXERCISES[verdict.exercise].number if verdict.exercise else None
    elsewhere = verdict.exercise is not None and FILE_NAMES.get(name) != verdict.exercise
    headline = textwrap.shorten(verdict.report.headline, 36, placeholder=" …")
    return (
        f"{TICKS[_status(verdict.report)]} {number or '':>2} {verdict.exercise or name:<26}  "
        f"{headline:<36} {verdict.seconds:5.2f} s{f'  {name}' * elsewhere}"
    )


def _status(report: Report) -> str:
    if report.passed:
        return "passed"
    return "wrong" if report.attempted else "open"
