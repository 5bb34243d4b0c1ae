"""The exercise pages are workbooks: they take a right answer, drive the page with it, give none."""

import ast
import importlib
import inspect
import itertools
import json
import re
import textwrap
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from workbooks import (
    asked,
    cells,
    filled,
    is_stub,
    names_from_outside,
    right_attempts,
    run_to_the_check,
)

import pytorch_rl_basics as rl
from pytorch_rl_basics import check, solution
from pytorch_rl_basics.command_line.verdicts import Verdict, judge
from pytorch_rl_basics.exercises import EXERCISES

ROOT = Path(__file__).parents[1]
SOURCES = {name: (ROOT / f"{one.page}.py").read_text("utf-8") for name, one in EXERCISES.items()}
each_exercise = pytest.mark.parametrize("exercise", EXERCISES)


@each_exercise
def test_a_page_has_a_stub_with_the_library_s_parameters(exercise):
    stub, _ = asked(SOURCES[exercise])[exercise]
    given = [argument.arg for argument in stub.args.args]
    assert given == list(inspect.signature(EXERCISES[exercise].function).parameters)[: len(given)]


@each_exercise
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
    own = importlib.import_module(f"learners.{exercise}").RIGHT[0]
    monkeypatch.setattr(own, "__name__", exercise)
    page = ast.parse(SOURCES[exercise])
    page.body = [node for node in page.body if not (is_stub(node) and node.name == exercise)]
    exec(compile(page, "page", "exec"), {exercise: own, "__name__": "page"})
    assert f"{exercise}: passed" in capsys.readouterr().out
    if exercise != "build_mlp":  # its page's caption is that of the other function
        assert captions == {f"drawn with your {exercise}"}


@each_exercise
def test_a_right_answer_in_place_of_the_stub_passes_there(exercise, capsys):
    attempts = right_attempts(exercise)
    assert attempts
    for attempt in attempts.items():
        run_to_the_check(SOURCES[exercise], exercise, attempt)
        assert f"{exercise}: passed" in capsys.readouterr().out, attempt[0]


@each_exercise
def test_the_command_line_accepts_the_filled_page(exercise, tmp_path):
    (attempt, *_) = right_attempts(exercise).items()
    lines, _ = filled(SOURCES[exercise], exercise, attempt)
    page, notebook = tmp_path / "page.py", tmp_path / "page.ipynb"
    page.write_text("\n".join(lines), encoding="utf-8")
    code = [{"cell_type": "code", "source": cell} for cell in cells("\n".join(lines))]
    notebook.write_text(json.dumps({"cells": code, "nbformat": 4}), encoding="utf-8")
    for path in (page, notebook):
        verdicts = [found for found in judge(path) if isinstance(found, Verdict)]
        assert [found.exercise for found in verdicts if found.report.passed] == [exercise]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("raise NotImplementedError", "not attempted yet"),
        ("return torch.ones_like(x)", "not yet"),
        ("(weights * x).sum().backward()\n    return x.grad", "passed"),
    ],
)
def test_the_weighted_sum_of_exercise_6_needs_more_than_ones(code, answer, capsys):
    page = SOURCES["sum_gradient"].partition("# The figure compares")[0]
    head = "def weighted_sum_gradient(weights, x):\n    "
    page = page.replace(f"{head}raise NotImplementedError", head + code)
    exec(compile(page, "page", "exec"), {"__name__": "page"})
    assert capsys.readouterr().out.rstrip().endswith(answer)


# -- no spoilers ------------------------------------------------------------------------------


def passes(exercise, parameters, lines):
    """Tell whether a function with these parameters and lines is a right answer."""
    source = f"def attempt({', '.join(parameters)}):\n" + textwrap.indent("\n".join(lines), "    ")
    namespace = {"torch": torch, "nn": nn, "F": F, "rl": rl}
    try:
        if names_from_outside(source) - set(namespace):
            return False  # a NameError
        exec(source, namespace)
    except SyntaxError:
        return False
    return check(namespace["attempt"], exercise, seconds=5).passed  # such lines may never end


