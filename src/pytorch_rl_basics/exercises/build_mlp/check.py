"""How ``build_mlp`` is checked."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from ...checker.example import Example
from ...checker.facts import Facts, Raised, type_of
from ...checker.observing import outcome
from ...checker.probes import Attempt, Probe
from ...checker.training_events import Kind

Roles = dict[str, tuple[Tensor, nn.Parameter]]  # a view of the expected shape, and its parameter
REGISTERED = ("_modules", "_parameters", "_buffers")
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


def look_at_layers(attempt: Attempt, network: nn.Module) -> Facts:
    """Send ten states through a network, and note what it is made of."""
    output = outcome(network, _states(10))  # first: this also makes the weights of lazy layers
    others = [outcome(network, _states(10)), *in_both_modes(network)]
    parameters = list(network.parameters())
    shapes = [() if is_lazy(p) else tuple(p.shape) for p in parameters]
    layout = "as expected" if find_roles(network) else _layout(shapes)
    layout += " (others are not registered)" * holds_unregistered(network)
    fixed = not isinstance(output, Tensor) or all(
        isinstance(other, Tensor) and torch.equal(output, other) for other in others
    )
    layout += " (others are made in each call)" * (not shapes and not fixed)
    trained = sum(p.numel() for p in parameters if not is_lazy(p) and p.requires_grad)
    dtypes = {str(p.dtype).removeprefix("torch.") for p in parameters}
    return {
        "the shapes of its parameters": Kind(layout, _in_words(shapes)),
        "the dtype of its parameters": ", ".join(sorted(dtypes)),
        "the numbers that training may change": Kind(
            "all" if trained == 450 else "not all", f"{trained} of 450"
        ),
        "its output for 10 states": _kind_of(output),
        "the same output for the same states": fixed,
    }


def holds_unregistered(network: nn.Module) -> bool:
    """Tell whether attributes hold modules or tensors that are no parameters, alone or in lists."""

    def found(value: Any) -> bool:
        if isinstance(value, dict):
            value = list(value.values())
        return isinstance(value, nn.Module | Tensor) or (
            isinstance(value, list | tuple) and any(map(found, value))
        )

    attributes = (vars(module).items() for module in network.modules())
    return any(found(v) for pairs in attributes for key, v in pairs if key not in REGISTERED)


def in_both_modes(network: nn.Module) -> list[Any]:
    """Give the outputs in training and in evaluation mode, and leave the mode as it was."""
    before = network.training
    outputs = [outcome(network.train(mode), _states(10)) for mode in (True, False)]
    network.train(before)
    return outputs


def look_at_outputs(batch: int, network: nn.Module, size: float) -> Facts:
    """Set the parameters to known numbers, and note the output and where gradients arrive."""
    outcome(network, _states(batch, size))
    roles = find_roles(network)
    before = [leaf.detach().clone() for _, leaf in roles.values()]
    draw = torch.Generator().manual_seed(1)
    for view, _ in roles.values():
        view.copy_(torch.randn(view.shape, generator=draw))
    try:
        return _output_facts(_states(batch, size), network, roles) if roles else {}
    finally:  # the network may be one that the learner has had before
        for (_, leaf), numbers in zip(roles.values(), before, strict=True):
            leaf.detach().copy_(numbers)


def _output_facts(states: Tensor, network: nn.Module, roles: Roles) -> Facts:
    before = states.clone()
    output = outcome(network, states)
    facts: Facts = {"the output is": _kind_of(output)}
    if not isinstance(output, Tensor):
        return facts
    facts["its values"] = output.detach().clone()
    facts["the states were changed"] = not torch.equal(states, before)
    reached = {}
    if output.requires_grad:
        leaves = [leaf for _, leaf in roles.values()]
        gradients = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
        reached = dict(zip(roles, gradients, strict=True))
    facts["the parameters that a gradient reaches"] = [
        name for name, gradient in reached.items() if gradient is not None
    ]
    return facts


def look_at_two(attempt: Attempt, one: nn.Module) -> Facts:
    """Build another network, and note what the two have in common."""
    two = attempt()
    if not isinstance(two, nn.Module):
        return {}
    for network in (one, two):
        outcome(network, _states(10))
    pairs = list(zip(one.parameters(), two.parameters(), strict=False))
    first = next((p for p in one.parameters() if p.dim() > 1), torch.rand(2))
    return {
        "they share parameters": any(p.data_ptr() == q.data_ptr() for p, q in pairs),
        "one number fills the whole first weight": bool((first == first.flatten()[0]).all()),
        "they start with the same numbers": all(torch.equal(p, q) for p, q in pairs),
    }


def build(attempt: Attempt) -> tuple[Any, str]:
    """Call the attempt, and describe the type of the result."""
    if _wants_arguments(attempt):
        return None, "nothing: it cannot be called without arguments"
    network = attempt()
    if isinstance(network, nn.Module):
        return network, "an nn.Module"
    if isinstance(network, type):
        return None, "a class, and not yet an object made of it"
    if isinstance(network, list | tuple) and sum(isinstance(x, nn.Linear) for x in network) > 1:
        return None, "layers side by side, in a list or tuple"
    return None, type_of(network)


def find_roles(network: nn.Module) -> Roles:
    """Tell by the shapes which parameter is W1, b1, W2 or b2; a weight may lie on its side.

    Returns:
        For each a view of the shape expected, and the parameter itself; nothing if they differ.
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


def _kind_of(output: Any) -> Raised | str:
    return output if isinstance(output, Raised) else type_of(output)


def _states(batch: int, size: float = 1.0) -> Tensor:
    return size * torch.randn(batch, 4, generator=torch.Generator().manual_seed(batch))


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


def probe(words: str, look_at: Callable[[Attempt, nn.Module], Facts]) -> Probe:
    """Make the probe that builds a network, and looks at it if it is one."""

    def observe(attempt: Attempt) -> Facts:
        network, kind = build(attempt)
        facts: Facts = {"the result is": kind}
        return facts if network is None else facts | look_at(attempt, network)

    return Probe(words, observe, example=EXAMPLE)


def outputs(batch: int, size: float = 1.0) -> Probe:
    """Make the probe that sends so many states of this size through the network."""
    states = f"states of shape ({batch}, 4)" + (f" and size {size:,.0f}" if size != 1 else "")
    return probe(
        f"network({states}), with known numbers in the parameters of network = build_mlp()",
        lambda attempt, network: look_at_outputs(batch, network, size),
    )


EXAMPLE = Example(
    "build_mlp",
    "torch.manual_seed(0)\nstates = torch.randn(10, 4)",
    "build_mlp()",
    {
        "the network": "result",
        "its outputs for ten states": "result(states)",
        "its outputs for one state": "result(states[:1])",
    },
    open=True,
)
PROBES = (
    probe("network = build_mlp()", look_at_layers),
    outputs(10),
    outputs(1),
    outputs(4),
    outputs(53, size=1e5),
    probe("build_mlp() twice", look_at_two),
)


truth = Truth
