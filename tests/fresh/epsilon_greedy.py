"""Fresh attempts at ``epsilon_greedy``, their verdicts written before they were checked."""

import random

import torch


def from_a_probability_vector(q_values, epsilon):
    """Written as one draw from the vector of all actions' probabilities."""
    n = q_values.shape[0]
    probs = torch.full((n,), float(epsilon) / n, dtype=torch.float64)
    probs[q_values.argmax()] += 1 - float(epsilon)
    return torch.multinomial(probs, num_samples=1).item()


def coin_first(q_values, epsilon):
    """Written with a Bernoulli coin and an early return."""
    coin = torch.bernoulli(torch.tensor(float(epsilon), dtype=torch.float64))
    if coin == 1:
        return torch.randint(0, q_values.numel(), size=()).item()
    return torch.argmax(q_values).item()


def loop_for_the_best(q_values, epsilon):
    """Written with a Python loop over the values, and a random permutation to explore."""
    values = q_values.tolist()
    best = 0
    for action, value in enumerate(values):
        if value > values[best]:
            best = action
    explore = torch.rand(()).item() < epsilon
    return torch.randperm(len(values))[0].item() if explore else best


# ---------------------------------------------------------------------------------------------


def explores_the_others_only(q_values, epsilon):
    """Explores among the other actions only, so the greedy one is taken too rarely."""
    greedy = int(q_values.argmax())
    if len(q_values) > 1 and torch.rand(1).item() < epsilon:
        others = [a for a in range(len(q_values)) if a != greedy]
        return others[int(torch.randint(len(others), (1,)))]
    return greedy


def pythons_random(q_values, epsilon):
    """Draws with Python's random module, so torch.manual_seed does not repeat a run."""
    if random.random() < epsilon:
        return random.randrange(len(q_values))
    return q_values.argmax().item()


def gives_a_tensor(q_values, epsilon):
    """Returns a 0-d tensor, not a Python int."""
    if torch.rand(1) < epsilon:
        return torch.randint(0, len(q_values), ())
    return torch.argmax(q_values)


def last_action_left_out(q_values, epsilon):
    """Leaves the last action out of the random draw when there are several."""
    n_actions = len(q_values)
    if torch.rand(1).item() < epsilon:
        # randint takes the highest number, n - 1
        return int(torch.randint(0, max(n_actions - 1, 1), (1,)).item())
    return int(q_values.argmax().item())


def explores_by_softmax(q_values, epsilon):
    """Draws the random action from the softmax of the values, not uniformly."""
    r = torch.rand(1).item()
    if r < epsilon:
        weights = torch.softmax(q_values.detach(), dim=0)
        return int(torch.multinomial(weights, 1))
    return int(torch.argmax(q_values))


# ---------------------------------------------------------------------------------------------


def digit_modulo_n(q_values, epsilon):
    """Explores with a digit from 0 to 9 modulo n, which is uniform for 1, 2, 5 and 10 actions."""
    if torch.rand(1).item() < epsilon:
        digit = torch.randint(10, (1,)).item()
        return digit % len(q_values)
    return int(q_values.argmax())


def whole_percents(q_values, epsilon):
    """Compares epsilon with a whole percent, so an epsilon of 0.001 explores at 0.01."""
    percent = torch.randint(100, ()).item()  # 0..99
    if percent < 100 * epsilon:
        return torch.randint(len(q_values), ()).item()
    return q_values.argmax().item()


_calls = [0]


def epsilon_shrinks(q_values, epsilon):
    """Shrinks epsilon by 0.2% at every call of the program."""
    decayed = epsilon * 0.998 ** _calls[0]
    _calls[0] += 1
    if torch.rand(1).item() < decayed:
        return int(torch.randint(len(q_values), (1,)))
    return int(q_values.argmax())


def shifts_the_callers_values(q_values, epsilon):
    """Subtracts the largest value from the caller's tensor in place."""
    scores = q_values.detach()
    scores -= scores.max().clone()  # now the best action has the score 0
    if torch.rand(1).item() < epsilon:
        return int(torch.randint(scores.numel(), (1,)).item())
    return int(scores.argmax().item())


RIGHT = [from_a_probability_vector, coin_first, loop_for_the_best]
ORDINARY = [
    explores_the_others_only, pythons_random, gives_a_tensor, last_action_left_out,
    explores_by_softmax,
]  # fmt: skip
ODD = [digit_modulo_n, whole_percents, epsilon_shrinks, shifts_the_callers_values]
