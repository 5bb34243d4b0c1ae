"""Find a model whose outputs enter one error twice: as the prediction and in the target."""

from collections import defaultdict
from collections.abc import Iterator

from torch import Tensor

from .autograd import Node, is_square, kind_of, leaf_of, ordered
from .parameters import Owner

ERRORS = {"MseLoss", "SmoothL1Loss", "HuberLoss"}  # of an input and a target
SIZES = {"Abs", "LinalgVectorNorm"}  # of a difference
# What takes a part of a tensor: two parts of one output can be a prediction and its target.
PARTS = {"Index", "IndexSelect", "Select", "Slice", "Split", "SplitWithSizes", "Unbind"}
PRODUCTS = {"Div", "Dot", "Mm", "Mul", "Mv"}  # linear if all but one factor are constants
# Linear operations, and what picks a value. A mean is not among them: dueling networks subtract
# the mean of an output from that output, within one prediction.
LINEAR = {
    *("Add", "Amax", "Amin", "AsStrided", "Cat", "Clone", "ConstantPadNd", "CopySlices", "Cumsum"),
    *("Expand", "Flip", "Gather", "MaskedFill", "Max", "Maximum", "Min", "Minimum", "Neg"),
    *("Permute", "Repeat", "Roll", "Rsub", "Squeeze", "Stack", "Sub", "Sum", "T", "ToCopy"),
    *("Transpose", "UnsafeView", "Unsqueeze", "View", "Where", *PARTS, *PRODUCTS),
}
SIGNS = {"Neg": (-1,), "Rsub": (-1,), **dict.fromkeys(("Sub", *ERRORS), (1, -1))}  # of each input


def used_twice(loss: Tensor, owners: dict[int, Owner]) -> str | None:
    """Name a layer of which two outputs enter one error with opposite signs."""
    for error in filter(_is_error, ordered(loss.grad_fn)):
        found: dict[str, set[tuple[object, int]]] = defaultdict(set)
        for layer, output, sign in _outputs(error, owners):
            if any(other != output and s != sign for other, s in found[layer]):
                return layer
            found[layer].add((output, sign))
    return None


def _is_error(node: Node) -> bool:
    """Whether a node turns a difference into its size."""
    kind, sources = kind_of(node), {source for source, _ in node.next_functions}
    return is_square(node) or (kind == "Mul" and len(sources) == 1) or kind in ERRORS | SIZES


def _outputs(error: Node, owners: dict[int, Owner]) -> Iterator[tuple[str, object, int]]:
    """Follow an error through linear operations down to the model's layers.

    Yields the layer's weight, the output or the part of it that is used, and its sign.
    """
    stack: list[tuple[Node, int, int, object]] = [(error, 0, 1, None)]
    seen = set()
    while stack:
        node, place, sign, part = way = stack.pop()
        if node is None or way in seen:
            continue
        seen.add(way)
        kind, sources = kind_of(node), [source for source, _ in node.next_functions]
        constants = sources.count(None)
        if kind in PARTS:
            part = node, place
        elif kind in ("Add", "Sub") and not constants:
            part = None  # of a sum, not of one of its terms
        leaves = [leaf_of(node, source) for source in sources]
        names = [owners[id(leaf)].name for leaf in leaves if id(leaf) in owners]
        if names:
            yield names[-1], (node, place, part), sign
        linear = kind in LINEAR and (kind not in PRODUCTS or len(sources) - constants == 1)
        if node is error or linear:
            signs = SIGNS.get(kind, (1,) * len(sources))
            stack += [
                (source, place, sign * s, part)
                for (source, place), s in zip(node.next_functions, signs, strict=False)
            ]
