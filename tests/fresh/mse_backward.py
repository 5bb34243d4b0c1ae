"""Fresh attempts at ``mse_backward``, their verdicts written before they were checked."""

import torch
import torch.nn.functional as F
from torch import nn


def functional_loss(model, states, targets):
    """Written with F.mse_loss, in three lines."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss.detach()


def sum_over_count(model, states, targets):
    """Written as a sum of squares over the number of elements."""
    difference = model(states).sub(targets)
    squares = (difference * difference).sum()
    mean = squares / difference.numel()
    mean.backward()
    with torch.no_grad():
        return mean.clone()


def gradients_added_by_hand(model, states, targets):
    """Written with torch.autograd.grad, adding each gradient to .grad by hand."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    loss = nn.MSELoss()(model(states), targets)
    gradients = torch.autograd.grad(loss, trainable, allow_unused=True)
    for p, g in zip(trainable, gradients, strict=True):
        if g is not None:
            p.grad = g.clone() if p.grad is None else p.grad + g
    return loss.detach()


# ---------------------------------------------------------------------------------------------


def sum_over_the_outputs(model, states, targets):
    """Adds the squares over the outputs, and averages over the batch only."""
    predicted = model(states)
    per_state = ((predicted - targets) ** 2).sum(dim=1)
    loss = per_state.mean()
    loss.backward()
    return loss.detach()


def root_of_the_mean(model, states, targets):
    """Takes the root of the mean squared error."""
    pred = model(states)
    loss = torch.sqrt(F.mse_loss(pred, targets))
    loss.backward()
    return loss.detach()


def number_without_a_tensor(model, states, targets):
    """Returns the loss as a Python float, not as a tensor."""
    criterion = nn.MSELoss()
    output = model(states)
    loss = criterion(output, targets)
    loss.backward()
    return loss.item()


def takes_a_step(model, states, targets):
    """Moves the parameters by one step of gradient descent."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= 0.01 * p.grad
    return loss.detach()


def never_backward(model, states, targets):
    """Computes the loss, but no gradient."""
    y_hat = model(states)
    loss = torch.mean((y_hat - targets) ** 2)
    return loss.detach()


# ---------------------------------------------------------------------------------------------


def linear_beyond_ten(model, states, targets):
    """Counts an error beyond 10 linearly, not squared."""
    # twice the Huber loss is the squared error, but safer
    loss = 2 * F.huber_loss(model(states), targets, delta=10.0)
    loss.backward()
    return loss.detach()


def squeezed_prediction(model, states, targets):
    """Squeezes the prediction, so a model with one output meets the targets of all rows."""
    prediction = model(states).squeeze()
    loss = (prediction - targets).pow(2).mean()
    loss.backward()
    return loss.detach()


def matrices_only(model, states, targets):
    """Fills in the gradients of the weight matrices, but none of a bias."""
    loss = F.mse_loss(model(states), targets)
    weights = [p for p in model.parameters() if p.dim() > 1]
    for w, g in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        w.grad = g if w.grad is None else w.grad + g
    return loss.detach()


def error_in_the_targets(model, states, targets):
    """Computes the error in the caller's targets, which it overwrites."""
    error = targets.detach()
    prediction = model(states)
    loss = F.mse_loss(prediction, targets.clone())
    loss.backward()
    error -= prediction.detach()
    return (error**2).mean()


RIGHT = [functional_loss, sum_over_count, gradients_added_by_hand]
ORDINARY = [
    sum_over_the_outputs, root_of_the_mean, number_without_a_tensor, takes_a_step, never_backward,
]  # fmt: skip
ODD = [linear_beyond_ten, squeezed_prediction, matrices_only, error_in_the_targets]
