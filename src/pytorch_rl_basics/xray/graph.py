"""Walk the autograd graph behind a loss, and say it in the words of the code that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

Shape = tuple[int, ...] | None
Kind = Literal["parameter", "leaf", "frozen", "detached", "constant", "cut"]
Node = Any  # torch.autograd.graph.Node, whose attributes have no stubs

# Which saved tensor of an operation is its n-th input, where PyTorch keeps it.
INPUTS = {
    "Addmm": ("self", "mat1", "mat2"),
    "Mm": ("self", "mat2"),
    "Mv": ("self", "vec"),
    **dict.fromkeys(("Mul", "Div", "Minimum", "Maximum"), ("self", "other")),
    **dict.fromkeys(("MseLoss", "SmoothL1Loss", "HuberLoss"), ("self", "target")),
    **dict.fromkeys(("BinaryCrossEntropy", "BinaryCrossEntropyWithLogits"), ("self", "target")),
}
MATMULS = ("Addmm", "Mm")  # what a linear layer is computed with
FIXED = ("frozen", "detached")
# Operations that have another name in PyTorch than in the code that calls them.
NAMES = {
    **dict.fromkeys(("Mm", "Bmm", "Mv", "Dot", "Addmm"), "matmul"),
    **dict.fromkeys(("Select", "Slice", "Index"), "indexing [...]"),
    **dict.fromkeys(("T", "Transpose", "Permute"), "transpose"),
    **dict.fromkeys(("UnsafeView", "ReshapeAlias"), "view"),
    **dict.fromkeys(
        (f"ScaledDotProduct{way}" for way in ("FlashAttentionForCpu", "FlashAttention")),
        "scaled_dot_product_attention",
    ),
    "CopySlices": "assignment to a part",
    "Convolution": "conv",
    "NativeLayerNorm": "layer_norm",
    "NativeBatchNorm": "batch_norm",
    "NativeDropout": "dropout",
    "ToCopy": "to",
}


@dataclass(frozen=True)
class Entry:
    """What enters an operation from outside the graph: a leaf tensor or a constant."""

    kind: Kind
    name: str
    shape: Shape
    dtype: torch.dtype | None


@dataclass
class Operation:
    """One operation of the forward pass, with what it gave and what went into it."""

    name: str
    shape: Shape
    dtype: torch.dtype | None
    entries: list[Entry] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)  # places of other operations in the graph


class Graph(NamedTuple):
    """The operations behind a loss, the last one first, and the leaf tensors under them."""

    operations: list[Operation]
    leaves: dict[int, Tensor]  # by id()
    freed: bool  # backward() has used at least a part of it
    overwritten: bool  # a value that it saved was changed in place
    saves: bool  # it saves values for backward(), so that a use leaves a trace


NOTHING = Graph([], {}, freed=False, overwritten=False, saves=False)


class Owner(NamedTuple):
    """A model's tensor, under the name that its entry in the picture bears."""

    name: str
    tensor: Tensor
    registered: bool


def owned(model: nn.Module) -> dict[int, Owner]:
    """Give a model's parameters, and the tensors it keeps where parameters() does not look."""
    found = {id(value): Owner(name, value, True) for name, value in model.named_parameters()}
    for path, module in model.named_modules():
        prefix = f"{path}." if path else ""
        for attribute, value in vars(module).items():
            if not attribute.startswith("_"):
                for name, tensor in _unregistered(prefix + attribute, value):
                    found.setdefault(id(tensor), Owner(name, tensor, False))
    return found


