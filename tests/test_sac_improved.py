"""SAC: its three losses are the formulas, it learns, and with a broken part it does not."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from helpers import assert_pendulum, recorded
from torch.distributions import Independent, Normal, TanhTransform, TransformedDistribution

import pytorch_rl_basics as library
from benchmarks import agents

pytest.importorskip("gymnasium")
sac = agents.script("sac")
train = partial(agents.train, "sac")


def learned(seeds=1, **parts):
    """Give the mean of the last 8 returns of short trainings."""
    runs = [train(seed=seed, max_steps=5_000, **parts) for seed in range(seeds)]
    return np.mean([run.episode_returns[-8:] for run in runs])


# -- The parts that it is made of -------------------------------------------------------------


def test_a_squashed_sample_comes_with_its_density():
    policy, states = sac.GaussianPolicy(3, 2), torch.randn(5, 3)
    actions, log_probs = sac.sample_squashed(policy, states)
    mean, log_std = policy(states)
    squash = [TanhTransform()]
    gaussian = Independent(Normal(mean, log_std.exp()), 1)
    wanted = TransformedDistribution(gaussian, squash).log_prob(actions)
    torch.testing.assert_close(log_probs, wanted, rtol=1e-3, atol=1e-3)
    assert actions.abs().max() < 1


def test_the_gradient_of_a_sample_passes_through_mean_and_std():
    policy, states = sac.GaussianPolicy(3, 1).double(), torch.randn(4, 3, dtype=torch.float64)
    bias = policy.layers[-1].bias

    def total(shift):
        torch.manual_seed(1)  # the same noise
        with torch.no_grad():
            bias.add_(shift)
            actions, log_probs = sac.sample_squashed(policy, states)
            bias.sub_(shift)
        return (actions.sum() + 0.3 * log_probs.sum()).item()

    torch.manual_seed(1)
    actions, log_probs = sac.sample_squashed(policy, states)
    (gradient,) = torch.autograd.grad(actions.sum() + 0.3 * log_probs.sum(), bias)
    for k, step in enumerate(1e-6 * torch.eye(2, dtype=torch.float64)):
        difference = (total(step) - total(-step)) / 2e-6
        assert gradient[k].item() == pytest.approx(difference, rel=1e-5)


@pytest.fixture
def first_update(monkeypatch):
    """Record what the first update of a training sees, with networks that stay as they were."""
    seen = {"states": [], "samples": [], "gradients": []}

    class Spy(sac.ReplayBuffer):
        def sample(self, batch_size):
            seen["batch"] = super().sample(batch_size)
            return seen["batch"]

    def sample(policy, states, *log_prob):
        actions, log_probs = sample_squashed(policy, states, *log_prob)
        seen["policy"] = policy
        seen["states"].append(states)
        seen["samples"].append((actions, log_probs))
        return actions, log_probs

    def target(*arguments):
        seen["targets"] = library.td_target(*arguments)
        return seen["targets"]

    def follow(critic, critic_target, tau):
        seen["critic"], seen["critic_target"] = critic, critic_target

    def step(optimizer):
        parameters = optimizer.param_groups[0]["params"]
        seen["gradients"].append([parameter.grad.clone() for parameter in parameters])
        if len(seen["gradients"]) == 3:
            seen["log_alpha"] = parameters[0]
            raise KeyboardInterrupt

    sample_squashed = sac.sample_squashed
    monkeypatch.setattr(sac, "ReplayBuffer", Spy)
    monkeypatch.setattr(sac, "sample_squashed", sample)
    monkeypatch.setattr(torch.optim.Adam, "step", step)
    train(td_target=target, polyak_update=follow)
    return seen


def test_the_gradients_of_an_update_are_the_formulas(first_update):
    states, actions, rewards, next_states, terminated = first_update["batch"]
    critic, critic_target = first_update["critic"], first_update["critic_target"]
    (next_actions, next_log_probs), (_, log_probs) = first_update["samples"][-2:]
    alpha = 0.2
    # Critics.
    with torch.no_grad():
        q1, q2 = critic_target(next_states, next_actions).unbind(1)
        soft = torch.minimum(q1, q2) - alpha * next_log_probs
        wanted = rewards + 0.95 * (~terminated) * soft
    targets = first_update["targets"]
    torch.testing.assert_close(targets, wanted)
    assert not targets.requires_grad
    q1, q2 = critic(states, actions).unbind(1)
    loss = (((q1 - wanted) ** 2).mean() + ((q2 - wanted) ** 2).mean()) / 2
    expected = torch.autograd.grad(loss, list(critic.parameters()))
    torch.testing.assert_close(first_update["gradients"][0], list(expected), rtol=1e-4, atol=1e-6)
    # Policy: through the action into the critic.
    torch.testing.assert_close(first_update["states"][-1], states)
    assert not first_update["log_alpha"].detach().isnan()
    # Temperature: d/d log(alpha) of log(alpha) * (entropy - wanted entropy).
    surplus = -log_probs.mean().item() - (-1.0)
    assert first_update["gradients"][2][0].item() == pytest.approx(surplus, rel=1e-5)
    assert first_update["log_alpha"].item() == pytest.approx(math.log(alpha))


@pytest.mark.parametrize(("alpha", "counts"), [(0, 0), (0.5, 0.5), (None, 0.2)])
def test_the_temperature_weighs_the_entropy_in_the_targets(alpha, counts):
    next_values = {}

    def note(log_prob):
        def target(rewards, terminated, next_q, gamma):
            next_values[log_prob] = next_q
            raise KeyboardInterrupt

        def constant(pre_tanh, mean, log_std):
            return torch.full((len(mean),), log_prob)

        train(alpha=alpha, squashed_gaussian_log_prob=constant, td_target=target)

    note(0.0)
    note(1.0)
    torch.testing.assert_close(next_values[0.0] - counts, next_values[1.0], atol=1e-6, rtol=0)


def test_the_gradient_of_the_policy_is_that_of_finite_differences(first_update):
    states, critic, policy = (first_update[name] for name in ("batch", "critic", "policy"))
    states, critic, policy = states[0].double(), critic.double(), policy.double()
    new_actions, _ = first_update["samples"][-1]
    # The noise that was drawn, from the action that it gave.
    with torch.no_grad():
        mean, log_std = policy(states)
        noise = (new_actions.double().atanh() - mean) / log_std.exp()

    def loss():
        mean, log_std = policy(states)
        pre_tanh = mean + log_std.exp() * noise
        log_probs = library.squashed_gaussian_log_prob(pre_tanh, mean, log_std)
        return (0.2 * log_probs - critic(states, pre_tanh.tanh()).amin(1)).mean().item()

    gradient, bias = first_update["gradients"][1][-1], policy.layers[-1].bias
    for k, step in enumerate(1e-6 * torch.eye(2, dtype=torch.float64)):
        with torch.no_grad():
            bias.add_(step)
            above = loss()
            bias.sub_(2 * step)
            below = loss()
            bias.add_(step)
        assert gradient[k].item() == pytest.approx((above - below) / 2e-6, rel=1e-2, abs=1e-4)


def test_what_it_remembers_happened(monkeypatch):
    buffers = recorded(monkeypatch, sac, "ReplayBuffer")
    changes = {"scale_observations": False, "reward_scale": 1.0, "learning_starts": 9_999}
    run = train(max_steps=2_500, **changes)
    (buffer,) = buffers
    assert len(buffer) == run.env_steps
    assert len(run.episode_returns) == 8  # each 200 steps long; more are under way
    assert buffer.rewards.sum() <= sum(run.episode_returns)
    assert_pendulum(buffer)


# -- Learning ---------------------------------------------------------------------------------


def test_it_learns():
    assert learned(seeds=2) > -500


def all_done(rewards, terminated, next_q, gamma):
    return library.td_target(rewards, torch.ones_like(terminated), next_q, gamma)


@pytest.mark.parametrize(
    "parts",
    [
        {"td_target": lambda *args: -library.td_target(*args)},
        {"td_target": all_done},
        {"polyak_update": lambda *networks_and_tau: None},
        {"alpha": 1.0},
    ],
    ids=["sign", "no bootstrap", "no sync", "temperature"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < -600


# -- Use --------------------------------------------------------------------------------------


def test_ctrl_c_in_an_update_gives_the_run_so_far():
    updates = []

    def interrupted(*arguments):
        updates.append(0)
        if len(updates) > 20:
            raise KeyboardInterrupt
        return library.td_target(*arguments)

    run = train(td_target=interrupted)
    assert run.env_steps == 8 * (400 // 8 + 20)
