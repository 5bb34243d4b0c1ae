"""DQN: each change is its formula, it learns, and with a broken part it does not."""

import copy
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import torch
from binomial import plausible_counts
from helpers import recorded

import pytorch_rl_basics as library
from benchmarks import agents

pytest.importorskip("gymnasium")
dqn = agents.script("dqn")
train = partial(agents.train, "dqn")
SHORT = {"max_steps": 6_000, "explore_steps": 1_500, "anneal": False}


def learned(seeds=1, **changes):
    """Give the mean of the last 16 returns of short trainings."""
    runs = [train(seed, **SHORT | changes) for seed in range(seeds)]
    return np.mean([run.episode_returns[-16:] for run in runs])


@pytest.fixture
def buffers(monkeypatch):
    """Keep the buffers of all trainings."""
    return recorded(monkeypatch, dqn, "PrioritisedBuffer")


# -- The parts that it is made of -------------------------------------------------------------


def test_joined_steps_are_the_sum_written_out():
    rng, n, envs, gamma = np.random.default_rng(0), 5, 4_000, 0.9
    rewards = rng.normal(size=(n, envs))
    terminated, truncated = rng.random((2, n, envs)) < 0.1
    window = list(zip(rewards, terminated, truncated, strict=True))
    returns, ended, whole = dqn.join_steps(window, gamma)
    for env in range(envs):
        total, over, usable = 0.0, False, True
        for k in range(n):
            total += gamma**k * rewards[k, env]
            if terminated[k, env] or truncated[k, env]:
                over = terminated[k, env]
                usable = over or k == n - 1
                break
        assert returns[env] == pytest.approx(total)
        assert ended[env] == over
        assert whole[env] == usable


def test_one_joined_step_is_the_step():
    terminated, truncated = np.array([[False, True, False], [False, False, True]])
    window = [(np.array([1.0, 2.0, 3.0]), terminated, truncated)]
    returns, ended, whole = dqn.join_steps(window, 0.9)
    assert returns.tolist() == [1, 2, 3]
    assert ended.tolist() == terminated.tolist()
    assert whole.all()  # cut after its only step, a transition still bootstraps


@pytest.mark.parametrize("n_steps", [1, 3])
def test_what_it_remembers_happened(n_steps, buffers):
    changes = {"scale_observations": False, "learning_starts": 9_999, "capacity": 9_999}
    run = train(0, max_steps=3_000, n_steps=n_steps, **changes)
    (buffer,) = buffers
    # Episodes that are over are stored whole: of the others, n_steps - 1 steps wait.
    assert run.env_steps - 16 * (n_steps - 1) <= len(buffer) <= run.env_steps
    states, rewards = buffer.states[: len(buffer)], buffer.rewards[: len(buffer)]
    following = buffer.next_states[: len(buffer)]
    terminated = buffer.terminated[: len(buffer)]
    assert terminated.sum() >= n_steps * len(run.episode_returns) - 16 * n_steps
    # The reward counts the steps; where none has ended, n of them: (1 - gamma^n) / (1 - gamma).
    torch.testing.assert_close(
        rewards[~terminated], torch.full(((~terminated).sum(),), 1 - 0.99**n_steps)
    )
    assert (rewards[terminated] <= 1 - 0.99**n_steps + 1e-6).all()
    if n_steps == 1:
        # Position and angle move by their velocity times 0.02 s, in every step of an episode.
        moved = states[:, [0, 2]] + 0.02 * states[:, [1, 3]]
        torch.testing.assert_close(following[:, [0, 2]], moved, atol=1e-5, rtol=0)
        fallen = (following[:, 0].abs() > 2.4) | (following[:, 2].abs() > 12 * np.pi / 180)
        assert torch.equal(fallen, terminated)


def test_an_episode_cut_off_is_not_remembered_as_ended(buffers):
    changes = {"num_envs": 4, "learning_starts": 9_999, "explore_steps": 10**9}
    run = train(0, env_id="Acrobot-v1", max_steps=2_100, **changes)
    assert run.episode_returns == [-500] * 4  # the time limit, in all of them
    assert len(buffers[0]) >= 4 * (500 - 7)
    assert not buffers[0].terminated.any()


def test_its_value_is_the_mean_of_the_q_values_and_its_advantages_differ_as_they_do():
    network, states = dqn.Network(4, 3, dueling=True), torch.randn(7, 4)
    features = network.body(states)
    advantages, q_values = network.advantages(features), network(states)
    torch.testing.assert_close(q_values.mean(1), network.value(features)[:, 0])
    torch.testing.assert_close(q_values.diff(dim=1), advantages.diff(dim=1))


