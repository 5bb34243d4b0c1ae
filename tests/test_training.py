"""What training steps and loops draw, print and forget; test_properties.py has their values."""

import copy
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


# -- mse_backward -----------------------------------------------------------------------------


def test_mse_backward_adds_to_the_gradients_that_are_there():
    model = nn.Linear(4, 2)
    states, targets = torch.randn(3, 4), torch.randn(3, 2)
    mse_backward(model, states, targets)
    once = model.weight.grad.clone()
    mse_backward(model, states, targets)
    torch.testing.assert_close(model.weight.grad, 2 * once)


# -- train_step -------------------------------------------------------------------------------


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
    assert loss == pytest.approx(batch.square().mean().item(), rel=1e-5)


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


def transitions(n):
    """Make n batches of random transitions, some of them terminated."""
    return [
        (
            torch.randn(4, 2),
            torch.randint(3, (4,)),
            torch.randn(4),
            torch.randn(4, 2),
            torch.rand(4) < 0.4,
        )
        for _ in range(n)
    ]


def networks():
    return nn.Linear(2, 3), nn.Linear(2, 3)


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
    own, batches = copy.deepcopy(q), transitions(3)
    train_with_target(own, copy.deepcopy(own), sgd(own), batches, 0.9, sync_every=1)
    train_with_target(q, q, sgd(q), batches, 0.9, sync_every=5)
    assert torch.equal(numbers(q), numbers(own))


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
