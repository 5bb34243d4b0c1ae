"""Plain SAC: its parts are the formulas, it learns, and with a broken part it does not."""

import numpy as np
import pytest
import torch
from helpers import assert_pendulum, recorded
from torch.distributions import Independent, Normal, TanhTransform, TransformedDistribution

import pytorch_rl_basics as library
from benchmarks.scripts import definitions
from pytorch_rl_basics.networks import GaussianPolicy

pytest.importorskip("gymnasium")
sac = definitions("algorithms/sac.py")


def train(seed=0, **settings):
    """Train new networks."""
    torch.manual_seed(seed)
    return sac.train(GaussianPolicy(), sac.Critic(), seed=seed, **settings)


def learned(seed=0, **slots):
    """Give the mean return of the last two of five episodes."""
    *_, returns = train(seed, max_steps=1_000, **slots)
    return np.mean(returns[-2:])


# -- The parts --------------------------------------------------------------------------------


def test_an_action_comes_with_its_density():
    policy, states = GaussianPolicy(3, 2), torch.randn(5, 3)
    actions, log_probs = sac.sample_action(policy, states)
    mean, log_std = policy(states)
    gaussian = Independent(Normal(mean, log_std.exp()), 1)
    expected = TransformedDistribution(gaussian, [TanhTransform()]).log_prob(actions)
    torch.testing.assert_close(log_probs, expected, rtol=1e-3, atol=1e-3)
    assert actions.abs().max() < 1


def test_the_critics_share_nothing_and_see_the_action():
    critic = sac.Critic(3, 2, critics=2)
    states, actions = torch.randn(5, 3), torch.randn(5, 2, requires_grad=True)
    first, second = critic(states, actions).unbind(1)
    gradients = torch.autograd.grad(first.sum(), list(critic.parameters()), retain_graph=True)
    assert [bool(gradient.any()) for gradient in gradients] == [True] * 6 + [False] * 6
    (slope,) = torch.autograd.grad(second.sum(), actions)
    assert slope.abs().min() > 0


def test_the_policys_gradient_is_that_of_finite_differences():
    policy, critic = GaussianPolicy().double(), sac.Critic().double()
    states, bias = torch.randn(8, 3, dtype=torch.float64), policy.layers[-1].bias

    def loss(shift):
        torch.manual_seed(1)  # the same noise
        with torch.no_grad():
            bias.add_(shift)
        value, _ = sac.policy_loss(policy, critic, states, 0.3)
        with torch.no_grad():
            bias.sub_(shift)
            mean, log_std = policy(states)
            mean, log_std = mean + shift[0], log_std + shift[1]
            torch.manual_seed(1)
            u = mean + log_std.exp() * torch.randn_like(mean)
            slope = (1 - u.tanh() ** 2).log().sum(1)
            log_probs = Normal(mean, log_std.exp()).log_prob(u).sum(1) - slope
            q = torch.minimum(*critic(states, u.tanh()).unbind(1))
        assert value.item() == pytest.approx((0.3 * log_probs - q).mean().item())
        return value

    (gradient,) = torch.autograd.grad(loss(torch.zeros(2, dtype=torch.float64)), bias)
    for number, step in enumerate(1e-6 * torch.eye(2, dtype=torch.float64)):
        difference = (loss(step) - loss(-step)).item() / 2e-6
        assert gradient[number].item() == pytest.approx(difference, rel=1e-4)


def test_the_values_of_the_targets_are_the_smaller_critics_with_the_entropy():
    policy, critic, states = GaussianPolicy(), sac.Critic(), torch.randn(9, 3)
    torch.manual_seed(2)
    values = sac.soft_values(critic, policy, states, 0.3)
    torch.manual_seed(2)
    actions, log_probs = sac.sample_action(policy, states)
    expected = torch.minimum(*critic(states, actions).unbind(1)) - 0.3 * log_probs
    torch.testing.assert_close(values, expected.unsqueeze(1).detach())
    assert not values.requires_grad


@pytest.mark.parametrize("target_entropy", [-1.0, -2.0])
def test_the_temperature_falls_while_the_entropy_is_above_its_target(target_entropy):
    log_alpha = torch.tensor(0.2).log().requires_grad_()
    log_probs = torch.tensor([1.0, 2.0], requires_grad=True)  # an entropy of -1.5
    sac.temperature_loss(log_alpha, log_probs, target_entropy).backward()
    assert log_alpha.grad.item() == pytest.approx(-1.5 - target_entropy)
    assert log_probs.grad is None


# -- The loop ---------------------------------------------------------------------------------


