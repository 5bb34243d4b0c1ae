"""Acting: exact bounds for what is drawn, torch.distributions and hand-made gradients for the rest.

test_properties.py has what is computed at any shape, dtype and size of the numbers.
"""

import math

import pytest
import torch
from binomial import plausible_counts
from helpers import Fixed, assert_drawn_by_torch, untouched
from torch import nn
from torch.autograd import gradcheck
from torch.distributions import (
    Categorical,
    Independent,
    Normal,
    TanhTransform,
    TransformedDistribution,
)

from pytorch_rl_basics import (
    entropy,
    epsilon_greedy,
    sample_actions,
    select_log_probs,
    squashed_gaussian_log_prob,
)

# -- epsilon_greedy ---------------------------------------------------------------------------


@pytest.mark.parametrize(("epsilon", "best"), [(1.0, 0), (0.3, 0), (0.3, 3)])
def test_epsilon_greedy_explores_uniformly_over_all_actions(epsilon, best):
    n, calls = 4, 4000
    q_values = torch.zeros(n)
    q_values[best] = 1.0
    actions = [epsilon_greedy(q_values, epsilon) for _ in range(calls)]
    for action in range(n):
        # As decimals: 1 - 0.3 + 0.3 / 4 = 0.775 for the best action, 0.075 for each other one.
        p = round(epsilon / n + (1 - epsilon) * (action == best), 6)
        assert actions.count(action) in plausible_counts(calls, p)


@pytest.mark.parametrize(("epsilon", "toss"), [(0.0, 0.0), (1.0, 1 - 2**-24)])
def test_epsilon_greedy_keeps_to_epsilon_0_and_1_at_the_ends_of_the_toss(
    epsilon, toss, monkeypatch
):
    monkeypatch.setattr(torch, "rand", lambda *_: torch.tensor([toss]))  # its least and its most
    actions = {epsilon_greedy(torch.tensor([1.0, 0.0]), epsilon) for _ in range(64)}
    assert actions == ({0} if epsilon == 0 else {0, 1})


@pytest.mark.parametrize(
    ("q_values", "wanted"),
    [([5.0, 5.0, 1.0], {0, 1}), ([-math.inf, -1e30], {1}), ([0.0, math.inf], {1})],
)
def test_epsilon_greedy_is_greedy_for_ties_and_extreme_values(q_values, wanted):
    assert epsilon_greedy(torch.tensor(q_values), 0.0) in wanted


def test_epsilon_greedy_draws_with_torchs_global_generator_alone():
    q_values = torch.zeros(1000)
    assert_drawn_by_torch(lambda: [epsilon_greedy(q_values, 0.9) for _ in range(8)])


# -- sample_actions ---------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 3, 8])
@pytest.mark.parametrize("n_actions", [1, 2, 3, 5])
def test_sample_actions_gives_the_log_probs_of_its_actions(batch, n_actions, dtype):
    policy = nn.Linear(4, n_actions, dtype=dtype)
    states = torch.randn(batch, 4, dtype=dtype)
    with untouched(states, *policy.parameters()):
        actions, log_probs = sample_actions(policy, states)
    assert actions.dtype == torch.int64
    assert actions.shape == (batch,)
    wanted = Categorical(logits=policy(states)).log_prob(actions)
    torch.testing.assert_close(log_probs, wanted)
    for gradient, want in zip(
        torch.autograd.grad(log_probs.sum(), policy.parameters()),
        torch.autograd.grad(wanted.sum(), policy.parameters()),
        strict=True,
    ):
        torch.testing.assert_close(gradient, want, rtol=1e-5, atol=1e-6)


def test_sample_actions_draws_from_the_softmax_of_each_row():
    n = 3000
    probs = torch.tensor([[0.5, 0.2, 0.3], [0.05, 0.9, 0.05]])
    policy = nn.Linear(2, 3, bias=False)
    policy.weight.data = probs.log().T  # a one-hot state picks its row of logits
    which = torch.arange(2).repeat_interleave(n)
    actions, _ = sample_actions(policy, nn.functional.one_hot(which, 2).float())
    for row in range(2):
        counts = actions[which == row].bincount(minlength=3).tolist()
        for count, p in zip(counts, probs[row].tolist(), strict=True):
            assert count in plausible_counts(n, round(p, 6))


def test_sample_actions_draws_each_row_on_its_own():
    actions, _ = sample_actions(Fixed([0.0, 0.0]), torch.zeros(200, 1))
    assert actions.sum().item() in plausible_counts(200, 0.5)
    neighbours_agree = (actions[::2] == actions[1::2]).sum().item()
    assert neighbours_agree in plausible_counts(100, 0.5)


