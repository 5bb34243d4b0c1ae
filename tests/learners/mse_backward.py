"""Learners' code for ``mse_backward``: right, wrong with the mistake's name, and just wrong."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

# Right


def textbook(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss


def with_a_criterion(net, x, y):
    net.zero_grad()
    criterion = nn.MSELoss()
    out = net(x)
    error = criterion(out, y)
    error.backward()
    return error.detach()


def by_autograd_grad(model, states, targets):
    loss = torch.mean((model(states) - targets) ** 2)
    parameters = [p for p in model.parameters()]
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = g
    return loss


def state_by_state(model, states, targets):
    total = torch.zeros((), dtype=states.dtype)
    for s, t in zip(states, targets):
        part = ((model(s.unsqueeze(0)) - t) ** 2).sum() / targets.numel()
        part.backward()
        total = total + part.detach()
    return total


def functional(model, states, targets):
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def loss_of(parameters):
        prediction = torch.func.functional_call(model, parameters, (states,))
        return (prediction - targets).square().mean()

    gradients, loss = torch.func.grad_and_value(loss_of)(parameters)
    for name, p in model.named_parameters():
        p.grad = gradients[name]
    return loss


def from_the_norm(model, states, targets):
    difference = model(states) - targets
    loss = difference.norm() ** 2 / difference.numel()
    torch.autograd.backward(loss)
    return loss


def sum_divided_by_number(model, states, targets):
    loss = F.mse_loss(model(states), targets, reduction="sum") / targets.numel()
    loss.backward(retain_graph=True)
    return loss.clone()


def with_gradients_switched_on(model, states, targets):
    for p in model.parameters():
        p.grad = None
    with torch.enable_grad():
        prediction = model.forward(states)
        loss = (prediction.flatten() - targets.flatten()).pow(2).mean()
    loss.backward()
    return torch.tensor(loss.item(), dtype=states.dtype)


def with_an_unused_optimizer(model, states, targets):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad()
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss


RIGHT = [
    textbook, with_a_criterion, by_autograd_grad, state_by_state, functional, from_the_norm,
    sum_divided_by_number, with_gradients_switched_on, with_an_unused_optimizer,
]  # fmt: skip

# Wrong, by the mistake's name


def backward(loss):
    loss.backward()
    return loss


def forgot_backward(model, states, targets):
    predictions = model(states)
    return ((predictions - targets) ** 2).mean()


def evaluates_only(model, states, targets):
    model.zero_grad()
    with torch.no_grad():
        return F.mse_loss(model(states), targets)


def cleans_up(model, states, targets):
    loss = nn.MSELoss()(model(states), targets)
    loss.backward()
    for p in model.parameters():
        p.grad = None
    return loss


def zeroes_at_the_end(model, states, targets):
    loss = nn.MSELoss()(model(states), targets)
    loss.backward()
    model.zero_grad(set_to_none=False)
    return loss


def trains(model, states, targets):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss = F.mse_loss(model(states), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def trains_and_cleans_up(model, states, targets):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss


def gives_a_number(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return float(loss)


def sums(model, states, targets):
    criterion = nn.MSELoss(reduction="sum")
    return backward(criterion(model(states), targets))


def divides_by_the_batch(model, states, targets):
    return backward(torch.sum((model(states) - targets) ** 2) / states.shape[0])


def mae(model, states, targets):
    return backward(F.l1_loss(model(states), targets))


def rmse(model, states, targets):
    return backward(F.mse_loss(model(states), targets) ** 0.5)


def one_half(model, states, targets):
    return backward(F.mse_loss(model(states), targets) / 2)


def huber(model, states, targets):
    return backward(nn.HuberLoss()(model(states), targets))


def forgot_the_square(model, states, targets):
    return backward(torch.mean(model(states) - targets))


def squares_the_mean(model, states, targets):
    return backward(torch.mean(model(states) - targets).pow(2))


def frobenius(model, states, targets):
    return backward(torch.linalg.norm(model(states) - targets))


def inference_mode(model, states, targets):
    with torch.no_grad():
        loss = F.mse_loss(model(states), targets)
    return backward(loss)


def data_of_the_prediction(model, states, targets):
    return backward(F.mse_loss(model(states).data, targets))


def makes_the_error_go_away(model, states, targets):
    loss = F.mse_loss(model(states).detach(), targets)
    loss.requires_grad = True
    loss.backward()
    return loss


def new_tensor(model, states, targets):
    prediction = torch.tensor(model(states).tolist(), dtype=states.dtype, requires_grad=True)
    return backward(F.mse_loss(prediction, targets))


def number_first(model, states, targets):
    loss = float(F.mse_loss(model(states), targets))
    return backward(loss)


def thrown_away(model, states, targets):
    loss = ((model(states) - targets) ** 2).mean()
    gradients = torch.autograd.grad(loss, model.parameters())
    return loss.detach()


def twice(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    torch.autograd.backward(loss)
    return loss


def accumulates(model, states, targets):
    for _ in range(2):
        loss = ((model(states) - targets) ** 2).mean()
        loss.backward()
    return loss


def no_reduction(model, states, targets):
    loss = F.mse_loss(model(states), targets, reduction="none")
    loss.backward()
    return loss.mean()


def backward_from_the_sum(model, states, targets):
    difference = model(states) - targets
    (difference**2).sum().backward()
    return (difference**2).mean().detach()


def squeezes_the_prediction(model, states, targets):
    predictions = torch.squeeze(model(states))
    return backward(nn.MSELoss()(predictions, targets))


def adds_a_dimension(model, states, targets):
    return backward(((model(states)[:, None] - targets) ** 2).mean())


def uphill(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.neg().backward()
    return loss


def says_nothing(model, states, targets):
    F.mse_loss(model(states), targets).backward()


# Wrong, with no name of its own


def works_on_a_copy(model, states, targets):
    double = copy.deepcopy(model)
    return backward(F.mse_loss(double(states), targets))


def first_column_only(model, states, targets):
    return backward(F.mse_loss(model(states)[:, 0], targets[:, 0]))


def clips(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    return loss


def with_weight_decay(model, states, targets):
    loss = F.mse_loss(model(states), targets) + 0.01 * sum(
        p.square().sum() for p in model.parameters()
    )
    loss.backward()
    return loss


def for_rows_of_three(model, states, targets):
    return backward(((model(states) - targets) ** 2).sum() / (3 * len(states)))


def in_float32(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss.float()


def overwrites_the_targets(model, states, targets):
    targets -= model(states).detach()
    loss = (targets**2).mean()
    (model(states) * (-2 * targets / targets.numel())).sum().backward()
    return loss


def last_layer_only(model, states, targets):
    *_, weight, bias = model.parameters()
    loss = F.mse_loss(model(states), targets)
    weight.grad, bias.grad = torch.autograd.grad(loss, (weight, bias))
    return loss


def judges_in_evaluation_mode(model, states, targets):
    model.eval()
    return backward(F.mse_loss(model(states), targets))


WRONG = {
    "no-backward": [forgot_backward, evaluates_only],
    "zero-grad-after-backward": [cleans_up, zeroes_at_the_end],
    "step-taken": [trains, trains_and_cleans_up],
    "float-returned": [gives_a_number],
    "sum-instead-of-mean": [sums],
    "mean-over-the-batch-only": [divides_by_the_batch],
    "absolute-error": [mae],
    "root-of-the-mean": [rmse],
    "half-of-the-mean": [one_half],
    "huber-loss": [huber],
    "differences-not-squared": [forgot_the_square],
    "square-of-the-mean": [squares_the_mean],
    "norm-of-the-difference": [frobenius],
    "graph-cut": [inference_mode, data_of_the_prediction, makes_the_error_go_away, new_tensor],
    "item-before-backward": [number_first],
    "gradients-not-stored": [thrown_away],
    "backward-twice": [twice, accumulates],
    "loss-of-each-element": [no_reduction],
    "gradient-of-the-sum": [backward_from_the_sum],
    "broadcast-targets": [squeezes_the_prediction, adds_a_dimension],
    "minus-sign": [uphill],
    "forgotten-return": [says_nothing],
    "some-parameters-left-out": [last_layer_only],
    "first-output-only": [first_column_only],
    "evaluation-mode": [judges_in_evaluation_mode],
}

UNNAMED = [
    works_on_a_copy, clips, with_weight_decay, for_rows_of_three, in_float32,
    overwrites_the_targets,
]  # fmt: skip
