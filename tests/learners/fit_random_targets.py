"""What learners write for exercise 5: right in many ways, and wrong in more."""

import copy
import random

import torch
import torch.nn.functional as F
from torch import nn


def as_on_the_page(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(steps):
        states = torch.randn(batch_size, 4)
        targets = torch.randn(batch_size, 2)
        predictions = model(states)
        loss = nn.MSELoss()(predictions, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            print(f"Step {step}, Loss: {loss.item():.4f}")
            losses.append(loss.item())
    return losses


def counts_from_one(model, optimizer, steps=100, batch_size=32, log_every=20):
    history = []
    for n in range(1, steps + 1):
        optimizer.zero_grad()
        x, y = torch.rand(batch_size, 4), torch.rand(batch_size, 2)
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        if not n % log_every:
            history += [float(loss)]
            print(n, loss)
    return history


def zero_grad_at_the_end(model, optimizer, steps=100, batch_size=32, log_every=20):
    dtype = next(model.parameters()).dtype
    losses = []
    for i in range(steps):
        states = torch.empty(batch_size, 4, dtype=dtype).normal_()
        targets = torch.empty(batch_size, 2, dtype=dtype).uniform_(-1, 1)
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        if (i + 1) % log_every == 0:
            losses.append(loss.detach().item())
            print("loss", losses[-1])
    return losses


def data_drawn_ahead(model, optimizer, steps=100, batch_size=32, log_every=20):
    generator = torch.Generator().manual_seed(1)
    states = torch.randn(steps, batch_size, 4, generator=generator)
    targets = 3 + 5 * torch.randn(steps, batch_size, 2, generator=generator)
    losses = []
    for step, (s, t) in enumerate(zip(states, targets), start=1):
        loss = F.mse_loss(model.forward(s), t)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        for parameter, gradient in zip(model.parameters(), gradients):
            parameter.grad = gradient
        optimizer.step()
        if step % log_every == 0:
            print("{}: {:.3f}".format(step, loss.item()))
            losses.append(loss.item())
    return losses


def another_forward_for_the_log(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(steps):
        states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
        if step % log_every == 0:
            model.eval()
            with torch.no_grad():
                logged = F.mse_loss(model(states), targets).item()
            model.train()
            print(f"{step:4d} {logged:8.3e}")
            losses.append(logged)
        model.zero_grad()
        F.mse_loss(model(states), targets).backward()
        optimizer.step()
    return losses


def step_with_a_closure(model, optimizer, steps=100, batch_size=32, log_every=20):
    def closure():
        optimizer.zero_grad()
        loss = torch.mean(torch.square(targets - model(states)))
        loss.backward()
        return loss

    losses, step = [], 0
    while step < steps:
        states = torch.tensor([[random.gauss(0, 1) for _ in range(4)] for _ in range(batch_size)])
        targets = torch.randint(0, 5, (batch_size, 2)).float()
        loss = optimizer.step(closure)
        step += 1
        if step % log_every == 0:
            losses.append(loss.item())
            print(f"after {step} steps the loss was {loss.item():.2f}")
    return losses


def one_state_after_the_other(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(1, steps + 1):
        states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
        optimizer.zero_grad()
        total = 0.0
        for state, target in zip(states, targets):
            part = F.mse_loss(model(state), target) / batch_size
            part.backward()  # the gradients of the parts add up
            total += part.item()
        optimizer.step()
        if step % log_every == 0:
            print(f"[{step}/{steps}] loss = {total:.5f}")
            losses.append(total)
    return losses


def in_small_functions(model, optimizer, steps=100, batch_size=32, log_every=20):
    print("training starts")

    def draw():
        return torch.randn(batch_size, 4), 0.1 * torch.randn(batch_size, 2)

    def train(states, targets):
        for p in model.parameters():
            p.grad = None
        loss = F.mse_loss(model(states), targets, reduction="none").mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = []
    for step in range(steps):
        loss = train(*draw())
        if step % log_every == log_every - 1:
            print(step + 1, round(loss, 4))
            losses.append(loss)
    print("done")
    return losses


RIGHT = [
    as_on_the_page, counts_from_one, zero_grad_at_the_end, data_drawn_ahead,
    another_forward_for_the_log, step_with_a_closure, one_state_after_the_other, in_small_functions,
]  # fmt: skip

# Wrong; first the parts that are right.


def learn(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def one_update(model, optimizer, batch_size):
    loss = F.mse_loss(model(torch.randn(batch_size, 4)), torch.randn(batch_size, 2))
    return learn(optimizer, loss)


def each_step(update):
    """Repeat the update in the usual loop: a learner's mistake is often in the update alone."""

    def attempt(model, optimizer, steps=100, batch_size=32, log_every=20):
        losses = []
        for i in range(steps):
            loss = update(model, optimizer, torch.randn(batch_size, 4), torch.randn(batch_size, 2))
            if i % log_every == 0:
                print(i, loss)
                losses.append(loss)
        return losses

    return attempt


@each_step
def usual(model, optimizer, states, targets):
    return learn(optimizer, F.mse_loss(model(states), targets))


def compares(loss):
    """Learn from the loss that this makes from the predictions and the targets."""
    return each_step(
        lambda model, optimizer, states, targets: learn(optimizer, loss(model(states), targets))
    )


def learns_from(batches):
    """Learn from these batches, and not from a new one at each step."""

    def attempt(model, optimizer, steps=100, batch_size=32, log_every=20):
        losses = []
        for i, (states, targets) in zip(range(steps), batches(batch_size)):
            loss = learn(optimizer, F.mse_loss(model(states), targets))
            if i % log_every == 0:
                print(i, loss)
                losses.append(loss)
        return losses

    return attempt


def always(i, steps, log_every):
    return True


def now_and_then(i, steps, log_every):
    return i % log_every == 0


def loops(numbers=range, due=now_and_then, printed=None, kept=None, show=print):
    """Update at steps of these numbers; show and keep the loss when due, or only one of both."""

    def attempt(model, optimizer, steps=100, batch_size=32, log_every=20):
        losses = []
        for i in numbers(steps):
            loss = one_update(model, optimizer, batch_size)
            if (printed or due)(i, steps, log_every):
                show(i, loss)
            if (kept or due)(i, steps, log_every):
                losses.append(loss)
        return losses

    return attempt


# The order of the calls, and what they are called on


def skips_the_update_when_it_logs(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(1, steps + 1):
        loss = F.mse_loss(model(torch.randn(batch_size, 4)), torch.randn(batch_size, 2))
        if i % log_every == 0:
            print(i, loss.item())
            losses.append(loss.item())
        else:
            learn(optimizer, loss)
    return losses


@each_step
def forgot_the_brackets_of_step(model, optimizer, states, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    optimizer.step
    return loss.item()


@each_step
def never_backward(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@each_step
def clears_too_late(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    model.zero_grad(set_to_none=False)
    optimizer.step()
    return loss.item()


@each_step
def steps_first(model, optimizer, states, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(states), targets)
    optimizer.step()
    loss.backward()
    return loss.item()


@each_step
def steps_with_the_last_gradients(model, optimizer, states, targets):
    optimizer.step()
    optimizer.zero_grad()
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss.item()


@each_step
def detached_prediction(model, optimizer, states, targets):
    prediction = model(states).detach().requires_grad_()
    return learn(optimizer, F.mse_loss(prediction, targets))


@each_step
def predicts_inside_no_grad(model, optimizer, states, targets):
    with torch.no_grad():
        prediction = model(states)
    return learn(optimizer, F.mse_loss(prediction, targets))


@each_step
def makes_its_own_sgd(model, optimizer, states, targets):
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    return learn(sgd, F.mse_loss(model(states), targets))


@each_step
def updates_by_hand(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    for p in model.parameters():
        p.data -= 0.05 * p.grad
        p.grad = None
    return loss.item()


def brings_its_own_network(model, optimizer, steps=100, batch_size=32, log_every=20):
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    return usual(model, optimizer, steps, batch_size, log_every)


def trains_a_copy(model, optimizer, steps=100, batch_size=32, log_every=20):
    return usual(copy.deepcopy(model), optimizer, steps, batch_size, log_every)


@each_step
def never_clears(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def clears_once(model, optimizer, steps=100, batch_size=32, log_every=20):
    optimizer.zero_grad()
    losses = []
    for i in range(1, 1 + steps):
        x, y = torch.rand(batch_size, 4), torch.rand(batch_size, 2)
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
        if i % log_every == 0:
            print(f"{loss.item():.2f}")
            losses.append(loss.item())
    return losses


@each_step
def backward_in_two_places(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return learn(optimizer, loss)


@each_step
def backward_twice_with_retain_graph(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward(retain_graph=True)
    loss.backward(retain_graph=True)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@each_step
def two_steps(model, optimizer, states, targets):
    loss = learn(optimizer, F.mse_loss(model(states), targets))
    optimizer.step()
    return loss


def updates_once_at_the_end(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(steps):
        states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
        loss = F.mse_loss(model(states), targets)
        if i % log_every == 0:
            print(loss.item())
            losses.append(loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return losses


def indents_too_far(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(1, steps + 1):
        states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
        loss = F.mse_loss(model(states), targets)
        if i % log_every == 0:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(loss.item())
            losses.append(loss.item())
    return losses


def learns_at_every_second_step(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(steps):
        loss = F.mse_loss(model(torch.randn(batch_size, 4)), torch.randn(batch_size, 2))
        loss.backward()
        if i % 2 == 1:
            optimizer.step()
            optimizer.zero_grad()
        if i % log_every == 0:
            print(i, loss.item())
            losses.append(loss.item())
    return losses


@each_step
def clips_the_gradient(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return loss.item()


def lets_the_learning_rate_fall(model, optimizer, steps=100, batch_size=32, log_every=20):
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    losses = []
    for i in range(steps):
        loss = one_update(model, optimizer, batch_size)
        schedule.step()
        if i % log_every == 0:
            print(i, loss)
            losses.append(loss)
    return losses


@each_step
def doubles_the_loss_for_backward(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    optimizer.zero_grad()
    (2 * loss).backward()
    optimizer.step()
    return loss.item()


@each_step
def trains_in_evaluation_mode(model, optimizer, states, targets):
    model.train(False)
    return learn(optimizer, F.mse_loss(model(states), targets))


# The batches


@each_step
def always_32_states(model, optimizer, states, targets):
    return learn(optimizer, F.mse_loss(model(torch.rand(32, 4)), torch.rand(32, 2)))


@each_step
def seeds_in_the_loop(model, optimizer, states, targets):
    torch.manual_seed(0)
    x, y = torch.rand_like(states), torch.rand_like(targets)
    return learn(optimizer, nn.MSELoss()(model(x), y))


@each_step
def learns_two_of_the_features(model, optimizer, states, targets):
    targets, _ = states.split(2, dim=1)
    return learn(optimizer, F.mse_loss(model(states), targets))


@each_step
def one_state_for_the_whole_batch(model, optimizer, states, targets):
    states = states[0].repeat(len(states), 1)
    return learn(optimizer, F.mse_loss(model(states), targets))


@learns_from
def learns_one_batch_by_heart(batch_size):
    data = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
    while True:
        yield data


@learns_from
def same_states(batch_size):
    x = torch.rand(batch_size, 4)
    while True:
        yield x, torch.rand(batch_size, 2)


@learns_from
def same_targets(batch_size):
    y = torch.rand(batch_size, 2)
    while True:
        yield torch.rand(batch_size, 4), y


def draws_from_a_pool(model, optimizer, steps=100, batch_size=32, log_every=20):
    all_states, all_targets = torch.randn(50, 4), torch.randn(50, 2)
    losses = []
    for i in range(1, steps + 1):
        rows = torch.randint(50, (batch_size,))
        loss = F.mse_loss(model(all_states[rows]), all_targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if i % log_every == 0:
            print(i, loss.item())
            losses.append(loss.item())
    return losses


# The loss

adds_up = compares(lambda out, y: (out - y).pow(2).sum())
divides_by_the_batch_size = compares(lambda out, y: ((out - y) ** 2).sum() / len(y))
absolute_error = compares(lambda out, y: (out - y).abs().mean())
huber = compares(F.huber_loss)
one_target_for_each_state = compares(lambda out, y: ((out - torch.randn(len(y))) ** 2).mean())
a_column_of_targets = compares(lambda out, y: ((out - torch.randn(len(y), 1)) ** 2).mean())
one_row_of_targets = compares(lambda out, y: F.mse_loss(out, torch.rand(1, 2)))
one_target_for_all_rows = compares(lambda out, y: F.mse_loss(out, y[:1].expand_as(y)))
compares_the_averages = compares(lambda out, y: F.mse_loss(out.mean(dim=0), y.mean(dim=0)))


@compares
def targets_for_half_of_the_rows(predicted, targets):
    targets = targets[: (len(targets) + 1) // 2].repeat(2, 1)[: len(targets)]
    return F.mse_loss(predicted, targets)


# The steps, what is printed and what is kept

stops_before_the_last = loops(numbers=lambda steps: range(1, steps))
goes_one_too_far = loops(numbers=lambda steps: range(steps + 1))
always_100_steps = loops(
    numbers=lambda steps: range(100), due=lambda i, steps, log_every: (i + 1) % log_every == 0
)
logs_the_last_step_too = loops(
    numbers=lambda steps: range(1, steps + 1),
    due=lambda i, steps, log_every: i == steps or i % log_every == 0,
)
always_every_20th = loops(due=lambda i, steps, log_every: i % 20 == 19)
not_at_step_zero = loops(due=lambda i, steps, log_every: i and i % log_every == 0)
keeps_them_all = loops(kept=always)
talkative = loops(printed=always, show=lambda i, loss: print(i, "loss:", loss))
silent = loops(show=lambda i, loss: None)
prints_the_step_without_the_loss = loops(show=lambda i, loss: print("logging"))


def keeps_and_prints_them_all(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(steps):
        losses.append(one_update(model, optimizer, batch_size))
        print(f"{i}/{steps}: {losses[i]:.3f}")
    return losses


@each_step
def collects_tensors(model, optimizer, states, targets):
    loss = F.mse_loss(model(states), targets)
    learn(optimizer, loss)
    return loss


def stacks_tensors(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for i in range(1, steps + 1):
        loss = F.mse_loss(model(torch.randn(batch_size, 4)), torch.randn(batch_size, 2))
        learn(optimizer, loss)
        if i % log_every == 0:
            print(i, loss)
            losses.append(loss)
    return torch.tensor([loss.item() for loss in losses])


def gives_the_last_loss(model, optimizer, steps=100, batch_size=32, log_every=20):
    for i in range(steps):
        loss = one_update(model, optimizer, batch_size)
        if i % log_every == 0:
            print(i, loss)
    return loss


def returns_in_the_loop(model, optimizer, steps=100, batch_size=32, log_every=20):
    out = []
    for i in range(steps):
        out_now = one_update(model, optimizer, batch_size)
        if i % log_every == 0:
            out.append(out_now)
            print(out)
        return out


def returns_at_the_first_log(model, optimizer, steps=100, batch_size=32, log_every=20):
    out = []
    for i in range(steps):
        out_now = one_update(model, optimizer, batch_size)
        if i % log_every == log_every - 1:
            out.append(out_now)
            print(out)
            return out


def empties_its_list(model, optimizer, steps=100, batch_size=32, log_every=20):
    for i in range(1, steps + 1):
        out = []
        out_now = one_update(model, optimizer, batch_size)
        if i % log_every == 0:
            out.append(out_now)
            print(out_now)
    return out


def average_so_far(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses, seen = [], []
    for i in range(steps):
        seen.append(one_update(model, optimizer, batch_size))
        if i % log_every == 0:
            losses.append(sum(seen) / len(seen))
            print(i, losses[-1])
    return losses


def average_of_the_last(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses, total = [], 0
    for i in range(1, steps + 1):
        total += one_update(model, optimizer, batch_size)
        if i % log_every == 0:
            losses.append(total / log_every)
            print(i, losses[-1])
            total = 0
    return losses


@each_step
def measures_after_learning(model, optimizer, states, targets):
    learn(optimizer, F.mse_loss(model(states), targets))
    with torch.no_grad():
        return F.mse_loss(model(states), targets).item()


@each_step
def logs_another_batch(model, optimizer, states, targets):
    learn(optimizer, F.mse_loss(model(states), targets))
    with torch.no_grad():
        x, y = torch.randn_like(states), torch.randn_like(targets)
        return F.mse_loss(model(x), y).item()


WRONG = {
    "no-step": [forgot_the_brackets_of_step],
    "no-backward": [never_backward],
    "zero-grad-before-step": [clears_too_late],
    "step-before-backward": [steps_first, steps_with_the_last_gradients],
    "loss-cut-from-the-network": [detached_prediction, predicts_inside_no_grad],
    "own-optimizer": [makes_its_own_sgd, updates_by_hand],
    "own-network": [brings_its_own_network, trains_a_copy],
    "no-zero-grad": [never_clears, clears_once],
    "backward-twice": [backward_in_two_places, backward_twice_with_retain_graph],
    "step-twice": [two_steps],
    "step-after-the-loop": [updates_once_at_the_end],
    "update-only-when-logging": [indents_too_far],
    "one-step-off": [stops_before_the_last, goes_one_too_far],
    "numbers-written-in": [always_100_steps, always_32_states, always_every_20th],
    "same-batch-every-step": [learns_one_batch_by_heart, seeds_in_the_loop],
    "states-drawn-once": [same_states],
    "targets-drawn-once": [same_targets],
    "targets-of-another-shape": [one_target_for_each_state],
    "tensors-instead-of-floats": [collects_tensors, stacks_tensors],
    "one-loss-for-all": [gives_the_last_loss],
    "return-in-the-loop": [returns_in_the_loop, returns_at_the_first_log],
    "list-emptied-in-the-loop": [empties_its_list],
    "every-loss-kept": [keeps_them_all, keeps_and_prints_them_all],
    "one-log-too-few": [not_at_step_zero],
    "nothing-printed": [silent],
    "printed-at-every-step": [talkative],
    "sum-instead-of-mean": [adds_up],
    "twice-the-mean": [divides_by_the_batch_size],
    "another-loss": [absolute_error, huber],
    "running-average": [average_so_far, average_of_the_last],
    "loss-after-the-update": [measures_after_learning],
    "update-or-log": [skips_the_update_when_it_logs],
    "last-step-logged": [logs_the_last_step_too],
    "targets-from-the-states": [learns_two_of_the_features],
    "every-second-step-only": [learns_at_every_second_step],
    "gradient-of-twice-the-loss": [doubles_the_loss_for_backward],
    "evaluation-mode": [trains_in_evaluation_mode],
    "one-draw-repeated": [
        a_column_of_targets, one_row_of_targets, one_state_for_the_whole_batch,
        one_target_for_all_rows, targets_for_half_of_the_rows, draws_from_a_pool,
    ],
}  # fmt: skip

UNNAMED = [
    compares_the_averages, clips_the_gradient, lets_the_learning_rate_fall, logs_another_batch,
    prints_the_step_without_the_loss,
]  # fmt: skip
