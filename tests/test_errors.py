"""Every entry of the error index raises its message, or says where it was recorded."""

import re
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from sysconfig import get_path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

from error_snippets import FOLDER, GROUPS, clean, entries, run  # noqa: E402

ENTRIES = [entry for group in GROUPS for entry in entries(group)]
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
RECORDS = [
    (entry.slug, place, form)
    for entry in ENTRIES
    for place, form in [(entry.recorded, entry.message), *((p, f) for f, p in entry.also)]
    if place
]


def lines(code):
    """Count the lines that say something."""
    return sum(bool(line.strip()) for line in code.splitlines())


def pieces(title):
    """Return the parts of a title that a message contains in this order."""
    return [piece.strip() for piece in title.split("…") if piece.strip()]


def test_the_index_is_whole():
    assert len(ENTRIES) >= 240
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"__pycache__"} == set(
        GROUPS
    )
    assert len({entry.slug for entry in ENTRIES}) == len(ENTRIES)


@each
def test_an_entry_raises_its_message_and_is_fixed(entry):
    if "gymnasium" in entry.failing:
        pytest.importorskip("gymnasium")
    run(entry)


@each
def test_an_entry_is_short_and_well_formed(entry):
    assert (1 if entry.recorded or entry.script else 3) <= lines(entry.failing) <= 13
    assert 1 <= lines(entry.fixed) <= 9
    assert max(map(len, f"{entry.failing}\n{entry.fixed}".splitlines())) <= 82
    assert re.fullmatch(r"(?:[A-Z`]|pip|pygame|matplotlib).*[^.]\.", entry.cause)
    assert not re.search(r"\. [A-Z]", entry.cause), "the cause is one sentence"
    found = ".*".join(map(re.escape, pieces(entry.title)))
    assert re.search(found, entry.message), "the title is not from the message"
    assert bool(entry.recorded) >= bool(entry.when), "recorded where it cannot be raised"
    for page in entry.see:
        sources = (DOCS / f"{page}.md", DOCS.parent / f"{page}.py")
        assert any(source.exists() for source in sources), page


@pytest.mark.parametrize(("slug", "place", "form"), RECORDS)
def test_a_record_is_an_address_a_machine_or_a_file_that_contains_the_message(slug, place, form):
    if place.startswith("http"):
        assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/issues/\d+", place)
    elif " " in place or "/" not in place:
        assert place[0].isalpha()  # a version, a system or a machine, in words
    else:
        source = Path(get_path("platlib"), place)
        if not source.exists():
            pytest.skip(f"{place} is not installed")
        text = source.read_bytes().decode("latin-1")
        joined = re.sub(r"""["']\s*\n\s*(?:rf|fr|f|r)?["']""", "", text)
        words = form.split()
        pairs = [" ".join(pair) for pair in pairwise(words)]
        assert sum(pair in joined for pair in pairs) >= 0.4 * len(pairs), slug


def test_another_message_and_fixed_code_that_raises_are_noticed():
    entry = next(entry for entry in ENTRIES if entry.slug == "no-grad-fn")
    with pytest.raises(ValueError, match="the message is now"):
        run(replace(entry, message="RuntimeError: something else"))
    with pytest.raises(ValueError, match="nothing was raised"):
        run(replace(entry, failing="pass"))
    with pytest.raises(ZeroDivisionError):
        run(replace(entry, fixed="1 / 0"))
    with pytest.raises(UserWarning):
        run(replace(entry, fixed="import warnings; warnings.warn('still there')"))


def test_code_of_a_script_runs_in_a_python_without_packages():
    entry = next(entry for entry in ENTRIES if entry.slug == "no-module-named")
    with pytest.raises(ValueError, match="the message is now"):
        run(replace(entry, failing="import no_such_module"))
    with pytest.raises(ValueError, match="nothing was raised"):
        run(replace(entry, failing="import random"))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("at /home/me/lib/torch/nn.py, line 3", "at nn.py, line 3"),
        (
            "see https://pytorch.org/docs/stable/x.html",
            "see https://pytorch.org/docs/stable/x.html",
        ),
        ("<object at 0x7f3a>", "<object at 0x...>"),
        ("slow. (Triggered internally at /pytorch/a.cpp:3.)", "slow."),
        ("\x1b[33mWARN: x\x1b[0m", "WARN: x"),
        ("no attribute 'bool8'. Did you mean: 'bool'?", "no attribute 'bool8'"),
        ("on <module '__main__' (built-in)>", "on <module '__main__'>"),
    ],
)
def test_what_differs_between_machines_and_versions_is_removed(raw, cleaned):
    assert clean(raw) == cleaned
