"""Say what is wrong with the arguments of a training, before it begins or when it diverges."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch
from torch import nn

from ..exercises import EXERCISES
from .environments import vector_env

P = ParamSpec("P")
R = TypeVar("R")


def checked(actions: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a ``train`` that checks its networks, environment, device and the learner's functions.

    It looks at the parameters ``env_id`` and ``device``, at those without a default, which are the
    networks, and at each one that has the name of an exercise.

    Args:
        actions: the kind of action space that the agent needs: "Discrete" or "Box".

    Raises:
        ImportError: gymnasium is not installed.
        ValueError: the environment's actions or observations are of another kind, or the device is
            not available.
        TypeError: a network is no module or not float32, or a function cannot take the arguments
            that the exercise's function takes.

    >>> @checked("Discrete")
    ... def train(q, *, env_id="CartPole-v1", device="cpu", sum_gradient=None):
    ...     return "trained"
    >>> train(nn.Linear(4, 2))
    'trained'
    >>> train(nn.Linear)
    Traceback (most recent call last):
    ...
    TypeError: q must be a network, such as QNetwork(), but it is the class Linear. Create ...
    >>> train(nn.Linear(4, 2), sum_gradient=lambda: 1)
    Traceback (most recent call last):
    ...
    TypeError: The training calls sum_gradient(x), but the function that it was given takes (). ...
    """

    def decorate(train: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(train).parameters

        @functools.wraps(train)
        def checked_train(*args: P.args, **kwargs: P.kwargs) -> R:
            call = inspect.signature(train).bind(*args, **kwargs)
            call.apply_defaults()
            for name, value in call.arguments.items():
                if parameters[name].default is inspect.Parameter.empty:
                    _require_network(name, value)
                elif name in EXERCISES and value is not parameters[name].default:
                    _require_signature(name, value)
            vector_env(call.arguments["env_id"], 1, actions).close()
            _require_device(call.arguments["device"])
            return train(*args, **kwargs)

        return checked_train

    return decorate


def _require_network(name: str, value: Any) -> None:
    if not isinstance(value, nn.Module):
        given = f"the class {value.__name__}" if isinstance(value, type) else repr(value)
        raise TypeError(
            f"{name} must be a network, such as QNetwork(), but it is {given}. Create the network "
            "first, and pass it to train."
        )
    for parameter in value.parameters():
        if parameter.dtype != torch.float32:
            kind = str(parameter.dtype).removeprefix("torch.")
            raise TypeError(
                f"The parameters of {name} are {kind}, but the states that it gets are float32. "
                f"Convert it with {name}.float()."
            )


def _require_device(device: Any) -> None:
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(
            f"The device {str(device)!r} cannot be used here: {reason}. Use device='cpu', which "
            "is always available."
        ) from error


def _require_signature(name: str, function: Any) -> None:
    """Compare a function with the exercise's: both must take the same positional arguments."""
    if not callable(function):
        raise TypeError(
            f"{name} must be a function, but it is {function!r}. Pass the function itself, as in "
            f"train(..., {name}=my_{name})."
        )
    names = list(inspect.signature(EXERCISES[name].function).parameters)
    try:
        taken = inspect.signature(function)
    except ValueError:  # written in C
        return
    try:
        taken.bind(*names)
    except TypeError:
        raise TypeError(
            f"The training calls {name}({', '.join(names)}), but the function that it was given "
            f"takes {taken}. Write it with these arguments, in this order."
        ) from None


def require_finite(number: float, env_steps: int, what: str = "loss") -> None:
    """Stop a training that diverges.

    Args:
        number: the loss of an update, or another number that must be finite.
        env_steps: environment steps so far.
        what: what the number is.

    Raises:
        FloatingPointError: the number is infinite or not a number.

    >>> require_finite(0.5, 100)
    """
    if not math.isfinite(number):
        raise FloatingPointError(
            f"The {what} is {number} after {env_steps:,} environment steps: the training "
            "diverges. Lower the learning rate, and look for a division by zero or the "
            "logarithm of zero in the functions that you gave to train."
        )
