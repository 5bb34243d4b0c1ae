"""REINFORCE: its loss is the formula, it learns, and with a broken part it does not."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
reinforce = definitions("improved/reinforce_improved.py")


def learned(**parts):
    """Give the mean of the last 30 returns of three short trainings."""
    runs = [reinforce.train(seed, max_steps=20_000, **parts) for seed in range(3)]
    return np.mean([run.episode_returns[-30:] for run in runs])


def test_it_learns():
    assert learned() > 120


@pytest.mark.parametrize(
    "parts",
    [
        {"policy_loss": lambda log_probs, weights: (log_probs * weights).mean()},
        {"select_log_probs": lambda logits, actions: library.select_log_probs(logits, 1 - actions)},
        {"discounted_returns": lambda rewards, gamma: rewards.cumsum(0)},
    ],
    ids=["sign", "action", "backwards"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < 60


def test_its_gradient_is_the_formula():
    seen = {}

    def select(logits, actions):
        seen["logits"], seen["actions"] = logits, actions
        return library.select_log_probs(logits, actions)

    def loss_of(log_probs, weights):
        seen["weights"] = weights
        loss = library.policy_loss(log_probs, weights)
        (seen["grad"],) = torch.autograd.grad(loss, seen["logits"], retain_graph=True)
        return loss

    lengths, returns = [], []

    def returns_of(rewards, gamma):
        lengths.append(len(rewards))
        returns.append([sum(gamma**k for k in range(len(rewards) - t)) for t in range(lengths[-1])])
        return library.discounted_returns(rewards, gamma)

    parts = {"select_log_probs": select, "policy_loss": loss_of, "discounted_returns": returns_of}
    run = reinforce.train(0, max_steps=1, **parts)
    assert sorted(run.episode_returns) == sorted(map(float, lengths))
    weights = np.concatenate(returns)
    weights = (weights - weights.mean()) / weights.std(ddof=1)
    assert seen["weights"].sort().values.numpy() == pytest.approx(np.sort(weights), abs=1e-4)

    probs = F.softmax(seen["logits"], dim=-1)
    one_hot = F.one_hot(seen["actions"], 2)
    formula = -seen["weights"].unsqueeze(-1) * (one_hot - probs) / len(probs)
    assert torch.allclose(seen["grad"], formula, atol=1e-7)


def test_an_episode_that_is_over_waits_for_the_others():
    envs = reinforce.vector_env("CartPole-v1", 8)
    envs.reset(seed=0)
    policy, scale = reinforce.PolicyNetwork(hidden=(32,)), torch.ones(4)
    steps = []

    def record(*step):
        steps.append([part.copy() for part in step])

    parts = (policy, scale, library.sample_actions, record)
    states, actions, rewards, alive = reinforce.play_episodes(envs, *parts)
    assert states.shape == (*alive.shape, 4)
    assert actions.shape == rewards.shape == alive.shape
    assert alive[0].all()
    assert (alive[:-1].int() >= alive[1:].int()).all()  # nobody comes back
    ends = sum(done & running for _, done, running in steps)
    assert (ends == 1).all()
    assert (rewards[alive] == 1).all()
