"""Validate arguments by their shape, dtype or range, never by a tensor's values.

A tensor is described as its error message describes it: ``"float (B, A)"``. A dimension's name
stands for one size in all arguments of a call. ``...`` stands for further dimensions, the same
in all arguments, and ``*`` for further dimensions of any kind.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor, nn

P = ParamSpec("P")
R = TypeVar("R")

CASTS = {"float": ".float()", "int64": ".long()", "bool": ".bool()"}
NUMBERS: dict[str, tuple[Callable[[Any], bool], str]] = {  # the test, and what it expects
    "in [0, 1]": (lambda n: isinstance(n, Real) and 0 <= float(n) <= 1, "a number in [0, 1]"),
    "real": (lambda n: isinstance(n, Real), "a real number"),
    "positive": (lambda n: isinstance(n, Real) and float(n) > 0, "a number above 0"),
    "count": (lambda n: isinstance(n, int) and n >= 1, "a whole number of at least 1"),
    "counts": (
        lambda n: isinstance(n, Sequence) and all(map(NUMBERS["count"][0], n)),
        "a sequence of whole numbers of at least 1, such as (64, 64),",
    ),
}


ASKED: set[str] = set()  # functions called since the checker has last emptied this


Bound = dict[str, tuple[int | tuple[int, ...], str]]
"""What each dimension's name stands for in one call, and the argument that set it."""


def expects(**specs: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check a function's arguments before each call: ``@expects(logits="float (B, A)")``."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        names = tuple(inspect.signature(function).parameters)
        caller = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            ASKED.add(caller)
            given = dict(zip(names, args, strict=False), **kwargs)  # Signature.bind is slow
            bound: Bound = {}
            for name, spec in specs.items():
                if name in given:
                    _require(caller, name, given[name], spec, bound)
            return function(*args, **kwargs)  # which reports arguments that do not fit

        return checked

    return decorate


def require(caller: str, **arguments: tuple[Any, str]) -> None:
    """Check values in the middle of a function: ``require("f", actions=(actions, "int64 (B,)"))``.

    Raises:
        TypeError: a value of the wrong type or dtype.
        ValueError: a tensor of the wrong shape, an empty one, a number out of its range.
    """
    bound: Bound = {}
    for name, (value, spec) in arguments.items():
        _require(caller, name, value, spec, bound)


def require_transitions(caller: str, *batch: Tensor, kind: str = "int64 (B,)") -> None:
    """Check a batch of transitions; ``kind`` describes the actions. Raises as ``require`` does."""
    states, actions, rewards, next_states, terminated = batch
    require(
        caller,
        states=(states, "float (B, d)"),
        actions=(actions, kind),
        rewards=(rewards, "float (B,)"),
        next_states=(next_states, "float (B, d)"),
        terminated=(terminated, "bool (B,)"),
    )


def require_same_shape(caller: str, prediction: Tensor, targets: Tensor) -> None:
    """Refuse to compare tensors that would broadcast: (B, 1) with (B,) gives (B, B), silently.

    Raises:
        ValueError: the shapes differ.
    """
    if prediction.shape != targets.shape:
        raise ValueError(
            f"{caller}: the prediction has shape {tuple(prediction.shape)}, but the targets have "
            f"shape {tuple(targets.shape)}. Bring both to the same shape, for example with "
            ".squeeze(-1) or .unsqueeze(-1): otherwise the loss would compare broadcast copies."
        )


def require_same_architecture(caller: str, model: nn.Module, target: nn.Module) -> None:
    """Refuse to pair the parameters of networks that differ in their number or shapes.

    Raises:
        ValueError: they differ.
    """
    shapes, target_shapes = (
        [tuple(parameter.shape) for parameter in network.parameters()]
        for network in (model, target)
    )
    if shapes != target_shapes:
        raise ValueError(
            f"{caller}: the model's parameters have the shapes {shapes}, the target's "
            f"{target_shapes}. Make the target a copy of the model, with copy.deepcopy(model)."
        )


def _require(caller: str, name: str, value: object, spec: str, bound: Bound) -> None:
    subject = f"{caller}: {name}"
    if spec in NUMBERS:
        _require_number(subject, value, spec)
        return
    kind, dims, expected = _parse(spec)
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{subject} is {_describe(value)}, but {expected} is expected. "
            f"Convert it with torch.as_tensor({name})."
        )
    fits = value.is_floating_point() if kind == "float" else value.dtype == getattr(torch, kind)
    if not fits:
        raise TypeError(
            f"{subject} has dtype {value.dtype}, but {expected} is expected. "
            f"Convert it with {name}{CASTS[kind]}."
        )
    shape = tuple(value.shape)
    open_ended = dims[-1] in ("...", "*")
    named = dims[:-1] if open_ended else dims
    if len(shape) < len(named) or (len(shape) > len(named) and not open_ended):
        raise ValueError(
            f"{subject} has shape {shape}, but {expected} is expected. "
            f"{_reshape(name, shape, dims)}"
        )
    if 0 in shape:
        raise ValueError(
            f"{subject} is empty (shape {shape}), but {expected} with at least one entry is "
            "expected. Leave the call out when there is no data."
        )
    sizes: tuple[int | tuple[int, ...], ...] = (*shape[: len(named)], shape[len(named) :])
    for dim, size in zip(dims, sizes, strict=False):
        first, argument = bound.setdefault(dim, (size, name))
        if first != size and dim != "*":
            raise ValueError(
                f"{subject} has shape {shape}, but {dim} is "
                f"{str(first).strip('(,)') or 'nothing'} in {argument}. "
                f"Expected is {expected}: give {name} and {argument} the same {dim}."
            )


def _require_number(subject: str, value: object, spec: str) -> None:
    fits, expected = NUMBERS[spec]
    if fits(value):
        return
    error = ValueError if isinstance(value, Real) else TypeError
    advice = "" if isinstance(value, Real) else " A one-element tensor becomes one with .item()."
    raise error(f"{subject} is {_describe(value)}, but {expected} is expected.{advice}")


@functools.cache
def _parse(spec: str) -> tuple[str, tuple[str, ...], str]:
    """Split ``"float (B, A)"`` into ``"float"`` and ``("B", "A")``, and put it into words."""
    match = re.fullmatch(r"(float|int64|bool) \((.*)\)", spec)
    if match is None:
        raise AssertionError(f"not a description of a tensor: {spec!r}")
    kind, dims = match[1], tuple(dim.strip() for dim in match[2].split(",") if dim.strip())
    shape = f"({', '.join(dims)}{',' * (len(dims) == 1)})"
    return kind, dims, f"{'an' if kind == 'int64' else 'a'} {kind} tensor of shape {shape}"


def _describe(value: object) -> str:
    if isinstance(value, Real | str) or value is None:
        return repr(value)
    return f"of type {type(value).__name__}"


def _reshape(name: str, shape: tuple[int, ...], dims: tuple[str, ...]) -> str:
    if len(shape) == len(dims) + 1 and shape[-1] == 1:
        return f"Drop the last dimension with {name}.squeeze(-1)."
    if len(shape) == len(dims) + 1:
        return f"Give one entry of the first dimension at a time, such as {name}[0]."
    if len(shape) == len(dims) - 1:
        return f"Add the missing first dimension with {name}.unsqueeze(0)."
    return f"Bring it to {len(dims)} dimensions with {name}.reshape(...)."
