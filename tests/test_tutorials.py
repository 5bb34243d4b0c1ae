"""Every tutorial runs as a plain script, writes no file, and its own examples hold."""

import ast
import doctest
import re
import runpy
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).parents[1] / "tutorials"
TRAINING = ("algorithms", "laboratory")  # run for minutes: the build of the site does it
AGENTS = sorted((TUTORIALS / "algorithms").glob("*.py"))
SCRIPTS = sorted(path for path in TUTORIALS.rglob("*.py") if path.parent.name not in TRAINING)


def test_there_are_tutorials():
    assert len(SCRIPTS) >= 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_tutorial_runs_in_an_empty_folder(script, tmp_path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pyplot, "show", lambda: pyplot.close("all"))
    definitions = runpy.run_path(str(script))  # a warning is an error here, as everywhere
    assert not list(tmp_path.iterdir())
    for example in doctest.DocTestFinder().find(definitions, script.stem, globs=definitions):
        assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize("script", AGENTS, ids=lambda path: path.stem)
def test_the_training_of_an_agent_describes_each_parameter(script):
    tree = ast.parse(script.read_text("utf-8"))
    (train,) = (node for node in tree.body if getattr(node, "name", "") == "train")
    parameters = [one.arg for one in train.args.args + train.args.kwonlyargs]
    assert re.findall(r"^    (\w+): \S", ast.get_docstring(train), re.MULTILINE) == parameters
