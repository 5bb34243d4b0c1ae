"""Fresh attempts at ``fit_random_targets``, their verdicts written before they were checked."""

import torch
import torch.nn.functional as F
from torch import nn


def plain_loop(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Written as the usual loop that counts from 1."""
    some = next(model.parameters())
    kept = []
    for step in range(1, steps + 1):
        x = torch.randn(batch_size, 4, dtype=some.dtype, device=some.device)
        y = torch.randn(batch_size, 2, dtype=some.dtype, device=some.device)
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            kept.append(loss.item())
            print(f"step {step:3d}: loss {kept[-1]:.4f}")
    return kept


def with_a_closure(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Written with a closure that the optimizer calls, and a while loop."""
    like = next(model.parameters())
    options = {"dtype": like.dtype, "device": like.device}
    losses, step = [], 0
    while step < steps:
        step += 1
        states = torch.randn((batch_size, 4), **options)
        targets = torch.randn((batch_size, 2), **options)

        def closure(states=states, targets=targets):
            optimizer.zero_grad()
            error = (model(states) - targets).square().mean()
            error.backward()
            return error

        before = optimizer.step(closure).item()
        if step % log_every == 0:
            print("step", step, "loss", round(before, 4))
            losses.append(before)
    return losses


def _random_batches(model, count, size):
    p = next(model.parameters())
    for _ in range(count):
        yield tuple(torch.randn(size, k, dtype=p.dtype, device=p.device) for k in (4, 2))


def batches_from_a_generator(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Written with a generator of batches, and all losses cut down at the end."""
    criterion = nn.MSELoss()
    history = []
    for number, (states, targets) in enumerate(_random_batches(model, steps, batch_size), 1):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(states), targets)
        loss.backward()
        optimizer.step()
        history.append(loss.item())
        if not number % log_every:
            print(f"{number}: {history[-1]}")
    return history[log_every - 1 :: log_every]


# ---------------------------------------------------------------------------------------------


def gradients_pile_up(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Never sets the gradients to zero, so they add up from step to step."""
    p = next(model.parameters())
    out = []
    for i in range(1, steps + 1):
        states = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        targets = torch.randn(batch_size, 2, dtype=p.dtype, device=p.device)
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        optimizer.step()
        if i % log_every == 0:
            print(f"step {i:3d}: loss {loss.item():.4f}")
            out.append(loss.item())
    return out


def counts_from_zero(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Written as the loop of the page, which counts from 0."""
    p = next(model.parameters())
    losses = []
    for step in range(steps):
        states = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        targets = torch.randn(batch_size, 2, dtype=p.dtype, device=p.device)
        optimizer.zero_grad()
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            print(f"step {step}: loss {loss.item():.4f}")
            losses.append(loss.item())
    return losses


def keeps_tensors(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Returns the losses as tensors, not as Python floats."""
    w = next(model.parameters())
    res = []
    for t in range(1, steps + 1):
        s = torch.randn(batch_size, 4, dtype=w.dtype, device=w.device)
        y = torch.randn(batch_size, 2, dtype=w.dtype, device=w.device)
        loss = F.mse_loss(model(s), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if t % log_every == 0:
            print(f"step {t:3d}: loss {loss:.4f}")
            res.append(loss.detach())
    return res


def uniform_targets(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Written with rand in place of randn for the targets."""
    p = next(model.parameters())
    kept = []
    for step in range(1, steps + 1):
        states = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        targets = torch.rand(batch_size, 2, dtype=p.dtype, device=p.device)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            print(f"step {step:3d}: loss {loss.item():.4f}")
            kept.append(loss.item())
    return kept


def loss_after_the_update(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Computes the kept loss again after the update."""
    p = next(model.parameters())
    kept = []
    for step in range(1, steps + 1):
        x = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        y = torch.randn(batch_size, 2, dtype=p.dtype, device=p.device)
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
        if step % log_every == 0:
            with torch.no_grad():
                loss = F.mse_loss(model(x), y).item()
            print(f"step {step:3d}: loss {loss:.4f}")
            kept.append(loss)
    return kept


# ---------------------------------------------------------------------------------------------


def last_step_as_well(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Keeps the last step's loss as well, although its number is not divisible."""
    p = next(model.parameters())
    report = []
    for step in range(1, steps + 1):
        states = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        targets = torch.randn(batch_size, 2, dtype=p.dtype, device=p.device)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        finished = step == steps
        if step % log_every == 0 or finished:
            print(f"step {step:3d}: loss {loss.item():.4f}")
            report.append(loss.item())
    return report


def either_logs_or_learns(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Makes no update in the steps that it prints."""
    p = next(model.parameters())
    losses = []
    for step in range(1, steps + 1):
        states = torch.randn(batch_size, 4, dtype=p.dtype, device=p.device)
        targets = torch.randn(batch_size, 2, dtype=p.dtype, device=p.device)
        loss = F.mse_loss(model(states), targets)
        if step % log_every == 0:
            print(f"step {step:3d}: loss {loss.item():.4f}")
            losses.append(loss.item())
            continue
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def always_32_states(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Ignores batch_size and always draws 32 states."""
    p = next(model.parameters())
    kept = []
    for step in range(1, steps + 1):
        states = torch.randn(32, 4, dtype=p.dtype, device=p.device)
        targets = torch.randn(32, 2, dtype=p.dtype, device=p.device)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            print(f"step {step:3d}: loss {loss.item():.4f}")
            kept.append(loss.item())
    return kept


def long_gradients_shortened(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Shortens gradients to a norm of 20, which only a network far off reaches."""
    weights = list(model.parameters())
    kind = {"dtype": weights[0].dtype, "device": weights[0].device}
    kept = []
    for step in range(1, steps + 1):
        states, targets = torch.randn(batch_size, 4, **kind), torch.randn(batch_size, 2, **kind)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, max_norm=20.0)
        optimizer.step()
        if step % log_every == 0:
            print(f"step {step:3d}: loss {loss.item():.4f}")
            kept.append(loss.item())
    return kept


# The last two were first listed as wrong: right solutions of learners count from 0, and draw
# targets from other distributions.
RIGHT = [plain_loop, with_a_closure, batches_from_a_generator, counts_from_zero, uniform_targets]
ORDINARY = [gradients_pile_up, keeps_tensors, loss_after_the_update]
ODD = [last_step_as_well, either_logs_or_learns, always_32_states, long_gradients_shortened]
