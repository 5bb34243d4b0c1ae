"""Read the nodes of an autograd graph: everything that the X-ray needs of torch's private API."""

import re
from typing import Any

import torch
from torch import Tensor

Node = Any  # torch.autograd.graph.Node, whose attributes have no stubs
Shape = tuple[int, ...] | None

MATMULS = ("Addmm", "Mm")  # what a linear layer is computed with
# Which saved tensor of an operation is its n-th input, where PyTorch keeps it.
INPUTS = {
    "Addmm": ("self", "mat1", "mat2"),
    "Mm": ("self", "mat2"),
    "Linear": ("input", "weight"),  # a whole layer, as on Apple's GPUs
    "Mv": ("self", "vec"),
    **dict.fromkeys(("Mul", "Div", "Minimum", "Maximum"), ("self", "other")),
    **dict.fromkeys(("MseLoss", "SmoothL1Loss", "HuberLoss"), ("self", "target")),
    **dict.fromkeys(("BinaryCrossEntropy", "BinaryCrossEntropyWithLogits"), ("self", "target")),
}


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


def kind_of(node: Node) -> str:
    """Give the name of a node without what autograd adds: Addmm for AddmmBackward0."""
    name: str = node.name().split("::")[-1]
    return re.sub(r"Backward\d*$", "", name) or name


def is_leaf(node: Node) -> bool:
    """Whether a node stores a gradient: AccumulateGrad."""
    return hasattr(node, "variable")


def leaf_of(node: Node, source: Node) -> Tensor | None:
    """Find the leaf that goes into a node, under the transposition inside a linear layer, too."""
    if source is not None and kind_of(node) in MATMULS and kind_of(source) == "T":
        source = source.next_functions[0][0]
    return source.variable if is_leaf(source) else None


def is_square(node: Node) -> bool:
    """Whether a node is a power of 2."""
    return kind_of(node) == "Pow" and node._saved_exponent == 2


def output_of(node: Node) -> tuple[Shape, torch.dtype | None]:
    """Give the shape and dtype of what an operation has computed."""
    (metadata, *_) = getattr(node, "_input_metadata", None) or [None]
    return (tuple(metadata.shape), metadata.dtype) if metadata else (None, None)


def saved_by(node: Node) -> list[Tensor | RuntimeError]:
    """Give the tensors that a node has saved, or the errors that backward() would raise."""
    values = [_saved(node, name) for name in dir(node) if name.startswith("_saved_")]
    return [value for value in values if isinstance(value, Tensor | RuntimeError)]


def saved_input(node: Node, place: int) -> Tensor | Shape:
    """Give a node's n-th input, or its shape, as far as the node has saved it."""
    names = INPUTS.get(kind_of(node), ())
    if place >= len(names):
        return None
    value = _saved(node, f"_saved_{names[place]}")
    if isinstance(value, Tensor):
        return value
    sizes = getattr(node, f"_saved_{names[place]}_sym_sizes", None)
    return tuple(sizes) if sizes else None


def _saved(node: Node, name: str) -> object:
    """Give what a node has saved, or the error where it was freed or overwritten."""
    try:
        return getattr(node, name, None)
    except RuntimeError as error:
        return error
