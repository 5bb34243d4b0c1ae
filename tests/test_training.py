"""Training steps and loops against hand derivatives and a loop without autograd."""

import copy
import itertools
import math

import pytest
import torch
from helpers import Fixed, untouched
from torch import nn
from torch.nn.utils import parameters_to_vector

from pytorch_rl_basics import (
    build_mlp,
    fit_random_targets,
    mse_backward,
    polyak_update,
    train_step,
    train_with_target,
    training,
)


def sgd(model, lr=0.1):
    return torch.optim.SGD(model.parameters(), lr=lr)


def numbers(model):
    """Copy all parameters of a model into one vector."""
    return parameters_to_vector(model.parameters()).detach().clone()


def slow_mse(prediction, targets):
    pairs = list(zip(prediction.flatten().tolist(), targets.flatten().tolist(), strict=True))
    return sum((a - b) ** 2 for a, b in pairs) / len(pairs)


def linear_gradients(model, states, targets):
    """Differentiate the mean squared error of a linear model by hand."""
    with torch.no_grad():
        slope = 2 * (model(states) - targets) / targets.numel()  # (B, n)
        return slope.T @ states, slope.sum(dim=0)


# -- mse_backward -----------------------------------------------------------------------------


@pytest.mark.parametrize(("batch", "n"), [(1, 1), (1, 3), (5, 2), (3, 3)])
def test_mse_backward_agrees_with_the_gradient_by_hand(batch, n, dtype):
    model = nn.Linear(4, n, dtype=dtype)
    states, targets = torch.randn(batch, 4, dtype=dtype), torch.randn(batch, n, dtype=dtype)
    before = numbers(model)
    with untouched(states, targets):
        loss = mse_backward(model, states, targets)
    assert loss.shape == ()
    assert loss.dtype == dtype
    assert not loss.requires_grad
    assert loss.item() == pytest.approx(slow_mse(model(states), targets), rel=1e-5)
    for parameter, wanted in zip(
        model.parameters(), linear_gradients(model, states, targets), strict=True
    ):
        torch.testing.assert_close(parameter.grad, wanted)
    assert torch.equal(numbers(model), before)


def test_mse_backward_adds_to_the_gradients_that_are_there():
    model = nn.Linear(4, 2)
    states, targets = torch.randn(3, 4), torch.randn(3, 2)
    mse_backward(model, states, targets)
    once = model.weight.grad.clone()
    mse_backward(model, states, targets)
    torch.testing.assert_close(model.weight.grad, 2 * once)


# -- train_step -------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch", "n"), [(1, 1), (8, 2), (3, 3)])
def test_train_step_makes_one_step_and_gives_the_loss_before_it(batch, n, dtype):
    model = nn.Linear(4, n, dtype=dtype)
    states, targets = torch.randn(batch, 4, dtype=dtype), torch.randn(batch, n, dtype=dtype)
    loss_before = slow_mse(model(states), targets)
    weight, bias = linear_gradients(model, states, targets)
    wanted = model.weight.detach() - 0.1 * weight, model.bias.detach() - 0.1 * bias
    with untouched(states, targets):
        loss = train_step(model, sgd(model), states, targets)
    assert type(loss) is float
    assert loss == pytest.approx(loss_before, rel=1e-5)
    torch.testing.assert_close((model.weight.data, model.bias.data), wanted)


def test_train_step_forgets_the_gradients_of_before():
    model = nn.Linear(4, 2)
    stale = copy.deepcopy(model)
    for parameter in stale.parameters():
        parameter.grad = torch.full_like(parameter, 100.0)
    batch = torch.randn(8, 4), torch.randn(8, 2)
    for each in (model, stale):
        optimizer = sgd(each)
        for _ in range(3):
            train_step(each, optimizer, *batch)
    assert torch.equal(numbers(model), numbers(stale))


@pytest.mark.parametrize("shape", [(5,), (5, 3, 2)])
def test_train_step_takes_any_number_of_dimensions(shape):
    model = Fixed([1.0])
    model.forward = lambda batch: batch * model.row
    batch = torch.randn(shape)
    loss = train_step(model, sgd(model), batch, torch.zeros(shape))
    assert loss == pytest.approx(slow_mse(batch, torch.zeros(shape)), rel=1e-5)


# -- fit_random_targets -----------------------------------------------------------------------


@pytest.fixture
def watched_steps(monkeypatch):
    """Replace the step by one that writes its batch down; its loss is the step's number."""
    seen = []

    def step(model, optimizer, states, targets):
        seen.append((states, targets))
        return float(len(seen))

    monkeypatch.setattr(training, "train_step", step)
    return seen


