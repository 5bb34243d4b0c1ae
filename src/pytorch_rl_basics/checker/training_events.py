"""What happens to a model's gradients while a learner's function runs, and facts made of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from .facts import Raised


@dataclass(frozen=True)
class Kind:
    """A fact that is compared by its kind, and shown in words that say more, such as a number."""

    kind: str
    words: str = field(compare=False)

    def __str__(self) -> str:
        return self.words


class Events:
    """Notes, while it is entered, what happens to the gradients of a model, in its order.

    The events are ``backward`` and ``autograd.grad`` (gradients are computed), ``gradient`` (one
    arrives in a parameter's ``.grad``) and, if an optimizer is given, ``step`` and ``other step``.
    """

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> None:
        self.model = model
        self.optimizer = optimizer
        self.seen: list[str] = []
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Events:
        for name, event in (("backward", "backward"), ("grad", "autograd.grad")):
            function = getattr(torch.autograd, name)
            self._stack.callback(setattr, torch.autograd, name, function)
            setattr(torch.autograd, name, self._noting(event, function))
        for parameter in self.model.parameters():
            hook = parameter.register_post_accumulate_grad_hook(self._arrived)
            self._stack.callback(hook.remove)
        if self.optimizer is not None:
            self._stack.callback(register_optimizer_step_post_hook(self._stepped).remove)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def __str__(self) -> str:
        first_of_run = [
            event for i, event in enumerate(self.seen) if i == 0 or self.seen[i - 1] != event
        ]
        return ", ".join(first_of_run) or "nothing"

    def _noting(self, event: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.seen.append(event)
            return function(*args, **kwargs)

        return noted

    def _arrived(self, parameter: torch.Tensor) -> None:
        self.seen.append("gradient")

    def _stepped(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        self.seen.append("step" if optimizer is self.optimizer else "other step")


def explained(error: AttributeError) -> Raised | Kind:
    """Tell the missing ``backward`` of a plain number from other missing attributes."""
    raised = Raised.of(error)
    if isinstance(error.obj, float) and error.name == "backward":
        return Kind("a number has no backward()", str(raised))
    return raised
