"""What returns, targets and advantages take and keep; test_properties.py has their values."""

import math

import pytest
import torch
from helpers import untouched

from pytorch_rl_basics import discounted_returns, gae, td_target

# -- discounted_returns -----------------------------------------------------------------------


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
    returns = discounted_returns(rewards, 1.0)
    assert (returns.tolist(), returns.dtype) == ([3.0, 2.0], torch.float32)
    assert list(rewards) == before


# -- td_target --------------------------------------------------------------------------------


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


def experience(*shape):
    """Steps with some terminated and some truncated episodes among them."""
    rewards, values, next_values = torch.randn(3, *shape, dtype=torch.float64)
    terminated = torch.rand(shape) < 0.2
    return rewards, values, next_values, terminated, terminated | (torch.rand(shape) < 0.2)


@pytest.mark.parametrize("shape", [(7, 3), (1, 2), (3, 3), (4, 2, 2)])
def test_gae_treats_environments_side_by_side_on_their_own(shape):
    inputs = experience(*shape)
    together = gae(*inputs, 0.9, 0.8)
    assert together.shape == shape
    flat = [tensor.reshape(shape[0], -1) for tensor in inputs]
    apart = [gae(*columns, 0.9, 0.8) for columns in zip(*(t.unbind(1) for t in flat), strict=True)]
    torch.testing.assert_close(together, torch.stack(apart, dim=1).reshape(shape))
