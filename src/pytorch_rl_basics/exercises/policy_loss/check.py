"""How ``policy_loss`` is checked."""

import math

import torch
from torch import Tensor

from ...checker.observing import example_of_loss, loss_facts
from ...checker.probes import Probe, written_call


def truth(log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Add up one product an action, negated, and divide by their number."""
    weights = advantages.tolist()
    total = torch.zeros((), dtype=log_probs.dtype)
    for log_prob, weight in zip(log_probs, weights, strict=True):
        total = total - log_prob * weight
    return total / len(weights)


def probe(
    log_probs: list[float],
    advantages: list[float],
    dtype: torch.dtype = torch.float32,
    critic: bool = False,
) -> Probe:
    """Make the probe that calls the attempt so; from a critic, the advantages have a graph."""
    numbers = {"log_probs": log_probs, "advantages": advantages}
    words = written_call("policy_loss", dtype, **numbers)
    words += ", with advantages that require grad" if critic else ""
    given = {name: torch.tensor(values, dtype=dtype) for name, values in numbers.items()}
    graphs = tuple(given) if critic else ("log_probs",)
    example = example_of_loss("policy_loss", given, graphs)
    return Probe(words, lambda attempt: loss_facts(attempt, given, graphs), example=example)


PROBES = (
    probe([-0.2, -1.1, -2.4, -0.7], [1.5, -0.5, 2.0, 0.3]),
    probe([-0.4, -0.9, -1.6], [0.2, -1.3, -0.6]),
    probe([-0.2, -1.1, -2.4, -0.7], [1.5, -0.5, 2.0, 0.3], critic=True),
    probe([-1.7], [2.5], critic=True),
    probe([-0.3, -1.2], [0.8, 3.0], torch.float64),
    probe([-1000.0, -0.001, -40.0], [300.0, -200.0, -0.5]),
    probe([-2e6, -2.0, -1.0, -5_000.0], [0.5, 3e5, -4e6, -20_000.0]),
    probe([0.0, -1.2, -0.5, -1.2, -0.3], [2.0, 0.0, 1.0, 1.0, 0.0]),
    probe([-0.5, -0.25], [0.0, 0.0]),
    probe([-0.1 * (i % 11) for i in range(67)], [math.cos(i) for i in range(67)]),
)
