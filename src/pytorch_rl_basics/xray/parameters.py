"""A model's tensors: where it keeps them, and what a loss means for each of its parameters."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Owner(NamedTuple):
    """A model's tensor, under the name that its entry in the picture has."""

    name: str
    tensor: Tensor
    registered: bool


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


def owned(model: nn.Module) -> dict[int, Owner]:
    """Give a model's parameters, and the tensors it keeps where parameters() does not look."""
    found = {id(value): Owner(name, value, True) for name, value in model.named_parameters()}
    for path, module in model.named_modules():
        for attribute, value in vars(module).items():
            if not attribute.startswith("_"):
                for name, tensor in _unregistered(f"{path}.{attribute}".lstrip("."), value):
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
    elif isinstance(value, list | tuple | Mapping):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, item in items:
            yield from _unregistered(f"{name}[{key!r}]", item)


def tabulate(
    model: nn.Module, leaves: Container[int], optimizer: torch.optim.Optimizer | None
) -> tuple[Parameter, ...]:
    """Describe each parameter: reached if its ``id`` is among a graph's leaves."""
    held = {id(p) for group in optimizer.param_groups for p in group["params"]} if optimizer else ()
    return tuple(
        Parameter(
            name=name,
            shape=tuple(value.shape),
            dtype=value.dtype,
            frozen=not value.requires_grad,
            reached=id(value) in leaves,
            norm=_norm(value.grad),
            stepped=id(value) in held if optimizer else None,
        )
        for name, value in model.named_parameters()
    )


def _norm(gradient: Tensor | None) -> float | None:
    """Give the Euclidean norm of a gradient; nan where it has no values, as on ``meta``."""
    if gradient is None:
        return None
    return float("nan") if gradient.is_meta else gradient.detach().float().norm().item()