def names(nodes, kind=ast.expr_context):
    """Give the names in pieces of code: all, or those that are read, or assigned to."""
    found = (n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
    return list(dict.fromkeys(n.id for n in found if isinstance(n.ctx, kind)))


def code_in_view(page, parameters):
    """Give the parameters and statements of a page's functions, and each cell as one more."""
    for cell in map(ast.parse, cells(page)):
        functions = [node for node in cell.body if isinstance(node, ast.FunctionDef)]
        for function in functions:
            own = [argument.arg for argument in function.args.args]
            if len(own) == len(parameters) and not is_stub(function):
                yield own, function.body, [*own, *names(function.body, ast.Store)]
        yield parameters, [node for node in cell.body if node not in functions], []


def lines_of(answer):
    """Give the lines of an answer's body; a line that uses the one before, with that one in it too.

    Not so the last line, which would be the whole answer.
    """
    before = None
    for line in solution(answer.name).splitlines()[answer.body[0].lineno - 1 :]:
        line = line.partition("  #")[0].strip()
        yield line
        if before and not line.startswith("return"):
            yield re.sub(rf"\b{before[1]}\b", lambda _: f"({before[2]})", line)  # noqa: B023
        before = re.match(r"(\w+) = (.+)$", line)


def edits(answer, parameters, body, variables):
    """Put each line of the answer in place of each line, or above it, by the names in use there."""
    lines = "\n".join(map(ast.unparse, body)).replace("print(", "return (").splitlines()
    given = dict(zip([argument.arg for argument in answer.args.args], parameters, strict=False))
    own = names(answer.body, ast.Store)
    for line in lines_of(answer):
        used = [name for name in own if re.search(rf"\b{name}\b", line)]
        others = [*variables, None] if len(used) < 3 else [None]  # None: as in the answer
        for chosen in itertools.product(others, repeat=len(used)):
            called = given | {
                name: other for name, other in zip(used, chosen, strict=True) if other
            }
            new = re.sub(r"(?<![.\w])\w+", lambda word: called.get(word[0], word[0]), line)  # noqa: B023
            for i, old in enumerate(lines):
                put = re.match(r" *", old)[0] + new
                yield [*lines[:i], put, *lines[i + 1 :]]
                yield [*lines[:i], put, *lines[i:]]


@each_exercise
def test_no_code_in_view_is_a_line_of_the_solution_away_from_passing(exercise):
    page = SOURCES[exercise]
    stub, _ = asked(page)[exercise]
    answer = ast.parse(solution(exercise)).body[-1]
    if len(answer.body) == 1:
        return  # its only line is the whole answer
    tried = {
        (tuple(piece[0]), tuple(lines))
        for piece in code_in_view(page, [argument.arg for argument in stub.args.args])
        for lines in edits(answer, *piece)
    }
    assert len(tried) > 50
    for parameters, lines in tried:
        assert not passes(exercise, parameters, lines), "\n".join(lines)


@each_exercise
def test_no_hint_put_into_the_stub_passes(exercise):
    signature = inspect.signature(EXERCISES[exercise].function).parameters
    parameters = [str(p.replace(annotation=p.empty)) for p in signature.values()]
    ladder = [re.findall(r"`\.?([^`]+)`", hint) for hint in EXERCISES[exercise].hints]
    tried = set()
    for codes in [*ladder, list(itertools.chain(*ladder))]:
        for i, code in enumerate(codes):
            unknown = sorted(set(names([ast.parse(code)])) - {*signature, "torch", "nn", "F"})[:2]
            for chosen in itertools.product(codes, repeat=len(unknown)):
                given = [f"{name} = {part}" for name, part in zip(unknown, chosen, strict=True)]
                for before in ([], codes[:i]):
                    tried |= {(*given, *before, f"return {code}"), (*given, *before, code)}
    for lines in tried:
        assert not passes(exercise, parameters, lines), "\n".join(lines)
