"""Facts that several checks note: a result, the gradients behind it, what became of the inputs."""

import random
import sys
from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import Tensor

from .example import Example
from .facts import Facts, Raised, describe, type_of
from .sandbox import sandbox, seed_everything


def result_facts(result: Any) -> Facts:
    """Note a result's type, dtype and shape, and its values if it is a tensor."""
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["its values"] = result.detach().clone()
    elif isinstance(result, int | float):
        facts["its value"] = result
    return facts


def series_facts(label: str, result: Any) -> Facts:
    """Note numbers that belong to steps, their dtype last: wrong numbers matter more."""
    if not isinstance(result, Tensor):
        return {"the result is": type_of(result)}
    return {
        "the result is": f"a tensor of shape {tuple(result.shape)}",
        label: result.detach().cpu().to(torch.float64),
        "their dtype": str(result.dtype).removeprefix("torch."),
    }


def outcome(call: Callable[..., Any], *args: Any) -> Any:
    """Make a call; an exception is an outcome as well."""
    try:
        return call(*args)
    except (Exception, SystemExit) as error:
        return Raised.of(error)


def note_error(what: str, call: Callable[..., Any], *args: Any) -> str:
    """Write a note on a call that raises an exception, where that is allowed."""
    with sandbox():
        result = outcome(call, *args)
    return f"({what} gives {describe(result)}.)" if isinstance(result, Raised) else ""


def gradient_facts(result: Any, **inputs: Tensor) -> Facts:
    """Send a gradient back through a result, another one for each entry, and note what arrives."""
    if not isinstance(result, Tensor):
        return {}
    facts: Facts = {"the result has a graph": result.requires_grad}
    if not result.requires_grad:
        return facts
    result = result.cpu()
    weights = torch.arange(1.0, result.numel() + 1, dtype=result.dtype).reshape(result.shape)
    given = {name: tensor for name, tensor in inputs.items() if tensor.requires_grad}
    gradients = torch.autograd.grad(
        (result * weights).sum(), list(given.values()), allow_unused=True
    )
    for name, gradient in zip(given, gradients, strict=True):
        facts[f"the gradient that reaches {name}"] = gradient
    return facts


def row_facts(attempt: Callable[..., Any], logits: Tensor, **others: Tensor) -> Facts:
    """Call a function of logits, and note a result for each row, its gradient, changed inputs."""
    logits = logits.clone().requires_grad_()
    untouched = Untouched(logits=logits, **others)
    result = attempt(logits, *others.values())
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["the result has a graph"] = result.requires_grad
        facts["its values"] = result.detach().clone()
        facts["it went backward by itself"] = logits.grad is not None
    if logits.grad is None and logits.requires_grad:
        facts |= gradient_facts(result, logits=logits)
    return facts | untouched.facts()


def loss_facts(
    attempt: Callable[..., Any], given: dict[str, Tensor], graphs: Collection[str], *args: Any
) -> Facts:
    """Call a loss function, and note the loss, where its gradient goes, and changed inputs.

    The leaves stand for the networks that the inputs come from.

    Args:
        attempt: the loss function.
        given: its tensors, each of shape (B,), by name.
        graphs: the names of those that have a graph.
        args: what the function gets besides.
    """
    leaves = {name: tensor.clone().requires_grad_(name in graphs) for name, tensor in given.items()}
    inputs = {name: leaf.clone() for name, leaf in leaves.items()}
    untouched = Untouched(**inputs)
    result = attempt(*inputs.values(), *args)
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["the result has a graph"] = result.requires_grad
        facts["its value"] = "nan" if result.isnan().all() else result.detach().clone()
    stored = [name for name, leaf in leaves.items() if leaf.grad is not None]
    facts["gradients stored by the call"] = stored
    if not stored:
        facts |= gradient_facts(result, **leaves)
    return facts | untouched.facts()


def example_of_loss(
    name: str, given: dict[str, Tensor], graphs: Collection[str], **more: float
) -> Example:
    """Write the call of a loss function as code, and look at the gradient of its first input."""
    tensors = {key: tensor.clone().requires_grad_(key in graphs) for key, tensor in given.items()}
    return Example.of(name, {**tensors, **more}, with_gradients("loss", next(iter(given))))


def with_gradients(what: str, *names: str) -> dict[str, str]:
    """Look at a result, and at the gradients of the sum of its entries."""
    gradient = "torch.autograd.grad(result.sum(), {}, retain_graph=True)[0]"
    return {
        f"the {what}": "result",
        f"the {what} has a graph": "result.requires_grad",
        **{f"the gradient that reaches {name}": gradient.format(name) for name in names},
    }


class Untouched:
    """Remember tensors before a call, to name afterwards those that the call has changed."""

    def __init__(self, **tensors: Tensor) -> None:
        self.tensors = tensors
        self.before = {name: tensor.detach().clone() for name, tensor in tensors.items()}
        self.watched = {name: tensor.requires_grad for name, tensor in tensors.items()}

    def facts(self) -> Facts:
        """Note which inputs differ from before."""
        changed = [
            name
            for name, tensor in self.tensors.items()
            if tensor.shape != self.before[name].shape
            or tensor.requires_grad != self.watched[name]
            or not torch.equal(tensor.detach(), self.before[name])
        ]
        return {"inputs changed by the call": changed}


def seed_survives(call: Callable[[], object]) -> bool:
    """Tell whether a call leaves the seeds of all global generators as its caller has set them."""
    one, again, other = (_states_after(call, seed) for seed in (0, 0, 1))
    return one == again and all(a != b for a, b in zip(one, other, strict=True))


def _states_after(call: Callable[[], object], seed: int) -> list[object]:
    seed_everything(seed)
    call()
    states: list[object] = [torch.get_rng_state().view(torch.int64).tolist(), random.getstate()]
    if numpy := sys.modules.get("numpy"):
        key, position = numpy.random.get_state()[1:3]
        states.append((key.tobytes(), position))
    return states
