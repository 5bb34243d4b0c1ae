"""The gate on downloads closes for each thing that a download must not do."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

import run_downloads

OUTSIDE = Path(__file__).with_suffix(".written")


@pytest.fixture
def faults(tmp_path):
    """Run a script's code as a download, and give its faults as one text."""

    def run(code):
        script = tmp_path / "script.py"
        script.write_text(code)
        return "\n".join(run_downloads.run(script, tmp_path).faults)

    return run


def test_a_script_that_prints_passes(faults):
    assert faults("print(1)") == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "it printed nothing"),
        ("print(1); 1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('old')", "UserWarning: old"),
        ("print(1); open('a.csv', 'w')", "it wrote work/a.csv"),
        ("print(1); open('../a.csv', 'w')", "it wrote a.csv"),
        ("import pathlib; print(1); (pathlib.Path.home() / 'a').touch()", "it wrote home/a"),
        ("import tempfile; print(1); tempfile.mkstemp('.csv')", "it wrote tmp/"),
        (f"print(1); open({str(OUTSIDE)!r}, 'w')", f"it wrote {OUTSIDE}"),
    ],
)
def test_a_script_with_a_fault_is_told_it(faults, code, fault):
    try:
        assert fault in faults(code)
    finally:
        OUTSIDE.unlink(missing_ok=True)


def test_an_endless_script_is_stopped(faults, monkeypatch):
    monkeypatch.setattr(run_downloads, "LIMIT", 0.5)
    assert "stopped after 0.5 s" in faults("while True: pass")


def test_an_executed_notebook_has_text_and_a_picture(tmp_path):
    def missing(*outputs):
        notebook = tmp_path / "notebook.ipynb"
        notebook.write_text(
            json.dumps({"cells": [{"outputs": outputs}, {"source": "text"}]}), "utf-8"
        )
        return run_downloads.missing_outputs(notebook)

    text = {"output_type": "stream", "text": "1"}
    picture = {"output_type": "display_data", "data": {"image/png": ""}}
    assert missing(text, picture) == []
    assert missing(text) == ["it shows no picture"]
    assert missing(picture) == ["it printed nothing"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "a few seconds"),
        (12, "about 10 s"),
        (33, "about 30 s"),
        (50, "about 1 minute"),
        (170, "about 3 minutes"),
    ],
)
def test_a_time_is_rounded_for_the_pages(seconds, words):
    assert run_downloads.in_words(seconds) == words
