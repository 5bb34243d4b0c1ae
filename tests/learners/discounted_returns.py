"""Learners' code for ``discounted_returns``: right, wrong with the mistake's name, just wrong."""

from collections import deque
from functools import reduce
from itertools import accumulate

import numpy as np
import torch

# Right


def backwards(rewards, gamma):
    returns = []
    R = 0
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    return torch.tensor(returns, dtype=torch.float32)


def into_zeros(rewards, gamma):
    T = len(rewards)
    G = torch.zeros(T)
    running = 0.0
    for t in range(T - 1, -1, -1):
        running = running * gamma + float(rewards[t])
        G[t] = running
    return G


def double_sum(rewards, gamma):
    returns = []
    for t in range(len(rewards)):
        total, power = 0.0, 1.0
        for reward in rewards[t:]:
            total += power * reward
            power *= gamma
        returns.append(total)
    return torch.tensor(returns)


def with_a_deque(rewards, gamma):
    returns = deque()
    for r in reversed(rewards):
        returns.appendleft(r + gamma * (returns[0] if returns else 0))
    return torch.tensor(list(returns)).float()


def as_a_matrix(rewards, gamma):
    r = torch.as_tensor(rewards, dtype=torch.float32)
    steps = torch.arange(len(r))
    powers = torch.tensor(float(gamma)) ** (steps[None, :] - steps[:, None]).clamp(min=0)
    return torch.triu(powers) @ r


def with_accumulate(rewards, gamma):
    sums = accumulate((float(r) for r in reversed(rewards)), lambda total, r: r + gamma * total)
    return torch.tensor(list(sums)).flip(0)


def recursive(rewards, gamma):
    def returns_from(t):
        if t == len(rewards):
            return []
        later = returns_from(t + 1)
        return [rewards[t] + gamma * (later[0] if later else 0.0), *later]

    return torch.tensor(returns_from(0), dtype=torch.get_default_dtype())


def in_numpy(rewards, gamma):
    returns = np.zeros(len(rewards), dtype=np.float32)
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        returns[t] = total
    return torch.from_numpy(returns)


def with_reduce(rewards, gamma):
    def add(sums, reward):
        return [reward + gamma * sums[0], *sums] if sums else [float(reward)]

    return torch.tensor(reduce(add, reversed(rewards), []))


def in_a_tensor_of_its_own(rewards, gamma):
    returns = torch.tensor([float(r) for r in rewards])
    for t in reversed(range(len(returns) - 1)):
        returns[t] = returns[t] + gamma * returns[t + 1]
    return returns


RIGHT = [
    backwards, into_zeros, double_sum, with_a_deque, as_a_matrix, with_accumulate, recursive,
    in_numpy, with_reduce, in_a_tensor_of_its_own,
]  # fmt: skip

# Wrong, by the mistake's name


def suffix_sums(rewards, gamma):
    r = torch.tensor(rewards, dtype=torch.float)
    return r.flip(0).cumsum(0).flip(0)


def no_gamma(rewards, gamma):
    R, out = 0.0, []
    for r in reversed(rewards):
        R += r
        out.insert(0, R)
    return torch.tensor(out)


def forward_in_time(rewards, gamma):
    G = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        G[t] = rewards[t] + gamma * (G[t - 1] if t > 0 else 0)
    return G


def forgot_to_reverse(rewards, gamma):
    out, R = [], 0.0
    for r in rewards[::-1]:
        R = r + gamma * R
        out += [R]
    return torch.tensor(out)


def reverses_inside_the_loop(rewards, gamma):
    out, R = [], 0.0
    for r in reversed(rewards):
        R = r + gamma * R
        out.append(R)
        out = out[::-1]
    return torch.tensor(out)


def the_last_sum(rewards, gamma):
    R = torch.tensor(0.0)
    for r in reversed(rewards):
        R = r + gamma * R
    return R


def episode_return_for_all(rewards, gamma):
    R = 0.0
    for t in range(len(rewards)):
        R += gamma**t * rewards[t]
    return torch.tensor([R] * len(rewards))


def powers_only(rewards, gamma):
    r = torch.tensor(rewards, dtype=torch.float)
    return r * gamma ** torch.arange(len(r))


