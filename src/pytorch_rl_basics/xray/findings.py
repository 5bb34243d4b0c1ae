"""Say what keeps a loss from training a model: what is seen, the likely cause, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .graph import Entry, Graph, Operation, Owner

FLAT = {"round", "floor", "ceil", "trunc", "sign", "sgn"}  # their gradient is 0 everywhere
LEAVES_THE_GRAPH = (
    "`.detach()`, `.item()`, `.numpy()`, `torch.tensor(...)` around a result, or a "
    "`torch.no_grad()` block"
)


class Finding(NamedTuple):
    """One thing that the X-ray sees.

    ``name`` is short and fixed, ``what`` is a fact, ``cause`` is likely where it says so, and
    ``cure`` is what to do.
    """

    name: str
    what: str
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"{self.what} {self.cause} {self.cure}"


@dataclass(frozen=True)
class Parameter:
    """A line of the table: what the loss means for one parameter of the model.

    ``reached`` is whether ``backward()`` would bring a gradient here, and ``norm`` the norm of
    what ``.grad`` holds now: ``None`` where it holds nothing. ``stepped`` is whether the
    optimizer holds the parameter, ``None`` where no optimizer was given.
    """

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    frozen: bool
    reached: bool
    norm: float | None
    stepped: bool | None


def mark_cuts(graph: Graph, parameters: Sequence[Parameter]) -> Graph:
    """Mark a layer's constant input where it fits what an earlier, unreached layer gives."""
    operations = []
    for operation in graph.operations:
        entries = [
            replace(entry, kind="cut")
            if entry.kind == "constant" and givers(entry, operation, parameters)
            else entry
            for entry in operation.entries
        ]
        operations.append(replace(operation, entries=entries))
    return graph._replace(operations=operations)


def givers(entry: Entry, layer: Operation, parameters: Sequence[Parameter]) -> list[str]:
    """Name the unreached weights that stand before a layer and give as many features."""
    names = [p.name for p in parameters]
    places = [names.index(e.name) for e in layer.entries if e.kind == "parameter"]
    if layer.name != "linear" or not entry.shape or not places:
        return []
    return [
        p.name
        for p in parameters[: min(places)]
        if not p.reached and not p.frozen and len(p.shape) == 2 and p.shape[0] == entry.shape[-1]
    ]


def diagnose(
    loss: object,
    model: nn.Module,
    graph: Graph,
    parameters: Sequence[Parameter],
    owners: dict[int, Owner],
    optimizer: torch.optim.Optimizer | None,
) -> list[Finding]:
    """Collect all findings, the most serious first."""
    found = [
        *_about_the_loss(loss, parameters, owners),
        *_about_the_model(model, parameters, owners),
    ]
    if graph.operations:
        found += [
            *_about_the_way(graph, parameters),
            *_about_other_leaves(graph, parameters, owners),
            *_about_gradients(graph, parameters),
        ]
    found += _about_the_optimizer(parameters, optimizer)
    if not found:
        found.append(_healthy(parameters, optimizer))
    if graph.freed:
        found.append(
            Finding(
                "graph-freed",
                "`backward()` has run on this graph, or on a part of it, and has freed what it "
                "saved.",
                "That is as it should be after `backward()`.",
                "Calling it again on this loss would raise: compute the loss anew first. Two "
                "losses that share a part are added, for one `backward()`.",
            )
        )
    return found


def some(names: Sequence[str], most: int = 4) -> str:
    """List names, and count those that are too many."""
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"


def _about_the_model(
    model: nn.Module, parameters: Sequence[Parameter], owners: dict[int, Owner]
) -> Iterator[Finding]:
    hidden = [owner.name for owner in owners.values() if not owner.registered]
    if hidden:
        yield Finding(
            "not-registered",
            f"The model keeps {some(hidden)} where `parameters()` does not look.",
            "A layer in a Python list or dict, and a tensor that is no `nn.Parameter`, are not "
            "registered.",
            "Use `nn.ModuleList`, `nn.ModuleDict` or `nn.Parameter`: no optimizer finds them "
            "otherwise.",
        )
    elif not parameters:
        yield Finding(
            "no-parameters",
            f"The model, of type {type(model).__name__}, has no parameters.",
            "Its layers are not attributes of it: perhaps `__init__` makes none, or `forward` "
            "makes new ones at each call.",
            "Assign each layer to `self` in `__init__`, after `super().__init__()`.",
        )
    frozen = [p.name for p in parameters if p.frozen]
    if frozen:
        which = "All" if len(frozen) == len(parameters) else f"{len(frozen)} of {len(parameters)}"
        yield Finding(
            "frozen",
            f"{which} parameters are frozen: {some(frozen)}.",
            "Their `requires_grad` is False, so no gradient is computed for them.",
            "If they should learn: `parameter.requires_grad_(True)` before the forward pass.",
        )