def _unregistered(name: str, value: object) -> Iterator[tuple[str, Tensor]]:
    """Name the tensors that require grad in an attribute that is no parameter and no module."""
    if isinstance(value, Tensor):
        if value.requires_grad and value.is_leaf:
            yield name, value
    elif isinstance(value, nn.Module):
        for inner, parameter in value.named_parameters():
            yield f"{name}.{inner}", parameter
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _unregistered(f"{name}[{place}]", item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unregistered(f"{name}[{key!r}]", item)


def walk(loss: Tensor, owners: dict[int, Owner]) -> Graph:
    """Read the graph behind a loss, without running it and without changing anything."""
    if loss.grad_fn is None:
        return NOTHING._replace(leaves={id(loss): loss} if loss.requires_grad else {})
    nodes = ordered(loss.grad_fn)
    leaves = {id(node.variable): node.variable for node in nodes if is_leaf(node)}
    saved = [value for node in nodes for value in _saved(node)]
    complaints = [value for value in saved if isinstance(value, str)]
    freed = any("second time" in complaint for complaint in complaints)
    overwritten = any("inplace operation" in complaint for complaint in complaints)

    places: dict[Node, int] = {}
    operations: list[Operation] = []
    for node in nodes:
        if not is_leaf(node) and node not in places:
            places[node] = len(operations)
            operations.append(_operation(node, owners))
    for node, place in places.items():
        sources = (_through_noise(source) for source in _sources(node))
        inputs = [places[source] for source in sources if source in places]
        operations[place].inputs = list(dict.fromkeys(inputs))
    operations = _reachable(_without_views(operations))
    return Graph(operations, leaves, freed, overwritten, bool(saved))


def ordered(root: Node) -> list[Node]:
    """Give all nodes, each before the nodes that its gradient goes to."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(source, False) for source, _ in node.next_functions if source is not None]
    return order[::-1]


def is_leaf(node: Node) -> bool:
    """Whether a node stores a gradient: AccumulateGrad."""
    return hasattr(node, "variable")


def _saved(node: Node) -> Iterator[Tensor | str]:
    """Ask a node for the tensors it has saved, or for what backward() would complain of."""
    for name in dir(node):
        if name.startswith("_saved_"):
            try:
                value = getattr(node, name)
            except RuntimeError as error:
                yield str(error)
            else:
                if isinstance(value, Tensor):
                    yield value


def kind_of(node: Node) -> str:
    """Give the name of a node without what autograd adds: Addmm for AddmmBackward0."""
    name: str = node.name().split("::")[-1]
    return re.sub(r"Backward\d*$", "", name) or name


def _operation(node: Node, owners: dict[int, Owner]) -> Operation:
    kind = kind_of(node)
    entries = []
    linear = False
    for place, (source, _) in enumerate(node.next_functions):
        weight = weight_of(node, source)
        if weight is not None:
            entry, linear = _leaf(weight, owners), True
        elif source is None:
            entry = _constant(node, kind, place, owners)
            last = place == len(node.next_functions) - 1
            linear = linear or (kind in MATMULS and last and entry.kind in FIXED)
        elif is_leaf(source):
            entry = _leaf(source.variable, owners)
        else:
            continue
        entries.append(entry)
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        name = kind
    else:
        name = NAMES.get(kind, re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower())
    if linear:
        name = "linear"
        entries.sort(key=lambda entry: -len(entry.shape or ()))  # the weight before the bias
        entries.sort(key=lambda entry: entry.kind == "constant")
    return Operation(name, *_output(node), entries)


def _output(node: Node) -> tuple[Shape, torch.dtype | None]:
    """Give the shape and dtype of what an operation has computed."""
    (metadata, *_) = getattr(node, "_input_metadata", None) or [None]
    if metadata is None:
        return None, None
    return tuple(metadata.shape), metadata.dtype


def weight_of(node: Node, source: Node) -> Tensor | None:
    """Find the leaf that a linear layer multiplies by, under the transposition it does inside."""
    if source is not None and kind_of(node) in MATMULS and kind_of(source) == "T":
        inner = source.next_functions[0][0]
        if is_leaf(inner):
            weight: Tensor = inner.variable
            return weight
    return None


def _sources(node: Node) -> list[Node]:
    """Give the nodes whose results go into an operation, without a linear layer's weight."""
    return [
        source
        for source, _ in node.next_functions
        if source is not None and weight_of(node, source) is None
    ]


def _through_noise(source: Node) -> Node:
    """Look through an expansion that expands nothing."""
    while source is not None and source.name() == "ExpandBackward0":
        inner = source.next_functions[0][0]
        if _output(inner) != _output(source):
            break
        source = inner
    return source


def _leaf(tensor: Tensor, owners: dict[int, Owner]) -> Entry:
    owner = owners.get(id(tensor))
    kind: Kind = "parameter" if owner and owner.registered else "leaf"
    return Entry(kind, owner.name if owner else "", tuple(tensor.shape), tensor.dtype)


def _constant(node: Node, kind: str, place: int, owners: dict[int, Owner]) -> Entry:
    """Describe an input without a graph, as far as the operation has saved it."""
    names = INPUTS.get(kind, ())
    if place >= len(names):
        return Entry("constant", "", None, None)
    try:
        value = getattr(node, f"_saved_{names[place]}", None)
    except RuntimeError:  # freed, or overwritten
        value = None
    if not isinstance(value, Tensor):
        sizes = getattr(node, f"_saved_{names[place]}_sym_sizes", None)
        return Entry("constant", "", None if not sizes else tuple(sizes), None)
    for owner in owners.values():
        if _same_values(value, owner.tensor):
            state: Kind = "detached" if owner.tensor.requires_grad else "frozen"
            return Entry(state, owner.name, tuple(owner.tensor.shape), owner.tensor.dtype)
    return Entry("constant", "", tuple(value.shape), value.dtype)


def _same_values(value: Tensor, parameter: Tensor) -> bool:
    """Whether a tensor is a parameter, or a view of all of it."""
    return (
        value.device.type != "meta"
        and value.numel() == parameter.numel() > 0
        and value.data_ptr() == parameter.data_ptr()
    )


def _without_views(operations: list[Operation]) -> list[Operation]:
    """Fold away the views by which a linear layer takes (..., n) or (n,) to a matrix and back."""
    for view in operations:
        if view.name != "view" or len(view.inputs) != 1 or not view.shape:
            continue
        layer = operations[view.inputs[0]]
        if layer.name != "linear" or not layer.shape or view.shape[-1] != layer.shape[-1]:
            continue
        before = operations[layer.inputs[0]] if layer.inputs else None
        if before is not None and before.name == "view":
            shapes = {tuple((operations[i].shape or ())[:-1]) for i in before.inputs}
            inputs, internal = before.inputs, shapes == {view.shape[:-1]}
        else:
            inputs, internal = layer.inputs, layer.shape == (1, *view.shape)
        if internal:
            view.name, view.entries, view.inputs = "linear", layer.entries, inputs
    return operations


def _reachable(operations: list[Operation]) -> list[Operation]:
    """Drop the operations that nothing uses, and number the rest again."""
    kept, seen, stack = [], set(), [0]
    while stack:
        place = stack.pop()
        if place not in seen:
            seen.add(place)
            stack += operations[place].inputs
    kept = sorted(seen)
    places = {old: new for new, old in enumerate(kept)}
    return [
        replace(operations[old], inputs=[places[i] for i in operations[old].inputs]) for old in kept
    ]