def filled(priorities):
    """Fill a buffer with transitions 0, 1, … of given priorities."""
    rows = torch.arange(len(priorities))
    numbers = rows.float().unsqueeze(1)
    buffer = dqn.PrioritisedBuffer(len(rows) + 5, state_dim=1)
    buffer.add(numbers, rows, numbers[:, 0], numbers, rows < 0)
    buffer.priorities[: len(rows)] = torch.tensor(priorities)
    return buffer


def test_it_draws_in_proportion_to_the_priorities():
    torch.manual_seed(0)
    priorities, draws = [1.0, 2.0, 0.0, 5.0], 4_000
    rows, _, (_, actions, *_) = filled(priorities).sample(draws, correction=1.0)
    assert torch.equal(rows, actions)
    for count, priority in zip(rows.bincount(minlength=4).tolist(), priorities, strict=True):
        assert count in plausible_counts(draws, Fraction(priority) / Fraction(sum(priorities)))


def test_importance_weights_give_the_mean_of_a_uniform_draw():
    priorities = torch.tensor([1.0, 2.0, 4.0, 9.0])
    values = torch.tensor([3.0, -1.0, 0.5, 2.0])
    rows, weights, _ = filled(priorities.tolist()).sample(400, correction=1.0)
    assert weights.max() == 1
    weight = torch.zeros(4).index_copy(0, rows, weights)  # the same at each draw of a row
    assert (weight > 0).all()
    expected = (priorities / priorities.sum() * weight * values).sum()  # exactly, over draws
    scale = weight[0] * priorities[0] / priorities.sum() * 4
    torch.testing.assert_close(expected / scale, values.mean())
    rows, half, _ = filled(priorities.tolist()).sample(400, correction=0.5)
    torch.testing.assert_close(half, (priorities.min() / priorities[rows]) ** 0.5)


def test_equal_priorities_need_no_weights():
    _, weights, _ = filled([0.3] * 10).sample(50, correction=0.4)
    assert torch.equal(weights, torch.ones(50))


def test_a_new_transition_has_the_highest_priority_and_replaces_the_oldest():
    buffer = filled([1.0, 7.0, 2.0])  # of 8 rows
    for number in range(3, 9):
        one = torch.full((1, 1), float(number))
        buffer.add(one, torch.tensor([number]), one[0], one, torch.tensor([False]))
    assert buffer.actions.tolist() == [8, 1, 2, 3, 4, 5, 6, 7]
    assert buffer.priorities.tolist() == [7, 7, 2, 7, 7, 7, 7, 7]


def test_a_noisy_layer_without_noise_is_the_linear_layer():
    layer, x = dqn.NoisyLinear(5, 3).eval(), torch.randn(8, 5)
    torch.testing.assert_close(layer(x), x @ layer.weight.T + layer.bias)
    assert torch.equal(layer(x), layer(x))


def test_the_noise_has_the_variance_of_products_of_roots():
    torch.manual_seed(0)
    layer, draws = dqn.NoisyLinear(3, 2, sigma=0.6).double(), 40_000
    torch.nn.init.uniform_(layer.weight_sigma, 0.1, 1.0)
    torch.nn.init.uniform_(layer.bias_sigma, 0.1, 1.0)
    probes = torch.cat([torch.zeros(1, 3), torch.eye(3)]).double()  # the bias, then each column
    with torch.no_grad():
        outputs = torch.stack([layer(probes) for _ in range(draws)])  # (draws, 4, 2)
    bias, weights = outputs[:, 0], outputs[:, 1:] - outputs[:, :1]  # weights: (draws, in, out)
    # f(x) = sign(x) sqrt|x| has the variance E|x| = sqrt(2 / pi); a product of two its square.
    variance = (2 / np.pi) ** 0.5
    close = {"rtol": 0.06, "atol": 0.0}  # five standard errors of a variance
    torch.testing.assert_close(weights.var(0).T, layer.weight_sigma.data**2 * variance**2, **close)
    torch.testing.assert_close(bias.var(0), layer.bias_sigma.data**2 * variance, **close)
    torch.testing.assert_close(weights.mean(0).T, layer.weight.data, atol=0.03, rtol=0)
    # Factorised: with one draw, the noise of all weights is a matrix of rank 1.
    noise = (weights[0].T - layer.weight.data) / layer.weight_sigma.data
    torch.testing.assert_close(noise[0, 0] * noise[1, 1], noise[0, 1] * noise[1, 0])


