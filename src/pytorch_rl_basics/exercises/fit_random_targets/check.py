"""How ``fit_random_targets`` is checked: from what its gradients say about the targets it drew."""

from typing import Any

import torch

from ...checker.facts import Facts
from ...checker.probes import Attempt, Probe, look
from .run import LightRun, Run


def truth(
    model: Any, optimizer: Any, steps: int = 100, batch_size: int = 32, log_every: int = 20
) -> list[float]:
    """Draw uniform numbers, and set each gradient by hand; log at steps 0, log_every, ..."""
    losses: list[float] = []
    for step in range(steps):
        states, targets = torch.rand(batch_size, 4), torch.rand(batch_size, 2)
        loss = torch.linalg.vector_norm(model(states) - targets) ** 2 / targets.numel()
        parameters = list(model.parameters())
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(loss, parameters), strict=True
        ):
            parameter.grad = gradient
        optimizer.step()
        if step % log_every == 0:
            losses.append(loss.item())
            print(losses[-1])
    return losses


def few_steps(attempt: Attempt) -> Facts:
    """Make 12 steps with numbers of our own."""
    return Run(12, 8, 4).facts(attempt, 12, 8, 4)


def single_states(attempt: Attempt) -> Facts:
    """Make 4 steps of one state each, with Adam."""
    return Run(4, 1, 2, adam=True).facts(attempt, 4, 1, 2)


def as_asked(attempt: Attempt) -> Facts:
    """Leave all numbers at their defaults."""
    return LightRun(100, 32, 20).facts(attempt)


def in_float64(attempt: Attempt) -> Facts:
    """Make two steps in float64."""
    return Run(2, 4, 1, dtype=torch.float64).facts(attempt, 2, 4, 1)


PROBES = (
    Probe(
        "fit_random_targets(model, SGD with lr=0.05, steps=12, batch_size=8, log_every=4)",
        few_steps,
    ),
    Probe(
        "fit_random_targets(model, Adam with lr=0.05, steps=4, batch_size=1, log_every=2)",
        single_states,
    ),
    Probe("fit_random_targets(model, SGD with lr=0.05)", as_asked),
)


def note(attempt: Attempt) -> str:
    """Say when the data are float32 whatever the model is; the exercise leaves that open."""
    error = look(Probe("", in_float64), attempt)["error"]
    if error is None or "dtype" not in error.message:
        return ""
    return (
        "One thing to know: it draws float32 data, so that a float64 model would raise an error. "
        "`dtype=next(model.parameters()).dtype` in the drawing fits every model."
    )
