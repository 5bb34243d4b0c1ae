"""The command line: ``python -m pytorch_rl_basics``."""

from __future__ import annotations

import argparse
import io
import json
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from .command_line import terminal, workbook
from .command_line.runner import LIMIT, run
from .exercises import EXERCISES, get_exercise, solution


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command, and give the exit code.

    Args:
        arguments: the command and what it is about; those of the process if left out.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a pipe on Windows may lack the ticks
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.version:
        package, torch = version("pytorch-rl-basics"), version("torch")
        print(f"pytorch-rl-basics {package}, torch {torch}, Python {platform.python_version()}")
        return 0
    if "run" not in options:
        parser.print_help()
        return 2
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        print("stopped.", file=sys.stderr)
        return 130
    except (OSError, CommandError) as problem:
        print(f"{parser.prog}: {problem}", file=sys.stderr)
        return 2
    return code


class CommandError(Exception):
    """A command that cannot be carried out; the message says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=workbook.COMMAND,
        description="Exercises in the PyTorch that reinforcement learning needs.",
        epilog=f"Begin with: {workbook.COMMAND} start my_exercises",
    )
    parser.add_argument("--version", action="store_true", help="print the installed versions")
    commands = parser.add_subparsers(metavar="COMMAND")

    start = commands.add_parser("start", help="write a starter file for each exercise")
    start.description = "Write a starter file for each exercise. No existing file is overwritten."
    start.add_argument("folder", metavar="FOLDER", nargs="?", default=".", type=Path)
    start.set_defaults(run=_start)

    check = commands.add_parser("check", help="check what you wrote")
    check.description = (
        "Check the functions that are named like an exercise, each file in a process of its own. "
        "The exit code is 0 if all pass, 1 if not, 2 if there is nothing to check."
    )
    which = "a file, a folder of exercise files (default: this one), or an exercise's name"
    check.add_argument("places", metavar="FILE", nargs="*", default=["."], help=which)
    limit = "time for running a file, and again for each check (default: %(default)g)"
    check.add_argument("--limit", metavar="SECONDS", type=seconds, default=LIMIT, help=limit)
    check.add_argument("--json", action="store_true", help="print a list of objects instead")
    check.set_defaults(run=_check)

    hint = commands.add_parser("hint", help="give a hint for an exercise")
    hint.description = (
        "Give a hint. Nothing is remembered between two calls: without a number it is the first "
        "one, the idea; higher numbers say more, the last one nearly all."
    )
    hint.add_argument("name", metavar="NAME", help="the exercise")
    hint.add_argument("rung", metavar="NUMBER", nargs="?", default=1, type=int, help="which hint")
    hint.set_defaults(run=_hint)

    answer = commands.add_parser("solution", help="show the library's own solution")
    answer.add_argument("name", metavar="NAME", help="the exercise")
    answer.set_defaults(run=_solution)

    names = commands.add_parser("list", help="list the exercises")
    names.add_argument("--json", action="store_true", help="print a list of objects instead")
    names.set_defaults(run=_list)
    return parser


def seconds(text: str) -> float:
    """Read a time limit."""
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no limit, a number above 0 is")
    return number


def _known(name: str) -> str:
    try:
        return get_exercise(name).name
    except KeyError as error:
        raise CommandError(error.args[0]) from None


def _start(options: argparse.Namespace) -> int:
    for path, written in workbook.start(options.folder):
        print(f"wrote {path}" if written else f"kept  {path}, which was there already")
    place = "" if options.folder == Path() else f" {shlex.quote(str(options.folder))}"
    print(f"\nOpen the first file, write its function, then: {workbook.COMMAND} check{place}")
    return 0


def _check(options: argparse.Namespace) -> int:
    verdicts = run(workbook.find(options.places), options.limit)
    if options.json:
        found = list(verdicts)
        print(json.dumps([asdict(one) | {"seconds": round(one.seconds, 3)} for one in found]))
    else:
        found = terminal.show(verdicts)
    return 0 if all(verdict.passed for verdict in found) else 1


def _hint(options: argparse.Namespace) -> int:
    name, rung = _known(options.name), options.rung
    hints = get_exercise(name).hints
    if not 1 <= rung <= len(hints):
        raise CommandError(f"{name} has hints 1 to {len(hints)}, not {rung}.")
    print(terminal.wrap(f"{name}, hint {rung} of {len(hints)}: {hints[rung - 1]}"))
    more = f"hint {name} {rung + 1}" if rung < len(hints) else f"solution {name}"
    print(f"\nmore: {workbook.COMMAND} {more}")
    return 0


def _solution(options: argparse.Namespace) -> int:
    print(solution(_known(options.name)))
    return 0


def _list(options: argparse.Namespace) -> int:
    rows = [
        {"number": exercise.number, "name": name, "title": exercise.title}
        for name, exercise in EXERCISES.items()
    ]
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['number'] or '':1}  {row['name']:<18}  {row['title']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
