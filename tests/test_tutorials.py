"""Each agent's `train` documents its parameters; the build and the downloads run the scripts."""

import ast
import re
from pathlib import Path

import pytest

AGENTS = sorted((Path(__file__).parents[1] / "tutorials" / "improved").glob("*.py"))


@pytest.mark.parametrize("script", AGENTS, ids=lambda path: path.stem)
def test_the_training_of_an_agent_describes_each_parameter(script):
    tree = ast.parse(script.read_text("utf-8"))
    (train,) = (node for node in tree.body if getattr(node, "name", "") == "train")
    parameters = [one.arg for one in train.args.args + train.args.kwonlyargs]
    assert re.findall(r"^    (\w+): \S", ast.get_docstring(train), re.MULTILINE) == parameters
