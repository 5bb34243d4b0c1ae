"""What holds for any shape, dtype, device and however extreme a value: sampled by Hypothesis.

Each property is checked against what is computed another way: float64 NumPy, exact fractions,
``math`` in Python floats, or a law that the formula obeys.
"""

import itertools
import math
import os
from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers import untouched
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import pytorch_rl_basics as rl
from pytorch_rl_basics.replay import ReplayBuffer

DEVICE = os.environ.get("DEVICE", "cpu")  # as tests/device/run.py sets it
dtypes = st.sampled_from([torch.float32] + [torch.float64] * (DEVICE != "mps"))
devices = st.sampled_from(["cpu", DEVICE])
sizes = st.integers(1, 7)
unit = st.floats(0, 1)
seeds = st.integers(0, 2**31)


@st.composite
def tensors(draw, *counts, limit=1e3):
    """Draw float tensors of the same dtype and device, one for each tuple of dimensions.

    A dimension is a number, or a name that stands for one drawn number. Most values lie between
    -3 and 3, some are 0, or as far from 0 as the limit allows. A matrix may be stored by columns.
    """
    named = {}
    dtype, device = draw(dtypes), draw(devices)
    generator = np.random.default_rng(draw(seeds))
    scale = draw(st.sampled_from([1.0, 1.0, 1.0, 0.0, limit / 4]))
    order, made = draw(st.sampled_from("CF")), []
    for dims in counts:
        shape = [named.setdefault(d, draw(sizes)) if isinstance(d, str) else d for d in dims]
        values = generator.standard_normal(shape).clip(-4, 4) * scale
        made.append(torch.from_numpy(np.asarray(values, order=order)).to(device, dtype))
    return made


def exact(tensor):
    """Give a tensor's numbers as float64, which every float32 is."""
    return tensor.detach().cpu().double().numpy()


def close(result, wanted, like, *, scale=1.0, factor=64):
    """Compare with what float64 gives, within some roundings of the numbers that were added."""
    assert result.shape == np.shape(wanted)
    assert result.dtype == like.dtype
    assert result.device == like.device
    error = np.abs(exact(result) - wanted)
    assert (error <= factor * torch.finfo(like.dtype).eps * scale).all(), error.max()


# -- gradients --------------------------------------------------------------------------------


@given(st.fractions(-(10**12), 10**12) | st.integers(-(10**9), 10**9) | st.floats(-1e12, 1e12))
def test_cubic_gradient_is_exact_up_to_a_few_roundings(x):
    at = Fraction(float(torch.tensor(float(x))))  # the float32 that is differentiated at
    gradient = Fraction(rl.cubic_gradient(x).item())
    wanted = 3 * at**2 + 2
    assert abs(gradient - wanted) <= wanted * Fraction(4, 2**23)


@given(tensors(("n",), limit=1e30))
def test_sum_gradient_is_one_whatever_the_values(made):
    (x,) = made
    close(rl.sum_gradient(x), np.ones(len(x)), x, factor=0)


# -- policies ---------------------------------------------------------------------------------


def log_softmax(logits):
    """Subtract the largest logit, then the log of the sum, in float64."""
    shifted = exact(logits) - exact(logits).max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@given(tensors(("B", "A"), limit=1e6), seeds)
def test_select_log_probs_picks_from_the_log_softmax(made, seed):
    (logits,) = made
    actions = torch.from_numpy(
        np.random.default_rng(seed).integers(logits.shape[1], size=len(logits))
    )
    with untouched(logits, actions):
        result = rl.select_log_probs(logits, actions.to(logits.device))
    wanted = log_softmax(logits)[range(len(actions)), actions]
    assert (exact(result) <= 0).all()
    close(result, wanted, logits, scale=1 + np.abs(wanted))


