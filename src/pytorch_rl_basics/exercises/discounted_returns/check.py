"""How ``discounted_returns`` is checked."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts, Raised
from ...checker.observing import note_error, outcome, series_facts
from ...checker.probes import Attempt, Probe


def truth(rewards: Sequence[float] | Tensor, gamma: float) -> Tensor:
    """Add up, for every step, all later rewards times their power of gamma: a double sum."""
    numbers = rewards.tolist() if isinstance(rewards, Tensor) else list(rewards)
    powers = [gamma**k for k in range(len(numbers))]
    sums = [
        math.fsum(power * number for power, number in zip(powers, numbers[t:], strict=False))
        for t in range(len(numbers))
    ]
    return torch.tensor(sums, dtype=rewards.dtype if isinstance(rewards, Tensor) else None)


def call(attempt: Attempt, rewards: list[float] | Tensor, gamma: float) -> Facts:
    """Note the returns, and what became of the rewards."""
    rewards = rewards.clone() if isinstance(rewards, Tensor) else list(rewards)
    return returned(attempt(rewards, gamma), rewards)


def call_far_ahead(attempt: Attempt) -> Facts:
    """Note whether the first of many steps sees the last reward, the only one."""
    result = attempt([0.0] * 499 + [1000.0], 0.98)
    return {"the first step sees the last reward": bool(result[0] > 0)}


def call_with_tensor(attempt: Attempt, numbers: list[float], gamma: float) -> Facts:
    """Call with a tensor: to raise an error is all right, to be wrong in silence is not."""
    rewards = torch.tensor(numbers)
    result = outcome(attempt, rewards, gamma)
    if isinstance(result, Raised):
        rewards = torch.tensor(numbers)
        result = truth(rewards, gamma)
    facts = returned(result, rewards)
    facts.pop("their dtype", None)
    return facts


def returned(result: Any, rewards: list[float] | Tensor) -> Facts:
    """Note the returns, and the rewards, which should stay as they were."""
    facts = series_facts("the returns", result)
    return facts | {"the rewards after the call": [float(reward) for reward in rewards]}


def note(attempt: Attempt) -> str:
    """Say so if the attempt works for lists only."""
    what = "A list works. A 1-D tensor of rewards"
    return note_error(what, attempt, torch.tensor([1.0, 2.0]), 0.5)


def probe(rewards: list[float], gamma: float) -> Probe:
    """Make the probe that calls the attempt with this list of rewards."""
    numbers = str(rewards) if len(rewards) < 9 else f"a list of {len(rewards)} rewards"
    return Probe(
        f"discounted_returns({numbers}, gamma={gamma})",
        lambda attempt: call(attempt, rewards, gamma),
        example=Example.of("discounted_returns", {"rewards": rewards, "gamma": gamma}),
    )


IN_TENSOR = [2.0, -1.0, 3.0, 0.5]
PROBES = (
    probe([3.0, -1.0, 2.0, 5.0], gamma=0.9),
    probe([1, 0, 2], gamma=0.5),
    probe([0.5, 2.0, -3.0], gamma=1.0),
    probe([4.0, 1.0, 2.0], gamma=0.0),
    probe([2.5], gamma=0.9),
    Probe(
        "discounted_returns([0.0] * 499 + [1000.0], gamma=0.98)",
        call_far_ahead,
        example=Example(
            "discounted_returns",
            "rewards, gamma = [0.0] * 499 + [1000.0], 0.98",
            "discounted_returns(rewards, gamma)",
        ),
    ),
    probe([math.cos(t) for t in range(500)], gamma=0.8),
    Probe(
        f"discounted_returns(torch.tensor({IN_TENSOR}), gamma=0.9)",
        lambda attempt: call_with_tensor(attempt, IN_TENSOR, 0.9),
        example=Example.of(
            "discounted_returns", {"rewards": torch.tensor(IN_TENSOR), "gamma": 0.9}, open=True
        ),
    ),
    probe([1.0, 0.0, 1.0, 0.0, 1.0, 1.0], gamma=0.5),
    probe([-3e6, 2e6, 5e5, 7e6], gamma=0.99),
    probe([2.0, 3.0], gamma=0.75),
    probe([math.cos(t) + 0.5 for t in range(500)], gamma=0.999),
    probe([math.cos(t) for t in range(500)], gamma=0.2),
)