@pytest.mark.parametrize(
    ("steps", "log_every", "logged"),
    [
        (100, 20, [20, 40, 60, 80, 100]),
        (7, 3, [3, 6]),
        (3, 1, [1, 2, 3]),
        (5, 5, [5]),
        (4, 5, []),
    ],
)
def test_fit_random_targets_prints_and_returns_the_loss_of_each_logging_step(
    steps, log_every, logged, watched_steps, capsys
):
    model = nn.Linear(4, 2)
    losses = fit_random_targets(model, sgd(model), steps, 2, log_every)
    assert losses == logged
    assert len(losses) == steps // log_every
    assert len(watched_steps) == steps
    printed = capsys.readouterr().out.splitlines()
    for line, step in zip(printed, logged, strict=True):
        assert line.split() == ["step", f"{step}:", "loss", f"{step:.4f}"]


def test_fit_random_targets_makes_100_steps_of_32_states_and_logs_every_20(watched_steps):
    model = nn.Linear(4, 2)
    assert len(fit_random_targets(model, sgd(model))) == 5
    assert len(watched_steps) == 100
    assert {(states.shape, targets.shape) for states, targets in watched_steps} == {
        ((32, 4), (32, 2))
    }


def test_fit_random_targets_draws_fresh_standard_normal_data_at_each_step(watched_steps):
    model = nn.Linear(4, 2, dtype=torch.float64)
    fit_random_targets(model, sgd(model), steps=200, batch_size=8)
    for drawn in map(torch.stack, zip(*watched_steps, strict=True)):
        values = drawn.flatten()
        assert drawn.dtype == torch.float64
        assert len(values.unique()) == len(values)  # in double precision nothing comes twice
        # Seven standard errors of the mean, 1 / sqrt(n), and of the variance, sqrt(2 / n).
        assert abs(values.mean().item()) < 7 / math.sqrt(len(values))
        assert abs(values.var().item() - 1) < 7 * math.sqrt(2 / len(values))


def test_fit_random_targets_takes_the_dtype_and_device_of_the_model(watched_steps):
    model = nn.Linear(4, 2, device="meta", dtype=torch.bfloat16)
    fit_random_targets(model, sgd(model), steps=1)
    assert all(tensor.device.type == "meta" for tensor in watched_steps[0])
    assert all(tensor.dtype == torch.bfloat16 for tensor in watched_steps[0])


def test_fit_random_targets_trains_the_model_on_a_real_step(dtype, capsys):
    model = nn.Linear(4, 2, dtype=dtype)
    batches, before = [], numbers(model)
    model.register_forward_hook(lambda _, inputs, output: batches.append((inputs[0], output)))
    losses = fit_random_targets(model, sgd(model), steps=6, batch_size=3, log_every=2)
    assert [tuple(states.shape) for states, _ in batches] == [(3, 4)] * 6
    assert all(type(loss) is float for loss in losses)
    assert capsys.readouterr().out.count("loss") == 3
    assert not torch.equal(numbers(model), before)


# -- train_with_target ------------------------------------------------------------------------


def transitions(n, batch=4, n_actions=3, dtype=torch.float64):
    """Make n batches of random transitions, some of them terminated."""
    return [
        (
            torch.randn(batch, 2, dtype=dtype),
            torch.randint(n_actions, (batch,)),
            torch.randn(batch, dtype=dtype),
            torch.randn(batch, 2, dtype=dtype),
            torch.rand(batch) < 0.4,
        )
        for _ in range(n)
    ]


def networks(n_actions=3, dtype=torch.float64):
    q, q_target = (nn.Linear(2, n_actions, dtype=dtype) for _ in range(2))
    return q, q_target


def slow_q_learning(q, q_target, batches, gamma, lr, sync_every):
    """Train a linear Q-network with the semi-gradient worked out by hand, entry by entry."""
    w, b = q.weight.tolist(), q.bias.tolist()
    w_target, b_target = q_target.weight.tolist(), q_target.bias.tolist()
    losses = []
    for step, batch in enumerate(batches, start=1):
        rows = list(zip(*(tensor.tolist() for tensor in batch), strict=True))
        grad_w, grad_b, loss = [[0.0] * len(row) for row in w], [0.0] * len(b), 0.0
        for state, action, reward, next_state, end in rows:
            following = max(
                sum(x * y for x, y in zip(row, next_state, strict=True)) + bias
                for row, bias in zip(w_target, b_target, strict=True)
            )
            target = reward if end else reward + gamma * following
            error = sum(x * y for x, y in zip(w[action], state, strict=True)) + b[action] - target
            loss += error**2 / len(rows)
            grad_b[action] += 2 * error / len(rows)
            for i, feature in enumerate(state):
                grad_w[action][i] += 2 * error * feature / len(rows)
        for action in range(len(b)):
            b[action] -= lr * grad_b[action]
            w[action] = [x - lr * g for x, g in zip(w[action], grad_w[action], strict=True)]
        if step % sync_every == 0:
            w_target, b_target = [row[:] for row in w], b[:]
        losses.append(loss)
    return losses, w, b, w_target, b_target