def _about_the_loss(
    loss: object, parameters: Sequence[Parameter], owners: dict[int, Owner]
) -> Iterator[Finding]:
    if not isinstance(loss, Tensor):
        yield _no_tensor(loss)
        return
    if loss.numel() != 1:
        shape = tuple(loss.shape)
        square = len(shape) == 2 and shape[0] == shape[1]
        yield Finding(
            "not-a-scalar",
            f"The loss has shape {shape}, and `backward()` starts from a single number.",
            "A (B, 1) against a (B,) gives (B, B): likely the shapes of prediction and target "
            "differ."
            if square
            else "The losses of the single samples have not been made into one number.",
            "Compare their shapes, then take the mean."
            if square
            else "Take the mean over the batch: `loss.mean()`.",
        )
    elif loss.device.type != "meta" and not torch.isfinite(loss.detach()).all():
        yield Finding(
            "not-finite",
            f"The loss is {loss.item()}.",
            "Likely a logarithm or a division by 0, an overflow in `exp`, or a learning rate that "
            "has blown the parameters up.",
            "Find the first step at which it happens. `torch.autograd.set_detect_anomaly(True)` "
            "names the operation whose gradient is nan.",
        )
    if loss.grad_fn is None:
        yield _no_graph(loss, parameters, owners)


def _no_tensor(loss: object) -> Finding:
    what = f"The loss is of type {type(loss).__name__}, not a tensor, so there is no graph."
    if isinstance(loss, tuple | list):
        cause, cure = "The loss came with other results.", "Hand over the loss alone: `loss[0]`?"
    elif loss is None:
        cause, cure = "Likely the function that computes it has no `return`.", "Return the loss."
    elif callable(loss):
        cause = "It is what computes a loss, not its result."
        cure = "Call it, and hand over what it returns."
    else:
        cause = "Likely it has passed through `.item()`, `float(...)` or `.numpy()`."
        cure = "Compute the loss from tensors to the end, and take the number only for the log."
    return Finding("not-a-tensor", what, cause, cure)


def _no_graph(loss: Tensor, parameters: Sequence[Parameter], owners: dict[int, Owner]) -> Finding:
    what = "There is no graph behind the loss: its `grad_fn` is None."
    anew = "Compute the loss from the model's output to the end with tensors and torch's functions."
    if id(loss) in owners:
        name = owners[id(loss)].name
        return Finding(
            "no-graph", what, f"The loss is the model's own tensor `{name}`.", "Compute a loss."
        )
    if loss.requires_grad:
        return Finding(
            "graph-of-its-own",
            "The loss is a leaf: a tensor that requires grad, but was computed from nothing.",
            "Likely `torch.tensor(number, requires_grad=True)`, or `requires_grad_()` on a result "
            "without a graph. `backward()` is silent then, and reaches no parameter.",
            anew,
        )
    if not (loss.is_floating_point() or loss.is_complex()):
        cause = (
            f"It is {str(loss.dtype).removeprefix('torch.')}, and only floats have gradients: it "
            "counts, compares, or comes from `argmax`."
        )
        return Finding("no-graph", what, cause, "Use a loss that changes smoothly with the output.")
    if loss.is_inference():
        cause = "It was computed in `torch.inference_mode()`."
        return Finding("no-graph", what, cause, "Compute the loss outside that block.")
    if not torch.is_grad_enabled():
        cause = "Autograd is switched off here, and was probably off when the loss was computed."
        cure = "Compute the loss outside `torch.no_grad()`."
        return Finding("no-graph", what, cause, cure)
    if parameters and all(p.frozen for p in parameters):
        cause = "A model whose parameters are all frozen gives results without a graph."
        return Finding("no-graph", what, cause, "Let some parameters require grad first.")
    return Finding(
        "no-graph", what, f"Likely the loss has passed through {LEAVES_THE_GRAPH}.", anew
    )


