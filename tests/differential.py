"""Judge single edits of right code twice, by the checker and by the oracle, and count."""

import json
import os
import signal
import sys
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import torch
from oracle import INPUTS, judge
from single_edits import Edit, draw_edits

from pytorch_rl_basics import check
from pytorch_rl_basics.checker.sandbox import sandbox
from pytorch_rl_basics.exercises import EXERCISES, check_of

NUMBER = 10_000
FEW = 25  # inputs, for the tests
LIMIT = 6.0  # CPU seconds, for an edit that makes a loop endless
RESULTS = Path(__file__).parents[1] / "docs" / "checker_differential.json"


class Verdict(NamedTuple):
    """What both say of an edit."""

    name: str  # of the exercise, the right code and the change
    truth: str  # "equal", "different" or "undecided", by the oracle
    shown_by: int  # the number of the input that shows a difference
    passed: bool
    mistake: str | None

    @property
    def wrong(self) -> bool:
        """Whether the checker errs."""
        return self.truth == ("different" if self.passed else "equal")


class Endless(KeyboardInterrupt):
    """A time limit: the checker lets nothing else through."""


def stop(*_: object) -> None:
    """End what has run for too long."""
    raise Endless


def verdict(edit: Edit, *, briefly: bool = False) -> Verdict:
    """Judge one edit, in at most ``LIMIT`` seconds; longer ones are undecided.

    Briefly means without the mistake's name, and with few inputs unless the two then disagree.
    """
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        with sandbox(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if briefly:
                passed, mistake = check_of(edit.exercise).compare(edit.function())[0] is None, None
            else:
                report = check(edit.function(), edit.exercise)
                passed, mistake = report.passed, report.mistake
            found = judge(edit.exercise, edit.function(), FEW if briefly else INPUTS)
            if briefly and found[0] == "equal" and not passed:
                found = judge(edit.exercise, edit.function())
        return Verdict(str(edit), *found, passed, mistake)
    except Endless:
        return Verdict(str(edit), "undecided", -1, False, None)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def share(part: tuple[int, int, int]) -> list[Verdict]:
    """Judge every so-manieth edit: each process draws all of them, which takes seconds."""
    number, first, step = part
    torch.set_num_threads(1)
    return [verdict(edit) for edit in draw_edits(number)[first::step]]


def count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Count the edits of an exercise, by both verdicts."""
    found = list(verdicts)
    kinds = [(one.truth, one.passed) for one in found]
    named = sum(one.mistake is not None for one in found if one.truth == "different")
    return {
        "edits": len(found),
        "equal": kinds.count(("equal", True)) + kinds.count(("equal", False)),
        "refused though equal": kinds.count(("equal", False)),
        "different": kinds.count(("different", True)) + kinds.count(("different", False)),
        "accepted though different": kinds.count(("different", True)),
        "named": named,
        "undecided": sum(truth == "undecided" for truth, _ in kinds),
    }


def main(number: int) -> None:
    """Judge so many edits, print where the checker errs, and write the counts to a file."""
    processes = os.cpu_count() or 1
    parts = [(number, first, processes) for first in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        verdicts = sorted((one for part in pool.map(share, parts) for one in part), key=str)
    for one in filter(lambda one: one.wrong, verdicts):
        kind = "accepted" if one.passed else f"refused ({one.mistake})"
        print(f"{kind}, though {one.truth} (input {one.shown_by}): {one.name}")
    counts = {
        name: count(one for one in verdicts if one.name.startswith(f"{name}."))
        for name in EXERCISES
    }
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in counts.items())
    RESULTS.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER)
