"""How ``select_log_probs`` is checked."""

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts
from ...checker.observing import row_facts, with_gradients
from ...checker.probes import Attempt, Probe


def truth(logits: Tensor, actions: Tensor) -> Tensor:
    """Subtract the log of the summed exponentials, then index row by row."""
    rows = torch.arange(len(actions))
    return logits[rows, actions] - logits.logsumexp(dim=-1)


def call(attempt: Attempt, logits: Tensor, actions: Tensor) -> Facts:
    """Note the result, its gradient and changed inputs; say in words that all of it is 0."""
    facts = row_facts(attempt, logits, actions=actions)
    if "its values" in facts and not facts["its values"].any():
        facts["its values"] = "all 0"
    return facts


def probe(words: str, logits: Tensor, actions: list[int]) -> Probe:
    """Make the probe that selects these actions from these logits."""
    given = {"logits": logits.clone().requires_grad_(), "actions": torch.tensor(actions)}
    results = with_gradients("log-probability", "logits")
    return Probe(
        f"select_log_probs({words})",
        lambda attempt: call(attempt, logits, torch.tensor(actions)),
        example=Example.of("select_log_probs", given, results),
    )


def drawn(
    rows: int, count: int, actions: list[int], seed: int, dtype: torch.dtype = torch.float32
) -> Probe:
    """Make the probe that selects these actions from random logits."""
    draw = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(rows, count, generator=draw).to(dtype)
    kind = " in float64" if dtype == torch.float64 else ""
    listed = actions if rows < 10 else f"{rows} of 0 to {count - 1}"
    return probe(f"logits of shape ({rows}, {count}){kind}, actions = {listed}", logits, actions)


EXTREME = torch.tensor([[0.0, 1000.0], [-1000.0, 0.0]])
FAR = torch.tensor([[0.0, 3e4, 1e4], [-2e5, 0.0, 2e5], [50.0, 0.0, -50.0], [7.0, 7.0, 7.0]])
PROBES = (
    drawn(8, 2, [0, 1, 0, 1, 0, 1, 0, 1], seed=0),
    drawn(3, 3, [2, 0, 0], seed=1),
    drawn(1, 2, [1], seed=2),
    drawn(2, 5, [4, 1], seed=3, dtype=torch.float64),
    probe("logits = [[0, 1000], [-1000, 0]], actions = [0, 0]", EXTREME, [0, 0]),
    probe(f"logits = {FAR.tolist()}, actions = [0, 0, 2, 1]", FAR, [0, 0, 2, 1]),
    drawn(67, 11, [row * 5 % 11 for row in range(67)], seed=4),
    drawn(4, 300, [299, 0, 256, 130], seed=5, dtype=torch.float64),
)
