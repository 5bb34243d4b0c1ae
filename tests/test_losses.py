"""The gradients of policy losses by hand; test_properties.py has their values."""

import pytest
import torch

from pytorch_rl_basics import clipped_surrogate, policy_loss


def test_policy_loss_sends_the_advantages_into_the_log_probs_and_nothing_back():
    log_probs = torch.randn(4, requires_grad=True)
    advantages = torch.tensor([1.0, -2.0, 0.0, 8.0], requires_grad=True)
    policy_loss(log_probs, advantages).backward()
    assert log_probs.grad.tolist() == [-0.25, 0.5, 0.0, -2.0]  # -A / B
    assert advantages.grad is None


def test_policy_loss_sends_no_gradient_into_the_network_behind_the_advantages():
    log_probs, value = torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    policy_loss(log_probs, 3 - 2 * value).backward()
    assert value.grad is None


# Ratio, advantage, and whether the objective is cut there when clip is 0.2.
CORNERS = [
    (1.0, 2.0, False),
    (1.0, -2.0, False),
    (1.1, 2.0, False),
    (0.9, -2.0, False),
    (1.5, 2.0, True),  # already likelier, and good: enough
    (1.5, -2.0, False),  # likelier, but bad: go back
    (0.5, 2.0, False),  # rarer, but good: go back
    (0.5, -2.0, True),  # already rarer, and bad: enough
]


def surrogate_inputs():
    ratios, advantages = torch.tensor(CORNERS, dtype=torch.float64).T[:2]
    old = torch.randn(len(CORNERS), dtype=torch.float64)
    new = old + ratios.log()
    return new.requires_grad_(), old.requires_grad_(), advantages.clone().requires_grad_()


def test_clipped_surrogate_clips_at_0_2_unless_told():
    inputs = surrogate_inputs()
    assert torch.equal(clipped_surrogate(*inputs), clipped_surrogate(*inputs, 0.2))


def test_clipped_surrogate_cuts_the_gradient_where_the_policy_has_moved_enough():
    new, old, advantages = surrogate_inputs()
    clipped_surrogate(new, old, advantages, clip=0.2).backward()
    wanted = [0.0 if cut else -ratio * a / len(CORNERS) for ratio, a, cut in CORNERS]
    assert new.grad.tolist() == pytest.approx(wanted)  # d ratio / d log_prob = ratio
    assert old.grad is None
    assert advantages.grad is None


def test_clipped_surrogate_takes_the_graph_of_the_old_log_probs_for_numbers():
    log_probs = torch.zeros(3, requires_grad=True)
    loss = clipped_surrogate(log_probs, log_probs, torch.ones(3))  # the same tensor twice
    loss.backward()
    assert log_probs.grad.tolist() == pytest.approx([-1 / 3] * 3)
