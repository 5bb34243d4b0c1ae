"""The rules about the graph behind a loss, and about the gradients that it leaves."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .bootstrapping import used_twice
from .findings import LEAVES_THE_GRAPH, Case, Words, listed
from .graph import Operation, givers

FLAT = {"round", "floor", "ceil", "trunc", "sign", "sgn"}  # their gradient is 0 everywhere
WITH_BROADCAST = {"sub", "add", "mul", "div", "expand"}


def _parameter_detached(case: Case) -> Iterator[Words]:
    if case.detached:
        yield (
            f"The loss uses {listed(case.detached)} without a gradient.",
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


def _cut(case: Case) -> Iterator[Words]:
    cuts = [(op, e) for op in case.graph.operations for e in op.entries if e.kind == "cut"]
    if cuts and case.missed and case.reached:
        layer, entry = cuts[0]
        name = next(e.name for e in layer.entries if e.kind == "parameter")
        yield (
            f"The gradient reaches {len(case.reached)} of {len(case.parameters)} parameters, and "
            f"ends where a constant of shape {entry.shape} goes into the layer of `{name}`. Not "
            f"reached: {listed(case.missed)}.",
            "The constant has as many features as the layer of "
            f"{listed(givers(entry, layer, case.parameters)[-1:])} gives. Likely it comes from "
            f"there, through {LEAVES_THE_GRAPH}.",
            "Remove the cut, unless the layers behind it should not learn from this loss.",
        )


def _not_reached(case: Case) -> Iterator[Words]:
    if case.missed and case.reached and not any(_cut(case)):
        yield (
            f"The gradient reaches {len(case.reached)} of {len(case.parameters)} parameters. Not "
            f"reached: {listed(case.missed)}.",
            "Either this loss does not use them, or their results have passed through "
            f"{LEAVES_THE_GRAPH}. The graph does not tell which.",
            "If they should learn from this loss, look at what `forward` does with their results.",
        )


def _flat(case: Case) -> Iterator[Words]:
    names = sorted({operation.name for operation in case.graph.operations} & FLAT)
    if names:
        yield (
            f"The graph goes through {listed(names)}, whose gradient is 0 everywhere.",
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
    for operation in case.graph.operations:
        size, *others = operation.shape or (1,)
        if operation.name not in WITH_BROADCAST or others != [size] or size == 1:
            continue
        before = [used.shape for used in operation.inputs]
        before += [entry.shape for entry in operation.entries if entry.kind != "constant"]
        columns = [shape for shape in before if shape in ((size, 1), (size,))]
        if columns:
            yield (
                f"`{operation.name}` has made {columns[0]} into {operation.shape}.",
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
    cause = "Another model takes part in the loss, or a tensor that requires grad itself."
    if case.parameters and not Counter(p.shape for p in case.parameters) - shapes:
        cause = "Among them are the same shapes as the model's: a copy, such as a target network."
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
    what = (
        f"The gradient {'also ' if case.reached else ''}goes to {len(others)} leaf "
        f"tensor{'s' * (len(others) > 1)} outside the model."
    )
    yield what, cause, fix


def _judges_the_model(operations: Sequence[Operation]) -> bool:
    """Whether an operation computes with a leaf outside the model and a result of the model."""
    learns: set[Operation] = set()
    for operation in reversed(operations):  # its inputs come after it
        learnt = not learns.isdisjoint(operation.inputs)
        if learnt and any(e.kind == "leaf" and not e.name for e in operation.entries):
            return True
        if learnt or any(e.kind == "parameter" for e in operation.entries):
            learns.add(operation)
    return False


def _cleared(case: Case) -> Iterator[Words]:
    if case.graph.freed and case.reached and not case.with_gradient:
        yield (
            "The graph has been used, but no parameter that it reaches holds a gradient.",
            "Likely `zero_grad()` ran between `backward()` and here, or the gradients were taken "
            "with `torch.autograd.grad`, which stores none.",
            "Between `backward()` and `step()` leave the gradients alone.",
        )


def _older_gradients(case: Case) -> Iterator[Words]:
    names = [p.name for p in case.with_gradient]
    if names and case.graph.saves and not case.graph.freed:
        yield (
            f"{listed(names)} hold gradients, though this graph does not look used.",
            "Likely they are left from an earlier loss, unless `backward(retain_graph=True)` has "
            "run. `backward()` adds to what is there.",
            "Call `optimizer.zero_grad()` before `backward()`, unless you accumulate gradients.",
        )


def _zero_gradient(case: Case) -> Iterator[Words]:
    names = [p.name for p in case.with_gradient if p.norm == 0]
    if names:
        yield (
            f"The gradient of {listed(names)} is 0 in every entry.",
            "Likely units that never fire (ReLU), a factor of 0 such as an advantage or a mask, "
            "or a clamp that is always active.",
            "Print each layer's output and each factor of the loss: the one that is 0, or at the "
            "bound of a clamp, in every entry is the cause.",
        )


def _gradient_not_finite(case: Case) -> Iterator[Words]:
    names = [p.name for p in case.with_gradient if not (p.norm or 0) < float("inf")]
    if names:
        yield (
            f"The gradient of {listed(names)} is not finite.",
            "Likely a logarithm or a square root at 0, a division by 0, or an overflow.",
            "Keep what goes into it away from 0, as in `(x + 1e-6).sqrt()`. To find it, use "
            "`torch.autograd.set_detect_anomaly(True)`, which names the operation that gives nan. "
            "It does not look for inf.",
        )


RULES = (
    *(_parameter_detached, _model_took_no_part, _cut, _not_reached, _flat),
    *(_gradient_into_the_target, _broadcast, _overwritten, _other_leaves),
    *(_cleared, _older_gradients, _zero_gradient, _gradient_not_finite),
)
