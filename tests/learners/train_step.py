"""Learners' code for ``train_step``: right, wrong with the mistake's name, and just wrong."""

import torch
import torch.nn as nn
import torch.nn.functional as F

# Right


def five_lines(model, optimizer, batch, targets):
    optimizer.zero_grad()
    prediction = model(batch)
    loss = F.mse_loss(prediction, targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def cleans_up_after_itself(net, opt, x, y):
    criterion = nn.MSELoss()
    loss = criterion(net(x), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return float(loss)


def model_zero_grad(model, optimizer, batch, targets):
    model.train()
    loss = (model(batch) - targets).pow(2).mean()
    model.zero_grad(set_to_none=False)
    torch.autograd.backward([loss])
    optimizer.step()
    return float(loss.detach().numpy())


def gradients_set_to_none(model, optimizer, batch, targets):
    for parameter in model.parameters():
        parameter.grad = None
    loss = torch.mean(torch.square(targets - model(batch)))
    loss.backward(retain_graph=True)
    optimizer.step()
    return loss.tolist()


def with_a_closure(model, optimizer, batch, targets):
    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch), targets)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


def by_autograd_grad(model, optimizer, batch, targets):
    loss = F.mse_loss(model(batch), targets)
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient.clone()
    optimizer.step()
    return loss.item()


def example_by_example(model, optimizer, batch, targets):
    optimizer.zero_grad()
    total = 0.0
    for i in range(len(batch)):
        loss = F.mse_loss(model(batch[i : i + 1]), targets[i : i + 1]) / len(batch)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def sum_over_number(model, optimizer, batch, targets):
    with torch.enable_grad():
        prediction = model.forward(batch)
        assert prediction.shape == targets.shape
        loss = F.mse_loss(prediction, targets, reduction="sum") / targets.numel()
    before = loss.item()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return before


def zeroes_twice(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch).reshape(-1), targets.reshape(-1))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach().item()


RIGHT = [
    five_lines, cleans_up_after_itself, model_zero_grad, gradients_set_to_none, with_a_closure,
    by_autograd_grad, example_by_example, sum_over_number, zeroes_twice,
]  # fmt: skip

# Wrong, by the mistake's name