def _about_the_way(graph: Graph, parameters: Sequence[Parameter]) -> Iterator[Finding]:
    entries = [entry for operation in graph.operations for entry in operation.entries]
    detached = sorted({entry.name for entry in entries if entry.kind == "detached"})
    if detached:
        yield Finding(
            "parameter-detached",
            f"The loss uses {some(detached)} without a gradient.",
            "Its values enter the graph as a constant: `.detach()`, `.data`, or a view made under "
            "`torch.no_grad()`.",
            "Use the parameter itself.",
        )
    missed = [p for p in parameters if not (p.reached or p.frozen or p.name in detached)]
    reached = sum(p.reached for p in parameters)
    cuts = [
        (entry, operation)
        for operation in graph.operations
        for entry in operation.entries
        if entry.kind == "cut"
    ]
    if missed and not reached:
        yield Finding(
            "model-took-no-part",
            "There is a graph, but none of the model's parameters is in it.",
            "Likely the loss was computed with another model (an older object, a copy, a target "
            f"network), or the model's output has passed through {LEAVES_THE_GRAPH}.",
            "Compute the loss from the output of this very object.",
        )
    elif missed and cuts:
        entry, layer = cuts[0]
        name = next(e.name for e in layer.entries if e.kind == "parameter")
        yield Finding(
            "cut",
            f"The gradient reaches {reached} of {len(parameters)} parameters, and ends where a "
            f"constant of shape {entry.shape} goes into the layer of `{name}`. Not reached: "
            f"{some([p.name for p in missed])}.",
            "The constant has as many features as the layer of "
            f"{some(givers(entry, layer, parameters)[-1:])} gives. Likely it comes from there, "
            f"through {LEAVES_THE_GRAPH}.",
            "Remove the cut, unless it is meant.",
        )
    elif missed:
        yield Finding(
            "not-reached",
            f"The gradient reaches {reached} of {len(parameters)} parameters. Not reached: "
            f"{some([p.name for p in missed])}.",
            "Either this loss does not use them, or their results have passed through "
            f"{LEAVES_THE_GRAPH}. The graph does not tell which.",
            "If they should learn from this loss, look at what `forward` does with their results.",
        )
    flat = sorted({operation.name for operation in graph.operations} & FLAT)
    if flat:
        yield Finding(
            "flat",
            f"The graph goes through {some(flat)}, whose gradient is 0 everywhere.",
            "A step function does not change when its input changes a little.",
            "Leave it out of the loss.",
        )
    yield from _broadcasts(graph)
    if graph.overwritten:
        yield Finding(
            "overwritten",
            "`backward()` would raise: a value that it needs was changed in place.",
            "An operation such as `x += 1`, `x[0] = 1` or `x.relu_()` has overwritten a result, "
            "or `optimizer.step()` has changed the parameters after the forward pass.",
            "Write `x = x + 1`, and compute the loss after the step, not before it.",
        )


def _broadcasts(graph: Graph) -> Iterator[Finding]:
    for operation in graph.operations:
        shape = operation.shape or ()
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 1:
            continue
        if operation.name not in ("sub", "add", "mul", "div", "expand"):
            continue
        before = [graph.operations[i].shape for i in operation.inputs]
        before += [entry.shape for entry in operation.entries if entry.kind != "constant"]
        columns = [s for s in before if s in ((shape[0], 1), (shape[0],))]
        if columns:
            yield Finding(
                "broadcast",
                f"`{operation.name}` has made {columns[0]} into {shape}.",
                "A (B, 1) met a (B,): each sample is combined with each other sample.",
                "If that is not meant, bring both to one shape, with `.squeeze(-1)` for example.",
            )


