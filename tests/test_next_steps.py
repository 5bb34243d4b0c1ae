"""The page "Where to go next": each task starts from pages that teach what it needs."""

import re
from pathlib import Path

import pytest

import pytorch_rl_basics as library
from pytorch_rl_basics import agents

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\{doc\}`(?:[^`<]*<)?([\w/]+)>?`")
LINES = (ROOT / "docs" / "next_steps.md").read_text("utf-8").splitlines()
ROWS = [row for line in LINES if len(row := line.strip("| ").split(" | ")) == 3][2:]
NEEDS = {  # words of a task, and what its pages must have beside the functions
    "two hidden layers": ["class QNetwork", "torch.relu", "mse_loss"],
    "replay buffer": ["class ReplayBuffer", "def push", "500 episodes", "sync_every", "10_000"],
    "Double DQN": ["double Q-learning", r"\*dueling\*", "interquartile|IQM"],
    "Prioritised": ["importance weight", 'reduction="none"', "What a module registers"],
    "Derive the policy": ["expectation", r"\\nabla \\log \\pi", "log_softmax"],
    "TD3": ["DDPG", "target's action", r"requires_grad_\(False\)"],
    "bandit": ["Too large a step", "KL", "penalty", "Where the gradient is zero"],
    "lunar lander": ["class Rollout", "minibatch", "epochs", "Terminated and done"],
    "SAC against PPO": ["Pendulum-v1", "bootstrap"],
    "point mass": ["gym.Env", "observation_space", "obstacle"],
    "sweep": ["learning.rate", "entropy", "width"],
    "Keep an agent": ["resume", "weights_only", "map_location"],
    "does not learn": ["Overfit one batch", "baseline", "X-ray"],
}


def text_of(pages):
    """Read what the pages that a text links to are made of, Markdown or scripts."""
    places = [(ROOT / "docs" / f"{page}.md", ROOT / f"{page}.py") for page in LINK.findall(pages)]
    return "\n".join((md if md.exists() else script).read_text("utf-8") for md, script in places)


@pytest.mark.parametrize(("task", "pages", "names"), ROWS, ids=[row[0] for row in ROWS])
def test_the_pages_of_a_task_teach_what_it_needs(task, pages, names):
    text = text_of(pages)
    needs = [need for words, needs in NEEDS.items() if words in task for need in needs]
    assert [need for need in needs if not re.search(need, text)] == []
    for name in re.findall(r"`(\w+)`", names):
        assert re.search(rf"\b{name}\b", text), f"no page of the row has {name}"
        made = rf"(\b(def|class|import|import .*,) |\w\.|``){name}\b"
        assert hasattr(library, name) or hasattr(agents, name) or re.search(made, text), name


def test_each_need_belongs_to_a_task():
    assert all(any(words in task for task, *_ in ROWS) for words in NEEDS)
