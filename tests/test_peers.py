"""The library's formulas equal those of stable-baselines3 and TorchRL; run by ``nox -s bench``."""

import copy

import numpy as np
import pytest
import torch

pytest.importorskip("stable_baselines3", reason="needs stable-baselines3: run nox -s bench")
pytest.importorskip("torchrl", reason="needs TorchRL: run nox -s bench")

from gymnasium.spaces import Box, Discrete
from stable_baselines3.common import distributions, utils
from stable_baselines3.common.buffers import RolloutBuffer
from torchrl.objectives.value import functional

from pytorch_rl_basics import (
    discounted_returns,
    entropy,
    gae,
    polyak_update,
    select_log_probs,
    squashed_gaussian_log_prob,
)
from pytorch_rl_basics.networks import QNetwork

STEPS, ENVS = 40, 3


@pytest.fixture(params=range(5))
def rollout(request):
    """Rewards, values of T + 1 states, terminated and done, of environments side by side."""
    torch.manual_seed(request.param)
    rewards, values = torch.randn(STEPS, ENVS), torch.randn(STEPS + 1, ENVS)
    terminated, truncated = torch.rand(2, STEPS, ENVS) < 0.1
    assert terminated.any()
    assert truncated.any()
    return rewards, values, terminated, terminated | truncated


@pytest.mark.parametrize(("gamma", "lam"), [(0.99, 0.95), (0.9, 1.0), (1.0, 0.0)])
def test_gae_gives_the_bits_of_stable_baselines3(rollout, gamma, lam):
    rewards, values, terminated, _ = rollout
    buffer = RolloutBuffer(STEPS, Box(-1, 1, (1,)), Discrete(2), "cpu", lam, gamma, ENVS)
    buffer.rewards, buffer.values = rewards.numpy(), values[:-1].numpy()
    # A step is marked as an episode's start: its predecessor was the end of another.
    buffer.episode_starts[1:] = terminated[:-1]
    buffer.compute_returns_and_advantage(values[-1], terminated[-1].numpy())
    ours = gae(rewards, values[:-1], values[1:], terminated, terminated, gamma, lam)
    np.testing.assert_array_equal(ours.numpy(), buffer.advantages)


@pytest.mark.parametrize(("gamma", "lam"), [(0.99, 0.95), (0.9, 1.0), (1.0, 0.0)])
def test_gae_equals_torchrl_with_truncations(rollout, gamma, lam):
    rewards, values, terminated, done = rollout
    rows = (values[:-1], values[1:], rewards, done, terminated)
    theirs, _ = functional.generalized_advantage_estimate(
        gamma, lam, *(row.T.unsqueeze(-1) for row in rows)
    )
    ours = gae(rewards, values[:-1], values[1:], terminated, done, gamma, lam)
    torch.testing.assert_close(ours, theirs.squeeze(-1).T, rtol=1e-5, atol=1e-5)


def test_discounted_returns_equal_torchrl():
    rewards, done = torch.randn(1, STEPS), torch.arange(STEPS) == STEPS - 1
    theirs = functional.reward2go(rewards, done.unsqueeze(0), 0.97, time_dim=-1)
    torch.testing.assert_close(discounted_returns(rewards[0], 0.97), theirs[0])


@pytest.mark.parametrize("tau", [0.0, 0.005, 0.3, 1.0])
def test_polyak_update_equals_stable_baselines3(tau):
    model, target = QNetwork(), QNetwork()
    theirs = copy.deepcopy(target)
    utils.polyak_update(model.parameters(), theirs.parameters(), tau)
    polyak_update(model, target, tau)
    for ours, other in zip(target.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-6, atol=1e-7)


def test_entropy_and_log_probabilities_of_discrete_actions_equal_stable_baselines3(dtype):
    logits, actions = 5 * torch.randn(100, 4, dtype=dtype), torch.randint(4, (100,))
    theirs = distributions.CategoricalDistribution(4).proba_distribution(logits)
    torch.testing.assert_close(select_log_probs(logits, actions), theirs.log_prob(actions))
    torch.testing.assert_close(entropy(logits), theirs.entropy())


def test_log_probabilities_of_squashed_actions_equal_stable_baselines3():
    mean, log_std, noise = torch.randn(3, 1_000, 3, dtype=torch.float64)
    pre_tanh = mean + log_std.exp() * noise
    inside = (pre_tanh.abs() < 5).all(-1)  # beyond it 1 - tanh² loses digits, in theirs
    mean, log_std, pre_tanh = mean[inside], log_std[inside], pre_tanh[inside]
    squashed = distributions.SquashedDiagGaussianDistribution(3, epsilon=0.0)
    theirs = squashed.proba_distribution(mean, log_std).log_prob(pre_tanh.tanh(), pre_tanh)
    ours = squashed_gaussian_log_prob(pre_tanh, mean, log_std)
    assert len(ours) > 300
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
