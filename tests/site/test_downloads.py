"""What can be downloaded is whole: notebooks hold their script's code, and only Markdown."""

import ast
import json
import re

import pytest
from built import SITE

SCRIPTS = {path.stem: path for path in SITE.glob("_downloads/*/*.py")}
NOTEBOOKS = {path.stem: path for path in SITE.glob("_downloads/*/*.ipynb")}
HIDDEN = re.compile(r"(?ms)^ *# sphinx_gallery_start_ignore.*?# sphinx_gallery_end_ignore\n")
LEFTOVERS = {
    "a directive": r"^\s*\.\.\s+[\w-]+::|^\s*:::",
    "a role": r":[\w:]+:`|`[^`]+`\{|\{[\w:]+\}`|interpreted-text",
    "a reST heading": r"^(=|-|~|\^){4,}$",
    "a reST literal": r"``[^`]+``(?!`)",
    "a reST link": r"`[^`<]+ <[^>]+>`_",
    "a drill": r"drill|Spot the bug|:given:",
}
RUN_TIMES = json.loads(SITE.parents[1].joinpath("run_times.json").read_text(encoding="utf-8"))


def cells(path, kind):
    """Give the sources of a notebook's cells of one kind."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_every_script_has_its_notebook_and_a_measured_time():
    assert len(SCRIPTS) >= 10
    assert SCRIPTS.keys() == NOTEBOOKS.keys() == RUN_TIMES.keys()


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_no_markup_of_the_site_is_left_in_a_notebook(name, leftover):
    for text in cells(NOTEBOOKS[name], "markdown"):
        found = re.search(LEFTOVERS[leftover], text, re.MULTILINE)
        assert found is None, f"{leftover}: {found[0]!r} in\n{text}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_its_script_s_code(name):
    install, *code = cells(NOTEBOOKS[name], "code")
    assert 'metadata.version("pytorch-rl-basics")' in install
    notebook = ast.parse("\n".join(code))
    script = ast.parse(HIDDEN.sub("", SCRIPTS[name].read_text(encoding="utf-8")))
    whole = script.body[1:]  # without the page's opening text
    assert [ast.dump(node) for node in notebook.body] == [ast.dump(node) for node in whole]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_begins_with_its_title(name):
    assert cells(NOTEBOOKS[name], "markdown")[0].startswith("# ")
