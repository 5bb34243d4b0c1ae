"""How ``mse_backward`` is checked."""

import math

import torch
from torch import Tensor, nn

from ...checker.example import Example
from ...checker.facts import Facts, type_of
from ...checker.networks import DRAWN, NUMBERS_OF, in_code, named_weights
from ...checker.observing import Untouched
from ...checker.probes import Attempt, Probe
from ...checker.training_events import Events, explained


def truth(model: nn.Module, states: Tensor, targets: Tensor) -> Tensor:
    """Send the derivative of the mean square, 2 (prediction - target) / number, back by hand."""
    prediction = model(states)
    error = (prediction - targets).detach()
    (prediction * (2 * error / error.numel())).sum().backward()
    mean = math.fsum(e**2 for e in error.flatten().tolist()) / error.numel()
    return torch.tensor(mean, dtype=error.dtype)


def call(attempt: Attempt, model: nn.Module, states: Tensor, targets: Tensor) -> Facts:
    """Note the loss, the gradients left behind, and what else was changed."""
    untouched = Untouched(states=states, targets=targets)
    before = named_weights(model)
    with Events(model) as events:
        try:
            loss = attempt(model, states, targets)
        except AttributeError as error:
            return {"error": explained(error)}
    facts: Facts = {"the result is": type_of(loss)}
    if isinstance(loss, Tensor):
        facts["the loss"] = loss.detach().clone()
    elif isinstance(loss, float):
        facts["the loss as a float"] = loss
    parameters = dict(model.named_parameters())
    for name, parameter in parameters.items():
        grad = parameter.grad
        facts[f"{in_code(name)}.grad"] = None if grad is None else grad.detach().clone()
    if not all(p.grad is not None and p.grad.any() for p in parameters.values()):
        facts["what happened"] = str(events)
    facts["parameters changed by the call"] = [
        in_code(name) for name, p in parameters.items() if not torch.equal(p, before[name])
    ]
    facts["parameters that no longer require a gradient"] = [
        in_code(name) for name, p in parameters.items() if not p.requires_grad
    ]
    facts["the model is in training mode"] = model.training
    return facts | untouched.facts()


def probe(layers: str, batch: int, outputs: int, kind: str = "") -> Probe:
    """Make the probe that calls the attempt with a fresh model and a random batch."""
    code = layers.format(outputs)  # which the report shows and the check runs
    double = ".double()" if "float64" in kind else ""
    size = 1e5 if "large" in kind else 2
    setup = f"""\
draw = torch.Generator().manual_seed({batch + outputs})
model = {code}{double}
{DRAWN.format(network="model")}
states = torch.randn({batch}, 4, generator=draw){double}{".requires_grad_()" * ("grad" in kind)}
targets = (torch.randn({batch}, {outputs}, generator=draw) * {size} + 1){double}"""
    example = Example("mse_backward", setup, "mse_backward(model, states, targets)", RESULTS)
    return Probe(
        f"mse_backward(model, states of shape ({batch}, 4){kind}, targets of shape "
        f"({batch}, {outputs})), where model is fresh: {code}",
        lambda attempt: call(attempt, *example.given("model", "states", "targets")),
        example=example,
    )


RESULTS = {
    "the loss": "result",
    "the gradients": "torch.cat([p.grad.flatten() for p in model.parameters()])",
    "the parameters": NUMBERS_OF.format(network="model"),
}
ONE = "nn.Linear(4, {})"
TWO = "nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, {}))"
PROBES = (
    probe(ONE, batch=10, outputs=3),  # not 2: a sum of two is also twice a mean
    probe(TWO, batch=10, outputs=2),
    probe(ONE, batch=1, outputs=2),
    probe(ONE, batch=3, outputs=3),
    probe(ONE, batch=5, outputs=1),
    probe(ONE, batch=1, outputs=1),
    probe(TWO, batch=4, outputs=2, kind=" in float64"),
    probe(TWO, batch=6, outputs=2, kind=" that require gradients"),
    probe(ONE, batch=257, outputs=7),
    probe(TWO, batch=2, outputs=3, kind=" in float64, with large errors"),
)
