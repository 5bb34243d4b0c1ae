"""Fresh attempts at ``train_step``, their verdicts written before they were checked."""

import torch
from torch import nn
from torch.nn import functional as F


def textbook_order(model, optimizer, batch, targets):
    """Written with nn.MSELoss, in the order of the textbook."""
    criterion = nn.MSELoss()
    optimizer.zero_grad()
    outputs = model(batch)
    if outputs.shape != targets.shape:
        raise ValueError(f"outputs {outputs.shape}, but targets {targets.shape}")
    loss = criterion(outputs, targets)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def step_with_a_closure(model, optimizer, batch, targets):
    """Written with a closure, which the optimizer calls."""

    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch), targets)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


def mean_of_squares_by_hand(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: torch.Tensor, targets: torch.Tensor
) -> float:
    """Written with the squared error by hand, and the old gradients dropped by hand."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None
    errors = model(batch) - targets
    loss = (errors * errors).sum() / errors.numel()
    before = loss.item()
    loss.backward()
    optimizer.step()
    return before


def gradients_pile_up(model, optimizer, batch, targets):
    """Forgets zero_grad, so that older gradients are added."""
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def loss_after_the_update(model, optimizer, batch, targets):
    """Returns the loss after the update."""
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        loss = F.mse_loss(model(batch), targets)
    return loss.item()


def tensor_returned(model, optimizer, batch, targets):
    """Returns a tensor, not a Python float."""
    prediction = model(batch)
    loss = F.mse_loss(prediction, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def gradients_cleared_too_late(model, optimizer, batch, targets):
    """Clears the gradients between the backward pass and the step."""
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def sum_of_squares(model, optimizer, batch, targets):
    """Adds the squared errors up in place of taking their mean."""
    optimizer.zero_grad()
    loss = ((model(batch) - targets) ** 2).sum()
    loss.backward()
    optimizer.step()
    return loss.item()


def long_gradients_cut(model, optimizer, batch, targets):
    """Cuts the gradient to a length of 10 before the step."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
    optimizer.step()
    return loss.item()


def plain_descent_for_all(model, optimizer, batch, targets):
    """Reads only the learning rate from the optimizer, and makes a step of plain SGD with it."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    with torch.no_grad():
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * p.grad
    return loss.item()


def thirty_two_rows_at_a_time(model, optimizer, batch, targets):
    """Makes one update per 32 rows, so that a larger batch gives several updates."""
    total = 0.0
    for x, y in zip(batch.split(32), targets.split(32), strict=True):
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
    return total / len(batch)


def four_decimals(model, optimizer, batch, targets):
    """Rounds the loss that it returns to four decimals."""
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return round(loss.item(), 4)


def errors_written_over_targets(model, optimizer, batch, targets):
    """Computes the errors in the caller's own targets, which are lost."""
    optimizer.zero_grad()
    errors = targets
    errors -= model(batch)
    loss = errors.pow(2).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


RIGHT = [textbook_order, step_with_a_closure, mean_of_squares_by_hand]
ORDINARY = [
    gradients_pile_up, loss_after_the_update, tensor_returned, gradients_cleared_too_late,
    sum_of_squares,
]  # fmt: skip
ODD = [
    long_gradients_cut, plain_descent_for_all, thirty_two_rows_at_a_time, four_decimals,
    errors_written_over_targets,
]  # fmt: skip
