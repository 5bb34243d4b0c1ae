"""Attempts whose verdicts were written before they were checked; as a script, count them."""

import importlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pytorch_rl_basics import check

FRESH = sorted(path.stem for path in Path(__file__).with_name("fresh").glob("[a-z]*.py"))
RESULTS = Path(__file__).parents[1] / "docs" / "checker_fresh.json"


def reports(exercise):
    """Check the attempts at an exercise: their kind and the reports."""
    attempts = importlib.reload(importlib.import_module(f"fresh.{exercise}"))  # some keep state
    kinds = {"right": attempts.RIGHT, "ordinary": attempts.ORDINARY, "odd": attempts.ODD}
    return [(kind, f, check(f, exercise)) for kind, functions in kinds.items() for f in functions]


@pytest.mark.parametrize("exercise", FRESH)
def test_fresh_attempts_get_the_right_verdict(exercise):
    for kind, function, report in reports(exercise):
        assert report.passed == (kind == "right"), f"{function.__name__}:\n{report}"


def test_the_page_shows_how_many_have_a_name():
    assert count() == json.loads(RESULTS.read_text())["now"]


def count():
    """Count the attempts of each kind, those that are refused, and those that are named."""
    found = [(kind, report) for exercise in FRESH for kind, _, report in reports(exercise)]
    all_of, refused, named = (
        Counter(kind for kind, report in found if fits(report))
        for fits in (bool, lambda report: not report.passed, lambda report: report.mistake)
    )
    return {
        kind: {"attempts": all_of[kind], "refused": refused[kind], "named": named[kind]}
        for kind in ("right", "ordinary", "odd")
    }


if __name__ == "__main__":
    results = json.loads(RESULTS.read_text()) | {"now": count()}
    text = re.sub(r"\n {6}(?=\S)|\n {4}(?=})", " ", json.dumps(results, indent=2))  # a row per kind
    RESULTS.write_text(text + "\n")