def _about_other_leaves(
    graph: Graph, parameters: Sequence[Parameter], owners: dict[int, Owner]
) -> Iterator[Finding]:
    others = [tensor for key, tensor in graph.leaves.items() if key not in owners]
    if not others:
        return
    shapes = Counter(tuple(tensor.shape) for tensor in others)
    copy = bool(parameters) and not Counter(p.shape for p in parameters) - shapes
    yield Finding(
        "other-leaves",
        f"The gradient {'also ' if any(p.reached for p in parameters) else ''}goes to "
        f"{len(others)} leaf tensor{'s' * (len(others) > 1)} outside the model.",
        "Among them are tensors of the same shapes as the model's parameters: a copy of it, such "
        "as a target network."
        if copy
        else "They belong to another model, or are tensors that require grad themselves.",
        "If nothing should be learned there, compute that part under `torch.no_grad()`.",
    )


def _about_gradients(graph: Graph, parameters: Sequence[Parameter]) -> Iterator[Finding]:
    reached = [p for p in parameters if p.reached]
    with_gradient = [p for p in reached if p.norm is not None]
    if graph.freed and reached and not with_gradient:
        yield Finding(
            "cleared",
            "The graph has been used, but no parameter that it reaches holds a gradient.",
            "Likely `zero_grad()` ran between `backward()` and here, or the gradients were taken "
            "with `torch.autograd.grad`, which stores none.",
            "Between `backward()` and `step()` leave the gradients alone.",
        )
    elif graph.saves and not graph.freed and with_gradient:
        yield Finding(
            "older-gradients",
            f"{some([p.name for p in with_gradient])} hold gradients, though this graph does not "
            "look used.",
            "Likely they are left from an earlier loss, unless `backward(retain_graph=True)` has "
            "run. `backward()` adds to what is there.",
            "Call `optimizer.zero_grad()` before `backward()`, unless you add up small batches on "
            "purpose.",
        )
    kinds: dict[str, Callable[[float], bool]] = {
        "0": lambda norm: norm == 0,
        "not finite": lambda norm: not norm < float("inf"),
    }
    for word, test in kinds.items():
        names = [p.name for p in with_gradient if p.norm is not None and test(p.norm)]
        if names:
            zero = word == "0"
            yield Finding(
                "zero-gradient" if zero else "gradient-not-finite",
                f"What {some(names)} hold{'s' * (len(names) == 1)} as a gradient is {word}"
                f"{' in every entry' if zero else ''}.",
                "Likely units that never fire (ReLU), a factor of 0 such as an advantage or a "
                "mask, or a clamp that is always active."
                if zero
                else "Likely a logarithm or a square root at 0, a division by 0, or an overflow.",
                "Print the factors of the loss."
                if zero
                else "Find the operation with `torch.autograd.set_detect_anomaly(True)`.",
            )


def _about_the_optimizer(
    parameters: Sequence[Parameter], optimizer: torch.optim.Optimizer | None
) -> Iterator[Finding]:
    if optimizer is None or not parameters:
        return
    left_out = [p.name for p in parameters if not p.stepped]
    if len(left_out) == len(parameters):
        yield Finding(
            "other-optimizer",
            "The optimizer holds none of the model's parameters: `step()` moves something else.",
            "Likely it was made with the parameters of another model, or of this one before it was "
            "made anew.",
            "Make it after the model: `torch.optim.Adam(model.parameters())`.",
        )
    elif left_out:
        yield Finding(
            "not-in-optimizer",
            f"The optimizer does not hold {some(left_out)}: `step()` leaves them as they are.",
            "It was made with a part of the parameters, or before those were added.",
            "If they should learn, make it with `model.parameters()`.",
        )
    rates = [group.get("lr") for group in optimizer.param_groups]
    if any(rate == 0 for rate in rates):
        yield Finding(
            "learning-rate-zero",
            "The optimizer's learning rate is 0.",
            "It was set so, or a scheduler has come to its end.",
            "Give it a learning rate above 0.",
        )


def _healthy(parameters: Sequence[Parameter], optimizer: torch.optim.Optimizer | None) -> Finding:
    holds = " and the optimizer holds them all" if optimizer is not None else ""
    return Finding(
        "healthy",
        f"The gradient reaches all {len(parameters)} parameters{holds}.",
        "If it still does not learn, the graph is not the reason.",
        "Look at the loss itself: its sign, its shapes, its target. Then at the learning rate.",
    )
