"""How ``clipped_surrogate`` is checked."""

import math

import torch
from torch import Tensor

from ..checking import Check, Probe
from ..facts import Facts, type_of
from ..known.clipped_surrogate import MISTAKES
from ..mistakes import Attempt
from .observing import Untouched, gradient_facts


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


def call(attempt: Attempt, given: dict[str, Tensor], clip: float, graphs: bool) -> Facts:
    """Note the loss and where its gradient goes: the leaves stand for the networks behind."""
    leaves = {
        name: tensor.clone().requires_grad_(graphs or name == "log_probs")
        for name, tensor in given.items()
    }
    inputs = {name: leaf.clone() for name, leaf in leaves.items()}
    untouched = Untouched(**inputs)
    result = attempt(*inputs.values(), clip)
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["the result has a graph"] = result.requires_grad
        facts["its value"] = "nan" if result.isnan().all() else result.detach().clone()
    stored = [name for name, leaf in leaves.items() if leaf.grad is not None]
    facts["gradients stored by the call"] = stored
    if not stored:
        facts |= gradient_facts(result, **leaves)
    return facts | untouched.facts()


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
    listed = ", ".join(f"{name} = {values}" for name, values in numbers.items())
    words = f"clipped_surrogate({listed}, clip = {clip})"
    words += " in float64" if dtype == torch.float64 else ""
    words += ", all three with a graph" if graphs else ""
    given = {name: torch.tensor(values, dtype=dtype) for name, values in numbers.items()}
    return Probe(words, lambda attempt: call(attempt, given, clip, graphs))


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
)


CHECK = Check(
    truth,
    PROBES,
    MISTAKES,
)
