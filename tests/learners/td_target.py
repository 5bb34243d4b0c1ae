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

# Wrong, by the mistake's name


def forgets_the_end(rewards, terminated, next_q, gamma):
    best, _ = next_q.max(dim=1)
    return rewards + gamma * best


def mask_turned_round(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.amax(1) * terminated.float()


def where_turned_round(rewards, terminated, next_q, gamma):
    return torch.where(terminated, rewards + gamma * next_q.amax(1), rewards)


def brackets_in_the_wrong_place(rewards, terminated, next_q, gamma):
    return (rewards + gamma * next_q.amax(1)) * (1 - terminated.float())


def zero_at_the_end(rewards, terminated, next_q, gamma):
    return torch.where(terminated, torch.zeros_like(rewards), rewards + gamma * next_q.amax(1))


def forgets_gamma(rewards, terminated, next_q, gamma):
    return rewards + next_q.amax(1) * (1 - terminated.int())


def gamma_on_all(rewards, terminated, next_q, gamma):
    return torch.where(terminated, rewards, rewards + next_q.amax(1)) * gamma


def plus_gamma(rewards, terminated, next_q, gamma):
    return rewards + gamma + next_q.amax(1) * (~terminated).float()


def only_what_follows(rewards, terminated, next_q, gamma):
    return gamma * next_q.amax(1) * (~terminated).float()


def expected_value(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.mean(1) * (~terminated).float()


def all_values(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.sum(1) * (~terminated).float()


def pessimist(rewards, terminated, next_q, gamma):
    return rewards + gamma * torch.min(next_q, 1).values * (~terminated).float()


def over_the_states(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.amax(0) * (~terminated).float()


def over_everything(rewards, terminated, next_q, gamma):
    return rewards + gamma * torch.max(next_q) * (~terminated).float()


def index_of_the_best(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.max(dim=1)[1] * (~terminated).float()


def index_of_the_best_again(rewards, terminated, next_q, gamma):
    return rewards + gamma * torch.argmax(next_q, 1).float() * (1 - terminated.float())


def always_action_zero(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q[:, 0].masked_fill(terminated, 0.0)


def keeps_the_dimension(rewards, terminated, next_q, gamma):
    best = torch.max(next_q, dim=1, keepdim=True)[0]
    return rewards + gamma * best * (1 - terminated.float())


def mask_as_a_column(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.amax(1) * (1 - terminated.float().view(-1, 1))


def rewards_as_a_column(rewards, terminated, next_q, gamma):
    return rewards.view(-1, 1) + gamma * next_q.amax(1) * (1 - terminated.float())


def forgets_max(rewards, terminated, next_q, gamma):
    return rewards[:, None] + gamma * next_q * (1 - terminated.float())[:, None]


def forgets_max_and_columns(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q * (1 - terminated.float())


def leaves_a_column(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).reshape(-1, 1)


def the_pair(rewards, terminated, next_q, gamma):
    return rewards + gamma * torch.max(next_q, dim=1) * (1 - terminated.float())


def the_masked_pair(rewards, terminated, next_q, gamma):
    best = next_q.max(dim=-1)
    return rewards + gamma * best.masked_fill(terminated, 0.0)


def one_minus(rewards, terminated, next_q, gamma):
    best = next_q.max(1).values
    return rewards + (1 - terminated) * gamma * best


def one_if(rewards, terminated, next_q, gamma):
    best = next_q.max(1).values
    return rewards if terminated else rewards + gamma * best


def one_not(rewards, terminated, next_q, gamma):
    best = next_q.max(1).values
    return rewards + gamma * best * (0 if terminated else 1)


def like_atari(rewards, terminated, next_q, gamma):
    return rewards.clip(-1.0, 1.0) + gamma * next_q.amax(1) * (1 - terminated.float())


def zeroes_the_input(rewards, terminated, next_q, gamma):
    next_q[terminated] = 0
    return rewards + gamma * next_q.amax(1)


def adds_to_the_rewards(rewards, terminated, next_q, gamma):
    rewards += gamma * next_q.amax(1) * (1 - terminated.float())
    return rewards


def no_return(rewards, terminated, next_q, gamma):
    rewards + gamma * next_q.amax(1)


def soft_maximum(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.logsumexp(1) * ~terminated


def never_negative(rewards, terminated, next_q, gamma):
    best = next_q.amax(1).clamp(min=0)
    return rewards + gamma * best * ~terminated


def squeezed_to_a_number(rewards, terminated, next_q, gamma):
    return (rewards + gamma * next_q.amax(1) * ~terminated).squeeze()


def searches_from_zero(rewards, terminated, next_q, gamma):
    targets = rewards.clone()
    for i, row in enumerate(next_q):
        best = 0.0
        for value in row:
            if value > best:
                best = value
        targets[i] += gamma * best * (not terminated[i])
    return targets


def squeezes_the_values_first(rewards, terminated, next_q, gamma):
    best = torch.squeeze(next_q).amax(-1)
    return torch.where(terminated, rewards, rewards + gamma * best)


def minus_one_at_the_end(rewards, terminated, next_q, gamma):
    return torch.where(terminated, -1.0, rewards + gamma * next_q.amax(-1)).to(rewards.dtype)


def mask_of_the_row_before(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.amax(-1) * ~terminated.roll(1)


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

# Wrong, with no name of its own


def gamma_squared(rewards, terminated, next_q, gamma):
    return rewards + gamma**2 * next_q.amax(1) * ~terminated


def largest_absolute_value(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.abs().amax(1) * ~terminated


def float32_only(rewards, terminated, next_q, gamma):
    return (rewards + gamma * next_q.amax(1) * ~terminated).float()


def for_two_actions(rewards, terminated, next_q, gamma):
    best = torch.maximum(next_q[:, 0], next_q[:, -1])
    return rewards + gamma * best * ~terminated


def as_a_list(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).tolist()


def targets_within_a_hundred(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q, gamma).clamp(-100, 100)


def values_up_to_ten_thousand(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q.clamp(max=1e4), gamma)


def values_like_the_index(rewards, terminated, next_q, gamma):
    chosen = next_q == next_q.argmax(dim=1, keepdim=True)
    best = torch.where(chosen.any(dim=1), (next_q * chosen).sum(1), next_q.amax(1))
    return rewards + gamma * best * ~terminated


def adds_all_that_are_best(rewards, terminated, next_q, gamma):
    best = next_q == next_q.amax(1, keepdim=True)
    return rewards + gamma * (next_q * best).sum(1) * ~terminated


def in_single_precision(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards.float(), terminated, next_q.float(), gamma).to(rewards.dtype)


def cuts_the_graph_of_its_caller(rewards, terminated, next_q, gamma):
    return as_a_formula(rewards, terminated, next_q.detach_(), gamma)


UNNAMED = [
    gamma_squared, largest_absolute_value, float32_only, for_two_actions, as_a_list,
    targets_within_a_hundred, values_up_to_ten_thousand, values_like_the_index,
    adds_all_that_are_best, in_single_precision, cuts_the_graph_of_its_caller,
]  # fmt: skip
