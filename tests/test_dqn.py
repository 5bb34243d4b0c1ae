"""Plain DQN: two exercises, a buffer and a generator; it learns, and with a broken part less."""

from collections import deque

import numpy as np
import pytest
import torch
from torch import nn

import pytorch_rl_basics as library
from benchmarks.scripts import definitions
from pytorch_rl_basics import QNetwork, solution

gym = pytest.importorskip("gymnasium")
dqn = definitions("algorithms/dqn.py")
SHORT = {"max_steps": 6_000, "learning_rate": 0.002}


def written(name, old="", new=""):
    """Execute a solution's text, as a learner would, with one passage replaced."""
    text = str(solution(name))
    assert old in text
    names = {}
    exec(text.replace(old, new) if old else text, names)
    return names[name]


def learned(seed=0, **parts):
    """Give the mean of the last 20 returns of a short training."""
    torch.manual_seed(seed)
    _, returns = dqn.train(QNetwork(), seed=seed, **SHORT | parts)
    return np.mean(returns[-20:])


# -- The replay buffer ------------------------------------------------------------------------


@pytest.mark.parametrize(("capacity", "pushes"), [(7, 0), (7, 3), (7, 7), (7, 8), (7, 40), (1, 3)])
def test_the_buffer_keeps_the_last_transitions(capacity, pushes):
    rng, kept = np.random.default_rng(0), deque(maxlen=capacity)
    buffer = dqn.ReplayBuffer(capacity, 3)
    for number in range(pushes):
        state, next_state = rng.normal(size=(2, 3)).astype(np.float32)
        kept.append((state.tolist(), number % 5, number, next_state.tolist(), number % 3 == 0))
        buffer.push(state, *kept[-1][1:3], next_state, kept[-1][4])
        state[:] = next_state[:] = 0  # the buffer has copied them
    columns = (buffer.states, buffer.actions, buffer.rewards, buffer.next_states, buffer.terminated)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))[: len(kept)]
    assert sorted(rows, key=lambda row: row[2]) == list(kept)


def test_the_buffer_draws_every_row_equally_often_and_its_parts_together():
    buffer = dqn.ReplayBuffer(10, 2)
    for number in range(6):
        buffer.push(torch.full((2,), number), number, number, torch.full((2,), -number), number > 2)
    states, actions, rewards, next_states, terminated = buffer.sample(6_000)
    assert torch.equal(states[:, 0].long(), actions)
    assert torch.equal(rewards.long(), actions)
    assert torch.equal(next_states, -states)
    assert torch.equal(terminated, actions > 2)
    counts = actions.bincount(minlength=10)
    assert (counts[:6] - 1000).abs().max() < 6 * (6_000 / 6 * 5 / 6) ** 0.5
    assert counts[6:].sum() == 0


# -- The generator ----------------------------------------------------------------------------


def acted(env, steps, epsilon_greedy=library.epsilon_greedy):
    """Let the generator act for some steps; give the buffer, the returns and the batches."""
    spaces = env.observation_space, env.action_space
    buffer, returns = dqn.ReplayBuffer(steps, spaces[0].shape[0]), []
    q = QNetwork(spaces[0].shape[0], int(spaces[1].n))
    numbers = {"seed": 0, "max_steps": steps, "batch_size": 5}
    batches = list(dqn.act_and_sample(env, q, buffer, returns, epsilon_greedy, **numbers))
    return buffer, returns, batches


def test_what_it_remembers_happened():
    buffer, returns, batches = acted(gym.make("CartPole-v1"), 3_000)
    assert buffer.pushed == 3_000
    assert len(batches) == 500  # from step 1,000 on, one in four steps
    assert {len(part) for batch in batches for part in batch} == {5}
    # The position and the angle move by their velocities times 0.02 s, in every step.
    moved = buffer.states[:, [0, 2]] + 0.02 * buffer.states[:, [1, 3]]
    torch.testing.assert_close(buffer.next_states[:, [0, 2]], moved, atol=1e-5, rtol=0)
    # A push to the right makes the cart faster.
    faster = buffer.next_states[:, 1] > buffer.states[:, 1]
    assert torch.equal(faster, buffer.actions == 1)
    fallen = (buffer.next_states[:, 0].abs() > 2.4) | (buffer.next_states[:, 2].abs() > np.pi / 15)
    assert torch.equal(buffer.terminated, fallen)
    # An episode's states follow each other, and after its end comes a start near 0.
    joined = (buffer.next_states[:-1] == buffer.states[1:]).all(dim=1)
    assert torch.equal(joined, ~fallen[:-1])
    starts = buffer.states[1:][fallen[:-1]]
    assert (starts.abs() <= 0.05).all()
    assert len(starts.unique(dim=0)) == len(starts)  # only the first reset is seeded
    ends = fallen.nonzero().flatten()
    assert returns == (ends.diff(prepend=torch.tensor([-1]))).tolist()


