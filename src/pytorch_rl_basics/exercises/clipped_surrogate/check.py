"""How ``clipped_surrogate`` is checked."""

import math

import torch
from torch import Tensor

from ...checker.observing import example_of_loss, loss_facts
from ...checker.probes import Probe, written_call


def truth(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip: float = 0.2
) -> Tensor:
    """Go through the actions: one that has moved far enough in its direction is a constant."""
    total = torch.zeros((), dtype=log_probs.dtype)
    for log_prob, old, advantage in zip(
        log_probs, old_log_probs.tolist(), advantages.tolist(), strict=True
    ):
        limit = 1 + math.copysign(clip, advantage)
        too_far = (math.exp(log_prob.item() - old) - limit) * advantage > 0
        gain = limit if too_far else (log_prob - old).exp()
        total = total - gain * advantage
    return total / len(advantages)


def probe(
    log_probs: list[float],
    old_log_probs: list[float],
    advantages: list[float],
    clip: float = 0.2,
    *,
    dtype: torch.dtype = torch.float32,
    graphs: bool = False,
) -> Probe:
    """Make the probe that calls the attempt so; with ``graphs``, all three require gradients."""
    numbers = {"log_probs": log_probs, "old_log_probs": old_log_probs, "advantages": advantages}
    words = written_call("clipped_surrogate", dtype, **numbers, clip=clip)
    words += ", all three with a graph" if graphs else ""
    given = {name: torch.tensor(values, dtype=dtype) for name, values in numbers.items()}
    with_graph = tuple(given) if graphs else ("log_probs",)
    example = example_of_loss("clipped_surrogate", given, with_graph, clip=clip)
    return Probe(
        words, lambda attempt: loss_facts(attempt, given, with_graph, clip), example=example
    )


# Ratios far above 1 with negative advantages, and far below 1 with a positive one: none is clipped.
FAR_APART = [-0.1, -0.2, -7.0], [-13.0, -25.2, -1.0], [-1.5, -0.5, 2000.0]
MANY = range(37)
PROBES = (
    probe([-0.65, -1.05, -2.0, -0.3], [-0.8, -1.0, -1.9, -0.35], [1.5, -0.5, 2.0, -0.3]),
    probe(
        [-0.2, -1.5, -0.3, -2.8, -0.9], [-0.7, -0.8, -0.9, -0.8, -1.0], [1.0, 2.0, -1.5, -0.7, 0.4]
    ),
    probe([-0.2, -1.5, -0.3], [-0.7, -0.8, -0.5], [1.0, -2.0, 1.5], 0.3),
    probe([-0.7, -1.1, -2.0], [-0.7, -1.1, -2.0], [1.5, -0.5, 2.0]),
    probe([-0.2, -1.0, -0.9, -0.6], [-0.7, -0.8, -1.0, -0.5], [1.5, -0.5, 2.0, 0.3], graphs=True),
    probe([-1.7], [-1.6], [2.5]),
    probe([-0.4], [-1.1], [-1.2], 0.1),
    probe([-0.2, -1.2], [-0.7, -1.1], [0.8, 3.0], dtype=torch.float64),
    probe([-0.9, -0.3, -1.5], [-0.8, -0.9, -0.7], [0.0, 0.0, -2.0]),
    probe([-200.0, -1000.0, -0.001], [-200.1, -999.0, -0.1], [1.5, -0.5, 30.0]),
    probe([-3.0, -0.5, -1.0], [-0.5, -3.0, -1.1], [-2.0, 0.5, 1.0], 0.9),
    probe(*FAR_APART),
    probe([-2_000_000.0, -4_000.0, -1.0], [-2_000_000.25, -4_000.2, -0.8], [-3e6, 2e5, 0.7], 0.05),
    probe([-(i % 7) / 9 for i in MANY], [-(i % 5) / 9 for i in MANY], [i % 3 - 1.0 for i in MANY]),
)
