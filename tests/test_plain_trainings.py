"""What all plain agents have in common: they train the given networks, with the given functions."""

import inspect
import math
import os

import pytest
import torch

import pytorch_rl_basics as library
from benchmarks.scripts import definitions
from pytorch_rl_basics.exercises import EXERCISES
from pytorch_rl_basics.networks import GaussianPolicy

pytest.importorskip("gymnasium")
DEVICE = os.environ.get("DEVICE", "cpu")  # as tests/device/run.py sets it
STEPS = {"dqn": 1_020, "reinforce": 100, "actor_critic": 600, "ppo": 2_000, "sac": 130}
SCRIPTS = {agent: definitions(f"algorithms/{agent}.py") for agent in STEPS}
SLOTS = [
    (agent, name)
    for agent, script in SCRIPTS.items()
    for name in inspect.signature(script.train).parameters
    if name in EXERCISES
]
every_agent = pytest.mark.parametrize("agent", SCRIPTS)


def networks_of(agent):
    """Make the networks that an agent trains."""
    if agent == "dqn":
        return [library.QNetwork()]
    if agent == "sac":
        return [GaussianPolicy(), SCRIPTS["sac"].Critic(critics=1)]
    return [library.PolicyNetwork(), library.ValueNetwork()][: 1 + (agent != "reinforce")]


def train(agent, networks=None, **changes):
    """Train for a moment: a few updates."""
    networks = networks or networks_of(agent)
    changes = {"max_steps": STEPS[agent], "device": DEVICE} | changes
    return SCRIPTS[agent].train(*networks, **changes)


def numbers(networks):
    return [one.detach().cpu().clone() for network in networks for one in network.parameters()]


@every_agent
def test_it_trains_the_networks_that_it_is_given(agent):
    networks = networks_of(agent)
    before = numbers(networks)
    train(agent, networks, learning_rate=0.0)
    assert all(map(torch.equal, numbers(networks), before))
    result = train(agent, networks)
    assert list(result[: len(networks)]) == networks
    assert next(networks[0].parameters()).device.type == torch.device(DEVICE).type
    assert not any(map(torch.equal, numbers(networks), before))


@pytest.mark.parametrize(("agent", "slot"), SLOTS)
def test_your_function_is_called_and_not_the_librarys(agent, slot, monkeypatch):
    calls = []

    def yours(*args):
        calls.append(args)
        return getattr(library, slot)(*args)

    monkeypatch.setattr(SCRIPTS[agent], slot, None)
    train(agent, **{slot: yours})
    assert calls


@every_agent
def test_the_same_seed_gives_the_same_training(agent):
    def trained(seed):
        torch.manual_seed(0)
        networks = networks_of(agent)
        train(agent, networks, seed=seed)
        return numbers(networks)

    one, again, other = map(trained, (3, 3, 4))
    assert all(map(torch.equal, one, again))
    assert not any(map(torch.equal, one, other))


@pytest.mark.parametrize(
    ("agent", "functions"),
    [
        ("reinforce", {"policy_loss": lambda log_probs, _: log_probs.mean() * math.nan}),
        ("actor_critic", {"policy_loss": lambda log_probs, _: log_probs.mean() * math.nan}),
        ("ppo", {"clipped_surrogate": lambda log_probs, *_: log_probs.mean() * math.nan}),
        ("sac", {"td_target": lambda rewards, *_: rewards / 0}),
    ],
)
def test_a_diverging_training_says_so(agent, functions):
    with pytest.raises(FloatingPointError, match=r"environment steps.*diverges"):
        train(agent, **functions)
