"""What happens to a model's gradients while a learner's function runs, and facts made of it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from .facts import Raised
from .networks import gradients


@dataclass(frozen=True)
class Kind:
    """A fact that is compared by its kind, and shown in words that say more, such as a number."""

    kind: str
    words: str = field(compare=False)

    def __str__(self) -> str:
        return self.words


class Events:
    """Notes, while it is entered, what happens to the gradients of a network, in its order.

    The events are ``backward`` and ``autograd.grad`` (gradients are computed), ``gradient`` (one
    arrives in a parameter's ``.grad``) and, if an optimizer is given, ``step``, ``empty step``
    (without a gradient) and ``other step`` (of another optimizer).
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer | None = None,
        log: list[str] | None = None,
    ) -> None:
        self.network, self.optimizer = network, optimizer
        self.log = [] if log is None else log
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Events:
        for name, event in (("backward", "backward"), ("grad", "autograd.grad")):
            function = getattr(torch.autograd, name)
            self._stack.callback(setattr, torch.autograd, name, function)
            setattr(torch.autograd, name, self._noting(event, function))
        for parameter in self.network.parameters():
            hook = parameter.register_post_accumulate_grad_hook(self._arrived)
            self._stack.callback(hook.remove)
        if self.optimizer is not None:
            self._stack.callback(register_optimizer_step_post_hook(self._stepped).remove)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def __str__(self) -> str:
        return ", ".join(event for event, _ in itertools.groupby(self.log)) or "nothing"

    def _noting(self, event: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.log.append(event)
            return function(*args, **kwargs)

        return noted

    def _arrived(self, parameter: torch.Tensor) -> None:
        self.log.append("gradient")

    def _stepped(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        step = "step" if gradients(self.network).any() else "empty step"
        self.log.append(step if optimizer is self.optimizer else "other step")


def explained(error: AttributeError) -> Raised | Kind:
    """Tell the missing ``backward`` of a plain number from other missing attributes."""
    raised = Raised.of(error)
    if isinstance(error.obj, float) and error.name == "backward":
        return Kind("a number has no backward()", str(raised))
    return raised
