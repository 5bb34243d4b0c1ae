"""PPO with a Gaussian policy: densities, limits, gradient, bootstrap, and that it learns."""

from functools import partial

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal

import pytorch_rl_basics as library
from benchmarks import agents

pytest.importorskip("gymnasium")
page = agents.script("ppo_pendulum")
train = partial(agents.train, "ppo_pendulum")


class Envs:
    """Records what a training sends to Pendulum, and what it gets back."""

    def __init__(self, envs):
        self.envs, self.sent, self.rewards, self.truncated = envs, [], [], []

    def __getattr__(self, name):
        return getattr(self.envs, name)

    def step(self, actions):
        """Step, and record it."""
        self.sent.append(actions.copy())
        outcome = self.envs.step(actions)
        self.rewards.append(outcome[1])
        self.truncated.append(outcome[3])
        return outcome


@pytest.fixture
def first_update(monkeypatch):
    """Record the first rollout of 210 steps, and the first step of the actor on all of it."""
    seen = {}

    def make(*arguments, **settings):
        seen["envs"] = Envs(vector_env(*arguments, **settings))
        return seen["envs"]

    def judge(*arguments):
        seen["gae"] = arguments
        seen["advantages"] = library.gae(*arguments)
        return seen["advantages"]

    def surrogate(log_probs, old_log_probs, advantages, clip):
        seen["weights"] = advantages
        torch.testing.assert_close(log_probs.detach(), old_log_probs)
        return library.clipped_surrogate(log_probs, old_log_probs, advantages, clip)

    def step(optimizer):
        seen["parameters"] = optimizer.param_groups[0]["params"]
        raise KeyboardInterrupt

    class Actor(page.GaussianActor):
        def log_prob(self, states, actions):
            seen["actor"], seen["asked"] = self, (states, actions)
            return super().log_prob(states, actions)

    vector_env = page.vector_env
    monkeypatch.setattr(page, "vector_env", make)
    monkeypatch.setattr(page, "GaussianActor", Actor)
    monkeypatch.setattr(torch.optim.Adam, "step", step)
    train(gae=judge, clipped_surrogate=surrogate, steps=210, num_envs=4, minibatch=9_999)
    return seen


def density(actor, states, actions):
    return Independent(Normal(actor.mean(states), actor.log_std.exp()), 1).log_prob(actions)


def test_its_log_densities_are_those_of_torch():
    actor, states = page.GaussianActor(3, 2), torch.randn(7, 3)
    torch.nn.init.normal_(actor.log_std)
    actions, log_probs = actor.sample(states)
    assert actions.shape == (7, 2)
    torch.testing.assert_close(log_probs, density(actor, states, actions))


def test_its_samples_have_its_mean_and_std():
    actor = page.GaussianActor(3, 2)
    torch.nn.init.constant_(actor.log_std, -1.0)
    states = torch.randn(1, 3)
    with torch.no_grad():
        actions, _ = actor.sample(states.expand(20_000, 3))
        torch.testing.assert_close(actions.mean(0), actor.mean(states)[0], atol=0.02, rtol=0)
    torch.testing.assert_close(actions.std(0), torch.full((2,), -1.0).exp(), atol=0.02, rtol=0)


def test_only_what_is_sent_is_clipped(first_update):
    sent = np.stack(first_update["envs"].sent)
    assert abs(sent).max() == 2  # the limit of the torque
    _, drawn = first_update["asked"]
    assert drawn.abs().max() > 1.5  # 1 is the limit of what the network draws
    clipped = 2 * drawn.clamp(-1, 1).flatten()
    kept = np.delete(sent, 200, axis=0).flatten()  # the step that only resets
    np.testing.assert_allclose(np.sort(clipped), np.sort(kept))


def test_its_first_step_is_the_policy_gradient(first_update):
    valid = torch.arange(210) != 200  # the step that only resets
    advantages = first_update["advantages"][valid].flatten()
    expected = (advantages - advantages.mean()) / advantages.std()
    weights = first_update["weights"]  # shuffled
    torch.testing.assert_close(weights.sort().values, expected.sort().values)
    loss = -(weights * density(first_update["actor"], *first_update["asked"])).mean()
    found = [parameter.grad for parameter in first_update["parameters"]]
    gradients = torch.autograd.grad(loss, first_update["parameters"])
    torch.testing.assert_close(found, list(gradients), rtol=1e-4, atol=1e-6)


def test_targets_include_the_next_value_at_a_time_limit(first_update):
    rewards, values, next_values, terminated, done, gamma, _ = first_update["gae"]
    assert torch.equal(done, torch.tensor(np.stack(first_update["envs"].truncated)))
    assert done[199].all()
    assert done.sum() == 4
    assert not terminated.any()
    sent_back = torch.tensor(np.stack(first_update["envs"].rewards), dtype=torch.float32)
    torch.testing.assert_close(rewards, 0.1 * sent_back)
    one_step = rewards[199] + gamma * next_values[199] - values[199]
    torch.testing.assert_close(first_update["advantages"][199], one_step)
    assert next_values[199].abs().min() > 0
    assert not torch.equal(next_values[199], values[199])


# -- Learning ---------------------------------------------------------------------------------


def learned(**parts):
    """Give the mean of the last 32 returns of a short training."""
    return np.mean(train(max_steps=30_000, **parts).episode_returns[-32:])


def test_it_learns():
    assert learned() > -800


def upside_down(log_probs, old_log_probs, advantages, clip):
    return library.clipped_surrogate(2 * old_log_probs - log_probs, old_log_probs, advantages, clip)


def no_bootstrap(rewards, values, next_values, terminated, done, gamma, lam):
    return library.gae(rewards, values, 0 * next_values, terminated, done, gamma, 0.0)


@pytest.mark.parametrize(
    "parts", [{"clipped_surrogate": upside_down}, {"gae": no_bootstrap}], ids=["sign", "bootstrap"]
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < -900


def test_the_scale_of_the_observations_can_be_left_out(monkeypatch):
    seen = []

    class Critic(page.ValueNetwork):
        def forward(self, states):
            seen.append(states[..., 2].abs().max().item())
            return super().forward(states)

    monkeypatch.setattr(page, "ValueNetwork", Critic)
    for scaled in True, False:
        train(max_steps=1, scale_observations=scaled, epochs=0)
    assert seen[1] == pytest.approx(8 * seen[0])
