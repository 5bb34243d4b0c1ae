"""How ``squashed_gaussian_log_prob`` is checked."""

import math
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts, type_of
from ...checker.observing import Untouched, gradient_facts, result_facts, with_gradients
from ...checker.probes import Attempt, Probe, written_call


def truth(pre_tanh: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """Take the Gaussian from torch, and the slope of tanh as 1 / cosh² from logaddexp."""
    gaussian = torch.distributions.Normal(mean, log_std.exp()).log_prob(pre_tanh)
    log_cosh = torch.logaddexp(pre_tanh, -pre_tanh) - math.log(2)
    return torch.stack([row.sum() for row in gaussian + 2 * log_cosh])


def call(attempt: Attempt, *numbers: Tensor) -> Facts:
    """Note the result, its graph and gradients, and whether the inputs were changed."""
    pre_tanh, mean, log_std = (tensor.clone().requires_grad_() for tensor in numbers)
    untouched = Untouched(pre_tanh=pre_tanh, mean=mean, log_std=log_std)
    result = attempt(pre_tanh, mean, log_std)
    facts: Facts = {"the result is": type_of(result)}
    if isinstance(result, Tensor):
        facts["the result has a graph"] = result.requires_grad
    facts |= result_facts(result)
    if all(tensor.requires_grad and tensor.grad is None for tensor in (pre_tanh, mean, log_std)):
        facts |= gradient_facts(result, pre_tanh=pre_tanh, mean=mean, log_std=log_std)
    return facts | untouched.facts()


def call_far_out(attempt: Attempt, *numbers: Tensor) -> Facts:
    """Note of samples at 12, -12 and 20 first whether the numbers make sense at all."""
    facts = call(attempt, *numbers)
    values = facts.get("its values")
    if not isinstance(values, Tensor) or values.shape != (3,):
        return facts
    infinite = bool((values == math.inf).any())
    odd = "infinite" if infinite else "not numbers" if values.isnan().any() else "finite"
    sense: Facts = {"the log-densities are": odd}
    for name in ("log_std", "pre_tanh"):
        gradient = facts.get(f"the gradient that reaches {name}")
        if isinstance(gradient, Tensor) and not gradient.isfinite().all():
            sense[f"the gradient that reaches {name} is"] = "not finite"
        elif isinstance(gradient, Tensor):
            sense[f"the gradient that reaches {name} is"] = "finite"
    width = "the gradient that reaches log_std"  # whatever becomes of the slope
    sense |= {label: fact for label, fact in facts.items() if label == width}
    sense["the log-density at 20 is above the one at 12"] = bool(values[2] > values[0] + 1)
    return sense | facts


def call_without_gradients(attempt: Attempt, *numbers: Tensor) -> Facts:
    """Call it as the targets of SAC do: nothing requires gradients."""
    with torch.no_grad():
        return result_facts(attempt(*(tensor.clone() for tensor in numbers)))


def probe(
    numbers: list[list[list[float]]],
    observe: Any = call,
    where: str = "",
    dtype: torch.dtype = torch.float32,
) -> Probe:
    """Make the probe that gives these samples, means and logarithms of standard deviations."""
    given = dict(zip(("pre_tanh", "mean", "log_std"), numbers, strict=True))
    words = written_call("squashed_gaussian_log_prob", dtype, **given) + where
    tensors = [torch.tensor(values, dtype=dtype) for values in numbers]
    leaves = {
        name: torch.tensor(rows, dtype=dtype, requires_grad=True) for name, rows in given.items()
    }
    example = Example.of(
        "squashed_gaussian_log_prob", leaves, with_gradients("log-density", *given)
    )
    return Probe(words, lambda attempt: observe(attempt, *tensors), example=example)


# Of samples beyond 1 and of negative log_std each, one row has some and the other none: wrong
# logarithms then leave numbers to tell them apart by, and not nan alone.
WIDE = [
    [[0.4, -0.7, 0.3], [-1.2, 1.5, -1.8]],
    [[0.1, -0.2, 1.1], [-0.9, 0.8, 0.5]],
    [[-0.5, 0.3, -1.0], [0.3, 0.2, 0.6]],
]
TWO = [[[0.9, -0.4], [-1.3, 0.2]], [[0.3, 0.1], [-0.6, 0.7]], [[0.4, -0.2], [-0.6, 0.3]]]
ONE = [[[1.1]], [[0.7]], [[-0.4]]]
LONG = [
    [[0.5, -0.3], [1.4, -1.0], [0.8, 0.1]],
    [[0.2, 0.6], [1.0, -0.4], [0.3, -0.8]],
    [[-0.2, 0.1], [0.5, 0.3], [-0.7, -0.1]],
]
FAR_OUT = [[[12.0], [-12.0], [20.0]], [[12.0], [-12.0], [20.0]], [[0.0], [0.0], [0.0]]]
NARROW_AND_WIDE = [[[0.31, -1.5]], [[0.3, 0.5]], [[-5.0, 2.0]]]
BOUNDS = [
    [[600.0, -600.0], [600.0, -90.0]],
    [[600.5, 601.0], [2e5, -90.001]],
    [[300.0, 0.3], [5.0, -6.5]],
]
WIDER = [[[30.0], [-2.0], [0.5]], [[31.0], [1.5], [0.5]], [[3.0], [11.0], [25.0]]]
ZEROS = [[[0.0, 0.0, 1.0], [0.5, 0.5, 0.5]], [[0.0, 0.0, 1.0], [0.5, 0.5, 0.5]], [[0.0] * 3] * 2]
MANY = [[[math.cos(k * (5 * i + j)) for j in range(5)] for i in range(37)] for k in (1, 2, 3)]
PROBES = (
    probe(WIDE),
    probe(TWO),
    probe(ONE),
    probe(LONG, dtype=torch.float64),
    probe(FAR_OUT, call_far_out),
    probe(NARROW_AND_WIDE),
    probe(TWO, call_without_gradients, ", under torch.no_grad()"),
    probe(BOUNDS, dtype=torch.float64),
    probe(WIDER),
    probe(ZEROS),
    probe(MANY),
)
