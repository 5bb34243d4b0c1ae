"""How ``entropy`` is checked."""

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.observing import row_facts, with_gradients
from ...checker.probes import Probe


def truth(logits: Tensor) -> Tensor:
    """Subtract the mean logit from the log of the summed exponentials."""
    logits = logits - logits.detach().amax(dim=-1, keepdim=True)  # large ones would cost digits
    return logits.logsumexp(dim=-1) - (logits.softmax(dim=-1) * logits).sum(dim=-1)


def probe(words: str, logits: Tensor) -> Probe:
    """Make the probe that passes these logits."""
    leaf = logits.clone().requires_grad_()
    results = with_gradients("entropy", "logits")
    return Probe(
        f"entropy({words})",
        lambda attempt: row_facts(attempt, logits),
        example=Example.of("entropy", {"logits": leaf}, results),
    )


def drawn(rows: int, count: int, seed: int, dtype: torch.dtype = torch.float32) -> Probe:
    """Make the probe that passes random logits."""
    logits = 2 * torch.randn(rows, count, generator=torch.Generator().manual_seed(seed)).to(dtype)
    kind = " in float64" if dtype == torch.float64 else ""
    return probe(f"logits of shape ({rows}, {count}){kind}", logits)


def written(rows: list[list[float]]) -> Probe:
    """Make the probe that passes these logits."""
    return probe(f"logits = {rows}", torch.tensor(rows))


PROBES = (
    drawn(3, 4, seed=0),
    written([[0.0, 0.0], [1.0, -1.0]]),
    drawn(1, 3, seed=1),
    drawn(2, 5, seed=2, dtype=torch.float64),
    written([[0.0, 1000.0], [-1000.0, 0.0], [500.0, 501.0]]),
    written([[0.5, 0.0, -0.5], [30.0, 0.0, -30.0], [-70.0, -71.0, -70.0]]),
    drawn(67, 11, seed=3),
    drawn(4, 300, seed=4, dtype=torch.float64),
)
