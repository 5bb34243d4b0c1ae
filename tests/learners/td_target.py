"""Learners' code for ``td_target``: right, wrong with the mistake's name, and just wrong."""

import numpy as np
import torch

# Right


def as_a_formula(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.max(dim=1)[0] * (1 - terminated.float())


def with_where(rewards, terminated, next_q, gamma):
    best, _ = torch.max(next_q, -1)
    return torch.where(terminated, rewards, rewards + gamma * best)


def where_it_goes_on(rewards, terminated, next_q, gamma):
    targets = rewards.clone()
    goes_on = ~terminated
    targets[goes_on] += gamma * next_q[goes_on].amax(dim=-1)
    return targets


def one_by_one(rewards, terminated, next_q, gamma):
    targets = torch.empty_like(rewards)
    for i in range(len(rewards)):
        if terminated[i]:
            targets[i] = rewards[i]
        else:
            targets[i] = rewards[i] + gamma * max(next_q[i])
    return targets.detach()


def by_gather(rewards, terminated, next_q, gamma):
    actions = next_q.argmax(dim=1, keepdim=True)
    best = next_q.gather(1, actions).squeeze(1)
    return rewards + gamma * best.masked_fill(terminated, 0)


def sorted_values(rewards, terminated, next_q, gamma):
    best = next_q.sort(dim=1, descending=True).values[:, 0]
    return torch.addcmul(rewards, best * gamma, terminated.logical_not().to(best.dtype))


def in_columns_and_back(rewards, terminated, next_q, gamma):
    done = terminated.unsqueeze(1).int()
    targets = rewards.unsqueeze(1) + gamma * next_q.max(1, keepdim=True).values * (1 - done)
    return targets.squeeze(1)


def without_gradients(rewards, terminated, next_q, gamma):
    with torch.no_grad():
        bootstrap = next_q.max(dim=-1).values
        bootstrap[terminated] = 0.0  # a new tensor, so this is allowed
        return rewards + gamma * bootstrap


def in_numpy(rewards, terminated, next_q, gamma):
    best = next_q.numpy().max(axis=1)
    targets = rewards.numpy() + np.float32(gamma) * best * ~terminated.numpy()
    return torch.from_numpy(targets.astype(next_q.numpy().dtype))


def list_comprehension(rewards, terminated, next_q, gamma):
    return torch.stack(
        [r if done else r + gamma * q.max() for r, done, q in zip(rewards, terminated, next_q)]
    )


RIGHT = [
    as_a_formula, with_where, where_it_goes_on, one_by_one, by_gather, sorted_values,
    in_columns_and_back, without_gradients, in_numpy, list_comprehension,
]  # fmt: skip

# Wrong; first the parts that are right.


def target(formula):
    """Make the targets with this formula from the rewards, the ends and the largest values."""
    return lambda rewards, terminated, next_q, gamma: formula(
        rewards, terminated, next_q.amax(1), gamma
    )


def with_best(best_of):
    """Make the usual targets from what this takes for the best value of each row."""
    return lambda rewards, terminated, next_q, gamma: (
        rewards + gamma * best_of(next_q) * (1 - terminated.float())
    )


# The formula

forgets_the_end = target(lambda r, ends, best, gamma: r + gamma * best)
mask_turned_round = target(lambda r, ends, best, gamma: r + gamma * best * ends.float())
where_turned_round = target(lambda r, ends, best, gamma: torch.where(ends, r + gamma * best, r))
brackets_in_the_wrong_place = target(lambda r, ends, best, gamma: (r + gamma * best) * ~ends)
zero_at_the_end = target(lambda r, ends, best, gamma: torch.where(ends, 0.0, r + gamma * best))
forgets_gamma = target(lambda r, ends, best, gamma: r + best * (1 - ends.int()))
gamma_on_all = target(lambda r, ends, best, gamma: torch.where(ends, r, r + best) * gamma)
plus_gamma = target(lambda r, ends, best, gamma: r + gamma + best * (~ends).float())
only_what_follows = target(lambda r, ends, best, gamma: gamma * best * (~ends).float())
gamma_squared = target(lambda r, ends, best, gamma: r + gamma**2 * best * ~ends)
mask_as_a_column = target(lambda r, ends, best, gamma: r + gamma * best * ~ends.view(-1, 1))
rewards_as_a_column = target(lambda r, ends, best, gamma: r.view(-1, 1) + gamma * best * ~ends)
one_minus = target(lambda r, ends, best, gamma: r + (1 - ends) * gamma * best)
one_if = target(lambda r, ends, best, gamma: r if ends else r + gamma * best)
one_not = target(lambda r, ends, best, gamma: r + gamma * best * (0 if ends else 1))
like_atari = target(lambda r, ends, best, gamma: r.clip(-1.0, 1.0) + gamma * best * ~ends)
squeezed_to_a_number = target(lambda r, ends, best, gamma: (r + gamma * best * ~ends).squeeze())
mask_of_the_row_before = target(lambda r, ends, best, gamma: r + gamma * best * ~ends.roll(1))


@target
def minus_one_at_the_end(rewards, terminated, best, gamma):
    return torch.where(terminated, -1.0, rewards + gamma * best).to(rewards.dtype)


@target
def no_return(rewards, terminated, best, gamma):
    rewards + gamma * best


# The best value

expected_value = with_best(lambda next_q: next_q.mean(1))
all_values = with_best(lambda next_q: next_q.sum(1))
pessimist = with_best(lambda next_q: torch.min(next_q, 1).values)
over_the_states = with_best(lambda next_q: next_q.amax(0))
over_everything = with_best(lambda next_q: torch.max(next_q))
index_of_the_best = with_best(lambda next_q: next_q.max(dim=1)[1])
index_of_the_best_again = with_best(lambda next_q: torch.argmax(next_q, 1).float())
always_action_zero = with_best(lambda next_q: next_q[:, 0])
keeps_the_dimension = with_best(lambda next_q: torch.max(next_q, dim=1, keepdim=True)[0])
forgets_max_and_columns = with_best(lambda next_q: next_q)
the_pair = with_best(lambda next_q: torch.max(next_q, dim=1))
soft_maximum = with_best(lambda next_q: next_q.logsumexp(1))
never_negative = with_best(lambda next_q: next_q.amax(1).clamp(min=0))
squeezes_the_values_first = with_best(lambda next_q: torch.squeeze(next_q).amax(-1))
largest_absolute_value = with_best(lambda next_q: next_q.abs().amax(1))
for_two_actions = with_best(lambda next_q: torch.maximum(next_q[:, 0], next_q[:, -1]))


@with_best
def values_like_the_index(next_q):
    chosen = next_q == next_q.argmax(dim=1, keepdim=True)
    return torch.where(chosen.any(dim=1), (next_q * chosen).sum(1), next_q.amax(1))


@with_best
def adds_all_that_are_best(next_q):
    return (next_q * (next_q == next_q.amax(1, keepdim=True))).sum(1)


def forgets_max(rewards, terminated, next_q, gamma):
    return rewards[:, None] + gamma * next_q * (1 - terminated.float())[:, None]


def the_masked_pair(rewards, terminated, next_q, gamma):
    best = next_q.max(dim=-1)
    return rewards + gamma * best.masked_fill(terminated, 0.0)


def searches_from_zero(rewards, terminated, next_q, gamma):
    targets = rewards.clone()
    for i, row in enumerate(next_q):
        best = 0.0
        for value in row:
            if value > best:
                best = value
        targets[i] += gamma * best * (not terminated[i])
    return targets


# What is given back, and the inputs


def leaves_a_column(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).reshape(-1, 1)


def as_a_list(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).tolist()


def float32_only(rewards, terminated, next_q, gamma):
    return (rewards + gamma * next_q.amax(1) * ~terminated).float()


def in_single_precision(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards.float(), terminated, next_q.float(), gamma).to(rewards.dtype)


def targets_within_a_hundred(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).clamp(-100, 100)


def values_up_to_ten_thousand(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q.clamp(max=1e4), gamma)


def zeroes_the_input(rewards, terminated, next_q, gamma):
    next_q[terminated] = 0
    return rewards + gamma * next_q.amax(1)


def adds_to_the_rewards(rewards, terminated, next_q, gamma):
    rewards += gamma * next_q.amax(1) * (1 - terminated.float())
    return rewards


def cuts_the_graph_of_its_caller(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q.detach_(), gamma)


WRONG = {
    "no-mask": [forgets_the_end],
    "mask-inverted": [mask_turned_round, where_turned_round],
    "reward-masked-too": [brackets_in_the_wrong_place, zero_at_the_end],
    "no-discount": [forgets_gamma],
    "reward-discounted": [gamma_on_all],
    "gamma-added": [plus_gamma],
    "reward-left-out": [only_what_follows],
    "mean-instead-of-max": [expected_value],
    "sum-instead-of-max": [all_values],
    "min-instead-of-max": [pessimist],
    "max-over-the-batch": [over_the_states],
    "max-of-everything": [over_everything],
    "argmax-instead-of-max": [index_of_the_best, index_of_the_best_again],
    "one-fixed-action": [always_action_zero],
    "broadcast-to-a-square": [keeps_the_dimension, mask_as_a_column, rewards_as_a_column],
    "no-max": [forgets_max, forgets_max_and_columns],
    "column-returned": [leaves_a_column],
    "max-gives-a-pair": [the_pair, the_masked_pair],
    "one-minus-a-mask": [one_minus],
    "if-for-a-whole-batch": [one_if, one_not],
    "rewards-clipped": [like_atari],
    "inputs-changed": [zeroes_the_input, adds_to_the_rewards],
    "soft-maximum": [soft_maximum],
    "best-starts-at-zero": [never_negative, searches_from_zero],
    "squeezed-too-much": [squeezed_to_a_number, squeezes_the_values_first],
    "forgotten-return": [no_return],
    "wrong-only-where": [minus_one_at_the_end],
    "rows-mixed": [mask_of_the_row_before],
}

UNNAMED = [
    gamma_squared, largest_absolute_value, float32_only, for_two_actions, as_a_list,
    targets_within_a_hundred, values_up_to_ten_thousand, values_like_the_index,
    adds_all_that_are_best, in_single_precision, cuts_the_graph_of_its_caller,
]  # fmt: skip