def test_a_hard_copy_is_the_network_at_every_nth_update_and_stays_until_the_next():
    copies = []

    def follow(q, q_target, tau):
        library.polyak_update(q, q_target, tau)
        copies.append((copy.deepcopy(q.state_dict()), copy.deepcopy(q_target.state_dict())))

    calls = []

    def target(rewards, terminated, next_q, gamma):
        calls.append(len(copies))
        return library.td_target(rewards, terminated, next_q, gamma)

    functions = {"polyak_update": follow, "td_target": target}
    train(0, **functions, max_steps=1_200, sync_every=5, tau=1.0)
    assert calls == [update // 5 for update in range(len(calls))]
    assert len(copies) == len(calls) // 5 > 3
    for q, q_target in copies:
        torch.testing.assert_close(q_target, q, rtol=0, atol=0)


@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize("priority", [0.0, 0.6])
def test_its_loss_and_gradient_are_the_formula(double, priority, monkeypatch):
    seen = {}

    class Spy(dqn.PrioritisedBuffer):
        def sample(self, batch_size, correction):
            self.priorities[: len(self)] = 1 + torch.arange(len(self)) % 3  # not all equal
            seen["buffer"], seen["batch"] = self, super().sample(batch_size, correction)
            return seen["batch"]

    def target(returns, terminated, next_q, gamma):
        seen["gamma"], seen["targets"] = (
            gamma,
            library.td_target(returns, terminated, next_q, gamma),
        )
        return seen["targets"]

    def follow(q, q_target, tau):
        seen["q"], seen["q_target"], seen["tau"] = q, q_target, tau
        raise KeyboardInterrupt  # after the first update

    monkeypatch.setattr(dqn, "PrioritisedBuffer", Spy)
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self: None)  # leave the network as it was
    functions = {"td_target": target, "polyak_update": follow}
    train(0, **functions, double=double, n_steps=4, priority=priority, correction=0.5)
    drawn, weights, (states, actions, returns, next_states, terminated) = seen["batch"]
    q, rows = seen["q"], torch.arange(len(states))
    with torch.no_grad():
        next_q = seen["q_target"](next_states)
        best = next_q.argmax(1) if not double else q(next_states).argmax(1)
        expected = returns + 0.99**4 * (~terminated) * next_q[rows, best]
    torch.testing.assert_close(seen["targets"], expected)
    assert not seen["targets"].requires_grad
    assert seen["gamma"] == pytest.approx(0.99**4)
    assert all(parameter.grad is None for parameter in seen["q_target"].parameters())
    errors = q(states)[rows, actions] - expected
    loss = (weights * errors**2).sum() / len(states)
    for gradient, parameter in zip(
        torch.autograd.grad(loss, list(q.parameters())), q.parameters(), strict=True
    ):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=1e-7)
    expected = (errors.detach().abs() + 0.001) ** priority
    torch.testing.assert_close(seen["buffer"].priorities[drawn], expected)


# -- Learning ---------------------------------------------------------------------------------


# Eight steps hide a missing mask or sync.
PLAIN = {"n_steps": 1, "double": True, "updates": 3, "sync_every": 1, "tau": 0.1}
ADDED = {"dueling": True, "priority": 0.6}


@pytest.mark.parametrize("changes", [{}, PLAIN, ADDED], ids=["page", "plain", "added"])
def test_it_learns(changes):
    assert learned(seeds=2, **changes) > 100


def no_mask(rewards, terminated, next_q, gamma):
    return library.td_target(rewards, torch.zeros_like(terminated), next_q, gamma)


def worst_action(rewards, terminated, next_q, gamma):
    return -library.td_target(-rewards, terminated, -next_q, gamma) - 2 * rewards


@pytest.mark.parametrize(
    ("function", "changes"),
    [
        ({"td_target": no_mask}, PLAIN),
        ({"td_target": worst_action}, {}),
        ({"epsilon_greedy": lambda q, epsilon: library.epsilon_greedy(q, 1 - epsilon)}, {}),
        ({"polyak_update": lambda *networks_and_tau: None}, PLAIN),
    ],
    ids=["no done mask", "sign", "inverted", "no sync"],
)
def test_with_a_broken_part_it_does_not_learn(function, changes):
    assert learned(**function, **changes) < 80


def test_its_policy_acts_without_noise():
    run = train(max_steps=100, noisy=0.1)
    states = np.zeros((3, 4), dtype=np.float32)
    assert (run.policy(states) == run.policy(states)).all()
