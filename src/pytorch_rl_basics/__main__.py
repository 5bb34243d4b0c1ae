"""The command line: ``python -m pytorch_rl_basics``."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from .command_line import classroom, progress, terminal, watch, workbook
from .command_line.runner import LIMIT, run
from .exercises import EXERCISES, Exercise, get_exercise, solution

KEYS = "Save a file to check it, or type h (hint), s (solution), l (list) or q (quit), and Enter."
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit code.

    Args:
        arguments: the command and its arguments; those of the process if left out.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="plainer")  # the encoding of a pipe may lack the ticks
    try:
        try:
            return _run(_parser(), arguments)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print("stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # such as `check | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        return 1
    except (OSError, CommandError) as problem:
        print(f"{workbook.COMMAND}: {problem}", file=sys.stderr)
        return 2


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    options = parser.parse_args(arguments)
    if options.version:
        package, torch = version("pytorch-rl-basics"), version("torch")
        print(f"pytorch-rl-basics {package}, torch {torch}, Python {platform.python_version()}")
        return 0
    if "run" not in options:
        parser.print_help()
        return 2
    code: int = options.run(options)
    return code


class CommandError(Exception):
    """A command that cannot run; the message says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=workbook.COMMAND,
        description="Practise the PyTorch that reinforcement learning needs.",
        epilog=f"Start with: {workbook.COMMAND} start my_exercises",
    )
    parser.add_argument("--version", action="store_true", help="print the installed versions")
    commands = parser.add_subparsers(metavar="COMMAND")

    _add_work(commands)
    _add_lookups(commands)
    return parser


def _add_work(commands: Commands) -> None:
    """Add the commands that write and check files."""
    start = commands.add_parser(
        "start",
        help="write a starter file for each exercise",
        description="Write a starter file for each exercise: its task, and a function for you to "
        "write. Existing files are not overwritten.",
    )
    folder = "the folder to write to (default: this one)"
    start.add_argument("folder", metavar="FOLDER", nargs="?", default=".", type=Path, help=folder)
    start.set_defaults(run=_start)

    check = commands.add_parser(
        "check",
        help="check your functions",
        description="Check each function that has the name of an exercise, each file in a process "
        "of its own. Of a notebook, and of a script downloaded from the site, only these functions "
        "and what they need are run. The exit code is 0 if all pass, 1 if not, 2 if there is "
        "nothing to check.",
    )
    which = (
        "a script, a notebook, a folder of exercise files (default: this one), the name or number "
        "of an exercise, or the folder of a class, which has a folder for each student"
    )
    check.add_argument("places", metavar="FILE", nargs="*", help=which)
    limit = "time limit for running a file, and for each check (default: %(default)g)"
    check.add_argument("--limit", metavar="SECONDS", type=seconds, default=LIMIT, help=limit)
    check.add_argument("--json", action="store_true", help="print a list of objects instead")
    table = "for a class: write the results to this file; what it has already is not checked again"
    check.add_argument("--csv", metavar="FILE", type=Path, help=table)
    check.add_argument("--junit", metavar="FILE", type=Path, help="for a class: write JUnit XML")
    jobs = "for a class: how many students to check at a time (default: 1)"
    check.add_argument("--jobs", metavar="N", type=int, default=1, help=jobs)
    check.set_defaults(run=_check)

    watching = commands.add_parser("watch", help="check what you save", description=KEYS)
    watching.add_argument("place", metavar="FILE", nargs="?", help="a file or folder to watch")
    watching.add_argument("--limit", metavar="SECONDS", type=seconds, default=LIMIT, help=limit)
    watching.set_defaults(run=_watch)


def _add_lookups(commands: Commands) -> None:
    """Add the commands that show the texts of the exercises."""
    hint = commands.add_parser(
        "hint",
        help="show a hint for an exercise",
        description="Show a hint. The first hint gives the idea, each later one says more. Your "
        "workbook remembers the last one you read. `hint 3 2` shows the second for exercise 3.",
    )
    hint.add_argument("name", metavar="EXERCISE", help="the exercise's name or number")
    number = "which hint (default: the next one)"
    hint.add_argument("number", metavar="HINT", nargs="?", type=int, help=number)
    hint.set_defaults(run=_hint)

    answer = commands.add_parser("solution", help="show the library's solution of an exercise")
    answer.add_argument("name", metavar="EXERCISE", help="the exercise's name or number")
    answer.set_defaults(run=_solution)

    names = commands.add_parser("list", help="list the exercises, and what you have done")
    names.add_argument("--json", action="store_true", help="print a list of objects instead")
    names.set_defaults(run=_list)


