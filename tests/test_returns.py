"""Returns, TD targets and advantages against loops that follow the definitions word by word."""

import math

import pytest
import torch
from helpers import untouched

from pytorch_rl_basics import discounted_returns, gae, td_target

GAMMAS = [0.0, 0.5, 0.99, 1.0]

# -- discounted_returns -----------------------------------------------------------------------


def slow_returns(rewards, gamma):
    """Sum the rewards from each step on, each weighted by a power of gamma."""
    return [
        sum(gamma**k * reward for k, reward in enumerate(rewards[t:])) for t in range(len(rewards))
    ]


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("rewards", [[2.0], [1, 0, -3], [0.0, 0.0, 1.0], [1.0] * 50])
def test_discounted_returns_agree_with_the_sums(rewards, gamma):
    returns = discounted_returns(rewards, gamma)
    assert returns.dtype == torch.float32
    assert returns.shape == (len(rewards),)
    assert returns.tolist() == pytest.approx(slow_returns(rewards, gamma), rel=1e-6)


def test_discounted_returns_have_the_dtype_of_the_tensor_given(dtype):
    rewards = torch.tensor([1.0, 2.0, 4.0], dtype=dtype, requires_grad=True)
    with untouched(rewards):
        returns = discounted_returns(rewards, 0.5)
    torch.testing.assert_close(returns, torch.tensor([3.0, 4.0, 4.0], dtype=dtype))


def test_discounted_returns_stay_on_the_device_of_the_tensor_given():
    rewards = torch.ones(3)
    with torch.device("meta"):  # where new tensors are made
        assert discounted_returns(rewards, 0.5).tolist() == [1.75, 1.5, 1.0]


@pytest.mark.usefixtures("float64_by_default")
def test_discounted_returns_of_a_list_have_the_default_dtype():
    assert discounted_returns([1.0], 0.9).dtype == torch.float64


@pytest.mark.parametrize("rewards", [[1.0, 2.0], (1.0, 2.0), [1, 2], range(1, 3)])
def test_discounted_returns_take_any_sequence_of_numbers_and_leave_it_alone(rewards):
    before = list(rewards)
    assert discounted_returns(rewards, 1.0).tolist() == [3.0, 2.0]
    assert list(rewards) == before


# -- td_target --------------------------------------------------------------------------------


def slow_td_target(rewards, terminated, next_q, gamma):
    return [
        reward if end else reward + gamma * max(row)
        for reward, end, row in zip(rewards, terminated, next_q, strict=True)
    ]


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize(("batch", "n_actions"), [(1, 1), (1, 3), (4, 1), (4, 2), (4, 4), (3, 6)])
def test_td_target_agrees_with_a_loop_over_the_batch(batch, n_actions, gamma, dtype):
    rewards = torch.randn(batch, dtype=dtype)
    next_q = torch.randn(batch, n_actions, dtype=dtype) - 3  # negative values bootstrap as well
    terminated = torch.arange(batch) % 2 == 1
    with untouched(rewards, terminated, next_q):
        target = td_target(rewards, terminated, next_q, gamma)
    wanted = slow_td_target(rewards.tolist(), terminated.tolist(), next_q.tolist(), gamma)
    torch.testing.assert_close(target, torch.tensor(wanted, dtype=dtype))


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_td_target_ignores_whatever_follows_a_terminated_step(value):
    next_q = torch.tensor([[value, value], [1.0, 2.0]])
    target = td_target(torch.ones(2), torch.tensor([True, False]), next_q, 0.5)
    assert target.tolist() == [1.0, 2.0]


def test_td_target_keeps_the_graph_of_the_best_values_alone():
    next_q = torch.tensor([[1.0, 2.0], [4.0, 3.0], [5.0, 6.0]], requires_grad=True)
    td_target(torch.ones(3), torch.tensor([False, False, True]), next_q, 0.5).sum().backward()
    assert next_q.grad.tolist() == [[0.0, 0.5], [0.5, 0.0], [0.0, 0.0]]


# -- gae --------------------------------------------------------------------------------------


def slow_gae(rewards, values, next_values, terminated, done, gamma, lam):
    """Sum the TD errors from each step to the end of its episode: (gamma lam)^k delta_{t+k}."""
    advantages = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for k in range(t, len(rewards)):
            bootstrap = 0.0 if terminated[k] else gamma * next_values[k]
            total += weight * (rewards[k] + bootstrap - values[k])
            weight *= gamma * lam
            if done[k]:
                break
        advantages.append(total)
    return advantages


def experience(*shape, dtype=torch.float64):
    """Steps with some terminated and some truncated episodes among them."""
    rewards, values, next_values = torch.randn(3, *shape, dtype=dtype)
    terminated = torch.rand(shape) < 0.2
    return rewards, values, next_values, terminated, terminated | (torch.rand(shape) < 0.2)


@pytest.mark.parametrize(("gamma", "lam"), [(0.9, 0.8), (1.0, 1.0), (0.0, 0.5), (0.5, 0.0)])
@pytest.mark.parametrize("steps", [1, 2, 20])
def test_gae_agrees_with_the_sums_of_td_errors(steps, gamma, lam, dtype):
    inputs = experience(steps, dtype=dtype)
    with untouched(*inputs):
        advantages = gae(*inputs, gamma, lam)
    wanted = slow_gae(*(tensor.tolist() for tensor in inputs), gamma, lam)
    torch.testing.assert_close(advantages, torch.tensor(wanted, dtype=dtype))


@pytest.mark.parametrize("shape", [(7, 3), (1, 2), (3, 3), (4, 2, 2)])
def test_gae_treats_environments_side_by_side_on_their_own(shape):
    inputs = experience(*shape)
    together = gae(*inputs, 0.9, 0.8)
    assert together.shape == shape
    flat = [tensor.reshape(shape[0], -1) for tensor in inputs]
    apart = [gae(*columns, 0.9, 0.8) for columns in zip(*(t.unbind(1) for t in flat), strict=True)]
    torch.testing.assert_close(together, torch.stack(apart, dim=1).reshape(shape))
