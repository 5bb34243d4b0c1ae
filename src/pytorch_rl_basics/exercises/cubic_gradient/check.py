"""How ``cubic_gradient`` is checked."""

import math
from typing import Any

import torch
from torch import Tensor

from ...checker.differentiating import GradReads, note_without_autograd
from ...checker.example import Example
from ...checker.facts import Facts, type_of
from ...checker.probes import Attempt, Probe


def truth(x: float) -> Tensor:
    """Apply the power rule."""
    return torch.tensor(3 * x**2 + 2)


def call(attempt: Attempt, points: tuple[float, ...]) -> Facts:
    """Note the kind of result, whether a second call gives the same, and the gradients."""
    gradients, kinds = [], []
    for x in points:
        result, kind = ask(attempt, x)
        kinds.append(kind)
        if kind != kinds[0] or kind != "a float tensor of shape ()":
            return {"the result is": kind} | _numbers(result)
        gradients.append(float(result))  # at once: a later call may add to the same tensor
        if x == points[0]:
            again, kind = ask(attempt, x)
            change = float(again) - gradients[0] if kind == kinds[0] else kind
    return {
        "the result is": kinds[0],
        "called once more, the result changes by": 0.0 if change != change else change,  # nan
        f"the gradients at {_words(points)} are": gradients,
        "five digits of each are right": all(map(precise, points, gradients)),
    }


def precise(x: float, gradient: float) -> bool:
    """Tell a gradient in single precision from one that was rounded."""
    return math.isclose(gradient, 3 * x**2 + 2, rel_tol=5e-6)


def ask(attempt: Attempt, x: float) -> tuple[Any, str]:
    """Call the attempt once; describe the type of the result."""
    with GradReads() as reads:
        try:
            result = attempt(x)
        except AttributeError as error:
            if not str(error).startswith(("'float' object", "'int' object")):
                raise
            said = f"{error}. It is a Python number, and only tensors have that"
            raise AttributeError(said).with_traceback(error.__traceback__) from None
        except NotImplementedError as error:
            if "bitwise_xor" not in str(error):
                raise  # a stub
            raise TypeError(str(error)).with_traceback(error.__traceback__) from None
    if result is None:
        return result, reads.describe_none()
    if isinstance(result, Tensor) and result.is_floating_point():
        return result, f"a float tensor of shape {tuple(result.shape)}"
    return result, type_of(result)


def _numbers(result: Any) -> Facts:
    """Note the numbers in a result of the wrong kind, for what else they may tell."""
    if isinstance(result, Tensor):
        return {"its values": result.detach().double().flatten()}
    return {"its value": float(result)} if isinstance(result, int | float) else {}


def probe(*points: float) -> Probe:
    """Make the probe that calls the attempt at these points."""
    setup = f"points = {list(points)}"
    number = "[None if one is None else float(one) for one in result]"
    gradients = {"the gradients": number}
    example = Example("cubic_gradient", setup, "[cubic_gradient(x) for x in points]", gradients)
    return Probe(
        f"cubic_gradient(x) for x = {_words(points)}",
        lambda attempt: call(attempt, points),
        example=example,
    )


def _words(points: tuple[float, ...]) -> str:
    return f"{', '.join(map(str, points[:-1]))} and {points[-1]}"


def note(attempt: Attempt) -> str:
    """Say so if the attempt did not use autograd, at points that it has no answer for yet."""
    return note_without_autograd(probe(2.5, -4.0), truth, attempt)


PROBES = (
    probe(3.0, 0.0, -1.5, 10.0),  # at 3.0 alone 3x² equals x³, and 3x² + 2x is y
    probe(0.0123, -2.7, 41.3, -3e5),  # to see rounding, and bounds
)
