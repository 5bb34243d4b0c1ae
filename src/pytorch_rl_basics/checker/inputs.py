"""Rules on what an attempt does with its inputs, for the naming of general mistakes."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .evidence import Case, Evidence, close
from .example import Outcome
from .facts import Raised, same
from .probes import Attempt
from .relations import MANY, Words

BOUNDS = (
    *(0.0, 1e-6, 1e-4, 0.01, 0.05, 0.1, 0.2, 0.5, 0.9, 0.99, 0.999),
    *(1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4),
)
WRITTEN_IN = (0.0, 0.005, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 1.0)


def input_changed(found: Evidence) -> Words | None:
    """All is right, but an input is not as it was."""
    if found.label:
        return None
    for case in found.cases:
        if isinstance(case.shown, Outcome):
            for name in case.arguments:
                if not _as_left(case.shown.inputs[name], case.right.inputs[name]):
                    return {"what": name}
    return None


def argument_ignored(found: Evidence) -> Words | None:
    """Another value of an argument gives the same."""
    for name in _arguments(found) if found.numbers else ():
        cases = [case for case in found.cases if name in case.arguments]
        if all(_unmoved(case, found.attempt, case.shown, name) for case in cases) and not all(
            _unmoved(case, found.truth, case.right, name) for case in cases
        ):
            return {"what": name, "more": _written_in(found, name)}
    return None


def _unmoved(case: Case, function: Attempt, before: Outcome | Raised, name: str) -> bool:
    """Tell whether a function gives the same with another value of an argument."""
    after = case.example.run_safely(function, {name: _another})
    if isinstance(after, Raised) or isinstance(before, Raised):
        return False
    return all(same(after.values[label], value) for label, value in before.values.items())


def _written_in(found: Evidence, name: str) -> str:
    """Say which number stands in for an argument, if it is a usual one."""
    for number in WRITTEN_IN:
        if found.explained_by(found.truth, name, lambda _, number=number: number):
            return f" It is as if it were always {number:g}."
    return ""


def _another(value: Any) -> Any:
    """Make another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 3 + 0.02
    if isinstance(value, Tensor) and value.dtype == torch.bool:
        return ~value
    if isinstance(value, Tensor) and value.is_floating_point():
        return (value.detach() / 2 - 1).requires_grad_(value.requires_grad)
    return value


def _arguments(found: Evidence) -> list[str]:
    """List the arguments that another value can be made of: numbers and tensors."""
    arguments = found.cases[0].arguments
    return [name for name, value in arguments.items() if _another(value) is not value]


def bounded_input(found: Evidence) -> Words | None:
    """An input counts as a bound where it is beyond the bound."""
    one_sided = [(bound, math.inf) for bound in (*BOUNDS, *(-bound for bound in BOUNDS[1:]))]
    one_sided += [(-math.inf, bound) for bound in BOUNDS[1:]]
    two_sided = [(-bound, bound) for bound in BOUNDS[1:]] + [(-20.0, 2.0), (-5.0, 2.0)]
    for name in _arguments(found) if found.result_differs else ():
        for low, high in one_sided + two_sided:
            bound = functools.partial(_clamp, low=low, high=high)
            if found.input_explains(name, bound) and _holds_elsewhere(found, name, low, high):
                ends = [f"below {low:g}"] * (low > -math.inf) + [f"above {high:g}"] * (high < 1e9)
                return {"what": name, "beyond": " or ".join(ends)}
    return None


def _holds_elsewhere(found: Evidence, name: str, low: float, high: float) -> bool:
    """Try a bound on numbers on both sides of it, of which the check has none."""
    example, label = found.wrong_first[0].example, found.label
    seen = False
    for bound in filter(math.isfinite, (low, high)):
        for distance in (-0.3, -0.1, 0.1, 0.3):
            number = bound + distance * (abs(bound) or 1.0)
            shown = example.run_safely(found.attempt, {name: _filled(number)})
            right = example.run(found.truth, {name: _filled(number)})
            bounded = example.run(found.truth, {name: _filled(min(max(number, low), high))})
            if (
                isinstance(shown, Raised)
                or isinstance(right, Raised)
                or isinstance(bounded, Raised)
            ):
                return False
            if not same(shown.values[label], bounded.values[label]):
                return False
            seen |= not same(right.values[label], bounded.values[label])
    return seen


def _filled(number: float) -> Callable[[Any], Any]:
    """Put one number in place of all numbers of an input."""
    return lambda value: _altered(value, lambda values: torch.full_like(values, number))


def altered_input(found: Evidence) -> Words | None:
    """An input, or the right result, counts as something made of it, as its absolute value."""
    right, shown = found.all_numbers
    for how, alter in ALTERED.items() if right.unique().numel() >= MANY else ():
        if close(alter(right), shown):
            return {"what": found.label, "how": how}
    for name in _arguments(found) if found.result_differs else ():
        for how, alter in ALTERED.items():
            if found.input_explains(name, functools.partial(_altered, alter=alter)):
                return {"what": f"`{name}`", "how": how}
    return None


ALTERED: Mapping[str, Callable[[Tensor], Tensor]] = {
    "lose what is behind the decimal point": torch.trunc,
    "are rounded to whole numbers": torch.round,
    "lose their sign": torch.abs,
    "change their sign": torch.neg,
    "are squared": torch.square,
    "are rounded to 16 bits": lambda values: values.half().to(values.dtype),
    "are 1, 0 or -1": torch.sign,
    "are subtracted from 1": lambda values: 1 - values,
    "are halved": lambda values: values / 2,
    "are doubled": lambda values: 2 * values,
    "come in reverse order": lambda values: values.flip(0) if values.dim() else values,
    "come in reverse order in each row": lambda values: values.flip(-1) if values.dim() else values,
    "are moved by one place": lambda values: values.roll(1, 0) if values.dim() else values,
    "are moved back by one place": lambda values: values.roll(-1, 0) if values.dim() else values,
}


def _altered(value: Any, alter: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, float):
        return alter(torch.tensor(value, dtype=torch.float64)).item()
    if isinstance(value, Tensor) and value.is_floating_point():
        return alter(value.detach()).requires_grad_(value.requires_grad)
    return value


def _clamp(value: Any, low: float, high: float) -> Any:
    return _altered(value, lambda values: values.clamp(low, high))


def _as_left(value: Any, expected: Any) -> bool:
    """Tell whether an input is as the right code leaves it."""
    if isinstance(expected, nn.Module):
        pairs = zip(value.state_dict().values(), expected.state_dict().values(), strict=False)
        return all(same(one, other) for one, other in pairs)
    if isinstance(expected, Tensor):
        return same(value, expected) and value.requires_grad == expected.requires_grad
    if isinstance(expected, list | tuple):
        lengths = len(value) == len(expected)
        return lengths and all(_as_left(*pair) for pair in zip(value, expected, strict=False))
    return True
