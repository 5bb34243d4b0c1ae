"""Each agent's `train` documents its parameters; the build and the downloads run the scripts."""

import ast
import re
from pathlib import Path

import pytest

from pytorch_rl_basics.exercises import EXERCISES

TUTORIALS = Path(__file__).parents[1] / "tutorials"
PLAIN = sorted((TUTORIALS / "algorithms").glob("*.py"))
AGENTS = [*PLAIN, *sorted((TUTORIALS / "improved").glob("*.py"))]
NAMES = {"dqn": "DQN", "reinforce": "REINFORCE", "actor_critic": "A2C", "ppo": "PPO", "sac": "SAC"}


def training(script):
    """Give the definition of a script's `train`, and the names of its parameters."""
    tree = ast.parse(script.read_text("utf-8"))
    (train,) = (node for node in tree.body if getattr(node, "name", "") == "train")
    return train, [one.arg for one in train.args.args + train.args.kwonlyargs]


@pytest.mark.parametrize("script", AGENTS, ids=lambda path: path.stem)
def test_the_training_of_an_agent_describes_each_parameter(script):
    train, parameters = training(script)
    assert re.findall(r"^    (\w+): \S", ast.get_docstring(train), re.MULTILINE) == parameters


@pytest.mark.parametrize("script", PLAIN, ids=lambda path: path.stem)
def test_the_table_of_agents_lists_the_functions_that_one_takes(script):
    header = (TUTORIALS / "algorithms" / "GALLERY_HEADER.rst").read_text("utf-8")
    (row,) = re.findall(rf"\* - {NAMES[script.stem]}\n     - (.*)", header)
    listed = re.findall(r"basics\.(\w+)` \((\d+)\)", row)
    slots = EXERCISES.keys() & training(script)[1]
    assert listed == sorted(
        ((name, str(EXERCISES[name].number)) for name in slots), key=lambda slot: int(slot[1])
    )