def test_sample_actions_asks_the_policy_once():
    policy = Fixed([0.0, 1.0])
    sample_actions(policy, torch.zeros(5, 1))
    assert policy.calls == 1


def test_sample_actions_draws_with_torchs_global_generator_alone():
    policy, states = Fixed([0.0, 0.1]), torch.zeros(64, 1)
    assert_drawn_by_torch(lambda: sample_actions(policy, states)[0].tolist())


def test_sample_actions_cuts_the_graph_only_when_told():
    policy = Fixed([0.0, 0.0])
    with torch.no_grad():
        assert not sample_actions(policy, torch.zeros(2, 1))[1].requires_grad
    assert sample_actions(policy, torch.zeros(2, 1))[1].requires_grad


# -- select_log_probs -------------------------------------------------------------------------


def test_select_log_probs_has_the_gradient_one_hot_minus_softmax():
    logits = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    actions = torch.tensor([0, 2, 1, 2])
    select_log_probs(logits, actions).sum().backward()
    one_hot = torch.nn.functional.one_hot(actions, 3)
    torch.testing.assert_close(logits.grad, one_hot - logits.detach().softmax(dim=1))


@pytest.mark.parametrize("gap", [1e3, 1e30])
def test_select_log_probs_is_exact_at_extreme_logits(gap, dtype):
    logits = torch.tensor([[gap, 0.0], [gap, 0.0], [0.0, -gap]], dtype=dtype, requires_grad=True)
    log_probs = select_log_probs(logits, torch.tensor([0, 1, 0]))
    torch.testing.assert_close(log_probs, torch.tensor([0.0, -gap, 0.0], dtype=dtype))
    log_probs.sum().backward()
    assert logits.grad.tolist() == [[0.0, 0.0], [-1.0, 1.0], [0.0, 0.0]]


# -- entropy ----------------------------------------------------------------------------------


def test_entropy_of_a_certain_action_is_zero_with_a_finite_gradient(dtype):
    logits = torch.tensor([[1e4, 0.0, -1e4]], dtype=dtype, requires_grad=True)
    result = entropy(logits)
    result.sum().backward()
    assert result.item() == 0.0
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("reduce", [torch.sum, torch.mean])
def test_an_impossible_action_changes_neither_entropy_nor_gradient(reduce, dtype):
    rows = [[0.3, -math.inf, 1.2], [-math.inf, -math.inf, 2.0], [-math.inf, 0.5, -80.0]]
    logits = torch.tensor(rows, dtype=dtype, requires_grad=True)
    possible = [torch.tensor([x for x in row if x > -math.inf], dtype=dtype) for row in rows]
    alone = [row.unsqueeze(0).requires_grad_() for row in possible]
    result, wanted = entropy(logits), torch.cat([entropy(row) for row in alone])
    torch.testing.assert_close(result, wanted)
    reduce(result).backward()
    reduce(wanted).backward()
    for gradient, row, short in zip(logits.grad, rows, alone, strict=True):
        mask = torch.tensor(row) > -math.inf
        torch.testing.assert_close(gradient[mask], short.grad[0])
        assert (gradient[~mask] == 0).all()


def test_entropy_has_the_gradient_of_finite_differences():
    assert gradcheck(entropy, torch.randn(3, 4, dtype=torch.float64, requires_grad=True))


# -- squashed_gaussian_log_prob ---------------------------------------------------------------


@pytest.mark.parametrize(("batch", "d"), [(1, 1), (2, 2), (5, 3)])
def test_squashed_gaussian_agrees_with_the_transformed_distribution(batch, d, dtype):
    mean = torch.randn(batch, d, dtype=dtype, requires_grad=True)
    log_std = (0.3 * torch.randn(batch, d, dtype=dtype)).requires_grad_()
    squash = TanhTransform(cache_size=1)
    policy = TransformedDistribution(Independent(Normal(mean, log_std.exp()), 1), [squash])
    action = policy.sample()
    pre_tanh = squash.inv(action)
    with untouched(pre_tanh, mean, log_std):
        log_prob = squashed_gaussian_log_prob(pre_tanh, mean, log_std)
    assert log_prob.requires_grad
    torch.testing.assert_close(log_prob, policy.log_prob(action))


def test_squashed_gaussian_has_the_gradient_of_finite_differences():
    inputs = [torch.randn(3, 2, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    assert gradcheck(squashed_gaussian_log_prob, inputs)