@given(tensors(("B", "A"), limit=1e6))
def test_entropy_lies_between_0_and_log_n_and_is_that_of_the_softmax(made):
    (logits,) = made
    scores = log_softmax(logits)
    with untouched(logits):
        result = rl.entropy(logits)
    close(result, -(np.exp(scores) * scores).sum(axis=-1), logits, scale=2)
    assert (exact(result) >= 0).all()
    assert (exact(result) <= math.log(logits.shape[1]) + 1e-6).all()


@given(tensors(("n",), limit=1e30), seeds)
def test_epsilon_greedy_without_exploration_takes_a_maximum(made, seed):
    (q_values,) = made
    torch.manual_seed(seed)
    assert q_values[rl.epsilon_greedy(q_values, 0.0)] == q_values.max()


@given(tensors(("n",)), unit, seeds)
def test_epsilon_greedy_explores_where_the_toss_says_so(made, epsilon, seed):
    q_values = made[0].requires_grad_()
    torch.manual_seed(seed)
    with untouched(q_values):
        action = rl.epsilon_greedy(q_values, epsilon)
    torch.manual_seed(seed)
    if torch.rand(1).item() >= epsilon:
        assert action == q_values.argmax().item()
    assert type(action) is int
    assert 0 <= action < len(q_values)


@given(tensors(("B", "d"), ("A", "d"), ("A",), limit=1e4), seeds)
def test_sample_actions_draws_what_can_be_drawn_and_gives_its_log_prob(made, seed):
    states, weight, bias = made
    policy = nn.Linear(*weight.T.shape, dtype=weight.dtype, device=weight.device)
    policy.weight.data, policy.bias.data = weight, bias
    torch.manual_seed(seed)
    actions, log_probs = rl.sample_actions(policy, states)
    scores = log_softmax(policy(states))[range(len(states)), actions.cpu()]
    assert actions.shape == log_probs.shape == (len(states),)
    assert (scores > -104).all()  # less than the smallest float32 is never drawn
    close(log_probs, scores, states, scale=1 + np.abs(scores))


@given(tensors(("B", "d"), ("B", "d"), ("B", "d")))
def test_squashed_gaussian_log_prob_is_a_sum_over_the_components(made):
    pre_tanh, mean, log_std = made
    log_std = log_std.clamp(-5, 2)
    result = rl.squashed_gaussian_log_prob(pre_tanh, mean, log_std)
    u, m, s = exact(pre_tanh), exact(mean), exact(log_std)
    noise = (u - m) / np.exp(s)
    slope = np.log(4) - 2 * np.abs(u) - 2 * np.log1p(np.exp(-2 * np.abs(u)))  # log(1 - tanh²)
    terms = -(noise**2) / 2 - s - np.log(2 * np.pi) / 2 - slope
    size = (noise**2 + np.abs(s) + 4 * np.abs(u) + np.abs(u / np.exp(s)) ** 2 + 4).sum(axis=-1)
    close(result, terms.sum(axis=-1), pre_tanh, scale=size)


# -- losses -----------------------------------------------------------------------------------


@given(tensors(("B",), ("B",), limit=1e6))
def test_policy_loss_and_its_gradient(made):
    log_probs, advantages = made
    log_probs.requires_grad_()
    with untouched(*made):
        loss = rl.policy_loss(log_probs, advantages)
    products = exact(log_probs) * exact(advantages)
    close(loss, -products.mean(), log_probs, scale=np.abs(products).mean())
    loss.backward()
    wanted = -exact(advantages) / len(advantages)
    close(log_probs.grad, wanted, log_probs, scale=np.abs(wanted))


