"""How ``fit_random_targets`` is checked: from what its gradients say about the targets it drew."""

from typing import Any

import torch

from ...checker.example import Example
from ...checker.networks import step_by_hand
from ...checker.probes import Attempt, Probe, look
from .run import LEARNING_RATE, LightRun, Run


def truth(
    model: Any, optimizer: Any, steps: int = 100, batch_size: int = 32, log_every: int = 20
) -> list[float]:
    """Draw uniform numbers, and set each gradient by hand; log at steps 0, log_every, ..."""
    losses: list[float] = []
    for step in range(steps):
        states, targets = torch.rand(batch_size, 4), torch.rand(batch_size, 2)
        loss = torch.linalg.vector_norm(model(states) - targets) ** 2 / targets.numel()
        step_by_hand(model, optimizer, loss)
        if step % log_every == 0:
            losses.append(loss.item())
            print(losses[-1])
    return losses


def example(numbers: str, optimizer: str = "SGD", bias: float = 0.0) -> Example:
    """Write a call as code."""
    setup = f"""\
torch.manual_seed(0)
model = nn.Linear(4, 2)
model.bias.data += {bias}
optimizer = torch.optim.{optimizer}(model.parameters(), lr={LEARNING_RATE})"""
    call = f"fit_random_targets(model, optimizer{numbers})"
    return Example("fit_random_targets", setup, call, {"the losses": "result"}, open=True)


def probe(
    steps: int,
    batch_size: int,
    log_every: int,
    optimizer: str = "SGD",
    dtype: torch.dtype = torch.float32,
    bias: float = 0.0,
) -> Probe:
    """Make the probe that gives these numbers."""
    numbers = f"steps={steps}, batch_size={batch_size}, log_every={log_every}"
    model = f"model with outputs near {bias:,.0f}" if bias else "model"
    return Probe(
        f"fit_random_targets({model}, {optimizer} with lr={LEARNING_RATE}, {numbers})",
        lambda attempt: Run(steps, batch_size, log_every, optimizer, dtype, bias).facts(attempt),
        example=example(f", {numbers}", optimizer, bias),
    )


PROBES = (
    probe(9, 8, 3),
    probe(4, 1, 2, "Adam"),
    Probe(
        f"fit_random_targets(model, SGD with lr={LEARNING_RATE})",
        lambda attempt: LightRun(100, 32, 20).facts(attempt),
        example=example(""),
    ),
    probe(7, 41, 3, bias=3e5),
    probe(3, 5, 1),
)


def note(attempt: Attempt) -> str:
    """Say when the data are float32 whatever the model is; the exercise leaves that open."""
    error = look(probe(2, 4, 1, dtype=torch.float64), attempt)["error"]
    if error is None or "dtype" not in error.message:
        return ""
    return (
        "One thing to know: it draws float32 data, so that a float64 model would raise an error. "
        "`dtype=next(model.parameters()).dtype` in the drawing fits every model."
    )
