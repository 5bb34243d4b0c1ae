"""How ``build_mlp`` is checked."""

import contextlib
import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from ...checker.facts import Facts, Raised, type_of
from ...checker.probes import Attempt, Probe
from ...checker.training_events import Kind

Roles = dict[str, tuple[Tensor, nn.Parameter]]  # a view of the wanted shape, and whose it is
SHAPES = ((64, 4), (64,), (2, 64), (2,))  # of W1, b1, W2 and b2


class Truth(nn.Module):
    """W2 · max(0, W1 · s + b1) + b2, written out."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = nn.ParameterList(torch.randn(shape) for shape in SHAPES)

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, 4) to outputs (B, 2)."""
        w1, b1, w2, b2 = self.numbers
        hidden = torch.einsum("ij,bj->bi", w1, states) + b1
        outputs: Tensor = torch.einsum("ij,bj->bi", w2, hidden.clamp(min=0)) + b2
        return outputs


def look_at_layers(attempt: Attempt) -> Facts:
    """Build a network, send ten states through it, and note what it is made of."""
    network, facts = build(attempt)
    if network is None:
        return facts
    output = outcome(network, _states(10))  # first: this also makes the weights of lazy layers
    parameters = list(network.parameters())
    shapes = [() if is_lazy(p) else tuple(p.shape) for p in parameters]
    layout = "as wanted" if find_roles(network) else _layout(shapes)
    trained = sum(p.numel() for p in parameters if not is_lazy(p) and p.requires_grad)
    dtypes = {str(p.dtype).removeprefix("torch.") for p in parameters}
    facts["the shapes of its parameters"] = Kind(layout, _in_words(shapes))
    facts["the dtype of its parameters"] = ", ".join(sorted(dtypes))
    facts["the numbers that training may change"] = Kind(
        "all" if trained == 450 else "not all", f"{trained} of 450"
    )
    facts["its output for 10 states"] = output if isinstance(output, Raised) else type_of(output)
    again = outcome(network, _states(10))
    facts["the same output for the same states"] = not isinstance(output, Tensor) or (
        isinstance(again, Tensor) and torch.equal(output, again)
    )
    return facts


def look_at_outputs(batch: int, attempt: Attempt) -> Facts:
    """Set the parameters to known numbers, and note the output and where gradients arrive."""
    network, facts = build(attempt)
    if network is None:
        return facts
    outcome(network, _states(batch))
    roles = find_roles(network)
    if not roles:
        return facts
    with put_back(network):
        return facts | _look_at_outputs(batch, network, roles)


def _look_at_outputs(batch: int, network: nn.Module, roles: Roles) -> Facts:
    facts: Facts = {}
    draw = torch.Generator().manual_seed(1)
    for view, _ in roles.values():
        view.copy_(torch.randn(view.shape, generator=draw))
    states = _states(batch)
    output = outcome(network, states)
    facts["the output is"] = output if isinstance(output, Raised) else type_of(output)
    if not isinstance(output, Tensor):
        return facts
    facts["its values"] = output.detach().clone()
    facts["the states were changed"] = not torch.equal(states, _states(batch))
    reached = {}
    if output.requires_grad:
        leaves = [leaf for _, leaf in roles.values()]
        gradients = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
        reached = dict(zip(roles, gradients, strict=True))
    facts["the parameters that a gradient reaches"] = [
        name for name, gradient in reached.items() if gradient is not None
    ]
    return facts


def look_at_two(attempt: Attempt) -> Facts:
    """Build two networks, and note what they have in common."""
    one, facts = build(attempt)
    two, _ = build(attempt)
    if one is None or two is None:
        return facts
    for network in (one, two):
        outcome(network, _states(10))
    pairs = list(zip(one.parameters(), two.parameters(), strict=False))
    first = next((p for p in one.parameters() if p.dim() > 1), torch.rand(2))
    shared = sum(p.data_ptr() == q.data_ptr() for p, q in pairs)
    return facts | {
        "they share parameters": shared > 0,
        "one number fills the whole first weight": bool((first == first.flatten()[0]).all()),
        "they start with the same numbers": all(torch.equal(p, q) for p, q in pairs),
    }


