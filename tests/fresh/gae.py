"""Fresh attempts at ``gae``, their verdicts written before they were checked."""

from collections import deque

import torch


def backwards_by_index(rewards, values, next_values, terminated, done, gamma, lam):
    """Written as a loop over the indices, in the notation of the formula."""
    steps = rewards.shape[0]
    zero = torch.zeros_like(rewards[0])
    advantages = [zero] * steps
    last = zero
    for t in range(steps - 1, -1, -1):
        bootstrap = torch.where(terminated[t], zero, next_values[t])
        delta = rewards[t] + gamma * bootstrap - values[t]
        last = delta + gamma * lam * torch.where(done[t], zero, last)
        advantages[t] = last
    return torch.stack(advantages)


def episodes_as_numbers(rewards, values, next_values, terminated, done, gamma, lam):
    """Written without a loop: each step weighs the errors of its own episode that follow."""
    delta = rewards + gamma * next_values.masked_fill(terminated, 0) - values
    count = done.long().cumsum(0)
    episode = count - done.long()  # how many episodes ended before this step
    t = torch.arange(len(rewards), device=rewards.device)
    ahead = t[None, :] - t[:, None]
    decay = (gamma * lam) ** ahead.clamp(min=0).to(delta.dtype)
    extra = (1,) * (rewards.dim() - 1)
    counts = episode[:, None] == episode[None, :]  # (T, T, ...)
    counts = counts & (ahead >= 0).reshape(ahead.shape + extra)
    terms = decay.reshape(decay.shape + extra) * delta[None]
    return torch.where(counts, terms, torch.zeros_like(terms)).sum(dim=1)


def _td_errors(rewards, values, next_values, terminated, gamma):
    alive = torch.logical_not(terminated)
    return rewards - values + gamma * torch.where(alive, next_values, torch.zeros_like(values))


def with_a_deque(rewards, values, next_values, terminated, done, gamma, lam):
    """Written with a helper function for the errors and a deque that grows at its left end."""
    result: deque = deque()
    deltas = _td_errors(rewards, values, next_values, terminated, gamma)
    for delta, stop in zip(reversed(deltas.unbind(0)), reversed(done.unbind(0)), strict=True):
        if result:
            tail = result[0].masked_fill(stop, 0.0)
            delta = delta + lam * gamma * tail
        result.appendleft(delta)
    return torch.stack(tuple(result), dim=0)


def runs_on_after_a_time_limit(rewards, values, next_values, terminated, done, gamma, lam):
    """Stops the sum at terminated steps alone, so that it runs on into the next episode."""
    alive = (~terminated).to(rewards.dtype)
    deltas = rewards + gamma * alive * next_values - values
    out = torch.zeros_like(deltas)
    acc = torch.zeros_like(deltas[0])
    for t in reversed(range(len(rewards))):
        acc = deltas[t] + gamma * lam * alive[t] * acc
        out[t] = acc
    return out


def time_limit_counts_as_death(rewards, values, next_values, terminated, done, gamma, lam):
    """Drops the next state's value at each end, also where the episode was only truncated."""
    going_on = (~done).to(rewards.dtype)
    deltas = rewards + gamma * going_on * next_values - values
    out = torch.zeros_like(deltas)
    acc = torch.zeros_like(deltas[0])
    for t in reversed(range(len(rewards))):
        acc = deltas[t] + gamma * lam * going_on[t] * acc
        out[t] = acc
    return out


def decay_without_gamma(rewards, values, next_values, terminated, done, gamma, lam):
    """Lets the sum decay by lam alone, without gamma."""
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    acc = torch.zeros_like(errors[0])
    advantages = []
    for error, end in zip(errors.flip(0), done.flip(0), strict=True):
        acc = error + lam * acc.masked_fill(end, 0.0)
        advantages.insert(0, acc)
    return torch.stack(advantages)