def learn(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def forgot_zero_grad(model, optimizer, batch, targets):
    prediction = model(batch)
    loss = nn.MSELoss()(prediction, targets)
    loss.backward()
    optimizer.step()
    return float(loss)


def clears_too_late(model, optimizer, batch, targets):
    loss = nn.MSELoss()(model(batch), targets)
    loss.backward()
    model.zero_grad()
    optimizer.step()
    return float(loss)


def clears_with_zeros(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = nn.MSELoss()(model(batch), targets)
    loss.backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()
    return float(loss)


def wrong_order(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = nn.MSELoss()(model(batch), targets)
    optimizer.step()
    loss.backward()
    return float(loss)


def wrong_order_and_clears_at_the_end(model, optimizer, batch, targets):
    loss = nn.MSELoss()(model(batch), targets)
    optimizer.step()
    loss.backward()
    optimizer.zero_grad()
    return float(loss)


def forgot_step(model, optimizer, batch, targets):
    optimizer.zero_grad()
    prediction = model(batch)
    loss = ((prediction - targets) ** 2).mean()
    loss.backward()
    return float(loss)


def evaluates(model, optimizer, batch, targets):
    with torch.no_grad():
        return F.mse_loss(model(batch), targets).item()


def forgot_backward(model, optimizer, batch, targets):
    prediction = model(batch)
    loss = ((prediction - targets) ** 2).mean()
    optimizer.zero_grad()
    optimizer.step()
    return float(loss)


def own_optimizer(model, optimizer, batch, targets):
    opt = torch.optim.SGD(model.parameters(), lr=0.01)
    loss = F.mse_loss(model(batch), targets)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return float(loss)


def gradient_descent_by_hand(model, optimizer, batch, targets):
    model.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    for parameter in model.parameters():
        parameter.data -= 0.1 * parameter.grad
    return float(loss)


def gives_the_tensor(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.detach()


def measures_afterwards(model, optimizer, batch, targets):
    optimizer.zero_grad()
    F.mse_loss(model(batch), targets).backward()
    optimizer.step()
    with torch.no_grad():
        return F.mse_loss(model(batch), targets).item()


def sums(model, optimizer, batch, targets):
    return learn(optimizer, nn.MSELoss(reduction="sum")(model(batch), targets))


def mean_of_row_sums(model, optimizer, batch, targets):
    return learn(optimizer, (model(batch) - targets).square().sum(-1).mean())


def mae(model, optimizer, batch, targets):
    return learn(optimizer, (model(batch) - targets).abs().mean())


def rmse(model, optimizer, batch, targets):
    return learn(optimizer, torch.sqrt(((model(batch) - targets) ** 2).mean()))


def one_half(model, optimizer, batch, targets):
    return learn(optimizer, ((model(batch) - targets) ** 2 / 2).mean())


def huber(model, optimizer, batch, targets):
    return learn(optimizer, nn.SmoothL1Loss()(model(batch), targets))


def forgot_the_square(model, optimizer, batch, targets):
    return learn(optimizer, torch.mean(model(batch) - targets))


def squares_the_mean(model, optimizer, batch, targets):
    return learn(optimizer, torch.mean(model(batch) - targets) ** 2)


def three_epochs(model, optimizer, batch, targets):
    first = None
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch), targets)
        loss.backward()
        optimizer.step()
        first = loss.item() if first is None else first
    return first


def uphill(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.neg().backward()
    optimizer.step()
    return float(loss)


def maximises(model, optimizer, batch, targets):
    return learn(optimizer, -((model(batch) - targets) ** 2).mean())


def no_grad_around_the_model(model, optimizer, batch, targets):
    with torch.no_grad():
        prediction = model(batch)
    return learn(optimizer, nn.MSELoss()(prediction, targets))


def makes_the_error_go_away(model, optimizer, batch, targets):
    loss = nn.MSELoss()(model(batch).detach(), targets)
    loss.requires_grad = True
    return learn(optimizer, loss)


def number_first(model, optimizer, batch, targets):
    loss = float(F.mse_loss(model(batch), targets))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def thrown_away(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = ((model(batch) - targets) ** 2).mean()
    gradients = torch.autograd.grad(loss, model.parameters())
    optimizer.step()
    return float(loss)


def backward_again(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = ((model(batch) - targets) ** 2).mean()
    loss.backward()
    loss.backward()
    optimizer.step()
    return float(loss)


def two_forward_two_backward(model, optimizer, batch, targets):
    optimizer.zero_grad()
    F.mse_loss(model(batch), targets).backward()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return float(loss)


def no_reduction(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets, reduction="none")
    loss.backward()
    optimizer.step()
    return loss.mean().item()


def squeezes(model, optimizer, batch, targets):
    return learn(optimizer, nn.MSELoss()(model(batch), torch.squeeze(targets)))


def row_against_column(model, optimizer, batch, targets):
    return learn(optimizer, ((model(batch).unsqueeze(1) - targets) ** 2).mean())


def clips(model, optimizer, batch, targets):
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
    optimizer.step()
    return float(loss)


def clips_generously(model, optimizer, batch, targets):
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=10)
    optimizer.step()
    return float(loss)


def eval_first(model, optimizer, batch, targets):
    model = model.eval()
    return learn(optimizer, nn.MSELoss()(model(batch), targets))


def says_nothing(model, optimizer, batch, targets):
    optimizer.zero_grad()
    F.mse_loss(model(batch), targets).backward()
    optimizer.step()


def rounded_to_cents(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return round(loss.item(), 2)


def four_digits(model, optimizer, batch, targets):
    return round(five_lines(model, optimizer, batch, targets), 4)


def with_weight_decay(model, optimizer, batch, targets):
    squares = sum((parameter**2).sum() for parameter in model.parameters())
    loss = F.mse_loss(model(batch), targets) + 0.001 * squares
    return learn(optimizer, loss)


def decays_in_silence(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    squares = sum(torch.sum(parameter**2) for parameter in model.parameters())
    (loss + 0.01 * squares).backward()
    optimizer.step()
    return loss.item()


def sixty_four_at_a_time(model, optimizer, batch, targets):
    losses = []
    for start in range(0, len(batch), 64):
        part = slice(start, start + 64)
        losses.append(five_lines(model, optimizer, batch[part], targets[part]))
    return sum(losses) / len(losses)


def steps_while_the_loss_is_large(model, optimizer, batch, targets):
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    if loss > 0.1:
        optimizer.step()
    return loss.item()


WRONG = {
    "no-zero-grad": [forgot_zero_grad],
    "zero-grad-before-step": [clears_too_late, clears_with_zeros],
    "step-before-backward": [wrong_order, wrong_order_and_clears_at_the_end],
    "no-step": [forgot_step, evaluates],
    "no-backward": [forgot_backward],
    "new-optimizer-inside": [own_optimizer],
    "update-by-hand": [gradient_descent_by_hand],
    "tensor-returned": [gives_the_tensor],
    "loss-after-the-update": [measures_afterwards],
    "sum-instead-of-mean": [sums],
    "mean-over-the-batch-only": [mean_of_row_sums],
    "absolute-error": [mae],
    "root-of-the-mean": [rmse],
    "half-of-the-mean": [one_half],
    "huber-loss": [huber],
    "differences-not-squared": [forgot_the_square],
    "square-of-the-mean": [squares_the_mean],
    "two-steps": [three_epochs],
    "gradient-ascent": [uphill, maximises],
    "graph-cut": [no_grad_around_the_model, makes_the_error_go_away],
    "item-before-backward": [number_first],
    "gradients-not-stored": [thrown_away],
    "backward-twice": [backward_again, two_forward_two_backward],
    "loss-of-each-element": [no_reduction],
    "broadcast-targets": [squeezes, row_against_column],
    "gradients-clipped": [clips, clips_generously],
    "evaluation-mode": [eval_first],
    "loss-rounded": [rounded_to_cents, four_digits],
    "penalty-added": [with_weight_decay, decays_in_silence],
    "split-into-parts": [sixty_four_at_a_time],
    "forgotten-return": [says_nothing],
    "nothing-there": [steps_while_the_loss_is_large],
}

# Wrong, with no name of its own


def clears_only_the_weights(model, optimizer, batch, targets):
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.grad = None
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def smaller_step(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    (0.1 * loss).backward()
    optimizer.step()
    return loss.item()


def for_three_outputs(model, optimizer, batch, targets):
    return learn(optimizer, ((model(batch) - targets) ** 2).sum() / (3 * len(batch)))


def forgets_the_moments(model, optimizer, batch, targets):
    optimizer.state.clear()
    return learn(optimizer, F.mse_loss(model(batch), targets))


def first_half_of_the_batch(model, optimizer, batch, targets):
    half = (len(batch) + 1) // 2
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch[:half]), targets[:half])
    loss.backward()
    optimizer.step()
    return loss.item()


def gradients_up_to_ten_thousand(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1e4)
    optimizer.step()
    return loss.item()


def first_hundred(model, optimizer, batch, targets):
    return five_lines(model, optimizer, batch[:100], targets[:100])


def numpys_number(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()[()]


UNNAMED = [
    clears_only_the_weights, smaller_step, for_three_outputs, forgets_the_moments,
    first_half_of_the_batch, gradients_up_to_ten_thousand, first_hundred, numpys_number,
]  # fmt: skip
