"""The plain agents can be read from top to bottom: few lines, parameters and levels, no closure."""

import ast
from pathlib import Path

import pytest

from pytorch_rl_basics.exercises import EXERCISES

AGENTS = sorted((Path(__file__).parents[1] / "tutorials" / "algorithms").glob("*.py"))
LINES, PARAMETERS, LEVELS = 45, 8, 3
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def loops(source):
    """Give ``train``, and with it the generators, which hold a part of the loop."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    (train,) = (function for function in functions if function.name == "train")
    return [train, *(each for each in functions if each is not train and yields(each))]


def yields(function):
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def arguments(function):
    """Give the parameters, each with its default or None."""
    args = function.args
    positional = args.posonlyargs + args.args
    missing = [None] * (len(positional) - len(args.defaults))
    defaults = [*missing, *args.defaults, *args.kw_defaults]
    return {
        arg.arg: default
        for arg, default in zip(positional + args.kwonlyargs, defaults, strict=True)
    }


def lines(function):
    """Count the lines of a body without its docstring."""
    body = function.body[ast.get_docstring(function) is not None :]
    return body[-1].end_lineno - body[0].lineno + 1


def levels(statements):
    """Count how deep blocks are nested; ``elif`` is no level of its own."""
    deepest = 0
    for node in statements:
        match node:
            case ast.If(body=body, orelse=[ast.If()] as others):
                deepest = max(deepest, 1 + levels(body), levels(others))
            case ast.For() | ast.While() | ast.If() | ast.With() | ast.Try():
                parts = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
                parts += [handler.body for handler in getattr(node, "handlers", [])]
                deepest = max(deepest, 1 + max(map(levels, parts)))
    return deepest


def faults(source):
    """List what is too much in an agent's loop."""
    train, *generators = loops(source)
    networks = [name for name, default in arguments(train).items() if default is None]
    found = []
    if not any(ast.unparse(each).startswith("checked(") for each in train.decorator_list):
        found.append("train: not checked")
    for function in (train, *generators):
        free = {"device", *networks, *EXERCISES}
        numbers = {
            "lines": (lines(function), LINES),
            "parameters": (len(arguments(function).keys() - free), PARAMETERS),
            "levels": (levels(function.body), LEVELS),
            "functions inside": (sum(isinstance(n, INNER) for n in ast.walk(function)) - 1, 0),
        }
        found += [
            f"{function.name}: {number} {what}, at most {most}"
            for what, (number, most) in numbers.items()
            if number > most
        ]
    return found


@pytest.mark.parametrize("script", AGENTS, ids=lambda path: path.stem)
def test_the_loop_is_short(script):
    assert not faults(script.read_text("utf-8"))


@pytest.mark.parametrize("script", AGENTS, ids=lambda path: path.stem)
def test_every_agent_takes_a_device_a_seed_and_an_environment(script):
    train, *_ = loops(script.read_text("utf-8"))
    assert {"device", "seed", "env_id"} <= arguments(train).keys()


SHORT = "@checked('Discrete')\ndef train(q, a=1, device='cpu', gae=gae):\n"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (SHORT + "    '''Say\n    much.'''\n" + "    a\n" * 45, []),
        (SHORT + "    a\n" * 46, ["train: 46 lines, at most 45"]),
        (SHORT.replace("a=1", "a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1") + "    a\n", []),
        (
            SHORT.replace("a=1", "a=1, b=1, c=1, d=1, e=1, f=1, g=1, *, h=1, i=1") + "    a\n",
            ["train: 9 parameters, at most 8"],
        ),
        (
            SHORT + "    if a:\n        a\n    elif a:\n        a\n    elif a:\n"
            "        with a:\n            while a:\n                a\n",
            [],
        ),
        (
            SHORT + "    if a:\n        with a:\n            if a:\n                a\n"
            "            else:\n                for a in a:\n                    a\n",
            ["train: 4 levels, at most 3"],
        ),
        (SHORT + "    def inner():\n        a\n", ["train: 1 functions inside, at most 0"]),
        (SHORT + "    return lambda: a\n", ["train: 1 functions inside, at most 0"]),
        (SHORT.partition("\n")[2] + "    a\n", ["train: not checked"]),
        (SHORT + "    a\ndef act(q):\n" + "    yield\n" * 46, ["act: 46 lines, at most 45"]),
        (SHORT + "    a\ndef helper(q):\n" + "    q\n" * 46, []),
    ],
)
def test_what_is_too_much_is_found(source, found):
    assert faults(source) == found
