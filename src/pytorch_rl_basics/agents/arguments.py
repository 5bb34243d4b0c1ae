"""Say what is wrong with the arguments of a training, before it begins or when it diverges."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch

from ..exercises import EXERCISES
from .environments import vector_env

P = ParamSpec("P")
R = TypeVar("R")


def checked(actions: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a ``train`` that checks its environment, its device and the functions it is given.

    It looks at the parameters ``env_id`` and ``device``, and at each one that has the name of an
    exercise.

    Args:
        actions: the kind of action space that the agent needs: "Discrete" or "Box".

    Raises:
        ImportError: gymnasium is not installed.
        ValueError: the environment's actions are of another kind, or the device is not available.
        TypeError: a function cannot take the arguments that the exercise's function takes.

    >>> @checked("Discrete")
    ... def train(env_id="CartPole-v1", device="cpu", *, sum_gradient=None):
    ...     return "trained"
    >>> train()
    'trained'
    >>> train(sum_gradient=lambda: 1)
    Traceback (most recent call last):
    ...
    TypeError: The training calls sum_gradient(x), but the function that it was given takes (). ...
    """

    def decorate(train: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(train)
        def checked_train(*args: P.args, **kwargs: P.kwargs) -> R:
            call = inspect.signature(train).bind(*args, **kwargs)
            call.apply_defaults()
            vector_env(call.arguments["env_id"], 1, actions).close()
            _require_device(call.arguments["device"])
            for name in EXERCISES.keys() & call.arguments.keys():
                _require_signature(name, call.arguments[name])
            return train(*args, **kwargs)

        return checked_train

    return decorate


def _require_device(device: Any) -> None:
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"The device {str(device)!r} cannot be used here: {reason}. Use device='cpu', which "
            "is always available."
        ) from error


def _require_signature(name: str, function: Any) -> None:
    """Compare a function with the exercise's: both must take the same positional arguments."""
    if function is None:
        return
    needed = inspect.signature(EXERCISES[name].function).parameters.values()
    names = [one.name for one in needed if one.default is inspect.Parameter.empty]
    try:
        taken = inspect.signature(function)
    except (TypeError, ValueError):  # not callable, or written in C
        if not callable(function):
            raise TypeError(
                f"{name} must be a function, but it is {function!r}. Pass the function itself, "
                f"as in train(..., {name}=my_{name})."
            ) from None
        return
    try:
        taken.bind(*names)
    except TypeError:
        raise TypeError(
            f"The training calls {name}({', '.join(names)}), but the function that it was given "
            f"takes {taken}. Write it with these arguments, in this order."
        ) from None


def require_finite(loss: float, env_steps: int) -> None:
    """Stop a training that diverges.

    Args:
        loss: the loss of an update.
        env_steps: environment steps so far.

    Raises:
        FloatingPointError: the loss is infinite or not a number.

    >>> require_finite(0.5, 100)
    """
    if not math.isfinite(loss):
        raise FloatingPointError(
            f"The loss is {loss} after {env_steps:,} environment steps: the training "
            "diverges. Lower the learning rate, and look for a division by zero or the "
            "logarithm of zero in the functions that you gave to train."
        )
