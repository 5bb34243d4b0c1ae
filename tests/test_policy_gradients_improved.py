"""REINFORCE, A2C, PPO as settings of one agent: its parts' input, its loss, and its learning."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

agent = definitions("improved/policy_gradients_improved.py")
SETTINGS = {
    "REINFORCE": replace(agent.REINFORCE, max_steps=20_000),
    "A2C": replace(agent.A2C, max_steps=15_000),
    "PPO": replace(agent.PPO, max_steps=15_000),
}


def learned(settings, **parts):
    """Give the mean of the last 30 returns of three short trainings."""
    runs = [agent.train(seed, settings, **parts) for seed in range(3)]
    return np.mean([run.episode_returns[-30:] for run in runs])


@pytest.mark.parametrize("name", SETTINGS)
def test_it_learns(name):
    assert learned(SETTINGS[name]) > 120


def uphill(log_probs, old_log_probs, advantages, clip):
    return -library.clipped_surrogate(log_probs, old_log_probs, advantages, clip)


def other_action(logits, actions):
    return library.select_log_probs(logits, 1 - actions)


def first_action(logits, actions):
    return logits[:, 0]


def ends_ignored(rewards, values, next_values, terminated, done, gamma, lam):
    never = torch.zeros_like(terminated)
    return library.gae(rewards, values, next_values, never, never, gamma, lam)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("REINFORCE", {"clipped_surrogate": uphill}),
        ("REINFORCE", {"select_log_probs": other_action}),
        ("A2C", {"clipped_surrogate": uphill}),
        ("A2C", {"gae": ends_ignored}),
        ("PPO", {"clipped_surrogate": uphill}),
        ("PPO", {"select_log_probs": first_action}),
    ],
)
def test_with_a_broken_part_it_does_not_learn(name, parts):
    assert learned(SETTINGS[name], **parts) < 90


# -- What it collects --------------------------------------------------------------------------


def test_without_steps_each_environment_plays_one_whole_episode():
    acting = (agent.PolicyNetwork(), torch.ones(4), library.sample_actions, lambda *step: None)
    generator = agent.rollouts(agent.vector_env("CartPole-v1", 4), 0, None, *acting)
    for states, *_, done, valid in (next(generator), next(generator)):
        assert (states[0].abs() <= 0.05).all()  # a new start everywhere
        assert valid[0].all()
        assert (valid[:-1].int() >= valid[1:].int()).all()  # nobody comes back
        assert ((done & valid).sum(dim=0) == 1).all()


# -- What it computes of it --------------------------------------------------------------------


def spied(settings):
    """Train on one batch; give the arguments and results of the parts of its first update."""
    seen = {}

    def gae(*args):
        seen["gae"] = args
        seen["advantages"] = library.gae(*args)
        return seen["advantages"]

    def select(logits, actions):
        seen.setdefault("logits", logits)
        seen.setdefault("actions", actions)
        return library.select_log_probs(logits, actions)

    def loss_of(log_probs, old_log_probs, weights, clip):
        loss = library.clipped_surrogate(log_probs, old_log_probs, weights, clip)
        if "grad" not in seen:
            (seen["grad"],) = torch.autograd.grad(loss, seen["logits"], retain_graph=True)
            seen["weights"] = weights
        return loss

    def fit(model, optimizer, states, targets):
        seen.setdefault("targets", targets)
        seen.setdefault("values", model(states).detach())  # before the first step
        return library.train_step(model, optimizer, states, targets)

    parts = {"gae": gae, "select_log_probs": select, "clipped_surrogate": loss_of}
    seen["run"] = agent.train(0, replace(settings, max_steps=1), train_step=fit, **parts)
    return seen


@pytest.mark.parametrize("name", SETTINGS)
def test_the_first_gradient_is_the_policy_gradient(name):
    seen = spied(SETTINGS[name])
    one_hot, probs = F.one_hot(seen["actions"], 2), F.softmax(seen["logits"], dim=-1)
    formula = -seen["weights"].unsqueeze(-1) * (one_hot - probs) / len(probs)
    assert torch.allclose(seen["grad"], formula, atol=1e-6)


def test_reinforce_weighs_with_normalised_returns():
    seen = spied(replace(SETTINGS["REINFORCE"], reward_scale=1.0))
    lengths = [int(length) for length in seen["run"].episode_returns]
    returns = [sum(0.99**k for k in range(left)) for n in lengths for left in range(1, n + 1)]
    weights = (np.array(returns) - np.mean(returns)) / np.std(returns, ddof=1)
    assert seen["weights"].sort().values.numpy() == pytest.approx(np.sort(weights), abs=1e-4)
    assert "targets" not in seen  # no critic


def test_values_targets_and_rewards_fit_together():
    seen = spied(SETTINGS["A2C"])
    rewards, values, next_values, terminated, done, gamma, lam = seen["gae"]
    assert (gamma, lam) == (0.99, 0.95)
    assert torch.equal(values[1:], next_values[:-1])
    assert not values.requires_grad
    valid = torch.cat([torch.ones_like(done[:1]), ~done[:-1]])
    assert torch.allclose(seen["weights"].sum(), seen["advantages"][valid].sum(), rtol=1e-4)
    assert torch.allclose(seen["targets"], seen["weights"] + seen["values"], atol=1e-6)
    assert torch.allclose(rewards[valid], torch.tensor(0.1))
    assert torch.equal(terminated, done)  # nobody reaches 500 steps in 32


def test_the_ratio_starts_at_one_and_then_moves():
    ratios, weights = [], []

    def loss_of(log_probs, old_log_probs, advantages, clip):
        assert not old_log_probs.requires_grad
        ratios.append((log_probs - old_log_probs).exp().detach())
        weights.append(advantages)
        return library.clipped_surrogate(log_probs, old_log_probs, advantages, clip)

    agent.train(0, replace(SETTINGS["PPO"], max_steps=4000), clipped_surrogate=loss_of)
    assert torch.allclose(ratios[0], torch.ones_like(ratios[0]), atol=1e-5)
    assert max((ratio - 1).abs().max() for ratio in ratios) > 0.02
    for advantages in weights:
        assert advantages.mean().item() == pytest.approx(0, abs=1e-5)
        assert advantages.std().item() == pytest.approx(1, abs=1e-4)


def test_each_epoch_uses_each_step_once():
    batches = []

    def fit(model, optimizer, states, targets):
        batches.append(states)
        return library.train_step(model, optimizer, states, targets)

    settings = replace(agent.PPO, max_steps=1, epochs=2, minibatch=500)
    run = agent.train(0, settings, train_step=fit)
    seen = torch.cat(batches)
    assert len(seen) == 2 * run.env_steps
    first, second = seen.chunk(2)
    assert not torch.equal(first, second)  # in another order
    assert torch.equal(first.unique(dim=0), second.unique(dim=0))


def test_the_gradient_of_the_clipped_loss_agrees_with_finite_differences():
    logits = torch.randn(40, 2, dtype=torch.float64, requires_grad=True)
    actions = torch.randint(2, (40,))
    old = library.select_log_probs(logits.detach() + torch.randn(40, 2).double(), actions)
    advantages = torch.randn(40, dtype=torch.float64)

    def loss_of(logits):
        log_probs = library.select_log_probs(logits, actions)
        return library.clipped_surrogate(log_probs, old, advantages, 0.2)

    ratio = (library.select_log_probs(logits, actions) - old).exp()
    assert ((ratio - 1).abs() > 0.2).any()  # the clip is at work
    assert torch.autograd.gradcheck(loss_of, (logits,))


def test_the_bonus_is_part_of_the_loss():
    logits = []

    def pull_to_zero(values):
        logits.append(values.detach())
        return -values.square().sum(dim=-1)

    settings = replace(SETTINGS["A2C"], entropy_weight=1_000.0)
    agent.train(0, settings, entropy=pull_to_zero)
    assert logits[-1].abs().mean() < 0.2 * logits[0].abs().mean()


@pytest.mark.parametrize("limit", [None, 0.01])
def test_no_gradient_of_the_actor_is_longer_than_the_limit(limit, monkeypatch):
    lengths, settings = [], replace(SETTINGS["A2C"], max_norm=limit, max_steps=5_000)

    class Spy(torch.optim.Adam):
        def step(self, closure=None):
            gradients = [p.grad.norm() for p in self.param_groups[0]["params"]]
            if self.defaults["lr"] == settings.actor_rate:
                lengths.append(torch.stack(gradients).norm().item())
            super().step(closure)

    monkeypatch.setattr(torch.optim, "Adam", Spy)
    agent.train(0, settings)
    assert (max(lengths) > 0.0101) == (limit is None)
