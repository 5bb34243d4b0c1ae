"""Check a class, which is a folder for each student, and write its results as tables."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import multiprocessing
import os
import signal
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from string import ascii_uppercase
from typing import Any, NamedTuple

import torch

from ..checker.sandbox import sandbox
from ..checking import check
from ..exercises import EXERCISES, check_of
from .runner import START, run, warm_up
from .verdicts import Verdict
from .workbook import exercise_files, exercise_of

MARKS = {"passed": "✓", "delegated": "=", "mistake": "✗", "not attempted": "·"}  # best first
OUTCOMES = {"mistake": "failure", "not attempted": "skipped"}  # as JUnit calls them


class Result(NamedTuple):
    """A student's result in an exercise, or a note on the student's files."""

    student: str
    exercise: str  # empty for a note
    status: str  # a key of MARKS, or "note"
    mistake: str  # its name, or in a few words what is wrong
    message: str
    file: str
    fingerprint: str  # of all the student's files, to see later whether they have changed


def find_students(places: list[str]) -> list[Path]:
    """Find the students' folders in a class: one folder, without exercise files of its own."""
    folder = Path(*places[:1])
    if len(places) != 1 or not folder.is_dir() or exercise_files(folder):
        return []
    found = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    return found if any(exercise_files(path, deep=True) for path in found) else []


def _fingerprint(student: Path) -> str:
    parts = (os.fsencode(f.name) + f.read_bytes() for f in exercise_files(student, deep=True))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def check_class(students: list[Path], limit: float, jobs: int) -> Iterator[list[Result]]:
    """Check students, several at a time; yield each one's results as soon as they are there."""
    context: Any = multiprocessing.get_context(START)
    waiting, running = students[::-1], dict[Any, tuple[Path, Any]]()
    _warm([file for student in students for file in exercise_files(student, deep=True)])
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                reader, writer = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(waiting[-1], limit, writer))
                running[reader] = waiting.pop(), process
                process.start()
                writer.close()
            ready: Any = wait(list(running))[0]
            try:
                results = ready.recv()
            except Exception:
                student, problem = running[ready][0], "ended the process that checks it."
                results = _results(student, _fingerprint(student), [], [problem])
            running.pop(ready)[1].join()
            yield results
    finally:
        for _, process in running.values():
            os.kill(process.pid, signal.SIGINT)  # its `finally` blocks end the learner's process
            process.join()


def _warm(files: list[Path]) -> None:
    """Prepare what the first check of an exercise prepares, for all forks to have it."""
    if START == "fork" and not torch.accelerator.is_available():  # a GPU's threads are not forked
        torch.set_num_threads(1)
        warm_up()
        for name in EXERCISES.keys() & {exercise_of(file) for file in files}:
            check(EXERCISES[name].function, name)
            with sandbox():  # which `known` needs around it
                for form in (form for mistake in check_of(name).mistakes for form in mistake.forms):
                    check_of(name).known(form, 0)


def _work(student: Path, limit: float, writer: Any) -> None:  # pragma: no cover (another process)
    """Check a student's files, each in a process of its own, and send the results."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if START == "fork":
        os.setsid()  # Ctrl-C reaches the process that reads, which stops this one
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        before, found = _fingerprint(student), run(exercise_files(student, deep=True), limit)
        verdicts = sorted(found, key=lambda one: [*MARKS].index(_status(one)))
        writer.send(_results(student, before, verdicts, list(_problems(student, verdicts))))


def _problems(student: Path, verdicts: list[Verdict]) -> Iterator[str]:
    """Say, a line each, what is odd about a student's files."""
    if not verdicts:
        yield "no exercise files (exercise_*.py)."
    for one in verdicts:
        if one.exercise is None or one.report.verdict == "could not be run":
            problem = ", ".join(filter(None, (one.report.got, one.report.where)))
            yield f"{Path(one.file).name} {one.report.verdict}: {' '.join(problem.split())}"
    for name in EXERCISES:
        tried = [one for one in verdicts if one.exercise == name and one.report.attempted]
        if len(tried) > 1:
            files = " and ".join(Path(one.file).relative_to(student).as_posix() for one in tried)
            better = Path(tried[0].file).name
            yield f"{name} is in {files}. The better attempt, in {better}, counts."


