"""DQN: its targets and its loss are the formula, it learns, and with a broken part it does not."""

import numpy as np
import pytest
import torch

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
dqn = definitions("improved/dqn_improved.py")
SHORT = {"max_steps": 6_000, "explore_steps": 1_500}


def learned(seeds=1, **parts):
    """Give the mean of the last 16 returns of short trainings."""
    runs = [dqn.train(seed, **SHORT | parts) for seed in range(seeds)]
    return np.mean([run.episode_returns[-16:] for run in runs])


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
def test_what_it_remembers_happened(n_steps, monkeypatch):
    buffers = []

    class Spy(dqn.ReplayBuffer):
        def __init__(self, *args):
            super().__init__(*args)
            buffers.append(self)

    monkeypatch.setattr(dqn, "ReplayBuffer", Spy)
    parts = {"scale": 1.0, "learning_starts": 9_999, "capacity": 9_999}
    run = dqn.train(0, max_steps=3_000, n_steps=n_steps, **parts)
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


def test_an_episode_cut_off_is_not_remembered_as_ended(monkeypatch):
    buffers = []

    class Spy(dqn.ReplayBuffer):
        def __init__(self, *args):
            super().__init__(*args)
            buffers.append(self)

    monkeypatch.setattr(dqn, "ReplayBuffer", Spy)
    parts = {"num_envs": 4, "capacity": 9_999, "learning_starts": 9_999}
    run = dqn.train(0, env_id="Acrobot-v1", max_steps=2_100, explore_steps=10**9, **parts)
    assert run.episode_returns == [-500] * 4  # the time limit, in all of them
    assert len(buffers[0]) >= 4 * (500 - 7)
    assert not buffers[0].terminated.any()


@pytest.mark.parametrize("double", [True, False])
def test_its_loss_and_gradient_are_the_formula(double, monkeypatch):
    seen = {}

    class Spy(dqn.ReplayBuffer):
        def sample(self, batch_size):
            seen["batch"] = super().sample(batch_size)
            return seen["batch"]

    def target(returns, terminated, next_q, gamma):
        seen["gamma"], seen["next_q"] = gamma, next_q
        seen["targets"] = library.td_target(returns, terminated, next_q, gamma)
        return seen["targets"]

    def follow(q, q_target, tau):
        seen["q"], seen["q_target"], seen["tau"] = q, q_target, tau
        raise KeyboardInterrupt  # after the first update

    monkeypatch.setattr(dqn, "ReplayBuffer", Spy)
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self: None)  # leave the network as it was
    parts = {"td_target": target, "polyak_update": follow, "double": double, "n_steps": 4}
    dqn.train(0, **parts)
    states, actions, returns, next_states, terminated = seen["batch"]
    q, rows = seen["q"], torch.arange(len(states))
    with torch.no_grad():
        next_q = seen["q_target"](next_states)
        best = next_q.argmax(1) if not double else q(next_states).argmax(1)
        wanted = returns + 0.99**4 * (~terminated) * next_q[rows, best]
    torch.testing.assert_close(seen["targets"], wanted)
    assert not seen["targets"].requires_grad
    assert seen["gamma"] == pytest.approx(0.99**4)
    assert all(parameter.grad is None for parameter in seen["q_target"].parameters())
    loss = ((q(states)[rows, actions] - wanted) ** 2).sum() / len(states)
    for gradient, parameter in zip(
        torch.autograd.grad(loss, list(q.parameters())), q.parameters(), strict=True
    ):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=1e-7)


# -- Learning ---------------------------------------------------------------------------------


PLAIN = {"n_steps": 1, "optimism": 0.0}  # what hides a missing mask or sync is left out


@pytest.mark.parametrize("parts", [{}, PLAIN], ids=["whole", "plain"])
def test_it_learns(parts):
    assert learned(seeds=2, **parts) > 100


def no_mask(rewards, terminated, next_q, gamma):
    return library.td_target(rewards, torch.zeros_like(terminated), next_q, gamma)


def worst_action(rewards, terminated, next_q, gamma):
    return -library.td_target(-rewards, terminated, -next_q, gamma) - 2 * rewards


def inverted(q_values, epsilon):
    return library.epsilon_greedy(q_values, 1 - epsilon)


def never(q, q_target, tau):
    """Leave the target network as it was made."""


@pytest.mark.parametrize(
    "parts",
    [
        PLAIN | {"td_target": no_mask},
        {"td_target": worst_action},
        {"epsilon_greedy": inverted},
        PLAIN | {"polyak_update": never},
    ],
    ids=["no done mask", "sign", "inverted", "no sync"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < 80


# -- Use --------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_run():
    first, again, other = (dqn.train(seed, max_steps=1_500) for seed in (0, 0, 1))
    assert first.episode_returns == again.episode_returns != other.episode_returns
    assert first.settings["seed"] == 0


def test_its_policy_maps_raw_states_to_actions():
    run = dqn.train(0, max_steps=100)
    actions = run.policy(np.zeros((3, 4), dtype=np.float32))
    assert actions.shape == (3,)
    assert set(actions.tolist()) <= {0, 1}
    assert 100 <= run.env_steps < 100 + 16


def test_ctrl_c_gives_the_run_so_far():
    calls = []

    def interrupted(q_values, epsilon):
        calls.append(epsilon)
        if len(calls) > 16 * 50:
            raise KeyboardInterrupt
        return library.epsilon_greedy(q_values, epsilon)

    run = dqn.train(0, epsilon_greedy=interrupted)
    assert 16 * 45 < run.env_steps <= 16 * 50
    assert run.episode_returns


def test_a_diverging_training_says_so():
    def infinite(rewards, terminated, next_q, gamma):
        return rewards / 0

    with pytest.raises(FloatingPointError, match="diverges"):
        dqn.train(0, td_target=infinite)


def test_continuous_actions_are_refused():
    with pytest.raises(ValueError, match="SAC"):
        dqn.train(0, env_id="Pendulum-v1")


def test_another_environment_with_a_list_of_actions_will_do():
    run = dqn.train(0, env_id="Acrobot-v1", max_steps=1_200, num_envs=4)
    assert run.policy(np.zeros((2, 6), dtype=np.float32)).shape == (2,)
