"""How ``select_log_probs`` is checked."""

import torch
from torch import Tensor

from ...checker.facts import Facts, type_of
from ...checker.observing import Untouched, gradient_facts
from ...checker.probes import Attempt, Probe


def truth(logits: Tensor, actions: Tensor) -> Tensor:
    """Subtract the log of the summed exponentials, then index row by row."""
    rows = torch.arange(len(actions))
    return logits[rows, actions] - logits.logsumexp(dim=-1)


def call(attempt: Attempt, logits: Tensor, actions: Tensor) -> Facts:
    """Note the result, the gradient of its entries, and whether the inputs were changed."""
    logits = logits.clone().requires_grad_()
    untouched = Untouched(logits=logits, actions=actions)
    result = attempt(logits, actions)
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["the result has a graph"] = result.requires_grad
        facts["its values"] = result.detach().clone() if result.any() else "all 0"
        facts["it went backward by itself"] = logits.grad is not None
    if logits.grad is None and logits.requires_grad:
        facts |= gradient_facts(result, logits=logits)
    return facts | untouched.facts()


def probe(call_text: str, logits: Tensor, actions: list[int]) -> Probe:
    """Make the probe that calls the attempt with these inputs."""
    return Probe(call_text, lambda attempt: call(attempt, logits, torch.tensor(actions)))


def _logits(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * 2


PROBES = (
    probe(
        "select_log_probs(logits of shape (8, 2), actions = [0, 1, 0, 1, 0, 1, 0, 1])",
        _logits(8, 2, seed=0),
        [0, 1, 0, 1, 0, 1, 0, 1],
    ),
    probe(
        "select_log_probs(logits of shape (3, 3), actions = [2, 0, 0])",
        _logits(3, 3, seed=1),
        [2, 0, 0],
    ),
    probe("select_log_probs(logits of shape (1, 2), actions = [1])", _logits(1, 2, seed=2), [1]),
    probe(
        "select_log_probs(logits of shape (2, 5) in float64, actions = [4, 1])",
        _logits(2, 5, seed=3).double(),
        [4, 1],
    ),
    probe(
        "select_log_probs(logits = [[0, 1000], [-1000, 0]], actions = [0, 0])",
        torch.tensor([[0.0, 1000.0], [-1000.0, 0.0]]),
        [0, 0],
    ),
)