def absolute_powers(rewards, gamma):
    r = torch.tensor(rewards, dtype=torch.float)
    d = r * gamma ** torch.arange(len(r))
    return d.flip(0).cumsum(0).flip(0)


def up_to_now(rewards, gamma):
    out, total = [], 0.0
    for t, r in enumerate(rewards):
        total += r * gamma**t
        out.append(total)
    return torch.tensor(out)


def from_the_next_step_on(rewards, gamma):
    T = len(rewards)
    return torch.tensor(
        [float(sum(gamma ** (k - t - 1) * rewards[k] for k in range(t + 1, T))) for t in range(T)]
    )


def from_the_next_step_on_discounted(rewards, gamma):
    T = len(rewards)
    return torch.tensor(
        [float(sum(gamma ** (k - t) * rewards[k] for k in range(t + 1, T))) for t in range(T)]
    )


def one_power_too_many(rewards, gamma):
    T = len(rewards)
    return torch.tensor(
        [sum(gamma ** (k - t + 1) * rewards[k] for k in range(t, T)) for t in range(T)]
    )


def python_list(rewards, gamma):
    return [sum(gamma**k * r for k, r in enumerate(rewards[t:])) for t in range(len(rewards))]


def standardised(rewards, gamma):
    G = backwards(rewards, gamma)
    return (G - G.mean()) / G.std()


def centred(rewards, gamma):
    G = backwards(rewards, gamma)
    return G - G.mean()


def integers_stay_integers(rewards, gamma):
    G = torch.tensor(rewards)
    for t in reversed(range(len(G) - 1)):
        G[t] = G[t] + gamma * G[t + 1]
    return G


def as_they_are(rewards, gamma):
    return torch.FloatTensor(rewards)


def one_step_ahead(rewards, gamma):
    out = []
    for t in range(len(rewards)):
        following = rewards[t + 1] if t + 1 < len(rewards) else 0
        out.append(float(rewards[t] + gamma * following))
    return torch.tensor(out)


def gamma_for_all_later(rewards, gamma):
    return torch.tensor([float(r + gamma * sum(rewards[t + 1 :])) for t, r in enumerate(rewards)])


def power_turned_round(rewards, gamma):
    out = []
    for t in range(len(rewards)):
        out.append(float(sum(rewards[k] * gamma ** (t - k) for k in range(t, len(rewards)))))
    return torch.tensor(out)


def karpathys_pong(rewards, gamma):
    discounted = torch.zeros(len(rewards))
    running_add = 0
    for t in reversed(range(0, len(rewards))):
        if rewards[t] != 0:
            running_add = 0
        running_add = running_add * gamma + rewards[t]
        discounted[t] = running_add
    return discounted


def stops_before_the_end(rewards, gamma):
    G = [0.0] * len(rewards)
    for t in range(len(rewards) - 2, -1, -1):
        G[t] = rewards[t] + gamma * G[t + 1]
    return torch.tensor(G)


def overwrites(rewards, gamma):
    for t in range(len(rewards) - 2, -1, -1):
        rewards[t] = rewards[t] + gamma * rewards[t + 1]
    return torch.tensor(rewards, dtype=torch.float32)


def turns_the_list(rewards, gamma):
    R, out = 0.0, []
    rewards.reverse()
    for r in rewards:
        R = r + gamma * R
        out.append(R)
    return torch.tensor(out[::-1])


def overwrites_a_tensor(rewards, gamma):
    G = torch.as_tensor(rewards, dtype=torch.float32)
    for t in reversed(range(len(G) - 1)):
        G[t] += gamma * G[t + 1]
    return G


def one_column(rewards, gamma):
    return backwards(rewards, gamma).unsqueeze(1)


def numpys_dtype(rewards, gamma):
    returns = np.zeros(len(rewards))
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        returns[t] = total
    return torch.from_numpy(returns)


def powers_divided_out(rewards, gamma):
    r = torch.tensor(rewards, dtype=torch.float)
    discounts = gamma ** torch.arange(len(r))
    past = torch.cumsum(r * discounts, 0)
    return (past[-1] - past + r * discounts) / discounts


def no_return(rewards, gamma):
    torch.tensor(rewards)


