"""The rules about the graph behind a loss, and about the gradients that it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from .bootstrapping import used_twice
from .findings import Case, Parameter, givers, some
from .graph import Entry, Operation

Words = tuple[str, str, str]  # a fact, its cause, the fix

FLAT = {"round", "floor", "ceil", "trunc", "sign", "sgn"}  # their gradient is 0 everywhere
LEAVES_THE_GRAPH = (
    "`.detach()`, `.item()`, `.numpy()`, `torch.tensor(...)` around a result, or a "
    "`torch.no_grad()` block"
)


def _parameter_detached(case: Case) -> Iterator[Words]:
    if case.detached:
        yield (
            f"The loss uses {some(case.detached)} without a gradient.",
            "Its values enter the graph as a constant: `.detach()`, `.data`, or a view made under "
            "`torch.no_grad()`.",
            "Use the parameter itself.",
        )


def _model_took_no_part(case: Case) -> Iterator[Words]:
    if case.graph.operations and case.missed and not case.reached:
        yield (
            "There is a graph, but none of the model's parameters is in it.",
            "Likely the loss was computed with another model (an older object, a copy, a target "
            f"network), or the model's output has passed through {LEAVES_THE_GRAPH}.",
            "Compute the loss from the output of this model, without leaving the graph.",
        )


def _first_cut(case: Case) -> list[tuple[Operation, Entry]]:
    if not (case.missed and case.reached):
        return []
    return [(op, e) for op in case.graph.operations for e in op.entries if e.kind == "cut"][:1]


def _cut(case: Case) -> Iterator[Words]:
    for layer, entry in _first_cut(case):
        name = next(e.name for e in layer.entries if e.kind == "parameter")
        yield (
            f"The gradient reaches {len(case.reached)} of {len(case.parameters)} parameters, and "
            f"ends where a constant of shape {entry.shape} goes into the layer of `{name}`. Not "
            f"reached: {some(_names(case.missed))}.",
            "The constant has as many features as the layer of "
            f"{some(givers(entry, layer, case.parameters)[-1:])} gives. Likely it comes from "
            f"there, through {LEAVES_THE_GRAPH}.",
            "Remove the cut, unless the layers behind it should not learn from this loss.",
        )


def _not_reached(case: Case) -> Iterator[Words]:
    if case.missed and case.reached and not _first_cut(case):
        yield (
            f"The gradient reaches {len(case.reached)} of {len(case.parameters)} parameters. Not "
            f"reached: {some(_names(case.missed))}.",
            "Either this loss does not use them, or their results have passed through "
            f"{LEAVES_THE_GRAPH}. The graph does not tell which.",
            "If they should learn from this loss, look at what `forward` does with their results.",
        )


def _flat(case: Case) -> Iterator[Words]:
    names = sorted({operation.name for operation in case.graph.operations} & FLAT)
    if names:
        yield (
            f"The graph goes through {some(names)}, whose gradient is 0 everywhere.",
            "A step function does not change when its input changes a little.",
            "Leave it out of the loss.",
        )


def _gradient_into_the_target(case: Case) -> Iterator[Words]:
    layer = used_twice(case.loss, case.owners) if case.graph.operations else None
    if layer:
        yield (
            f"Outputs of the layer of `{layer}` enter one error with opposite signs, as a "
            "prediction and its target do, and the gradient goes into both.",
            "Likely the target contains the model's own values, with their graph: those of the "
            "next states in a TD target, or in advantages whose square is the loss. The error "
            "then also falls by moving the target.",
            "Compute the target without a graph, under `torch.no_grad()`, and compare the "
            "prediction with it. From advantages the target is `(advantages + values).detach()`.",
        )


def _broadcast(case: Case) -> Iterator[Words]:
    operations = case.graph.operations
    for operation in operations:
        shape = operation.shape or ()
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 1:
            continue
        if operation.name not in ("sub", "add", "mul", "div", "expand"):
            continue
        before = [operations[i].shape for i in operation.inputs]
        before += [entry.shape for entry in operation.entries if entry.kind != "constant"]
        columns = [s for s in before if s in ((shape[0], 1), (shape[0],))]
        if columns:
            yield (
                f"`{operation.name}` has made {columns[0]} into {shape}.",
                "A (B, 1) met a (B,): each sample is combined with each other sample.",
                "Bring both to one shape, with `.squeeze(-1)` for example, unless you want that.",
            )


def _overwritten(case: Case) -> Iterator[Words]:
    if case.graph.overwritten:
        yield (
            "`backward()` would raise: a value that it needs was changed in place.",
            "An operation such as `x += 1`, `x[0] = 1` or `x.relu_()` has overwritten a result, "
            "or `optimizer.step()` has changed the parameters after the forward pass.",
            "Write `x = x + 1`, and compute the loss after the step, not before it.",
        )


def _other_leaves(case: Case) -> Iterator[Words]:
    others = [tensor for key, tensor in case.graph.leaves.items() if key not in case.owners]
    if not others or not case.graph.operations:
        return
    shapes = Counter(tuple(tensor.shape) for tensor in others)
    copy = bool(case.parameters) and not Counter(p.shape for p in case.parameters) - shapes
    cause = (
        "Among them are tensors of the same shapes as the model's parameters: a copy of it, such "
        "as a target network."
        if copy
        else "Another model takes part in the loss, or a tensor that requires grad itself."
    )
    fix = (
        "If nothing should be learned there, compute that part under `torch.no_grad()`, unless "
        "the model's output goes through it."
    )
    if not case.reached:
        fix = "If the model should learn, compute the loss from its output."
    elif _judges_the_model(case.graph.operations):
        cause = (
            "They belong to what the model's output goes through, such as the critic in an "
            "actor's loss, -Q(s, pi(s)). The loss is right, and it leaves gradients there as well."
        )
        fix = (
            "Keep the graph: under `torch.no_grad()` the model would learn nothing. Either call "
            "`critic.zero_grad()` before the critic's own `backward()`, or freeze the critic "
            "while this loss is computed: `critic.requires_grad_(False)` before, `True` after."
        )
    yield (
        f"The gradient {'also ' if case.reached else ''}goes to {len(others)} leaf "
        f"tensor{'s' * (len(others) > 1)} outside the model.",
        cause,
        fix,
    )


def _judges_the_model(operations: Sequence[Operation]) -> bool:
    """Whether an operation computes with a leaf outside the model and a result of the model."""
    learns: set[int] = set()
    for place in reversed(range(len(operations))):  # an operation's inputs come after it
        operation = operations[place]
        learnt = not learns.isdisjoint(operation.inputs)
        if learnt and any(e.kind == "leaf" and not e.name for e in operation.entries):
            return True
        if learnt or any(e.kind == "parameter" for e in operation.entries):
            learns.add(place)
    return False


def _cleared(case: Case) -> Iterator[Words]:
    if case.graph.freed and case.reached and not _with_gradient(case):
        yield (
            "The graph has been used, but no parameter that it reaches holds a gradient.",
            "Likely `zero_grad()` ran between `backward()` and here, or the gradients were taken "
            "with `torch.autograd.grad`, which stores none.",
            "Between `backward()` and `step()` leave the gradients alone.",
        )


def _older_gradients(case: Case) -> Iterator[Words]:
    names = _names(_with_gradient(case))
    if names and case.graph.saves and not case.graph.freed:
        yield (
            f"{some(names)} hold gradients, though this graph does not look used.",
            "Likely they are left from an earlier loss, unless `backward(retain_graph=True)` has "
            "run. `backward()` adds to what is there.",
            "Call `optimizer.zero_grad()` before `backward()`, unless you add up small batches on "
            "purpose.",
        )


def _zero_gradient(case: Case) -> Iterator[Words]:
    names = [p.name for p in _with_gradient(case) if p.norm == 0]
    if names:
        yield (
            f"The gradient of {some(names)} is 0 in every entry.",
            "Likely units that never fire (ReLU), a factor of 0 such as an advantage or a mask, "
            "or a clamp that is always active.",
            "Print each layer's output and each factor of the loss: the one that is 0, or at the "
            "bound of a clamp, in every entry is the cause.",
        )


def _gradient_not_finite(case: Case) -> Iterator[Words]:
    names = [p.name for p in _with_gradient(case) if not (p.norm or 0) < float("inf")]
    if names:
        yield (
            f"The gradient of {some(names)} is not finite.",
            "Likely a logarithm or a square root at 0, a division by 0, or an overflow.",
            "Keep what goes into it away from 0, as in `(x + 1e-6).sqrt()`. To find it, use "
            "`torch.autograd.set_detect_anomaly(True)`, which names the operation that gives nan. "
            "It does not look for inf.",
        )


def _with_gradient(case: Case) -> list[Parameter]:
    return [p for p in case.reached if p.norm is not None] if case.graph.operations else []


def _names(parameters: Sequence[Parameter]) -> list[str]:
    return [p.name for p in parameters]


RULES = (
    *(_parameter_detached, _model_took_no_part, _cut, _not_reached, _flat),
    *(_gradient_into_the_target, _broadcast, _overwritten, _other_leaves),
    *(_cleared, _older_gradients, _zero_gradient, _gradient_not_finite),
)