def test_it_stores_what_happened(monkeypatch):
    buffers = recorded(monkeypatch, sac, "ReplayBuffer")
    *_, returns = train(max_steps=450, batch_size=9_999, reward_scale=0.5)
    (buffer,) = buffers
    assert len(buffer) == 450
    for number, total in enumerate(returns):
        rewards = buffer.rewards[200 * number : 200 * number + 200]
        assert rewards.sum().item() == pytest.approx(total / 2, rel=1e-4)
    assert len(returns) == 2
    assert_pendulum(buffer, reward_scale=0.5)


def test_an_update_changes_each_network_by_its_own_loss(monkeypatch):
    steps = []

    def descend(optimizer, loss):
        trained = optimizer.param_groups[0]["params"]
        descend_really(optimizer, loss)
        steps.append((trained, [parameter.requires_grad for parameter in critic.parameters()]))

    def follow(moving, target, tau):
        assert moving is critic
        assert not {*moving.parameters()} & {*target.parameters()}  # a copy
        shares.append(tau)

    descend_really, shares, critic = sac.descend, [], sac.Critic()
    monkeypatch.setattr(sac, "descend", descend)
    policy = GaussianPolicy()
    sac.train(policy, critic, max_steps=128, tau=0.3, polyak_update=follow)
    (first, seen), (second, frozen), (third, _) = steps
    assert list(map(id, first)) == list(map(id, critic.parameters()))
    assert list(map(id, second)) == list(map(id, policy.parameters()))
    assert len(third) == 1
    assert all(seen)
    assert not any(frozen)
    assert all(parameter.requires_grad for parameter in critic.parameters())
    assert shares == [0.3]


def test_each_loss_gets_its_networks_states_and_settings(monkeypatch):
    seen = {}

    def watch(owner, name):
        really = getattr(owner, name)

        def watched(*arguments):
            result = really(*arguments)
            seen.setdefault(name, []).append((arguments, result))
            return result

        monkeypatch.setattr(owner, name, watched)

    for name in ("soft_values", "policy_loss", "temperature_loss"):
        watch(sac, name)
    watch(sac.ReplayBuffer, "sample")
    watch(sac.F, "mse_loss")
    gammas = []

    def target(rewards, terminated, next_q, gamma):
        gammas.append(gamma)
        return torch.zeros_like(rewards)

    policy, critic = GaussianPolicy(), sac.Critic()
    sac.train(policy, critic, max_steps=130, gamma=0.5, td_target=target)
    assert gammas == [0.5] * 3
    alphas = []
    for number in range(3):
        (_, (states, _, _, next_states, _)) = seen["sample"][number]
        (critic_target, acting, following, alpha, _), _ = seen["soft_values"][number]
        (learner, judge, now, same_alpha, _), (_, log_probs) = seen["policy_loss"][number]
        assert acting is learner is policy
        assert judge is critic is not critic_target
        assert following is next_states
        assert now is states
        assert alpha is same_alpha
        (q, targets), _ = seen["mse_loss"][number]
        assert q.shape == targets.shape == (128, 2)
        (log_alpha, same, entropy), _ = seen["temperature_loss"][number]
        assert same is log_probs
        assert entropy == -1
        alphas.append(alpha.item())
    assert alphas[0] == pytest.approx(0.2)
    assert len(set(alphas)) == 3
    assert log_alpha.exp().item() != alphas[-1]  # and it has learned once more


def test_a_stopped_training_can_be_started_again(monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    policy, critic = GaussianPolicy(), sac.Critic()
    with monkeypatch.context() as patch:
        patch.setattr(sac, "policy_loss", stop)
        with pytest.raises(KeyboardInterrupt):
            sac.train(policy, critic, max_steps=130)
    sac.train(policy, critic, max_steps=130)


# -- Learning ---------------------------------------------------------------------------------


def test_it_learns():
    assert learned() > -500  # three seeds: -132, -64, -378


def all_done(rewards, terminated, next_q, gamma):
    return library.td_target(rewards, torch.ones_like(terminated), next_q, gamma)


# The best of three seeds each, in this order: -1588, -896, -1409.
@pytest.mark.parametrize(
    "slots",
    [
        {"td_target": lambda *args: -library.td_target(*args)},
        {"td_target": all_done},
        {"polyak_update": lambda *networks_and_tau: None},
    ],
    ids=["sign", "mask", "no copy"],
)
def test_with_a_broken_function_it_does_not_learn(slots):
    assert learned(**slots) < -700


def test_it_does_not_learn_without_the_graph_through_the_action(monkeypatch):
    def detached(policy, states, log_prob):
        actions, log_probs = sample_action(policy, states, log_prob)
        return actions.detach(), log_probs

    sample_action = sac.sample_action
    monkeypatch.setattr(sac, "sample_action", detached)
    assert learned() < -700  # the best of three seeds: -918