def at_most_ten_steps(rewards, gamma):
    G = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        for k, r in enumerate(rewards[t : t + 10]):
            G[t] += gamma**k * r
    return G


def place_of_the_reward(rewards, gamma):
    rewards = [float(r) for r in rewards]
    following = {t: rewards[t:] for t in range(len(rewards))}
    tails = [following[rewards.index(r)] for r in rewards]
    return torch.tensor([sum(gamma**k * r for k, r in enumerate(tail)) for tail in tails])


def small_weights_left_out(rewards, gamma):
    returns = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for r in rewards[t:]:
            total += weight * r
            weight *= gamma
            if weight < 1e-3:
                break
        returns.append(total)
    return torch.tensor(returns)


def like_a_moving_average(rewards, gamma):
    average, returns = 0.0, []
    for reward in reversed(list(rewards)):
        average = (1 - gamma) * float(reward) + gamma * average
        returns.insert(0, average)
    return torch.tensor(returns)


WRONG = {
    "no-discount": [suffix_sums, no_gamma],
    "past-instead-of-future": [forward_in_time],
    "left-in-reverse-order": [forgot_to_reverse],
    "reversed-in-every-step": [reverses_inside_the_loop],
    "one-return-for-the-episode": [the_last_sum, episode_return_for_all],
    "rewards-not-added-up": [powers_only],
    "discounted-from-the-start": [absolute_powers],
    "running-total": [up_to_now],
    "own-reward-left-out": [from_the_next_step_on, from_the_next_step_on_discounted],
    "own-reward-discounted": [one_power_too_many],
    "list-returned": [python_list],
    "returns-normalised": [standardised, centred],
    "cut-to-whole-numbers": [integers_stay_integers],
    "rewards-alone": [as_they_are],
    "next-reward-only": [one_step_ahead],
    "gamma-only-once": [gamma_for_all_later],
    "negative-powers": [power_turned_round],
    "reset-at-each-reward": [karpathys_pong],
    "loop-one-step-short": [stops_before_the_end],
    "rewards-changed": [overwrites, turns_the_list, overwrites_a_tensor],
    "column-returned": [one_column],
    "float64-returns": [numpys_dtype],
    "divided-by-zero-powers": [powers_divided_out],
    "sum-cut-off": [at_most_ten_steps, small_weights_left_out],
    "found-by-value": [place_of_the_reward],
    "forgotten-return": [no_return],
    "times-an-argument": [like_a_moving_average],
}

# Wrong, with no name of its own

_kept = []


def keeps_adding_to_one_list(rewards, gamma, returns=_kept):
    R = 0.0
    for r in reversed(rewards):
        R = r + gamma * R
        returns.insert(0, R)
    return torch.tensor(returns)


def average_instead_of_sum(rewards, gamma):
    G = backwards(rewards, gamma)
    return G / torch.arange(len(rewards), 0, -1)


def gamma_squared(rewards, gamma):
    return backwards(rewards, gamma * gamma)


def weighted_mean(rewards, gamma):
    R, out = 0.0, []
    for r in reversed(rewards):
        R = (1 - gamma) * r + gamma * R
        out.insert(0, R)
    return torch.tensor(out)


def gamma_fixed(rewards, gamma):
    return backwards(rewards, 0.9)


def fails_for_one_step(rewards, gamma):
    G = torch.zeros(len(rewards))
    G[-1] = rewards[-1]
    G[-2] = rewards[-2] + gamma * G[-1]
    for t in range(len(rewards) - 3, -1, -1):
        G[t] = rewards[t] + gamma * G[t + 1]
    return G


def returns_within_a_thousand(rewards, gamma):
    return backwards(rewards, gamma).clamp(-1000, 1000)


def powers_in_double_precision(rewards, gamma):
    r = torch.tensor([float(x) for x in rewards], dtype=torch.float64)
    powers = max(gamma, 1e-9) ** torch.arange(len(r), dtype=torch.float64)
    return ((powers * r).flip(0).cumsum(0).flip(0) / powers).float()


UNNAMED = [
    keeps_adding_to_one_list, average_instead_of_sum, gamma_squared, weighted_mean, gamma_fixed,
    fails_for_one_step, returns_within_a_thousand, powers_in_double_precision,
]  # fmt: skip