def test_an_episode_cut_off_is_not_remembered_as_ended():
    buffer, returns, _ = acted(gym.make("CartPole-v1", max_episode_steps=6), 600)
    assert returns == [6] * 100
    assert not buffer.terminated.any()
    joined = (buffer.next_states[:-1] == buffer.states[1:]).all(dim=1)
    assert joined.tolist() == ([True] * 5 + [False]) * 99 + [True] * 5


def test_it_explores_less_and_less():
    seen = []
    acted(gym.make("CartPole-v1"), 1_000, lambda q_values, epsilon: seen.append(epsilon) or 0)
    np.testing.assert_allclose(seen[:191], 1 - np.arange(191) / 200)
    assert set(seen[191:]) == {0.05}


def test_it_acts_between_two_updates_with_the_network_that_learns():
    q, seen = QNetwork(), []
    given = (gym.make("CartPole-v1"), q, dqn.ReplayBuffer(2_000, 4), [])
    numbers = {"seed": 0, "max_steps": 1_200, "batch_size": 3}
    acting = dqn.act_and_sample(*given, lambda values, _: seen.append(values) or 1, **numbers)
    next(acting)
    assert len(seen) == 1_001
    assert seen[-1].shape == (2,)
    assert not seen[-1].requires_grad
    nn.init.constant_(q.layers[-1].bias, 1000.0)
    next(acting)
    assert len(seen) == 1_005
    assert max(values.max() for values in seen[:1_001]) < 500 < min(map(min, seen[1_001:]))


# -- Learning ---------------------------------------------------------------------------------
# On five seeds the whole agent got 145 to 183, and with each broken part at most 30.


def test_the_solutions_of_exercises_3_and_8_learn():
    parts = {name: written(name) for name in ("epsilon_greedy", "train_with_target")}
    calls = dict.fromkeys(parts, 0)

    def counted(name):
        def call(*args):
            calls[name] += 1
            return parts[name](*args)

        return call

    assert learned(**{name: counted(name) for name in parts}) > 100
    assert calls == {"epsilon_greedy": SHORT["max_steps"], "train_with_target": 1}


BROKEN = {
    "inverted": ("epsilon_greedy", "< epsilon", ">= epsilon"),
    "worst action": ("epsilon_greedy", "argmax", "argmin"),
    "sign": ("train_with_target", "td_target(rewards,", "td_target(-rewards,"),
    "no mask": ("train_with_target", "terminated, q_target", "terminated & False, q_target"),
    "never copied": ("train_with_target", "step % sync_every == 0", "False"),
    "all batches first": ("train_with_target", "enumerate(batches", "enumerate(list(batches)"),
    "no reset of gradients": ("train_with_target", "optimizer.zero_grad()", "pass"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_with_a_broken_part_it_learns_less(broken):
    name, old, new = BROKEN[broken]
    assert learned(**{name: written(name, old, new)}) < 60


# -- Use --------------------------------------------------------------------------------------


def test_it_trains_the_network_that_it_is_given_and_copies_it():
    seen = {}

    def watching(q, q_target, optimizer, batches, gamma, sync_every):
        seen.update(q=q, gamma=gamma, sync_every=sync_every)
        pairs = zip(q.parameters(), q_target.parameters(), strict=True)
        assert all(torch.equal(one, other) and one is not other for one, other in pairs)
        assert {*optimizer.param_groups[0]["params"]} == {*q.parameters()}
        assert optimizer.param_groups[0]["lr"] == 0.5
        return []  # without a batch nothing is done

    given = nn.Linear(4, 2)
    settings = {"gamma": 0.5, "sync_every": 7, "learning_rate": 0.5}
    q, returns = dqn.train(given, train_with_target=watching, **settings)
    assert (q, returns) == (given, [])
    assert seen == {"q": given, "gamma": 0.5, "sync_every": 7}


def test_the_batches_come_in_the_size_and_from_the_capacity_asked_for():
    sizes = []

    def watching(q, q_target, optimizer, batches, gamma, sync_every):
        for states, *_ in batches:
            sizes.append((len(states), len(states.unique(dim=0))))

    dqn.train(QNetwork(), max_steps=1_100, batch_size=64, capacity=3, train_with_target=watching)
    assert {size for size, _ in sizes} == {64}
    assert max(different for _, different in sizes) == 3


def test_another_task_needs_another_network_and_nothing_else():
    _, returns = dqn.train(QNetwork(6, 3), env_id="Acrobot-v1", max_steps=1_100)
    assert returns[1] == -500


def test_a_diverging_training_says_so():
    with pytest.raises(FloatingPointError, match=r"sum of the Q-values is .*diverges"):
        dqn.train(QNetwork(), max_steps=2_000, learning_rate=1e30)
