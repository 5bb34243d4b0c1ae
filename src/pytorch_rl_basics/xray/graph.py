"""Walk the autograd graph behind a loss, and say it in the words of the code that made it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from . import autograd
from .autograd import Node, Shape, is_leaf, kind_of, leaf_of, output_of
from .parameters import Owner, Parameter

Kind = Literal["parameter", "leaf", "frozen", "detached", "constant", "cut"]
# Operations that have another name in PyTorch than in the code that calls them.
NAMES = {
    **dict.fromkeys(("Mm", "Bmm", "Mv", "Dot", "Addmm"), "matmul"),
    **dict.fromkeys(("Select", "Slice", "Index"), "indexing [...]"),
    **dict.fromkeys(("T", "Transpose", "Permute"), "transpose"),
    **dict.fromkeys(("UnsafeView", "ReshapeAlias"), "view"),
    "CopySlices": "assignment to a part",
    "Convolution": "conv",
    "NativeLayerNorm": "layer_norm",
    **dict.fromkeys(("NativeBatchNorm", "CudnnBatchNorm"), "batch_norm"),
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


@dataclass(eq=False)
class Operation:
    """One operation of the forward pass, with what it gave and what went into it."""

    name: str
    shape: Shape
    dtype: torch.dtype | None
    entries: list[Entry]
    inputs: list["Operation"] = field(default_factory=list)


class Graph(NamedTuple):
    """The operations behind a loss, the last one first, and the leaf tensors under them."""

    operations: list[Operation]
    leaves: dict[int, Tensor]  # by id()
    freed: bool  # backward() has used at least a part of it
    overwritten: bool  # a value that it saved was changed in place
    saves: bool  # it saves values for backward(), so that a use leaves a trace


NOTHING = Graph([], {}, freed=False, overwritten=False, saves=False)


def walk(loss: Tensor, owners: dict[int, Owner]) -> Graph:
    """Read the graph behind a loss, without running it and without changing anything."""
    if loss.grad_fn is None:
        return NOTHING._replace(leaves={id(loss): loss} if loss.requires_grad else {})
    nodes = autograd.ordered(loss.grad_fn)
    saved = [value for node in nodes for value in autograd.saved_by(node)]
    errors = " ".join(str(value) for value in saved if isinstance(value, RuntimeError))
    return Graph(
        _operations([node for node in nodes if not is_leaf(node)], owners),
        leaves={id(node.variable): node.variable for node in nodes if is_leaf(node)},
        freed="second time" in errors,
        overwritten="inplace operation" in errors,
        saves=bool(saved),
    )


def _operations(nodes: Sequence[Node], owners: dict[int, Owner]) -> list[Operation]:
    """Describe nodes as operations that know their inputs, and drop those that nothing uses."""
    operations = {node: _operation(node, owners) for node in nodes}
    for node, operation in operations.items():
        sources = [source for source, _ in node.next_functions if source is not None]
        inputs = [_unexpanded(source) for source in sources if leaf_of(node, source) is None]
        operation.inputs = list(dict.fromkeys(operations[i] for i in inputs if i in operations))
    first, *_ = described = list(operations.values())
    used = {first}
    for operation in described:
        _fold_views(operation)
        if operation in used:
            used.update(operation.inputs)
    return [operation for operation in described if operation in used]


def _operation(node: Node, owners: dict[int, Owner]) -> Operation:
    """Describe a node by its name and by what enters it from outside the graph."""
    entries, linear = [], kind_of(node) == "Linear"
    for place, (source, _) in enumerate(node.next_functions):
        leaf = leaf_of(node, source)
        if leaf is not None:
            entries.append(_leaf(leaf, owners))
            linear = linear or not is_leaf(source)
        elif source is None:
            entries.append(_constant(node, place, owners))
    if source is None and kind_of(node) in autograd.MATMULS:  # the last input is the weight
        linear = linear or entries[-1].kind in ("frozen", "detached")
    if linear:
        entries.sort(key=lambda entry: (entry.kind == "constant", -len(entry.shape or ())))
        return Operation("linear", *output_of(node), entries)  # the weight before the bias
    return Operation(_name(node), *output_of(node), entries)


def _name(node: Node) -> str:
    """Give the name of an operation as its caller writes it."""
    kind = kind_of(node)
    if isinstance(node, torch.autograd.function.BackwardCFunction):  # the caller's own class
        return kind
    if kind.startswith("ScaledDotProduct"):  # each device has forms of its own
        return "scaled_dot_product_attention"
    return NAMES.get(kind, re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower())


def _unexpanded(node: Node) -> Node:
    """Look through an expansion that expands nothing."""
    while kind_of(node) == "Expand" and output_of(node.next_functions[0][0]) == output_of(node):
        node = node.next_functions[0][0]
    return node


def _leaf(tensor: Tensor, owners: dict[int, Owner]) -> Entry:
    owner = owners.get(id(tensor))
    kind: Kind = "parameter" if owner and owner.registered else "leaf"
    return Entry(kind, owner.name if owner else "", tuple(tensor.shape), tensor.dtype)


def _constant(node: Node, place: int, owners: dict[int, Owner]) -> Entry:
    """Describe an input without a graph, as far as the operation has saved it."""
    value = autograd.saved_input(node, place)
    if not isinstance(value, Tensor):
        return Entry("constant", "", value, None)
    for name, tensor, _ in owners.values():
        if _same_values(value, tensor):
            kind: Kind = "detached" if tensor.requires_grad else "frozen"
            return Entry(kind, name, tuple(tensor.shape), tensor.dtype)
    return Entry("constant", "", tuple(value.shape), value.dtype)


def _same_values(value: Tensor, parameter: Tensor) -> bool:
    """Whether a tensor is a parameter, or a view of all of it."""
    return (
        value.device.type != "meta"
        and value.numel() == parameter.numel() > 0
        and value.data_ptr() == parameter.data_ptr()
    )


def _fold_views(view: Operation) -> None:
    """Fold away the views by which a linear layer takes (..., n) or (n,) to a matrix and back."""
    if view.name != "view" or len(view.inputs) != 1 or not view.shape:
        return
    (layer,) = view.inputs
    if layer.name != "linear" or not layer.shape or view.shape[-1] != layer.shape[-1]:
        return
    inputs, internal = layer.inputs, layer.shape == (1, *view.shape)
    if inputs and inputs[0].name == "view":
        inputs = inputs[0].inputs
        internal = {(before.shape or ())[:-1] for before in inputs} == {view.shape[:-1]}
    if internal:
        view.name, view.entries, view.inputs = "linear", layer.entries, inputs


def mark_cuts(graph: Graph, parameters: Sequence[Parameter]) -> None:
    """Mark a layer's constant input where it fits the output of an earlier, unreached layer."""
    for operation in graph.operations:
        for place, entry in enumerate(operation.entries):
            if entry.kind == "constant" and givers(entry, operation, parameters):
                operation.entries[place] = replace(entry, kind="cut")


def givers(entry: Entry, layer: Operation, parameters: Sequence[Parameter]) -> list[str]:
    """Name the unreached weights that come before a layer and give as many features."""
    names = [p.name for p in parameters]
    places = [names.index(e.name) for e in layer.entries if e.kind == "parameter"]
    if layer.name != "linear" or not entry.shape or not places:
        return []
    return [
        p.name
        for p in parameters[: min(places)]
        if not p.reached and not p.frozen and len(p.shape) == 2 and p.shape[0] == entry.shape[-1]
    ]
