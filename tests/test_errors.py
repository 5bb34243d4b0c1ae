"""Every entry of the error index raises the message that it tells, and its cure runs."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

from error_snippets import FOLDER, GROUPS, clean, entries, run  # noqa: E402

ENTRIES = [entry for group in GROUPS for entry in entries(group)]
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)


def lines(code):
    """Count the lines that say something."""
    return sum(bool(line.strip()) for line in code.splitlines())


def test_the_index_is_whole():
    assert len(ENTRIES) >= 34
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"__pycache__"} == set(
        GROUPS
    )
    assert len({entry.slug for entry in ENTRIES}) == len(ENTRIES)


@each
def test_an_entry_raises_its_message_and_is_mended(entry):
    if entry.path.parent.name == "environments":
        pytest.importorskip("gymnasium")
    run(entry)


@each
def test_an_entry_is_short_and_well_formed(entry):
    assert 3 <= lines(entry.failing) <= 8
    assert 1 <= lines(entry.mended) <= 8
    assert max(map(len, f"{entry.failing}\n{entry.mended}".splitlines())) <= 76
    assert re.fullmatch(r"[A-Z`].*[^.]\.", entry.cause)
    assert not re.search(r"\. [A-Z]", entry.cause), "the cause is one sentence"
    pieces = map(re.escape, entry.title.split(" … "))
    assert re.search(".*".join(pieces), entry.message), "the title is not from the message"
    for page in entry.see:
        sources = (DOCS / f"{page}.md", DOCS.parent / f"{page}.py")
        assert any(source.exists() for source in sources), page


def test_another_message_and_a_cure_that_raises_are_noticed():
    entry = ENTRIES[0]
    with pytest.raises(ValueError, match="the message is now"):
        run(replace(entry, message="RuntimeError: something else"))
    with pytest.raises(ValueError, match="nothing was raised"):
        run(replace(entry, failing="pass"))
    with pytest.raises(ZeroDivisionError):
        run(replace(entry, mended="1 / 0"))
    with pytest.raises(UserWarning):
        run(replace(entry, mended="import warnings; warnings.warn('still there')"))


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
    ],
)
def test_paths_addresses_and_colours_are_removed(raw, cleaned):
    assert clean(raw) == cleaned
