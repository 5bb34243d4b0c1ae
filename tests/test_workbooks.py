"""The exercise pages are workbooks: a learner's own right function drives the whole page."""

import ast
import importlib
from pathlib import Path

import pytest

from pytorch_rl_basics.exercises import EXERCISES

PAGES = Path(__file__).parents[1] / "tutorials" / "exercises"
NUMBERED = [exercise for exercise in EXERCISES.values() if exercise.number]


def page_of(exercise):
    """Find the script of an exercise by its number."""
    (path,) = PAGES.glob(f"exercise_{exercise.number}_*.py")
    return path


def is_stub(node):
    """Tell whether a statement is a function left for the learner to write."""
    return (
        isinstance(node, ast.FunctionDef)
        and isinstance(node.body[-1], ast.Raise)
        and ast.unparse(node.body[-1]) == "raise NotImplementedError"
    )


@pytest.mark.parametrize("exercise", NUMBERED, ids=lambda exercise: exercise.name)
def test_a_page_has_a_stub_with_the_library_s_parameters(exercise):
    stubs = {
        node.name: node for node in ast.parse(page_of(exercise).read_text()).body if is_stub(node)
    }
    wanted = exercise.function.__wrapped__.__code__
    given = [argument.arg for argument in stubs[exercise.name].args.args]
    assert given == list(wanted.co_varnames[: len(given)])


@pytest.mark.parametrize("exercise", NUMBERED, ids=lambda exercise: exercise.name)
def test_the_learner_s_own_function_drives_the_page(exercise, tmp_path, monkeypatch, capsys):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    captions = set()

    def show():
        captions.update(
            figure.get_supxlabel() for figure in map(pyplot.figure, pyplot.get_fignums())
        )
        pyplot.close("all")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pyplot, "show", show)
    own = importlib.import_module(f"learners.{exercise.name}").RIGHT[0]
    own.__name__ = exercise.name
    page = ast.parse(page_of(exercise).read_text())
    page.body = [node for node in page.body if not (is_stub(node) and node.name == exercise.name)]
    exec(compile(page, str(page_of(exercise)), "exec"), {exercise.name: own, "__name__": "page"})
    assert f"{exercise.name}: passed" in capsys.readouterr().out
    if exercise.name != "build_mlp":  # its page's caption is that of the other function
        assert captions == {f"drawn with your {exercise.name}"}
