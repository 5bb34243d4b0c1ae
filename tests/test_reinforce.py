"""Plain REINFORCE: its gradient is the formula, it learns, and with a broken part it does not."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
reinforce = definitions("algorithms/reinforce.py")


def train(seed=0, **settings):
    torch.manual_seed(seed)
    return reinforce.train(library.PolicyNetwork(4, 2), seed=seed, **settings)


def learned(**parts):
    """Give the mean of the last 20 returns of two short trainings."""
    return np.mean([train(seed, max_steps=4_000, **parts)[1][-20:] for seed in range(2)])


def test_it_learns():
    assert learned() > 45


@pytest.mark.parametrize(
    "parts",
    [
        {"policy_loss": lambda log_probs, weights: (log_probs * weights).mean()},
        {"select_log_probs": lambda logits, actions: library.select_log_probs(logits, 1 - actions)},
        {"discounted_returns": lambda rewards, gamma: rewards.cumsum(0)},
        {"select_log_probs": lambda *batch: library.select_log_probs(*batch).detach() + reset()},
    ],
    ids=["sign", "action", "backwards", "graph"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < 35


def reset():
    """Give a zero with a graph that reaches no parameter of the policy."""
    return torch.zeros(1, requires_grad=True)


def test_its_gradient_is_the_formula():
    torch.manual_seed(0)
    env = reinforce.gym.make("CartPole-v1")
    env.reset(seed=0)
    policy = library.PolicyNetwork(4, 2)
    before = [parameter.detach().clone() for parameter in policy.parameters()]
    torch.manual_seed(0)
    states, actions, rewards = reinforce.play_episode(env, policy)
    left = range(len(rewards), 0, -1)  # steps to the end, each with a reward of 1
    returns = torch.tensor([sum(0.9**k for k in range(steps)) for steps in left])
    probs = F.softmax(policy(states), dim=-1)  # d log pi / d logits = one-hot - probs
    in_logits = returns.unsqueeze(-1) * (F.one_hot(actions, 2) - probs)  # (T, A)
    formula = [in_logits.T @ states, in_logits.sum(dim=0)]

    reinforce.train(policy, seed=0, max_steps=1, gamma=0.9)
    for old, parameter, expected in zip(before, policy.parameters(), formula, strict=True):
        assert torch.allclose(-parameter.grad, expected, atol=1e-3)
        assert torch.equal(torch.sign(parameter - old), torch.sign(expected))  # up the gradient


def test_each_update_follows_the_gradient_of_its_own_episode():
    losses = []

    def only_the_first(log_probs, weights):
        losses.append(log_probs.sum() * (not losses))
        return losses[-1]

    policy, _ = train(max_steps=100, policy_loss=only_the_first)
    assert len(losses) > 1
    assert not any(parameter.grad.any() for parameter in policy.parameters())


def test_a_truncation_ends_an_episode():
    env = reinforce.gym.make("CartPole-v1", max_episode_steps=5)
    for _ in range(3):
        assert len(reinforce.play_episode(env, library.PolicyNetwork()).rewards) == 5


def test_episodes_played_side_by_side_end_once():
    envs = reinforce.gym.make_vec("CartPole-v1", num_envs=8)
    envs.reset(seed=0)
    for states, actions, rewards in reinforce.play_side_by_side(envs, library.PolicyNetwork()):
        assert states.shape == (len(actions), 4)
        assert (rewards == 1).all()
        assert states[0].abs().max() <= 0.05  # a start
        beyond = states[:, [0, 2]].abs() > torch.tensor([2.4, 0.2095])
        assert not beyond.any()  # nobody acts in a state that ended an episode


def test_the_baseline_is_subtracted_before_it_learns_the_episode(monkeypatch):
    seen = []

    def learn(value, optimizer, states, targets):
        seen.append((states, targets))
        torch.nn.init.constant_(value.layers[-1].bias, 1e6)

    def loss_of(log_probs, weights):
        seen.append(weights)
        return library.policy_loss(log_probs, weights)

    monkeypatch.setattr(reinforce, "train_step", learn)
    monkeypatch.setattr(reinforce, "policy_loss", loss_of)
    value = library.ValueNetwork(4, hidden=(64,))
    before = copy.deepcopy(value)
    reinforce.train_with_baseline(library.PolicyNetwork(4, 2), value, seed=0, max_steps=1)
    (states, targets), weights = seen
    torch.testing.assert_close(weights, targets - before(states).detach())


def test_the_baseline_learns_with_the_policy():
    torch.manual_seed(0)
    networks = library.PolicyNetwork(4, 2), library.ValueNetwork(4, hidden=(64,))
    policy, value, returns = reinforce.train_with_baseline(*networks, seed=0, max_steps=4_000)
    assert (policy, value) == networks
    assert np.mean(returns[-20:]) > 60
    assert value(torch.zeros(1, 4)).item() > 10  # the pole is upright
