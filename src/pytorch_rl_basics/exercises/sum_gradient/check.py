"""How ``sum_gradient`` is checked."""

import torch
from torch import Tensor

from ...checker.differentiating import GradReads, note_without_autograd
from ...checker.example import Example
from ...checker.facts import Facts, Raised, same
from ...checker.observing import Untouched, outcome, result_facts
from ...checker.probes import Attempt, Probe


def truth(x: Tensor) -> Tensor:
    """Give each entry the factor with which the sum contains it."""
    return torch.ones_like(x, requires_grad=False)


def call(attempt: Attempt, numbers: tuple[float, ...], dtype: torch.dtype) -> Facts:
    """Note the result, and whether the input was changed; its `.grad` may be filled."""
    x = torch.tensor(numbers, dtype=dtype, requires_grad=True)
    untouched = Untouched(x=x)
    with GradReads() as reads:
        result = attempt(x)
    if result is None:
        return {"the result is": reads.describe_none()}
    facts = result_facts(result)
    facts["x requires grad afterwards"] = x.requires_grad
    return facts | untouched.facts()


def not_watched(attempt: Attempt) -> Facts:
    """Note what becomes of an x that needs no gradient, unless that raises an exception."""
    x = torch.tensor([2.0, 5.0])
    result = outcome(attempt, x)
    right = isinstance(result, Raised) or same(result, torch.ones(2))
    return {"x requires grad afterwards": x.requires_grad, "the gradient is right": right}


def probe(*numbers: float, dtype: torch.dtype = torch.float32) -> Probe:
    """Make the probe that calls the attempt with a new leaf that holds these numbers."""
    kind = " in float64" if dtype == torch.float64 else ""
    words = f"sum_gradient(x), x = {list(numbers)}{kind} with requires_grad=True"
    x = torch.tensor(numbers, dtype=dtype, requires_grad=True)
    example = Example.of("sum_gradient", {"x": x})
    return Probe(words, lambda attempt: call(attempt, numbers, dtype), example=example)


def note(attempt: Attempt) -> str:
    """Say so if the attempt did not use autograd."""
    return note_without_autograd(PROBES[0], truth, attempt)


MANY = tuple(map(float, range(-150, 150)))
PROBES = (
    probe(1.0, 2.0, 3.0),
    probe(0.5, -2.0, 0.0, 40.0, 3.5),
    probe(7.0),
    probe(4.0, -1.0, dtype=torch.float64),
    probe(2.0, 5.0, 2.0, -1e5, -1e5, 3e4, 1e-6),
    Probe(
        "sum_gradient(x) for 300 numbers",
        lambda attempt: call(attempt, MANY, torch.float32),
        example=Example(
            "sum_gradient",
            "x = torch.arange(-150.0, 150.0, requires_grad=True)",
            "sum_gradient(x)",
        ),
    ),
    Probe(
        "sum_gradient(x), x = [2.0, 5.0] with requires_grad=False",
        not_watched,
        example=Example.of(
            "sum_gradient",
            {"x": torch.tensor([2.0, 5.0])},
            {"the result": "result", "x requires grad afterwards": "x.requires_grad"},
            open=True,
        ),
    ),
)