def next_row_as_next_value(rewards, values, next_values, terminated, done, gamma, lam):
    """Takes values[t + 1] for the next state's value, which is another episode's after a reset."""
    following = torch.cat([values[1:], next_values[-1:]])
    errors = rewards + gamma * following.masked_fill(terminated, 0.0) - values
    acc = torch.zeros_like(errors[0])
    advantages = []
    for error, end in zip(errors.flip(0), done.flip(0), strict=True):
        acc = error + gamma * lam * acc.masked_fill(end, 0.0)
        advantages.insert(0, acc)
    return torch.stack(advantages)


def stops_one_step_early(rewards, values, next_values, terminated, done, gamma, lam):
    """Asks the following step's ``done``, so that the sum stops one step too early."""
    T = len(rewards)  # noqa: N806
    delta = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    A = torch.zeros_like(delta)  # noqa: N806
    A[T - 1] = delta[T - 1]
    for t in range(T - 2, -1, -1):
        A[t] = delta[t] + gamma * lam * A[t + 1].masked_fill(done[t + 1], 0.0)
    return A


def one_ends_all_end(rewards, values, next_values, terminated, done, gamma, lam):
    """Stops the sum of all environments as soon as one of them is done."""
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    acc = torch.zeros_like(errors[0])
    advantages = []
    for t in reversed(range(len(errors))):
        if done[t].any():
            acc = torch.zeros_like(acc)
        acc = errors[t] + gamma * lam * acc
        advantages.append(acc)
    advantages.reverse()
    return torch.stack(advantages)


def wipes_the_callers_values(rewards, values, next_values, terminated, done, gamma, lam):
    """Writes zeros into the caller's ``next_values``."""
    with torch.no_grad():
        next_values[terminated] = 0.0
    errors = rewards + gamma * next_values - values
    acc = torch.zeros_like(errors[0])
    advantages = []
    for t in reversed(range(len(errors))):
        acc = errors[t] + gamma * lam * acc.masked_fill(done[t], 0.0)
        advantages.append(acc)
    return torch.stack(advantages[::-1])


def careful_with_large_errors(rewards, values, next_values, terminated, done, gamma, lam):
    """Limits each TD error to between -10 and 10."""
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    errors = errors.clamp(-10.0, 10.0)  # keeps training stable
    acc = torch.zeros_like(errors[0])
    advantages = []
    for t in reversed(range(len(errors))):
        acc = errors[t] + gamma * lam * acc.masked_fill(done[t], 0.0)
        advantages.append(acc)
    return torch.stack(advantages[::-1])


def zero_means_default(rewards, values, next_values, terminated, done, gamma, lam):
    """Takes a ``lam`` of 0 for one that was not given, and uses 0.95 in its place."""
    decay = gamma * (lam or 0.95)
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    acc = torch.zeros_like(errors[0])
    advantages = []
    for error, end in zip(errors.flip(0), done.flip(0), strict=True):
        acc = error + decay * acc.masked_fill(end, 0.0)
        advantages.append(acc)
    return torch.stack(advantages).flip(0)


def loses_a_dimension_of_one(rewards, values, next_values, terminated, done, gamma, lam):
    """Squeezes the result, which loses a dimension for one step or one environment."""
    rewards, values, next_values, terminated, done = (
        x.reshape(x.shape[0], -1) for x in (rewards, values, next_values, terminated, done)
    )
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values
    out = torch.zeros_like(errors)
    acc = torch.zeros_like(errors[0])
    for t in reversed(range(len(errors))):
        acc = errors[t] + gamma * lam * acc.masked_fill(done[t], 0.0)
        out[t] = acc
    return out.squeeze()


RIGHT = [backwards_by_index, episodes_as_numbers, with_a_deque]
ORDINARY = [
    runs_on_after_a_time_limit, time_limit_counts_as_death, decay_without_gamma,
    next_row_as_next_value, stops_one_step_early,
]  # fmt: skip
ODD = [
    one_ends_all_end, wipes_the_callers_values, careful_with_large_errors, zero_means_default,
    loses_a_dimension_of_one,
]  # fmt: skip
