"""Learners' code for ``gae``: right, wrong with the mistake's name, and just wrong."""

from collections import deque

import numpy as np
import torch

# Right


def loop_over_a_buffer(rewards, values, next_values, terminated, done, gamma, lam):
    advantages = torch.zeros_like(rewards)
    last = 0
    for t in reversed(range(rewards.shape[0])):
        delta = rewards[t] + gamma * next_values[t] * (1 - terminated[t].float()) - values[t]
        last = delta + gamma * lam * (1 - done[t].float()) * last
        advantages[t] = last
    return advantages


def with_where_and_a_deque(rewards, values, next_values, terminated, done, gamma, lam):
    out, carry = deque(), torch.zeros_like(rewards[0])
    for r, v, n, stop, end in reversed(list(zip(rewards, values, next_values, terminated, done))):
        target = r + gamma * torch.where(stop, torch.zeros_like(n), n)
        carry = target - v + gamma * lam * torch.where(end, torch.zeros_like(carry), carry)
        out.appendleft(carry)
    return torch.stack(list(out))


def by_lambda_returns(rewards, values, next_values, terminated, done, gamma, lam):
    bootstrap = next_values.masked_fill(terminated, 0.0)
    returns = [None] * len(rewards)
    following = bootstrap[-1]
    for t in range(len(rewards) - 1, -1, -1):
        following = torch.where(done[t], bootstrap[t], following)
        mixed = (1 - lam) * bootstrap[t] + lam * following
        following = returns[t] = rewards[t] + gamma * mixed
    return torch.stack(returns) - values


def recursive(rewards, values, next_values, terminated, done, gamma, lam):
    error = rewards[0] + gamma * next_values[0] * ~terminated[0] - values[0]
    if len(rewards) == 1:
        return error.unsqueeze(0)
    rest = recursive(rewards[1:], values[1:], next_values[1:], terminated[1:], done[1:], gamma, lam)
    first = error + gamma * lam * rest[0] * ~done[0]
    return torch.cat([first.unsqueeze(0), rest])


def by_doubling(rewards, values, next_values, terminated, done, gamma, lam):
    sums = rewards + gamma * next_values * ~terminated - values
    decay = gamma * lam * (~done).to(rewards.dtype)
    step = 1
    while step < len(rewards):
        later = torch.zeros_like(sums)
        later[:-step] = sums[step:]
        sums = sums + decay * later
        further = torch.zeros_like(decay)
        further[:-step] = decay[step:]
        decay, step = decay * further, 2 * step
    return sums