def _results(
    student: Path, fingerprint: str, verdicts: list[Verdict], problems: list[str]
) -> list[Result]:
    """Give a student's problems, and for each exercise the result of the best attempt."""
    rows = [("", "note", "", problem, "") for problem in problems]
    best = {one.exercise: one for one in reversed(verdicts)}
    for name in EXERCISES:
        rows.append((name, "not attempted", "", "", ""))
        if one := best.get(name):
            wrong = (one.report.mistake or "") if _status(one) == "mistake" else ""
            rows[-1] = (name, _status(one), wrong, one.report.message, Path(one.file).name)
    return [Result(*map(_plain, (student.name, *row, fingerprint))) for row in rows]


def _status(verdict: Verdict) -> str:
    if verdict.report.passed:
        return "delegated" if verdict.report.delegated else "passed"
    return "mistake" if verdict.report.attempted else "not attempted"


def _plain(text: str) -> str:
    return "".join(one if one == "\n" or one.isprintable() else "?" for one in text)


def resume_csv(path: Path, students: list[Path]) -> list[list[Result]]:
    """Start a file; keep what an earlier run has written about files that are still the same."""
    text = path.read_text("utf-8-sig", "replace") if path.is_file() else ""
    rows = list(csv.reader(text.splitlines(keepends=True)))
    if path.exists() and rows[:1] != [list(Result._fields)]:
        raise FileExistsError(f"{path} was not written by `check --csv`. Choose another file.")
    found: dict[tuple[str, str], list[Result]] = {}
    for row in rows[1:]:
        if len(row) == len(Result._fields):  # the last one may be incomplete
            one = Result(*(cell.removeprefix("'") for cell in row))
            found.setdefault((one.student, one.fingerprint), []).append(one)
    table = [found.get((_plain(one.name), _fingerprint(one)), []) for one in students]
    kept = [results for results in table if {one.exercise for one in results} >= {*EXERCISES}]
    new = path.with_name(f"{path.name}.new")
    new.write_text("", encoding="utf-8-sig")
    append_csv(new, [Result._fields, *(one for results in kept for one in results)])
    new.replace(path)  # now, so that nothing is lost if this is interrupted
    return kept


def append_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Append rows; what a spreadsheet would take for a formula gets an apostrophe in front."""
    with path.open("a", encoding="utf-8", newline="") as file:
        for row in rows:
            cells = (f"'{cell}" if cell.startswith(tuple("=+-@'")) else cell for cell in row)
            csv.writer(file).writerow(cells)


def write_junit(path: Path, table: list[list[Result]]) -> None:
    """Write a JUnit file: a test suite for each student, a test for each exercise."""
    suites = ET.Element("testsuites")
    for results in table:
        suite = ET.SubElement(suites, "testsuite", name=results[0].student)
        for one in results:
            name = one.exercise or one.status
            case = ET.SubElement(suite, "testcase", classname=one.student, name=name)
            kind = OUTCOMES.get(one.status, "system-out")
            ET.SubElement(case, kind, message=one.mistake).text = one.message
    ET.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def show_class(table: list[list[Result]]) -> None:
    """Print a table of students by exercises, what is wrong in each exercise, and the problems."""
    width, letters = max(len(results[0].student) for results in table), ascii_uppercase
    print(f"{'':{width}}  {' '.join(letters[: len(EXERCISES)])}  passed")
    for results in table:
        marks = [MARKS[one.status] for one in results if one.exercise]
        print(f"{results[0].student:{width}}  {' '.join(marks)}  {marks.count('✓'):6}")
    print(f"\n{', '.join(f'{mark} {status}' for status, mark in MARKS.items())}\n")
    everything = [one for results in table for one in results]
    for letter, name in zip(letters, EXERCISES, strict=False):
        counts = Counter(one.mistake or one.status for one in everything if one.exercise == name)
        words = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        print(f"{letter} {name:<26}  {words}")
    print("".join(f"\n{one.student}: {one.message}" for one in everything if not one.exercise))