@given(tensors(("B",), ("B",), ("B",), limit=40), st.floats(1e-3, 3))
def test_clipped_surrogate_is_the_worse_of_both_and_flat_beyond_the_clip(made, clip):
    new, old, advantages = made
    new.requires_grad_()
    with untouched(*made):
        loss = rl.clipped_surrogate(new, old, advantages, clip)
    difference, a = exact(new) - exact(old), exact(advantages)
    ratio = np.exp(difference)
    terms = np.where(a > 0, np.minimum(ratio, 1 + clip), np.maximum(ratio, 1 - clip)) * a
    rounding = 1 + np.abs(difference) + np.abs(exact(new)) + np.abs(exact(old))
    close(loss, -terms.mean(), new, scale=(ratio * np.abs(a) * rounding).mean() + np.abs(a).mean())
    loss.backward()
    margin = 1e-4 * ratio * rounding
    spent = ((a > 0) & (ratio > 1 + clip + margin)) | ((a < 0) & (ratio < 1 - clip - margin))
    assert (exact(new.grad)[spent] == 0).all()


# -- returns ----------------------------------------------------------------------------------


@given(tensors(("T",), limit=1e30), unit)
def test_discounted_returns_obey_their_recursion(made, gamma):
    (rewards,) = made
    returns = rl.discounted_returns(rewards, gamma)
    close(returns[-1], exact(rewards[-1]), rewards, factor=0)
    wanted = exact(rewards[:-1]) + gamma * exact(returns[1:])
    size = np.abs(exact(rewards)).sum()
    close(returns[:-1], wanted, rewards, scale=size)
    assert torch.equal(rl.discounted_returns(rewards, 0.0), rewards)


@given(tensors(("B",), ("B", "A"), limit=1e30), seeds, unit)
def test_td_target_is_the_reward_where_the_episode_ended(made, seed, gamma):
    rewards, next_q = made
    ended = torch.from_numpy(np.random.default_rng(seed).random(len(rewards)) < 0.5)
    with untouched(*made, ended):
        target = rl.td_target(rewards, ended.to(rewards.device), next_q, gamma)
    best = exact(next_q).max(axis=-1)
    wanted = np.where(ended, exact(rewards), exact(rewards) + gamma * best)
    close(target, wanted, rewards, scale=np.abs(exact(rewards)) + np.abs(best))
    assert torch.equal(target[ended], rewards[ended])


@given(tensors(("T", "B"), ("T", "B"), ("T", "B"), limit=1e6), seeds, unit, unit)
def test_gae_obeys_its_recursion_and_adds_up_with_the_values(made, seed, gamma, lam):
    rewards, values, next_values = made
    ended, cut = np.random.default_rng(seed).random((2, *rewards.shape)) < 0.3
    done = ended | cut
    flags = [torch.from_numpy(flag).to(rewards.device) for flag in (ended, done)]
    with untouched(*made, *flags):
        advantages = rl.gae(*made, *flags, gamma, lam)
    errors = exact(rewards) + gamma * ~ended * exact(next_values) - exact(values)
    following = np.concatenate([exact(advantages)[1:], np.zeros((1, rewards.shape[1]))])
    parts = (rewards, values, next_values, advantages)
    size = sum(np.abs(exact(part)).max() for part in parts)
    close(advantages, errors + gamma * lam * ~done * following, rewards, scale=size)


# -- training ---------------------------------------------------------------------------------


def linear(weight):
    """Make a linear model with this weight and no bias."""
    model = nn.Linear(*weight.T.shape, bias=False, dtype=weight.dtype, device=weight.device)
    model.weight.data = weight.clone()
    return model


def mse_by_hand(weight, states, targets):
    """Give the mean squared error of a linear model, its gradient, and the size of its errors."""
    w, x, y = exact(weight), exact(states), exact(targets)
    error = x @ w.T - y
    size = (np.abs(x) @ np.abs(w).T + np.abs(y)).max() + 1e-30
    return (error**2).mean(), 2 * error.T @ x / error.size, size


@given(tensors(("n", "d"), ("B", "d"), ("B", "n")))
def test_mse_backward_gives_loss_and_gradient_of_the_formula(made):
    weight, states, targets = made
    model = linear(weight)
    loss, gradient, size = mse_by_hand(weight, states, targets)
    with untouched(states, targets):
        found = rl.mse_backward(model, states, targets)
    close(found, loss, weight, scale=size**2)
    assert not found.requires_grad
    close(model.weight.grad, gradient, weight, scale=size * np.abs(exact(states)).max())
    assert torch.equal(model.weight, weight)