@pytest.mark.parametrize(
    ("gamma", "sync_every", "batch", "n_actions"),
    [(0.9, 3, 4, 3), (1.0, 1, 1, 2), (0.0, 10, 2, 2), (0.5, 2, 3, 3), (0.99, 7, 5, 1)],
)
def test_train_with_target_agrees_with_a_loop_without_autograd(
    gamma, sync_every, batch, n_actions, dtype
):
    batches = transitions(7, batch, n_actions, dtype)
    q, q_target = networks(n_actions, dtype)
    wanted = slow_q_learning(q, q_target, batches, gamma, 0.1, sync_every)
    with untouched(*itertools.chain(*batches)):
        losses = train_with_target(q, q_target, sgd(q), batches, gamma, sync_every)
    assert all(type(loss) is float for loss in losses)
    assert losses == pytest.approx(wanted[0], rel=1e-4)
    found = (q.weight, q.bias, q_target.weight, q_target.bias)
    for tensor, want in zip(found, wanted[1:], strict=True):
        torch.testing.assert_close(tensor.data, torch.tensor(want, dtype=dtype))


@pytest.mark.parametrize("sync_every", [None, 1, 3, 7, 8])
def test_train_with_target_syncs_after_every_sync_every_steps_and_at_no_other_time(sync_every):
    q, q_target = networks()
    optimizer = sgd(q)
    after_step, target_at_request = [numbers(q)], []
    first_target = numbers(q_target)  # not equal to q: a sync at the start would show
    optimizer.register_step_post_hook(lambda *_: after_step.append(numbers(q)))

    def watch():
        for batch in transitions(23):
            target_at_request.append(numbers(q_target))
            yield batch

    arguments = () if sync_every is None else (sync_every,)
    train_with_target(q, q_target, optimizer, watch(), 0.9, *arguments)
    period = sync_every or 10
    for step, target in enumerate([*target_at_request, numbers(q_target)]):
        last_sync = step // period * period
        assert torch.equal(target, after_step[last_sync] if last_sync else first_target)


def test_train_with_target_makes_a_semi_gradient_step_even_if_both_are_one_network():
    q, _ = networks()
    batches = transitions(3)
    wanted = slow_q_learning(q, q, batches, 0.9, 0.1, sync_every=1)
    train_with_target(q, q, sgd(q), batches, 0.9, sync_every=5)
    torch.testing.assert_close(q.weight.data, torch.tensor(wanted[1]).double())


def test_train_with_target_asks_for_a_batch_only_when_the_last_one_is_learnt():
    q, q_target = networks()
    optimizer, events = sgd(q), []
    optimizer.register_step_post_hook(lambda *_: events.append("step"))

    def watch():
        for number, batch in enumerate(transitions(3)):
            events.append(f"ask {number}")
            yield batch
        events.append("end")

    losses = train_with_target(q, q_target, optimizer, watch(), 0.9)
    assert events == ["ask 0", "step", "ask 1", "step", "ask 2", "step", "end"]
    assert len(losses) == 3


def test_train_with_target_forgets_the_gradients_of_before():
    q, q_target = networks()
    stale = copy.deepcopy(q)
    stale.weight.grad = torch.full_like(q.weight, 100.0)
    batches = transitions(3)
    for each in (q, stale):
        train_with_target(each, q_target, sgd(each), batches, 0.9)
    assert torch.equal(numbers(q), numbers(stale))


def test_train_with_target_without_batches_does_nothing():
    q, q_target = networks()
    with untouched(*q.parameters(), *q_target.parameters()):
        assert train_with_target(q, q_target, sgd(q), iter(()), 0.9) == []


# -- polyak_update ----------------------------------------------------------------------------


@pytest.mark.parametrize("tau", [0, 0.005, 0.5, 1])
def test_polyak_update_moves_the_target_by_the_share_tau(tau, dtype):
    model, target = build_mlp().to(dtype), build_mlp().to(dtype)
    wanted = (1 - tau) * numbers(target) + tau * numbers(model)
    with untouched(*model.parameters()):
        assert polyak_update(model, target, tau) is None
    torch.testing.assert_close(numbers(target), wanted)


def test_polyak_update_works_in_place_and_outside_the_graph():
    model, target = nn.Linear(2, 2), nn.Linear(2, 2)
    before = [id(parameter) for parameter in target.parameters()]
    polyak_update(model, target, 1.0)
    assert [id(parameter) for parameter in target.parameters()] == before
    assert all(parameter.is_leaf and parameter.requires_grad for parameter in target.parameters())
    target.weight.data.zero_()
    assert model.weight.any()  # a copy, not the same memory
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("target", [nn.Linear(2, 2, bias=False), nn.Linear(2, 1)])
def test_polyak_update_refuses_another_architecture_and_leaves_it_alone(target):
    before = target.weight.clone()
    with pytest.raises(ValueError, match=r"polyak_update.*copy\.deepcopy"):
        polyak_update(nn.Linear(2, 2), target, 0.5)
    assert torch.equal(target.weight, before)