def seconds(text: str) -> float:
    """Read a time limit."""
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a time in seconds above 0")
    return number


def _exercise(name: str) -> Exercise:
    try:
        return get_exercise(name)
    except KeyError as error:
        raise CommandError(error.args[0]) from None


def _start(options: argparse.Namespace) -> int:
    files = list(workbook.start(options.folder))
    (options.folder / progress.NAME).touch()
    about = (
        "Each file is an exercise: its task, a function for you to write, and the page that "
        "explains it. Work through the files in this order."
    )
    print(f"{terminal.wrap(about)}\n")
    for path, new in files:
        print(f"{'wrote' if new else 'kept '}  {path.name}")
    place = "" if options.folder == Path() else f" {shlex.quote(str(options.folder))}"
    print(f"\nOpen the first file, write its function, then: {workbook.COMMAND} check{place}")
    return 0


def _check(options: argparse.Namespace) -> int:
    if students := classroom.find_students(options.places):
        return _check_class(options, students)
    if options.csv or options.junit:
        raise CommandError("--csv and --junit need a folder that has a folder for each student.")
    verdicts = progress.noted(run(workbook.find(options.places or ["."]), options.limit))
    if options.json:
        found = list(verdicts)
        print(json.dumps([verdict.fields for verdict in found]))
    else:
        found = terminal.show(verdicts)
    return 0 if all(verdict.report.passed for verdict in found) else 1


def _watch(options: argparse.Namespace) -> int:
    found = workbook.find([options.place or str(progress.here())])
    with contextlib.suppress(KeyboardInterrupt), contextlib.chdir(found[0].parent):
        Path(progress.NAME).touch()
        left = [name for name, mark in progress.load(Path()).items() if not mark["passed"]]
        begin = Path(min(found, key=lambda path: workbook.exercise_of(path) not in left).name)
        current = workbook.exercise_of(begin) or next(iter(EXERCISES))
        for event in watch.events(begin):
            words = {"h": ("hint", current), "s": ("solution", current), "l": ("list",)}
            if isinstance(event, Path):
                current = watch.check(event, current, options.limit)
            elif event in words:
                _run(_parser(), words[event])
            print(f"\n{terminal.wrap(KEYS)}\n", flush=True)
    return 0


def _check_class(options: argparse.Namespace, students: list[Path]) -> int:
    table = classroom.resume_csv(options.csv, students) if options.csv else []
    left = [one for one in students if one.name not in {results[0].student for results in table}]
    for results in classroom.check_class(left, options.limit, max(options.jobs, 1)):
        table.append(results)
        if options.csv:
            classroom.append_csv(options.csv, results)
        line = f"{len(table)} of {len(students)} students checked: {results[0].student}"
        print(line, file=sys.stderr, flush=True)
    table.sort()
    if options.junit:
        classroom.write_junit(options.junit, table)
    if options.json:
        print(json.dumps([one._asdict() for results in table for one in results]))
    else:
        classroom.show_class(table)
    return int(any(one.status in classroom.OUTCOMES for results in table for one in results))


def _hint(options: argparse.Namespace) -> int:
    exercise, number, folder = _exercise(options.name), options.number, progress.here()
    name, hints = exercise.name, exercise.hints
    if number is None:
        number = progress.load(folder)[name]["hints"] % len(hints) + 1  # the last one, the first
    if not 1 <= number <= len(hints):
        raise CommandError(f"{name} has hints 1 to {len(hints)}, not {number}.")
    print(terminal.wrap(f"{name}, hint {number} of {len(hints)}: {hints[number - 1]}"))
    more = f"hint {name} {number + 1}" if number < len(hints) else f"solution {name}"
    print(f"\nmore: {workbook.COMMAND} {more}")
    progress.note(folder, name, hints=number)
    return 0


def _solution(options: argparse.Namespace) -> int:
    print(solution(_exercise(options.name).name))
    return 0


def _list(options: argparse.Namespace) -> int:
    marks = progress.load(progress.here())
    rows = [
        {"number": exercise.number, "name": name, "title": exercise.title} | marks[name]
        for name, exercise in EXERCISES.items()
    ]
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            tick = "✓" if row["passed"] else ""
            print(f"{tick:1} {row['number']:2}  {row['name']:<26}  {row['title']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