@given(tensors(("n", "d"), ("B", "d"), ("B", "n"), limit=30), st.floats(1e-4, 1))
def test_train_step_goes_down_the_gradient_by_the_learning_rate(made, rate):
    weight, states, targets = made
    model = linear(weight)
    loss, gradient, size = mse_by_hand(weight, states, targets)
    with untouched(states, targets):
        seen = rl.train_step(model, torch.optim.SGD(model.parameters(), rate), states, targets)
    assert type(seen) is float
    assert math.isclose(seen, loss, rel_tol=1e-4, abs_tol=1e-4 * size**2)
    step = size * np.abs(exact(states)).max() + np.abs(exact(weight)).max()
    close(model.weight, exact(weight) - rate * gradient, weight, scale=step)


@given(tensors(("A", "d"), ("A", "d")), sizes, st.integers(1, 12), st.integers(1, 5), unit, seeds)
@settings(max_examples=15)
def test_train_with_target_is_a_train_step_on_the_chosen_values(
    made, batch, number, sync_every, gamma, seed
):
    (actions, d), draw = made[0].shape, torch.Generator().manual_seed(seed)
    q, target, own, own_target = (linear(weight) for weight in (*made, *made))
    optimizer, own_optimizer = (torch.optim.SGD(each.parameters(), 0.01) for each in (q, own))
    batches = [
        (
            torch.randn(batch, d, generator=draw).to(made[0]),
            torch.randint(actions, (batch,), generator=draw).to(made[0].device),
            torch.randn(batch, generator=draw).to(made[0]),
            torch.randn(batch, d, generator=draw).to(made[0]),
            (torch.rand(batch, generator=draw) < 0.3).to(made[0].device),
        )
        for _ in range(number)
    ]
    with untouched(*itertools.chain(*batches)):
        losses = rl.train_with_target(q, target, optimizer, iter(batches), gamma, sync_every)
    assert all(type(loss) is float for loss in losses)
    wanted = []
    for step, (states, chosen, rewards, following, ended) in enumerate(batches, start=1):
        best = own_target(following).detach().amax(dim=1)
        goal = torch.where(ended, rewards, rewards + gamma * best)
        picked = nn.functional.one_hot(chosen, actions).to(goal)
        loss = ((own(states) * picked).sum(dim=1) - goal).square().mean()
        (own.weight.grad,) = torch.autograd.grad(loss, [own.weight])
        own_optimizer.step()
        wanted.append(loss.item())
        if step % sync_every == 0:
            own_target.weight.data = own.weight.detach().clone()
    assert losses == pytest.approx(wanted, rel=1e-3, abs=1e-6)
    torch.testing.assert_close(q.weight, own.weight, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(target.weight, own_target.weight, rtol=1e-3, atol=1e-4)


@given(tensors(("n", "d"), ("n", "d"), limit=1e30), unit)
def test_polyak_update_ends_between_both_networks(made, tau):
    model, target = (linear(weight) for weight in made)
    rl.polyak_update(model, target, tau)
    a, b = (exact(weight) for weight in made)
    close(target.weight, tau * a + (1 - tau) * b, made[0], scale=np.abs(a) + np.abs(b))
    assert torch.equal(model.weight, made[0])
    if tau in (0, 1):
        assert torch.equal(target.weight, made[0 if tau else 1])


# -- networks and memory ----------------------------------------------------------------------

NETWORKS = {
    "build_mlp": (rl.build_mlp, lambda s, h, a: (s, h, a), lambda a: (a,)),
    "QNetwork": (rl.QNetwork, lambda s, h, a: (s, a, h), lambda a: (a,)),
    "PolicyNetwork": (rl.PolicyNetwork, lambda s, h, a: (s, a, [h] * (h % 3)), lambda a: (a,)),
    "ValueNetwork": (rl.ValueNetwork, lambda s, h, a: (s, [h] * a), lambda a: ()),
}


@pytest.mark.parametrize("name", NETWORKS)
@given(sizes, sizes, sizes, sizes, dtypes, devices)
@settings(max_examples=10)
def test_a_network_treats_each_state_on_its_own(name, batch, s, h, a, dtype, device):
    make, order, tail = NETWORKS[name]
    network = make(*order(s, h, a)).to(device, dtype)
    states = torch.randn(batch, s, dtype=dtype, device=device)
    outputs = network(states)
    assert outputs.shape == (batch, *tail(a))
    assert outputs.dtype == dtype
    torch.testing.assert_close(outputs, torch.cat([network(row[None]) for row in states]))


@given(st.integers(1, 12), sizes, st.integers(1, 12), sizes, st.none() | sizes, dtypes, devices)
def test_the_memory_gives_rows_that_were_put_in_together(
    capacity, at_once, added, state_dim, action_dim, dtype, device
):
    memory = ReplayBuffer(capacity, state_dim, action_dim, dtype, device)
    for numbers in torch.arange(added, device=device).split(min(at_once, capacity)):
        rows = numbers.to(dtype).unsqueeze(1).expand(-1, state_dim)
        action = numbers if action_dim is None else rows[:, :1].expand(-1, action_dim)
        memory.add(rows, action, -rows[:, 0], rows + 1, numbers == added - 1)
    states, actions, rewards, next_states, ended = memory.sample(20)
    assert ended.dtype == torch.bool
    assert states.dtype == rewards.dtype == next_states.dtype == dtype
    assert actions.dtype == (torch.int64 if action_dim is None else dtype)
    assert states.shape == next_states.shape == (20, state_dim)
    assert actions.shape == ((20,) if action_dim is None else (20, action_dim))
    assert rewards.shape == ended.shape == (20,)
    number = states[:, 0]
    assert set(number.tolist()) <= set(range(max(0, added - capacity), added))
    assert len(memory) == min(added, capacity)
    assert states.device.type == torch.device(device).type
    assert (states == number[:, None]).all()
    assert (actions.reshape(20, -1) == number[:, None]).all()
    assert torch.equal(rewards, -number)
    assert torch.equal(next_states, states + 1)
    assert torch.equal(ended, number == added - 1)


# -- on any device ----------------------------------------------------------------------------


@given(sizes, sizes, sizes, dtypes)
@settings(max_examples=10)
def test_no_value_is_read_only_shapes_and_dtypes(steps, rows, columns, dtype):
    with torch.device("meta"):  # where tensors have no values; on a GPU, to read one is to wait
        row, chosen = torch.empty(rows, dtype=dtype), torch.empty(rows, dtype=torch.int64)
        table, ended = row.new_empty(rows, columns), chosen.bool()
        grid, cut = row.new_empty(steps, rows), ended.new_empty(steps, rows)
        model, target = (nn.Linear(columns, columns, dtype=dtype) for _ in range(2))
    rl.polyak_update(model, target, 0.5)
    results = {
        rl.sum_gradient(row): (rows,),
        rl.select_log_probs(table, chosen): (rows,),
        rl.entropy(table): (rows,),
        rl.sample_actions(model, table)[1]: (rows,),
        rl.squashed_gaussian_log_prob(table, table, table): (rows,),
        rl.policy_loss(row, row): (),
        rl.clipped_surrogate(row, row, row, 0.2): (),
        rl.td_target(row, ended, table, 0.9): (rows,),
        rl.gae(grid, grid, grid, cut, cut, 0.9, 0.8): (steps, rows),
        rl.mse_backward(model, table, table): (),
        model.weight.grad: (columns, columns),
    }
    for result, shape in results.items():
        assert (result.shape, result.dtype, result.device.type) == (shape, dtype, "meta")
