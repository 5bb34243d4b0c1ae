"""What keeps a loss from training a model: one function per finding, the most serious first.

Each yields what it finds as a fact, its cause ("likely" where the graph cannot tell), and the fix.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from . import graph_rules
from .findings import LEAVES_THE_GRAPH, Case, Finding, Rule, Words, listed

COMPUTE = "Compute the loss from the model's output to the end with tensors and torch's functions."


def _not_a_tensor(case: Case) -> Iterator[Words]:
    loss = case.loss
    if isinstance(loss, Tensor):
        return
    cause = "Likely it has passed through `.item()`, `float(...)` or `.numpy()`."
    fix = "Compute the loss from tensors to the end, and take the number only for the log."
    if isinstance(loss, tuple | list):
        cause, fix = "The loss came with other results.", "Pass the loss alone: `loss[0]`?"
    elif loss is None:
        cause, fix = "Likely the function that computes it has no `return`.", "Return the loss."
    elif callable(loss):
        cause, fix = "It computes a loss when it is called.", "Call it, and pass what it returns."
    what = f"The loss is of type {type(loss).__name__}, not a tensor, so there is no graph."
    yield what, cause, fix


def _not_a_scalar(case: Case) -> Iterator[Words]:
    if not isinstance(case.loss, Tensor) or case.loss.numel() == 1:
        return
    shape = tuple(case.loss.shape)
    cause = "The losses of the single samples have not been made into one number."
    fix = "Take the mean over the batch: `loss.mean()`."
    if len(shape) == 2 and shape[0] == shape[1]:
        cause = "A (B, 1) against a (B,) gives (B, B): likely your prediction and target."
        fix = "Bring both to one shape, with `.squeeze(-1)` for example, then take the mean."
    yield f"The loss has shape {shape}, and `backward()` starts from a single number.", cause, fix


def _not_finite(case: Case) -> Iterator[Words]:
    loss = case.loss
    known = isinstance(loss, Tensor) and loss.numel() == 1 and not loss.is_meta
    if known and not loss.detach().isfinite().all():
        yield (
            f"The loss is {loss.item()}.",
            "Likely a logarithm or a division by 0, an overflow in `exp`, or a learning rate so "
            "large that the parameters have become huge.",
            "Go back to the first step at which it happens, and print the result of each "
            "operation there: the first one that is not finite is the cause.",
        )


def _graph_of_its_own(case: Case) -> Iterator[Words]:
    loss = case.loss
    leaf = isinstance(loss, Tensor) and loss.is_leaf and loss.requires_grad
    if leaf and id(loss) not in case.owners:
        yield (
            "The loss is a leaf: a tensor that requires grad, but was computed from nothing.",
            "Likely `torch.tensor(number, requires_grad=True)`, or `requires_grad_()` on a result "
            "without a graph. `backward()` raises nothing then, and reaches no parameter.",
            COMPUTE,
        )


def _no_graph(case: Case) -> Iterator[Words]:
    loss = case.loss
    if not isinstance(loss, Tensor) or loss.grad_fn is not None:
        return
    cause, fix = f"Likely the loss has passed through {LEAVES_THE_GRAPH}.", COMPUTE
    if id(loss) in case.owners:
        cause = f"The loss is the model's own tensor `{case.owners[id(loss)].name}`."
        fix = "Compute the loss from it, with at least one operation."
    elif loss.requires_grad:
        return
    elif not (loss.is_floating_point() or loss.is_complex()):
        name = str(loss.dtype).removeprefix("torch.")
        cause = f"It is {name}, and only floats have gradients: it counts, compares or is `argmax`."
        fix = "Use a loss that changes smoothly with the output."
    elif loss.is_inference():
        cause = "It was computed in `torch.inference_mode()`."
        fix = "Compute the loss outside that block."
    elif not torch.is_grad_enabled():
        cause = "Autograd is switched off here, and was probably off when the loss was computed."
        fix = "Compute the loss outside `torch.no_grad()`."
    elif case.parameters and all(p.frozen for p in case.parameters):
        cause = "A model whose parameters are all frozen gives results without a graph."
        fix = "Unfreeze some of them before the forward pass: `parameter.requires_grad_(True)`."
    yield "There is no graph behind the loss: its `grad_fn` is None.", cause, fix


def _not_registered(case: Case) -> Iterator[Words]:
    hidden = [owner.name for owner in case.owners.values() if not owner.registered]
    if hidden:
        yield (
            f"The model keeps {listed(hidden)} where `parameters()` does not look.",
            "A layer in a Python list or dict, and a tensor that is no `nn.Parameter`, are not "
            "registered, so no optimizer gets them.",
            "Use `nn.ModuleList`, `nn.ModuleDict` or `nn.Parameter`.",
        )


def _no_parameters(case: Case) -> Iterator[Words]:
    if not case.parameters and not any(_not_registered(case)):
        yield (
            f"The model, of type {type(case.model).__name__}, has no parameters.",
            "Likely `__init__` assigns no layer to `self`, or `forward` makes new ones each time.",
            "Assign each layer to `self` in `__init__`, after `super().__init__()`.",
        )


def _frozen(case: Case) -> Iterator[Words]:
    names = [p.name for p in case.parameters if p.frozen]
    if names:
        total = len(case.parameters)
        which = "All" if len(names) == total else f"{len(names)} of {total}"
        yield (
            f"{which} parameters are frozen: {listed(names)}.",
            "Their `requires_grad` is False, so no gradient is computed for them.",
            "If they should learn: `parameter.requires_grad_(True)` before the forward pass.",
        )


def _other_optimizer(case: Case) -> Iterator[Words]:
    if case.parameters and not any(p.stepped is not False for p in case.parameters):
        yield (
            "The optimizer holds none of the model's parameters: `step()` moves something else.",
            "Likely it was made for another model, or before this model was created again.",
            "Make it after the model: `torch.optim.Adam(model.parameters())`.",
        )


def _not_in_optimizer(case: Case) -> Iterator[Words]:
    left_out = [p.name for p in case.parameters if p.stepped is False]
    if 0 < len(left_out) < len(case.parameters):
        yield (
            f"The optimizer does not hold {listed(left_out)}: `step()` leaves them as they are.",
            "It was made with some of the parameters, or before those were added.",
            "If they should learn, make it with `model.parameters()`.",
        )


def _learning_rate_zero(case: Case) -> Iterator[Words]:
    groups = case.optimizer.param_groups if case.optimizer and case.parameters else []
    if any(group.get("lr") == 0 for group in groups):
        yield (
            "The optimizer's learning rate is 0.",
            "It was set to 0, or a scheduler has brought it there.",
            "Give it a learning rate above 0.",
        )


def _healthy(case: Case) -> Iterator[Words]:
    yield (
        f"The gradient reaches all {len(case.parameters)} parameters"
        f"{' and the optimizer holds them all' if case.optimizer is not None else ''}.",
        "The X-ray looked at the type, shape and value of the loss, at what its gradient passes "
        "through and reaches, and at `.grad`. It knows some faults of these, not all.",
        "If the model does not learn, look at the rest as well: the sign of the loss, its target, "
        "what goes in, the learning rate.",
    )


def _graph_freed(case: Case) -> Iterator[Words]:
    if case.graph.freed:
        yield (
            "`backward()` has run on this graph, or on a part of it, and has freed what it saved.",
            "That is normal after `backward()`.",
            "Calling it again on this loss would raise: compute the loss again first. Add two "
            "losses that share a part, and call `backward()` once.",
        )


RULES: dict[str, Rule] = {
    rule.__name__.strip("_").replace("_", "-"): rule
    for rule in (
        *(_not_a_tensor, _not_a_scalar, _not_finite, _graph_of_its_own, _no_graph),
        *(_not_registered, _no_parameters, _frozen),
        *graph_rules.RULES,
        *(_other_optimizer, _not_in_optimizer, _learning_rate_zero),
        *(_healthy, _graph_freed),
    )
}


def diagnose(case: Case) -> list[Finding]:
    """Collect all findings, the most serious first."""
    found: list[Finding] = []
    for name, rule in RULES.items():
        if name != "healthy" or not found:
            found += [Finding(name, *words) for words in rule(case)]
    return found
