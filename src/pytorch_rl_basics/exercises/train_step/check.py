"""How ``train_step`` is checked."""

from typing import Any

import torch
from torch import Tensor, nn

from ...checker.example import Example
from ...checker.facts import Facts, type_of
from ...checker.networks import DRAWN, NUMBERS_OF, in_code, named_weights
from ...checker.observing import Untouched
from ...checker.probes import Attempt, Probe
from ...checker.training_events import Events, Kind, explained


def truth(model: nn.Module, optimizer: Any, batch: Tensor, targets: Tensor) -> float:
    """Send the derivative of the mean square back by hand, and add the squares up one by one."""
    for parameter in model.parameters():
        parameter.grad = None
    prediction = model(batch)
    error = (prediction - targets).detach()
    (prediction * (2 * error / error.numel())).sum().backward()
    optimizer.step()
    return float(sum(number**2 for number in error.flatten().tolist()) / error.numel())


def call(
    attempt: Attempt,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: list[tuple[Tensor, Tensor]],
) -> Facts:
    """Make one step on each batch, and note the losses and the parameters after each."""
    untouched = Untouched(
        **{
            f"{name}{'' if len(batches) == 1 else f' {i}'}": tensor
            for i, pair in enumerate(batches, start=1)
            for name, tensor in zip(("batch", "targets"), pair, strict=True)
        }
    )
    states = [named_weights(model)]
    losses: list[Any] = []
    with Events(model, optimizer) as events:
        for batch, targets in batches:
            try:
                losses.append(attempt(model, optimizer, batch, targets))
            except AttributeError as error:
                return {"error": explained(error)}
            states.append(named_weights(model))
    facts: Facts = {
        "the result is": "a float" if isinstance(losses[0], float) else type_of(losses[0])
    }
    if all(isinstance(loss, float) for loss in losses):
        facts |= {"the loss": losses[0]} if len(losses) == 1 else {"the losses": losses}
    update: Facts = {"the update": _update(events, states)}
    facts = update | facts if len(batches[0][0]) > 32 else facts | update
    for i, state in enumerate(states[1:], start=1):
        after = "the call" if len(losses) == 1 else f"call {i}"
        for name, tensor in state.items():
            facts[f"{in_code(name)} after {after}"] = tensor
    return facts | untouched.facts()


def _update(events: Events, states: list[dict[str, Tensor]]) -> Kind:
    """Tell who has moved the parameters."""
    first, *later = states
    moved = any(not torch.equal(tensor, first[n]) for s in later for n, tensor in s.items())
    steps, expected = events.log.count("step") + events.log.count("empty step"), len(later)
    if "other step" in events.log:
        return Kind("another optimizer", "a step of another optimizer than the one given")
    if not steps:
        by_hand = "made by hand, without the optimizer"
        return Kind("by hand", by_hand) if moved else Kind("no step", "none; there was no step")
    if not moved:
        return Kind(f"no effect: {events}", "none; the step had no gradients to go by")
    if steps != expected:
        return Kind(
            "several steps",
            f"{steps} steps of the optimizer" + f" in {expected} calls" * (expected > 1),
        )
    return Kind("one step", "one step of the optimizer" + " in each call" * (expected > 1))


def probe(
    layers: str,
    shape: tuple[int, ...],
    *,
    calls: int = 1,
    dtype: torch.dtype = torch.float32,
    optimizer: str = "SGD",
    scale: float = 1.0,
    lr: float = 0.1,
) -> Probe:
    """Train a fresh model; a scale below 1 puts the targets close to the predictions."""
    double = ".double()" if dtype == torch.float64 else ""
    close = " + model(batch).detach()" if scale < 1 else ""
    setup = f"""\
draw = torch.Generator().manual_seed({sum(shape)})
model = {layers}{double}
{DRAWN.format(network="model")}
optimizer = torch.optim.{optimizer}(model.parameters(), lr={lr})
batches = []
for _ in range({calls}):
    batch = torch.randn({shape[0]}, 2, generator=draw){double}
    targets = {scale} * (torch.randn({shape}, generator=draw) * 2 + 1){double}{close}
    batches.append((batch, targets))
before = {NUMBERS_OF.format(network="model")}"""
    each = "[train_step(model, optimizer, batch, targets) for batch, targets in batches]"
    once = "train_step(model, optimizer, batch, targets)"
    example = Example("train_step", setup, once if calls == 1 else each, RESULTS)
    times = "" if calls == 1 else f", {calls} calls with a new batch each"
    kind = " in float64" if dtype == torch.float64 else ""
    numbers = {1: "", 100: " in the hundreds", 1e6: " in the millions"}
    where = numbers.get(scale, " close to the predictions")
    return Probe(
        f"train_step(model, optimizer, batch of shape ({shape[0]}, 2){kind}, targets of shape "
        f"{shape}{where}){times}, with the fresh model {layers} and "
        f"{optimizer}",
        lambda attempt: call(attempt, *example.given("model", "optimizer", "batches")),
        example=example,
    )


RESULTS = {"the loss": "result", "the step": f"{NUMBERS_OF.format(network='model')} - before"}
THREE = "nn.Linear(2, 3)"
ONE = "nn.Linear(2, 1)"
DEEP = "nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 3))"
CRITIC = "nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))"
DROPPING = "nn.Sequential(nn.Dropout(1.0), nn.Linear(2, 3))"
PROBES = (
    probe(THREE, (4, 3)),
    probe(THREE, (4, 3), calls=3),
    probe(THREE, (4, 3), scale=100),
    probe(DEEP, (4, 3), calls=3, optimizer="Adam"),
    probe(THREE, (1, 3)),
    probe(THREE, (3, 3)),
    probe(ONE, (5, 1)),
    probe(CRITIC, (5,)),
    probe(DEEP, (4, 3), dtype=torch.float64),
    probe(DROPPING, (4, 3)),
    probe(THREE, (131, 3), lr=0.02),
    probe(DEEP, (5, 3), scale=1e6, lr=0.02),
    probe(THREE, (7, 3), scale=0.02),
)
