"""Fresh attempts at ``discounted_returns``, their verdicts written before they were checked."""

from itertools import accumulate

import torch

KNOWN_POWERS = []


def fills_from_the_end(rewards, gamma):
    """Written as a loop over the indices, from the last to the first."""
    if not isinstance(rewards, torch.Tensor):
        rewards = torch.tensor([float(r) for r in rewards])
    out = torch.empty_like(rewards)
    running = torch.zeros((), dtype=rewards.dtype, device=rewards.device)
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + gamma * running
        out[t] = running
    return out


def table_of_weights(rewards, gamma):
    """Written without a loop: a triangular matrix of powers times the rewards."""
    if isinstance(rewards, torch.Tensor):
        r = rewards
    else:
        r = torch.tensor([float(x) for x in rewards], dtype=torch.get_default_dtype())
    steps = torch.arange(len(r), device=r.device)
    distance = steps[None, :] - steps[:, None]  # how far step j lies after step i
    weights = torch.triu(float(gamma) ** distance.clamp(min=0).double())
    return (weights @ r.double()).to(r.dtype)


def accumulated(rewards, gamma):
    """Written with itertools.accumulate on the reversed rewards."""
    kind = (
        {"dtype": rewards.dtype, "device": rewards.device}
        if torch.is_tensor(rewards)
        else {"dtype": torch.get_default_dtype()}
    )
    backwards = [float(reward) for reward in rewards][::-1]
    totals = list(accumulate(backwards, lambda later, reward: reward + gamma * later))
    totals.reverse()
    return torch.tensor(totals, **kind)


def never_turned_round(rewards, gamma):
    """Forgets to turn the list round again: the last step's return comes first."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    numbers = rewards.tolist() if is_tensor else list(rewards)
    g, result = 0.0, []
    for r in reversed(numbers):
        g = r + gamma * g
        result.append(g)
    return torch.tensor(result, dtype=dtype)


def looks_back(rewards, gamma):
    """Adds up the rewards before each step, not those after it."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    g, result = 0.0, []
    for r in rewards:
        g = float(r) + gamma * g
        result.append(g)
    return torch.tensor(result, dtype=dtype)


def own_reward_discounted_too(rewards, gamma):
    """Multiplies the step's own reward by gamma as well."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    numbers = rewards.tolist() if is_tensor else list(rewards)
    returns = [0.0] * len(numbers)
    g = 0.0
    for t in reversed(range(len(numbers))):
        g = gamma * (numbers[t] + g)
        returns[t] = g
    return torch.tensor(returns, dtype=dtype)


def whole_return_for_each_step(rewards, gamma):
    """Gives each step the return of the whole episode."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    total = sum(float(r) * gamma**t for t, r in enumerate(rewards))
    return torch.full((len(rewards),), total, dtype=dtype)


def whole_numbers_stay_whole(rewards, gamma):
    """Fills a tensor of the list's own type, which cuts the fractions where rewards are ints."""
    rewards = torch.as_tensor(rewards)
    returns = torch.zeros_like(rewards)
    following = 0.0
    for t in range(len(rewards) - 1, -1, -1):
        following = rewards[t].item() + gamma * following
        returns[t] = following
    return returns


def divides_by_powers(rewards, gamma):
    """Divides by powers of gamma, which round to 0 in a long episode and give NaN."""
    r = rewards if torch.is_tensor(rewards) else torch.tensor([float(x) for x in rewards])
    if gamma == 0:
        return r.clone()
    powers = gamma ** torch.arange(len(r), dtype=r.dtype, device=r.device)
    weighted = powers * r
    tails = weighted.flip(0).cumsum(0).flip(0)
    return tails / powers


def eats_the_rewards(rewards, gamma):
    """Takes the rewards out of the caller's list, which is empty afterwards."""
    if isinstance(rewards, list):
        dtype, stack = torch.get_default_dtype(), rewards
    else:
        dtype = rewards.dtype if torch.is_tensor(rewards) else torch.get_default_dtype()
        stack = [float(r) for r in rewards]
    returns, g = [], 0.0
    while stack:
        g = stack.pop() + gamma * g
        returns.insert(0, g)
    return torch.tensor(returns, dtype=dtype)


def first_gamma_stays(rewards, gamma):
    """Keeps the powers of gamma between calls, so that a later call's gamma comes too late."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    numbers = [float(r) for r in rewards]
    while len(KNOWN_POWERS) < len(numbers):
        KNOWN_POWERS.append(gamma ** len(KNOWN_POWERS))
    returns = [
        sum(p * r for p, r in zip(KNOWN_POWERS, numbers[t:], strict=False))
        for t in range(len(numbers))
    ]
    return torch.tensor(returns, dtype=dtype)


def finds_its_place_by_value(rewards, gamma):
    """Looks a step up by its reward with list.index, which finds the first equal reward."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    numbers = [float(r) for r in rewards]
    returns = []
    for reward in numbers:
        t = numbers.index(reward)
        returns.append(sum(gamma**k * r for k, r in enumerate(numbers[t:])))
    return torch.tensor(returns, dtype=dtype)


def far_rewards_left_out(rewards, gamma):
    """Leaves out the rewards whose weight is below 0.01."""
    is_tensor = isinstance(rewards, torch.Tensor)
    dtype = rewards.dtype if is_tensor else torch.get_default_dtype()
    numbers = [float(r) for r in rewards]
    returns = []
    for t in range(len(numbers)):
        total, weight = 0.0, 1.0
        for r in numbers[t:]:
            if weight < 0.01:
                break
            total += weight * r
            weight *= gamma
        returns.append(total)
    return torch.tensor(returns, dtype=dtype)


RIGHT = [fills_from_the_end, table_of_weights, accumulated]
ORDINARY = [
    never_turned_round, looks_back, own_reward_discounted_too, whole_return_for_each_step,
    whole_numbers_stay_whole,
]  # fmt: skip
ODD = [
    divides_by_powers, eats_the_rewards, first_gamma_stays, finds_its_place_by_value,
    far_rewards_left_out,
]  # fmt: skip