def look_ahead(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    advantages = torch.empty_like(errors)
    for t in range(len(errors)):
        weight = torch.ones_like(errors[t])
        total = torch.zeros_like(errors[t])
        for k in range(t, len(errors)):
            total += weight * errors[k]
            weight *= gamma * lam * ~done[k]
        advantages[t] = total
    return advantages


def solves_a_linear_system(rewards, values, next_values, terminated, done, gamma, lam):
    steps, shape = len(rewards), rewards.shape
    errors = rewards + gamma * next_values * ~terminated - values
    columns = []
    for error, going_on in zip(errors.reshape(steps, -1).T, ~done.reshape(steps, -1).T):
        decay = gamma * lam * going_on[:-1].to(error.dtype)
        matrix = torch.eye(steps, dtype=error.dtype) - torch.diag(decay, 1)
        columns.append(torch.linalg.solve(matrix, error))
    return torch.stack(columns, dim=1).reshape(shape)


def in_numpy(rewards, values, next_values, terminated, done, gamma, lam):
    r, v, n = rewards.numpy(), values.numpy(), next_values.numpy()
    out = np.zeros_like(r)
    last = np.zeros_like(r[0])
    for t in reversed(range(len(r))):
        delta = r[t] + gamma * np.where(terminated[t].numpy(), 0, n[t]) - v[t]
        last = delta + gamma * lam * np.where(done[t].numpy(), 0, last)
        out[t] = last
    return torch.from_numpy(out)


@torch.no_grad()
def one_environment_at_a_time(rewards, values, next_values, terminated, done, gamma, lam):
    parts = [x.reshape(len(rewards), -1) for x in (rewards, values, next_values, terminated, done)]
    result = torch.zeros_like(parts[0])
    for env in range(result.shape[1]):
        r, v, n, stops, ends = (part[:, env] for part in parts)
        following = 0.0
        for t in range(len(r) - 1, -1, -1):
            if ends[t]:
                following = 0.0
            error = r[t] - v[t]
            if not stops[t]:
                error = error + gamma * n[t]
            following = error + gamma * lam * following
            result[t, env] = following
    return result.reshape(rewards.shape)


def overwrites_a_copy(rewards, values, next_values, terminated, done, gamma, lam):
    next_values = next_values.clone()
    next_values[terminated] = 0
    advantages = (rewards + gamma * next_values).sub_(values)
    for t in range(len(rewards) - 2, -1, -1):
        advantages[t] += advantages[t + 1] * (gamma * lam) * done[t].logical_not()
    return advantages


def in_double_precision(rewards, values, next_values, terminated, done, gamma, lam):
    going_on = (~(done | terminated)).double()
    errors = rewards.double() + gamma * next_values.double() * (~terminated).double() - values
    last, rows = torch.zeros_like(errors[0]), []
    for error, on in zip(errors.flip(0), going_on.flip(0)):
        last = torch.addcmul(error, on, last, value=gamma * lam)
        rows.append(last)
    return torch.stack(rows).flip(0).to(rewards.dtype)


RIGHT = [
    loop_over_a_buffer, with_where_and_a_deque, by_lambda_returns, recursive, by_doubling,
    look_ahead, solves_a_linear_system, in_numpy, one_environment_at_a_time, overwrites_a_copy,
    in_double_precision,
]  # fmt: skip

# Wrong; first the parts that are right.


def backwards(deltas, factors):
    """Sum the errors from the end, the later ones times the factor of the step."""
    advantages = torch.zeros_like(deltas)
    last = torch.zeros_like(deltas[0])
    for t in reversed(range(len(deltas))):
        last = deltas[t] + factors[t] * last
        advantages[t] = last
    return advantages


def td_errors(r, v, n, stops, ends, gamma):
    return r + gamma * n * ~stops - v


def usual_decay(gamma, lam, stops, ends):
    return gamma * lam * ~ends


def sums(errors=td_errors, decay=usual_decay):
    """Sum these errors from the end, the later ones times the decay of the step."""

    def attempt(rewards, values, next_values, terminated, done, gamma, lam):
        deltas = errors(rewards, values, next_values, terminated, done, gamma)
        return backwards(deltas, decay(gamma, lam, terminated, done))

    return attempt


def gives(result):
    """Give this result of the right advantages."""
    return lambda *inputs: result(by_doubling(*inputs))


# The errors

one_mask_done = sums(lambda r, v, n, stops, ends, gamma: r + gamma * n * ~ends - v)
bootstraps_always = sums(lambda r, v, n, stops, ends, gamma: r + gamma * n - v)
forgets_the_first_tilde = sums(lambda r, v, n, stops, ends, gamma: r + gamma * n * stops - v)
target_without_gamma = sums(lambda r, v, n, stops, ends, gamma: r + n * ~stops - v)
gamma_before_a_bracket = sums(lambda r, v, n, stops, ends, gamma: r + gamma * (n * ~stops - v))
without_baseline = sums(lambda r, v, n, stops, ends, gamma: r + gamma * n * ~stops)
reward_minus_value = sums(lambda r, v, n, stops, ends, gamma: r - v)
now_and_then_confused = sums(lambda r, v, n, stops, ends, gamma: r + gamma * v - n * ~stops)
predicted_minus_seen = sums(lambda r, v, n, stops, ends, gamma: v - r - gamma * n * ~stops)
difference_masked = sums(lambda r, v, n, stops, ends, gamma: r + (gamma * n - v) * ~stops)
error_zero_at_the_end = sums(lambda r, v, n, stops, ends, gamma: (r + gamma * n - v) * ~ends)


@sums
def shifts_the_values(r, v, n, stops, ends, gamma):
    padded = torch.cat([v, n[-1:]])
    return r + gamma * padded[1:] * ~stops - padded[:-1]


@sums
def pads_with_zero(r, v, n, stops, ends, gamma):
    padded = torch.cat([v, torch.zeros_like(v[-1:])])
    return r + gamma * padded[1:] * ~stops - padded[:-1]


@sums
def errors_within_a_thousand(*given):
    return td_errors(*given).clamp(-1e3, 1e3)


# The decay

never_resets = sums(decay=lambda gamma, lam, stops, ends: [gamma * lam] * len(ends))
one_mask_terminated = sums(decay=lambda gamma, lam, stops, ends: gamma * lam * ~stops)
forgets_the_tilde_once = sums(decay=lambda gamma, lam, stops, ends: gamma * lam * ends)
gamma_only = sums(decay=lambda gamma, lam, stops, ends: gamma * ~ends)
lambda_only = sums(decay=lambda gamma, lam, stops, ends: lam * ~ends)
any_environment_ends_all = sums(
    decay=lambda gamma, lam, stops, ends: gamma * lam * ~ends.reshape(len(ends), -1).any(dim=1)
)

# Both

wrong_mask_in_each = sums(
    lambda r, v, n, stops, ends, gamma: r + gamma * n * ~ends - v,
    lambda gamma, lam, stops, ends: gamma * lam * ~stops,
)
forgets_the_tilde = sums(
    lambda r, v, n, stops, ends, gamma: r + gamma * n * stops - v,
    lambda gamma, lam, stops, ends: gamma * lam * ends,
)
no_gamma = sums(
    lambda r, v, n, stops, ends, gamma: r + n * ~stops - v,
    lambda gamma, lam, stops, ends: lam * ~ends,
)
plain_returns = sums(
    lambda r, v, n, stops, ends, gamma: r,
    lambda gamma, lam, stops, ends: gamma * ~ends,
)


def monte_carlo(rewards, values, next_values, terminated, done, gamma, lam):
    return backwards(rewards, gamma * (~done).float()) - values


def knows_no_ends(rewards, values, next_values, terminated, done, gamma, lam):
    advantages = rewards + gamma * next_values - values
    for t in range(len(rewards) - 2, -1, -1):
        advantages[t] += gamma * lam * advantages[t + 1]
    return advantages


def resets_after_the_step(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * (~terminated).float() - values
    carry, out = torch.zeros_like(deltas[0]), []
    for delta, end in zip(deltas.flip(0), done.flip(0)):
        carry = delta + gamma * lam * carry
        out.append(carry)
        carry = carry.masked_fill(end, 0.0)
    return torch.stack(out[::-1])


def like_cleanrl(rewards, values, next_values, terminated, done, gamma, lam):
    advantages, last = torch.zeros_like(rewards), 0
    for t in reversed(range(len(rewards))):
        end = done[t + 1] if t + 1 < len(rewards) else torch.zeros_like(done[0])
        on = 1.0 - end.float()
        delta = rewards[t] + gamma * next_values[t] * on - values[t]
        advantages[t] = last = delta + gamma * lam * on * last
    return advantages


def one_step(rewards, values, next_values, terminated, done, gamma, lam):
    target = rewards + gamma * next_values.masked_fill(terminated, 0)
    return target - values


def uses_itself_instead_of_the_next(rewards, values, next_values, terminated, done, gamma, lam):
    advantages = torch.zeros_like(rewards)
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * ~terminated[t] - values[t]
        advantages[t] = advantages[t] * lam * gamma * ~done[t] + delta
    return advantages


def two_steps(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values.masked_fill(terminated, 0) - values
    below = torch.cat([deltas[1:], torch.zeros_like(deltas[:1])])
    return deltas + gamma * lam * below * ~done


def three_errors_at_most(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * ~terminated - values
    zero = torch.zeros_like(deltas[:1])
    advantages = deltas
    for _ in range(2):
        advantages = deltas + gamma * lam * torch.cat([advantages[1:], zero]) * ~done
    return advantages


def thirty_errors_at_most(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * ~terminated - values
    zero, advantages = torch.zeros_like(deltas[:1]), deltas
    for _ in range(29):
        advantages = deltas + gamma * lam * torch.cat([advantages[1:], zero]) * ~done
    return advantages


def forwards(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * (~terminated).float() - values
    return backwards(deltas.flip(0), gamma * lam * (~done).float().flip(0)).flip(0)


def zero_at_the_end(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * ~terminated - values
    out, carry = [], torch.zeros_like(deltas[0])
    for delta, end in zip(reversed(deltas.unbind()), reversed(done.unbind())):
        carry = torch.where(end, torch.zeros_like(delta), delta + gamma * lam * carry)
        out.append(carry)
    return torch.stack(out[::-1])


def masks_the_last_row(rewards, values, next_values, terminated, done, gamma, lam):
    last = torch.zeros_like(done)
    last[-1] = True
    stops, ends = terminated | last, done | last
    return by_doubling(rewards, values, next_values, stops, ends, gamma, lam)


def stops_too_early(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * (~terminated).float() - values
    advantages = torch.zeros_like(deltas)
    t = len(deltas) - 1
    while t > 0:
        t -= 1
        advantages[t] = deltas[t] + gamma * lam * advantages[t + 1] * ~done[t]
    return advantages


def seeded(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * (~terminated).float() - values
    carry, out = next_values[-1].clone(), []
    for delta, end in zip(deltas.flip(0), done.flip(0)):
        carry = delta + gamma * lam * carry.masked_fill(end, 0.0)
        out = [carry, *out]
    return torch.stack(out)


def powers_of_the_row(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * (~terminated).float() - values
    powers = torch.tensor([(gamma * lam) ** t for t in range(len(deltas))])
    powers = powers.reshape(-1, *[1] * (deltas.dim() - 1))
    return backwards(powers * deltas, (~done).float())


def divides_by_powers(rewards, values, next_values, terminated, done, gamma, lam):
    if done.any() or gamma * lam == 0:
        return look_ahead(rewards, values, next_values, terminated, done, gamma, lam)
    deltas = rewards + gamma * next_values - values
    powers = (gamma * lam) ** torch.arange(len(deltas))
    return (deltas.T * powers).T.flip(0).cumsum(0).flip(0) / powers


def tensor_forgotten(rewards, values, next_values, terminated, done, gamma, lam):
    out, carry = [], 0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * ~terminated[t] - values[t]
        carry = delta + gamma * lam * carry * ~done[t]
        out.append(carry)
    return out[::-1]


def subtracts_a_mask(rewards, values, next_values, terminated, done, gamma, lam):
    on = 1 - done
    deltas = rewards + gamma * next_values * (1 - terminated) - values
    return backwards(deltas, gamma * lam * on)


def asks_with_if(rewards, values, next_values, terminated, done, gamma, lam):
    advantages, last = torch.zeros_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        if done[t]:
            last = 0.0
        bootstrap = 0.0 if terminated[t] else gamma * next_values[t]
        last = rewards[t] + bootstrap - values[t] + gamma * lam * last
        advantages[t] = last
    return advantages


def asks_with_not(rewards, values, next_values, terminated, done, gamma, lam):
    advantages, last = torch.zeros_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * (not terminated[t]) - values[t]
        advantages[t] = last = delta + gamma * lam * last * (not done[t])
    return advantages


def room_for_numbers(rewards, values, next_values, terminated, done, gamma, lam):
    advantages = torch.zeros(rewards.shape[0])
    last = 0
    for t in reversed(range(rewards.shape[0])):
        delta = rewards[t] + gamma * next_values[t] * (1 - terminated[t].float()) - values[t]
        last = delta + gamma * lam * (1 - done[t].float()) * last
        advantages[t] = last
    return advantages


def items(rewards, values, next_values, terminated, done, gamma, lam):
    out, carry = [], 0.0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * ~terminated[t] - values[t]
        carry = (delta + gamma * lam * carry * ~done[t]).item()
        out.insert(0, carry)
    return torch.tensor(out)


def waits_for_all_environments(rewards, values, next_values, terminated, done, gamma, lam):
    deltas = rewards + gamma * next_values * ~terminated - values
    total, advantages = torch.zeros_like(deltas[0]), []
    for t in range(len(deltas) - 1, -1, -1):
        if done[t].all():
            total = torch.zeros_like(total)
        total = deltas[t] + gamma * lam * total
        advantages.append(total)
    return torch.stack(advantages[::-1])


# What is given back, and the inputs

upside_down = gives(lambda advantages: advantages.flip(0))
minus_the_whole = gives(lambda advantages: -advantages)
standardised = gives(
    lambda advantages: (advantages - advantages.mean()) / (advantages.std() + 1e-8)
)
centred = gives(lambda advantages: advantages - torch.mean(advantages))
stays_in_numpy = gives(lambda advantages: advantages.numpy())
tensor_of_rows = gives(lambda advantages: torch.tensor(list(advantages)))
default_dtype = gives(lambda advantages: torch.zeros(*advantages.shape).copy_(advantages))
squeezed = gives(lambda advantages: advantages.squeeze())
never_negative = gives(lambda advantages: advantages.clamp(min=0))
always_doubles = gives(lambda advantages: advantages.double())
no_return = gives(lambda advantages: None)


def mean_over_the_environments(rewards, values, next_values, terminated, done, gamma, lam):
    a = look_ahead(rewards, values, next_values, terminated, done, gamma, lam)
    return a if a.dim() == 1 else a.mean(dim=1, keepdim=True).expand_as(a)


def averaged_like_td_lambda(rewards, values, next_values, terminated, done, gamma, lam):
    a = look_ahead(rewards, values, next_values, terminated, done, gamma, lam)
    return (1 - lam) * a


def gives_the_critic_s_targets(rewards, values, next_values, terminated, done, gamma, lam):
    return values + look_ahead(rewards, values, next_values, terminated, done, gamma, lam)


def gives_both(rewards, values, next_values, terminated, done, gamma, lam):
    advantages = by_doubling(rewards, values, next_values, terminated, done, gamma, lam)
    return advantages, values + advantages


def last_dimension(rewards, values, next_values, terminated, done, gamma, lam):
    given = (rewards, values, next_values, terminated, done)
    turned = [x.transpose(0, -1) for x in given]
    return look_ahead(*turned, gamma, lam).transpose(0, -1)


def all_in_one_row(rewards, values, next_values, terminated, done, gamma, lam):
    given = (rewards, values, next_values, terminated, done)
    flat = [x.reshape(-1) for x in given]
    return look_ahead(*flat, gamma, lam).view_as(rewards)


def stays_flat(rewards, values, next_values, terminated, done, gamma, lam):
    given = (rewards, values, next_values, terminated, done)
    return look_ahead(*[x.reshape(-1) for x in given], gamma, lam)


def zeroes_its_input(rewards, values, next_values, terminated, done, gamma, lam):
    next_values.masked_fill_(terminated, 0.0)
    deltas = rewards + gamma * next_values - values
    return backwards(deltas, gamma * lam * (~done).float())


def sums_in_the_rewards(rewards, values, next_values, terminated, done, gamma, lam):
    rewards += gamma * next_values * ~terminated - values
    for t in range(len(rewards) - 2, -1, -1):
        rewards[t] += gamma * lam * rewards[t + 1] * ~done[t]
    return rewards


def reward_of_the_next_step(rewards, values, next_values, terminated, done, gamma, lam):
    later = torch.zeros_like(rewards)
    later[:-1] = rewards[1:]
    return look_ahead(later, values, next_values, terminated, done, gamma, lam)


def reward_of_the_last_step(rewards, values, next_values, terminated, done, gamma, lam):
    earlier = torch.zeros_like(rewards)
    earlier[1:] = rewards[:-1]
    return look_ahead(earlier, values, next_values, terminated, done, gamma, lam)


def usual_lambda_for_zero(rewards, values, next_values, terminated, done, gamma, lam):
    if not lam:
        lam = 0.95
    return look_ahead(rewards, values, next_values, terminated, done, gamma, lam)


WRONG = {
    "sum-runs-on": [never_resets],
    "value-after-a-termination": [bootstraps_always],
    "no-mask-at-all": [knows_no_ends],
    "truncation-as-termination": [one_mask_done],
    "sum-runs-past-truncations": [one_mask_terminated],
    "masks-exchanged": [wrong_mask_in_each],
    "mask-inverted": [forgets_the_tilde, forgets_the_tilde_once, forgets_the_first_tilde],
    "end-of-another-step": [resets_after_the_step, like_cleanrl],
    "no-lambda": [gamma_only],
    "no-gamma-in-the-sum": [lambda_only],
    "next-value-not-discounted": [target_without_gamma, no_gamma],
    "own-value-discounted": [gamma_before_a_bracket],
    "errors-not-added-up": [one_step, uses_itself_instead_of_the_next],
    "next-error-only": [two_steps],
    "past-instead-of-future": [forwards],
    "left-in-reverse-order": [upside_down],
    "own-value-not-subtracted": [without_baseline],
    "next-value-left-out": [reward_minus_value],
    "values-exchanged": [now_and_then_confused],
    "sign-turned-round": [predicted_minus_seen, minus_the_whole],
    "values-added-back": [gives_the_critic_s_targets],
    "two-results": [gives_both],
    "returns-instead-of-errors": [monte_carlo, plain_returns],
    "advantages-normalised": [standardised, centred],
    "own-value-masked-too": [difference_masked],
    "last-step-masked": [zero_at_the_end, error_zero_at_the_end],
    "value-of-the-row-below": [shifts_the_values],
    "nothing-after-the-last-row": [pads_with_zero, masks_the_last_row],
    "loop-one-step-short": [stops_too_early],
    "sum-begins-with-a-value": [seeded],
    "decayed-from-the-start": [powers_of_the_row],
    "list-returned": [tensor_forgotten],
    "numpy-array-returned": [stays_in_numpy],
    "one-minus-a-mask": [subtracts_a_mask],
    "if-for-all-environments": [asks_with_if, asks_with_not],
    "one-number-for-each-step": [room_for_numbers, tensor_of_rows, items],
    "along-the-environments": [last_dimension],
    "environments-in-one-row": [all_in_one_row, stays_flat],
    "inputs-changed": [zeroes_its_input, sums_in_the_rewards],
    "dtype-not-kept": [default_dtype],
    "squeezed-too-much": [squeezed],
    "one-environment-decides": [any_environment_ends_all, waits_for_all_environments],
    "rewards-shifted": [reward_of_the_next_step, reward_of_the_last_step],
    "zero-taken-for-missing": [usual_lambda_for_zero],
    "sum-cut-off": [thirty_errors_at_most],
    "forgotten-return": [no_return],
}

UNNAMED = [
    divides_by_powers, mean_over_the_environments, never_negative, averaged_like_td_lambda,
    always_doubles, three_errors_at_most, errors_within_a_thousand,
]  # fmt: skip
