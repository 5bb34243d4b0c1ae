"""The rollouts of A2C and PPO: pieces that join, and what happens where an episode ends."""

from types import SimpleNamespace

import gymnasium as gym
import pytest
import torch

import pytorch_rl_basics as library
from benchmarks.scripts import definitions
from pytorch_rl_basics.agents import TrainingRun, vector_env

PLAIN = ["algorithms/actor_critic.py", "algorithms/ppo.py"]
PARTS = ("states", "actions", "log_probs", "rewards", "terminated", "done", "valid")


@pytest.fixture(params=[*PLAIN, "improved/policy_gradients_improved.py"])
def collect(request):
    """Give a function that collects six rollouts, and the returns of their episodes."""
    script = definitions(request.param)

    def collected(envs, policy):
        torch.manual_seed(0)
        if request.param in PLAIN:
            pieces = script.rollouts(envs, policy, 0, "cpu", library.sample_actions)
            found = [next(pieces) for _ in range(6)]
            return found, [each for one in found for each in one.returns]
        run = TrainingRun(policy=None)
        with run.recording(max_steps=10_000):
            acting = (policy, torch.ones(4), library.sample_actions, run.record)
            pieces = script.rollouts(envs, 0, 16, *acting)
            found = [dict(zip(PARTS, next(pieces), strict=True)) for _ in range(6)]
        return [SimpleNamespace(**one) for one in found], run.episode_returns

    return collected


def joined(pieces, *names):
    """Join parts of the rollouts."""
    return [torch.cat([getattr(one, name) for one in pieces]) for name in names]


def test_pieces_join_and_the_step_after_an_end_is_no_step(collect):
    pieces, returns = collect(vector_env("CartPole-v1", 4), library.PolicyNetwork())
    assert torch.equal(pieces[0].states[-1], pieces[1].states[0])
    rewards, done, valid = joined(pieces, "rewards", "done", "valid")
    assert valid[0].all()
    assert (~valid).any()
    assert torch.equal(valid[1:], ~done[:-1])
    assert torch.equal(rewards, valid.float())  # CartPole pays 1 for each step
    lengths, steps = [], torch.zeros(4)
    for row, ended in zip(rewards, done, strict=True):
        steps += row
        lengths += steps[ended].tolist()
        steps[ended] = 0
    assert returns == lengths


def test_the_state_after_a_termination_is_the_last_one_and_not_a_start(collect):
    pieces, _ = collect(vector_env("CartPole-v1", 4), library.PolicyNetwork())
    following = torch.cat([one.states[1:] for one in pieces])
    terminated, valid = joined(pieces, "terminated", "valid")
    fallen = following[terminated]
    assert len(fallen) > 0
    assert ((fallen[:, 2].abs() > 0.2) | (fallen[:, 0].abs() > 2.4)).all()
    assert (following[~valid].abs() <= 0.05).all()


def upright(states):
    push = 1_000 * (3 * states[:, 2] + states[:, 3])
    return torch.stack([-push, push], dim=-1)


def test_a_truncated_episode_is_done_but_not_terminated(collect):
    pieces, returns = collect(gym.make_vec("CartPole-v1", 4, max_episode_steps=10), upright)
    terminated, done, valid = joined(pieces, "terminated", "done", "valid")
    assert not terminated.any()
    assert done.nonzero()[:, 0].unique().tolist() == [*range(9, len(done), 11)]
    assert (~valid).nonzero()[:, 0].unique().tolist() == [*range(10, len(done), 11)]
    assert set(returns) == {10.0}


@pytest.mark.parametrize("script", PLAIN)
def test_gae_learns_of_truncations(script, monkeypatch):
    module, seen = definitions(script), []

    def gae(*args):
        seen.append(args[3:5])
        return library.gae(*args)

    envs = gym.make_vec("CartPole-v1", 4, max_episode_steps=5)
    monkeypatch.setattr(module, "vector_env", lambda *_: envs)
    networks = library.PolicyNetwork(), library.ValueNetwork()
    module.train(*networks, max_steps=1, gae=gae, num_envs=4)
    ((terminated, done),) = seen
    assert (done & ~terminated).any()
