"""How ``policy_loss`` is checked."""

import torch
from torch import Tensor

from ..checking import Check, Probe
from ..facts import Facts, type_of
from ..known.policy_loss import MISTAKES
from ..mistakes import Attempt
from .observing import Untouched, gradient_facts


def truth(log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Add up one product an action, negated, and divide by their number."""
    weights = advantages.tolist()
    total = torch.zeros((), dtype=log_probs.dtype)
    for log_prob, weight in zip(log_probs, weights, strict=True):
        total = total - log_prob * weight
    return total / len(weights)


def call(attempt: Attempt, log_probs: Tensor, advantages: Tensor, critic: bool) -> Facts:
    """Note the loss and where its gradient goes: the leaves stand for the networks behind."""
    leaves = {
        "log_probs": log_probs.clone().requires_grad_(),
        "advantages": advantages.clone().requires_grad_(critic),
    }
    given = {name: leaf.clone() for name, leaf in leaves.items()}
    untouched = Untouched(**given)
    result = attempt(given["log_probs"], given["advantages"])
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
    advantages: list[float],
    dtype: torch.dtype = torch.float32,
    critic: bool = False,
) -> Probe:
    """Make the probe that calls the attempt so; from a critic, the advantages have a graph."""
    words = f"policy_loss(log_probs = {log_probs}, advantages = {advantages})"
    words += " in float64" if dtype == torch.float64 else ""
    words += ", with advantages that require grad" if critic else ""
    tensors = torch.tensor(log_probs, dtype=dtype), torch.tensor(advantages, dtype=dtype)
    return Probe(words, lambda attempt: call(attempt, *tensors, critic))


PROBES = (
    probe([-0.2, -1.1, -2.4, -0.7], [1.5, -0.5, 2.0, 0.3]),
    probe([-0.4, -0.9, -1.6], [0.2, -1.3, -0.6]),
    probe([-0.2, -1.1, -2.4, -0.7], [1.5, -0.5, 2.0, 0.3], critic=True),
    probe([-1.7], [2.5], critic=True),
    probe([-0.3, -1.2], [0.8, 3.0], torch.float64),
    probe([-1000.0, -0.001, -40.0], [300.0, -200.0, -0.5]),
)


CHECK = Check(
    truth,
    PROBES,
    MISTAKES,
)