def build(attempt: Attempt) -> tuple[nn.Module | None, Facts]:
    """Call the attempt, and note what kind of thing came back."""
    network = None if _wants_arguments(attempt) else attempt()
    if isinstance(network, nn.Module):
        return network, {"the result is": "an nn.Module"}
    if _wants_arguments(attempt):
        return None, {"the result is": "nothing: it cannot be called without arguments"}
    if isinstance(network, type):
        return None, {"the result is": "a class, and not yet an object made of it"}
    if isinstance(network, list | tuple) and sum(isinstance(x, nn.Linear) for x in network) > 1:
        return None, {"the result is": "layers side by side, in a list or tuple"}
    return None, {"the result is": type_of(network)}


def outcome(network: nn.Module, states: Tensor) -> Any:
    """Call the network; an exception is an outcome as well."""
    try:
        return network(states)
    except Exception as error:
        return Raised.of(error)


@contextlib.contextmanager
def put_back(network: nn.Module) -> Iterator[None]:
    """Give a network its numbers back: it may be one that the learner has had before."""
    before = [parameter.detach().clone() for parameter in network.parameters()]
    try:
        yield
    finally:
        for parameter, numbers in zip(network.parameters(), before, strict=True):
            parameter.detach().copy_(numbers)


def find_roles(network: nn.Module) -> Roles:
    """Tell by the shapes which parameter is W1, b1, W2 or b2; a weight may lie on its side.

    Returns:
        For each a view of the shape wanted, and the parameter itself; nothing if they differ.
    """
    left = [p for p in network.parameters() if not is_lazy(p)]
    roles: Roles = {}
    for name, shape in zip(("W1", "b1", "W2", "b2"), SHAPES, strict=True):
        for i, parameter in enumerate(left):
            view = parameter.detach().squeeze()
            view = view.T if view.dim() == 2 and view.T.shape == shape else view
            if view.shape == shape:
                roles[name] = view, left.pop(i)
                break
    return roles if len(roles) == 4 and not left else {}


def _states(batch: int) -> Tensor:
    return torch.randn(batch, 4, generator=torch.Generator().manual_seed(batch))


def _wants_arguments(attempt: Attempt) -> bool:
    try:
        inspect.signature(attempt).bind()
    except ValueError:  # some callables do not tell their arguments
        return False
    except TypeError:
        return True
    return False


def _layout(shapes: list[tuple[int, ...]]) -> str:
    """Name the kind of network that has parameters of these shapes."""
    if not shapes:
        return "none"
    weights = [shape for shape in shapes if len(shape) == 2]
    biases = [shape for shape in shapes if len(shape) == 1]
    if weights == [SHAPES[0], SHAPES[2]] and len(biases) < 2:
        return "a bias is missing"
    if set(shapes) < set(SHAPES):
        return "only a part"
    if len(weights) > 2:
        return "more layers"
    if len(biases) > len(weights):
        return "more than linear layers"
    if len(weights) == 2 and shapes == [weights[0], weights[0][:1], weights[1], weights[1][:1]]:
        (hidden, inputs), (outputs, again) = weights
        if hidden != again:
            return "sizes exchanged" if inputs == outputs else "layers that do not fit"
        if (inputs, outputs) == (4, 2):
            return "another number of hidden units"
        if inputs == 4 or outputs == 2:
            return "another number of " + ("outputs" if inputs == 4 else "inputs")
        return "inputs and outputs exchanged" if (inputs, outputs) == (2, 4) else "other ends"
    return _in_words(shapes)


def _in_words(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(shape) for shape in shapes) or "it has none"


PROBES = (
    Probe("network = build_mlp()", look_at_layers),
    Probe(
        "network(states of shape (10, 4)), with known numbers in the parameters of "
        "network = build_mlp()",
        functools.partial(look_at_outputs, 10),
    ),
    Probe(
        "network(states of shape (1, 4)), with known numbers in the parameters of "
        "network = build_mlp()",
        functools.partial(look_at_outputs, 1),
    ),
    Probe("build_mlp() twice", look_at_two),
)


truth = Truth
