"""Learners' solutions of ``epsilon_greedy``, right and wrong."""

import math
import random

import numpy as np
import torch
from torch.distributions import Bernoulli, Categorical

# Right


def textbook(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return int(torch.randint(0, len(q_values), (1,)))
    else:
        return int(torch.argmax(q_values))


def exploit_first(q_values, epsilon):
    explore = torch.rand(()).item() > 1 - epsilon
    if not explore:
        return q_values.max(0).indices.item()
    return torch.randint(q_values.shape[0], size=(1,)).item()


def one_categorical(q_values, epsilon):
    n = q_values.numel()
    probs = torch.full((n,), epsilon / n)
    probs[q_values.argmax()] += 1 - epsilon
    return Categorical(probs).sample().item()


def bernoulli_coin(q_values, epsilon):
    coin = Bernoulli(torch.tensor(epsilon)).sample()
    if coin == 1:
        return torch.multinomial(torch.ones(len(q_values)), 1).item()
    return torch.topk(q_values.detach(), 1).indices.tolist()[0]


def always_draw_both(q_values, epsilon):
    with torch.no_grad():
        random_action = torch.randperm(len(q_values))[0]
        best_action = torch.sort(q_values, descending=True).indices[0]
        return torch.where(torch.rand(1) < epsilon, random_action, best_action).item()


def one_draw_rescaled(q_values, epsilon):
    u = torch.rand(1, dtype=torch.float64).item()
    if u < epsilon:
        return min(int(u / epsilon * len(q_values)), len(q_values) - 1)
    return int(q_values.argmax())


def plain_python_list(q_values, epsilon):
    values = q_values.tolist()
    if torch.empty(1).uniform_(0, 1).item() >= epsilon:
        return max(range(len(values)), key=values.__getitem__)
    return math.floor(torch.rand(1).item() * len(values))


def numpy_for_the_best(q_values, epsilon):
    values = q_values.detach().cpu().numpy()
    if torch.bernoulli(torch.tensor([epsilon])).bool():
        return list(range(len(values)))[torch.randint(0, len(values), [1])]
    return int(np.argmax(values))


def generator_seeded_from_torch(q_values, epsilon):
    rng = random.Random(torch.randint(2**62, (1,)).item())
    if rng.random() < epsilon:
        return rng.randrange(len(q_values))
    return q_values.argmax().item()


def tie_broken_at_random(q_values, epsilon):
    if torch.rand(1) < epsilon:
        candidates = torch.arange(len(q_values))
    else:
        candidates = (q_values == q_values.max()).nonzero().flatten()
    return candidates[torch.randint(len(candidates), (1,))].item()


def random_values_instead(q_values, epsilon):
    chosen = torch.rand_like(q_values) if torch.rand(1) < epsilon else q_values
    return chosen.argmax().item()


RIGHT = [
    textbook, exploit_first, one_categorical, bernoulli_coin, always_draw_both, one_draw_rescaled,
    plain_python_list, numpy_for_the_best, generator_seeded_from_torch, tie_broken_at_random,
    random_values_instead,
]  # fmt: skip

# Wrong; first the parts that are right.


def any_action(q_values):
    return int(torch.randint(len(q_values), (1,)))


def best_action(q_values):
    return int(q_values.argmax())


def rule(explores=lambda epsilon: torch.rand(1) < epsilon, tries=any_action, takes=best_action):
    """Explore with some chance, try any action then, and take the best one otherwise."""

    def attempt(q_values, epsilon):
        return tries(q_values) if explores(epsilon) else takes(q_values)

    return attempt


# When to explore

greedy_below_epsilon = rule(explores=lambda epsilon: torch.rand(1) > epsilon)
whole_percentages = rule(explores=lambda epsilon: torch.randint(1, 101, (1,)) > 100 * epsilon)
bell_curve = rule(explores=lambda epsilon: torch.empty(1).normal_() < epsilon)
out_of_a_hundred = rule(explores=lambda epsilon: torch.randint(0, 100, (1,)) < epsilon)
ten_sided_die = rule(explores=lambda epsilon: torch.randint(10, ()) / 10 < epsilon)
hundred_sided_die = rule(explores=lambda epsilon: torch.randint(0, 100, ()).item() / 100 < epsilon)
truthy_epsilon = rule(explores=bool)
rounded_coin = rule(explores=round)
two_coins = rule(explores=lambda epsilon: torch.rand(1) < epsilon and torch.rand(1) < epsilon)
fair_coin = rule(explores=lambda epsilon: torch.rand(1) < 0.5)
twice_the_draw = rule(explores=lambda epsilon: 2 * torch.rand(1) < epsilon)
never_less_than_one_percent = rule(explores=lambda epsilon: torch.rand(1) < max(epsilon, 0.01))
never_quite_greedy = rule(explores=lambda epsilon: torch.rand(1) < max(epsilon, 1e-4))
never_quite_random = rule(explores=lambda epsilon: torch.rand(1) < min(epsilon, 0.9999))


def decays_with_every_call(q_values, epsilon, calls=[0]):
    calls[0] += 1
    if torch.rand(1) < epsilon * 0.9 ** calls[0]:
        return int(torch.randint(len(q_values), (1,)))
    return int(q_values.argmax())


def every_kth_call(q_values, epsilon, calls=[]):  # noqa: B006
    calls.append(1)
    if epsilon and len(calls) % max(1, round(1 / epsilon)) == 0:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


def draw_used_twice(q_values, epsilon):
    u = torch.rand(1)
    return int(torch.floor(u * len(q_values))) if u < epsilon else int(q_values.argmax())


def epsilon_unused(q_values, epsilon=0.1):
    with torch.no_grad():
        return torch.max(q_values, -1)[1].item()


def q_values_unused(q_values, epsilon):
    actions = list(range(len(q_values)))
    return actions[int(torch.rand(1) * len(actions))]


def boltzmann_only(q_values, epsilon):
    return int(Categorical(logits=q_values).sample())


# What to try

random_action_not_unwrapped = rule(tries=lambda q: torch.randint(0, len(q), (1,)))
random_value = rule(tries=lambda q: q[torch.randperm(len(q))[0]].item())
size_forgotten = rule(tries=lambda q: int(torch.randint(high=len(q), low=0)))
both_ends_counted = rule(tries=lambda q: int(torch.randint(0, len(q) - 1, (1,))))
first_left_out = rule(tries=lambda q: int(torch.randint(1, len(q), (1,))))
scaled_to_the_last = rule(tries=lambda q: int(torch.rand(1).item() * (len(q) - 1)))
torch_round = rule(tries=lambda q: int(torch.round(torch.rand(1) * (len(q) - 1))))
python_habit_of_randint = rule(tries=lambda q: random.randint(0, len(q)))
actions_from_one = rule(tries=lambda q: 1 + int(torch.rand(1) * len(q)))
boltzmann_when_exploring = rule(tries=lambda q: int(Categorical(logits=q).sample()))
left_or_right = rule(tries=lambda q: int(torch.rand(1) < 0.5))
four_directions = rule(tries=lambda q: [0, 1, 2, 3][torch.randint(0, 4, (1,))])
always_the_first = rule(tries=lambda q: 0)
second_best_when_exploring = rule(tries=lambda q: q.argsort(descending=True)[:2][-1].item())
nothing_when_exploring = rule(tries=lambda q: None)


def seeded_local_generator(q_values, epsilon):
    generator = torch.Generator().manual_seed(0)
    if torch.rand(1) < epsilon:
        return int(torch.randint(len(q_values), (1,), generator=generator))
    return int(q_values.argmax())


def probabilities_of_a_textbook_slip(q_values, epsilon):
    n = len(q_values)
    probs = torch.ones(n) * epsilon / (n - 1)
    probs[q_values.argmax()] = 1 - epsilon
    return Categorical(probs=probs).sample().item()


def any_other_action(q_values, epsilon):
    action = int(q_values.argmax())
    if torch.rand(1).item() < epsilon:
        shift = torch.randint(1, len(q_values), (1,)).item()
        action = (action + shift) % len(q_values)
    return action


# What to take

argmax_not_unwrapped = rule(takes=lambda q: torch.argmax(q))
numpy_integer = rule(takes=lambda q: np.argmax(q.detach().numpy()))
largest_value = rule(takes=lambda q: float(torch.max(q, dim=0)[0]))
rounded_value = rule(takes=lambda q: int(max(q)))
cheapest_action = rule(takes=lambda q: int(torch.sort(q).indices[0]))
numpy_argmax = rule(takes=lambda q: int(np.argmax(q.numpy())))
noise_against_ties = rule(takes=lambda q: int((q + 0.1 * torch.randn(len(q))).argmax()))
whole_values = rule(takes=lambda q: max(range(len(q)), key=lambda action: int(q[action])))


def values_searched_for_the_index(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return int(torch.randint(len(q_values), (1,)))
    best = q_values.argmax()
    found = (q_values == best).nonzero().flatten().tolist()
    return found[0] if found else int(best)


def best_so_far(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return int(torch.randint(len(q_values), (1,)))
    action, largest = 0, 0
    for i in range(len(q_values)):
        if q_values[i].item() > largest:
            action, largest = i, q_values[i].item()
    return action


def noisy_values(q_values, epsilon):
    return int((q_values + epsilon * torch.randn(len(q_values))).argmax())


def second_best(q_values, epsilon):  # the number of the second of four is that of no value
    if torch.rand(()).item() < epsilon or len(q_values) < 2:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argsort()[-2].item()


# Both


def swapped_in_a_mixture(q_values, epsilon):
    n = len(q_values)
    probs = torch.full((n,), (1 - epsilon) / n)
    probs[q_values.argmax()] += epsilon
    return torch.multinomial(probs, 1).item()


def list_of_one(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).tolist()
    return q_values.topk(1).indices.tolist()


def numpy_generator(q_values, epsilon):
    if np.random.rand() < epsilon:
        return int(np.random.randint(len(q_values)))
    return int(q_values.argmax())


def own_unseeded_generator(q_values, epsilon):
    rng = np.random.default_rng()
    return int(rng.integers(len(q_values)) if rng.uniform() < epsilon else q_values.argmax())


def fixed_seed_for_reproducibility(q_values, epsilon):
    torch.manual_seed(42)
    return textbook(q_values, epsilon)


def fresh_entropy(q_values, epsilon):
    torch.seed()
    return textbook(q_values, epsilon)


def tie_breaking_in_place(q_values, epsilon):
    q_values.add_(torch.randn(len(q_values)) * 1e-4)
    return textbook(q_values, epsilon)


def sorted_in_place(q_values, epsilon):
    action = int(q_values.argmax())
    q_values[action] = 0.0
    if torch.rand(1) < epsilon:
        return int(torch.randint(len(q_values), (1,)))
    return action


def as_a_string(q_values, epsilon):
    return str(textbook(q_values, epsilon))


WRONG = {
    "inverted-rule": [greedy_below_epsilon, swapped_in_a_mixture, whole_percentages],
    "tensor-instead-of-int": [
        argmax_not_unwrapped, random_action_not_unwrapped, numpy_integer, list_of_one,
    ],
    "value-instead-of-action": [largest_value, random_value, rounded_value],
    "randint-without-a-shape": [size_forgotten],
    "exploring-without-the-best": [probabilities_of_a_textbook_slip, any_other_action],
    "one-action-never-drawn": [both_ends_counted, scaled_to_the_last, first_left_out],
    "action-beyond-the-last": [python_habit_of_randint, actions_from_one],
    "never-exploring": [epsilon_unused],
    "always-exploring": [q_values_unused],
    "weighted-exploration": [boltzmann_when_exploring, boltzmann_only],
    "another-generator": [numpy_generator, own_unseeded_generator],
    "seeding-inside": [fixed_seed_for_reproducibility, fresh_entropy],
    "normal-draw": [bell_curve],
    "epsilon-as-percent": [out_of_a_hundred, twice_the_draw],
    "coarse-draw": [ten_sided_die, hundred_sided_die],
    "rounded-draw": [torch_round],
    "one-draw-for-both": [draw_used_twice],
    "epsilon-as-a-switch": [truthy_epsilon, rounded_coin, every_kth_call],
    "smallest-value": [cheapest_action],
    "fixed-number-of-actions": [left_or_right, four_directions],
    "same-action-when-exploring": [always_the_first, seeded_local_generator],
    "changing-the-values": [tie_breaking_in_place, sorted_in_place],
    "numpy-of-a-watched-tensor": [numpy_argmax],
    "search-from-zero": [best_so_far],
    "two-coins": [two_coins],
    "noise-on-the-values": [noise_against_ties],
    "values-cut-to-whole-numbers": [whole_values],
    "index-compared-with-values": [values_searched_for_the_index],
    "noise-instead-of-exploring": [noisy_values],
}  # fmt: skip

UNNAMED = [
    second_best, decays_with_every_call, never_quite_greedy, never_quite_random, fair_coin,
    second_best_when_exploring, never_less_than_one_percent, as_a_string, nothing_when_exploring,
]  # fmt: skip
