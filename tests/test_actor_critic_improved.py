"""A2C: what it feeds to its parts is right, it learns, and with a broken part it does not."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
actor_critic = definitions("improved/actor_critic_improved.py")


def learned(**parts):
    """Give the mean of the last 30 returns of five short trainings."""
    runs = [actor_critic.train(seed, max_steps=15_000, **parts) for seed in range(5)]
    return np.mean([run.episode_returns[-30:] for run in runs])


def bootstraps_at_termination(rewards, values, next_values, terminated, done, gamma, lam):
    never = torch.zeros_like(terminated)
    return library.gae(rewards, values, next_values, never, done, gamma, lam)


def test_it_learns():
    assert learned() > 140


@pytest.mark.parametrize(
    "parts",
    [
        {"policy_loss": lambda log_probs, weights: (log_probs * weights).mean()},
        {"gae": bootstraps_at_termination},
    ],
    ids=["sign", "termination"],
)
def test_with_a_broken_part_it_learns_less(parts):
    assert learned(**parts) < 110


@pytest.fixture(params=["actor_critic", "ppo"])
def script(request):
    """Both scripts that act in pieces."""
    return definitions(f"improved/{request.param}_improved.py")


def pieces(script):
    torch.manual_seed(0)
    envs = script.vector_env("CartPole-v1", 4)
    parts = (script.PolicyNetwork(), torch.ones(4), library.sample_actions, lambda *step: None)
    return script.rollouts(envs, 0, 64, *parts)


def test_the_step_after_an_end_is_no_step(script):
    generator = pieces(script)
    first, second = next(generator), next(generator)
    for before, after in zip(first[1:], second[1:], strict=True):
        assert before.shape == after.shape == (64, 4)
    assert torch.equal(first[0][-1], second[0][0])  # pieces join
    rewards, done, valid = (torch.cat([first[n], second[n]]) for n in (-4, -2, -1))
    assert valid[0].all()
    assert torch.equal(valid[1:], ~done[:-1])
    assert torch.equal(rewards, valid.float())  # CartPole pays 1 for each step


def test_the_state_that_followed_an_end_is_the_last_one_and_not_the_next_start(script):
    states, *_, terminated, _, valid = next(pieces(script))
    fallen = states[1:][terminated]
    assert len(fallen) > 0
    assert ((fallen[:, 2].abs() > 0.2) | (fallen[:, 0].abs() > 2.4)).all()
    starts = states[1:][~valid]
    assert (starts.abs() <= 0.05).all()


def test_a_truncated_episode_is_done_but_not_terminated(script):
    import gymnasium as gym

    def hold_up(policy, states):
        return (3 * states[:, 2] + states[:, 3] > 0).long(), torch.zeros(len(states))

    envs = gym.make_vec("CartPole-v1", num_envs=4, max_episode_steps=10)
    parts = (None, torch.ones(4), hold_up, lambda *step: None)
    *_, terminated, done, valid = next(script.rollouts(envs, 0, 22, *parts))
    assert not terminated.any()
    assert done.nonzero()[:, 0].unique().tolist() == [9, 20]
    assert (~valid).nonzero()[:, 0].unique().tolist() == [10, 21]


def test_its_gradient_and_targets_are_the_formulas():
    seen = {}

    def advantages_of(*args):
        seen["gae"] = args
        seen["advantages"] = library.gae(*args)
        return seen["advantages"]

    def select(logits, actions):
        seen["logits"], seen["actions"] = logits, actions
        return library.select_log_probs(logits, actions)

    def loss_of(log_probs, advantages):
        loss = library.policy_loss(log_probs, advantages)
        (seen["grad"],) = torch.autograd.grad(loss, seen["logits"], retain_graph=True)
        seen["weights"] = advantages
        return loss

    def fit(model, optimizer, batch, targets):
        seen.setdefault("targets", targets)
        seen.setdefault("values", model(batch).detach())  # of the states, before the first step
        return library.train_step(model, optimizer, batch, targets)

    parts = {"gae": advantages_of, "select_log_probs": select}
    parts |= {"policy_loss": loss_of, "train_step": fit}
    actor_critic.train(0, max_steps=1, num_envs=4, steps=32, **parts)
    rewards, values, next_values, terminated, done, gamma, lam = seen["gae"]
    assert (gamma, lam) == (0.99, 0.95)
    assert torch.equal(values[1:], next_values[:-1])
    assert not values.requires_grad
    valid = torch.cat([torch.ones(1, 4, dtype=torch.bool), ~done[:-1]])
    assert torch.equal(seen["weights"], seen["advantages"][valid])
    assert torch.allclose(seen["values"], values[valid], atol=1e-6)
    assert torch.allclose(seen["targets"], seen["weights"] + seen["values"], atol=1e-6)
    assert torch.allclose(rewards[valid], torch.tensor(0.1))
    assert torch.equal(terminated, done)  # nobody reaches 500 steps in 32

    one_hot = F.one_hot(seen["actions"], 2)
    probs = F.softmax(seen["logits"], dim=-1)
    formula = -seen["weights"].unsqueeze(-1) * (one_hot - probs) / len(probs)
    assert torch.allclose(seen["grad"], formula, atol=1e-7)
