"""Name the mistakes that any exercise can have, from what its calls give beside what is right."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from .edits import read_toml
from .evidence import Case, Evidence, close, is_right
from .example import Example, Outcome
from .facts import Raised, same, type_of
from .probes import Attempt
from .relations import (
    Words,
    arguments_swapped,
    no_gradient,
    not_finite,
    nothing_there,
    rows_mixed,
    times_an_argument,
    wrong_only_where,
)

BOUNDS = (
    *(0.0, 1e-6, 1e-4, 0.01, 0.05, 0.1, 0.2, 0.5, 0.9, 0.99, 0.999),
    *(1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4),
)
WRITTEN_IN = (0.0, 0.005, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 1.0)
GRAPH = "has a graph"  # the end of a label
INPUT_CHANGED = "input-changed"
MANY = 3  # numbers that agree prove a rule; fewer may agree by chance


class General(NamedTuple):
    """A mistake that any exercise can have."""

    slug: str
    misconception: str
    fix: str


@functools.cache
def texts() -> dict[str, dict[str, Any]]:
    """Read the mistakes' texts."""
    return read_toml(Path(__file__).with_name("general.toml"))


def what_is_right(found: Evidence, example: Example | None) -> str:
    """Say what an attempt gets right in a call, and what not, if it gets something right."""
    for case in found.cases:
        if case.example is example:
            parts = [label for label in case.right.values if not label.endswith(GRAPH)]
            right = [label for label in parts if is_right(case, label)]
            wrong = [label for label in parts if label not in right]
            verb = "is" if len(right) == 1 else "are"
            if right and wrong:
                return f" {' and '.join(right).capitalize()} {verb} right; {wrong[0]} is not."
    return ""


def name_in_general(found: Evidence) -> General | None:
    """Find the general mistake that the calls prove; None if none does."""
    for slug, rule in RULES.items():
        words = rule(found) if found.label or slug == INPUT_CHANGED else None
        if words is not None:
            text = texts()[slug]
            words = {"label": found.label} | words
            misconception = text["misconception"].format(**words)
            return General(
                slug, misconception[0].upper() + misconception[1:], text["fix"].format(**words)
            )
    return None


def another_type(found: Evidence) -> Words | None:
    """The right numbers in another type, such as a NumPy number or a list."""
    other: Words = {}
    for _, right, shown in found.pairs:
        if not close(right, shown):
            return None
        one, another = (_first(value) for value in (right, shown))
        if type(one) is not type(another):
            other = other or {"what": type_of(another), "expected": type_of(one)}
    return other or None


def _first(value: Any) -> Any:
    """Give the first entry of a list of results, and else the result."""
    many = isinstance(value, list) and value and not isinstance(value[0], int)
    return value[0] if many else value


def more_than_the_result(found: Evidence) -> Words | None:
    """A tuple, list or dict, one entry of which is the result."""
    places: set[Any] = set()
    kind = ""
    for number, (_, right, shown) in enumerate(found.pairs):
        if isinstance(right, list | tuple) or not isinstance(shown, list | tuple | dict):
            return None
        entries = shown if isinstance(shown, dict) else dict(enumerate(shown))
        fitting = {place for place, entry in entries.items() if same(entry, right)}
        places = places & fitting if number else fitting
        kind = type(shown).__name__
    return {"what": str(min(places, key=str)), "kind": kind} if places else None


def dtype_not_kept(found: Evidence) -> Words | None:
    """Tensors that are right but for their dtype."""
    other: Words = {}
    for _, right, shown in found.pairs:
        if not isinstance(right, Tensor) or not isinstance(shown, Tensor):
            return None
        if right.shape != shown.shape or not close(right, shown):
            return None
        if right.dtype != shown.dtype:
            other = {"what": _dtype(shown), "expected": _dtype(right)}
    return other or None


def another_shape(found: Evidence) -> Words | None:
    """Tensors that are right but for their shape."""
    other: Words = {}
    for _, right, shown in found.pairs:
        if not isinstance(right, Tensor) or not isinstance(shown, Tensor):
            return None
        if right.numel() != shown.numel() or not close(right, shown):
            return None
        if right.shape != shown.shape and not other:
            other = {"what": str(tuple(shown.shape)), "expected": str(tuple(right.shape))}
    return other or None


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


def state_between_calls(found: Evidence) -> Words | None:
    """The same call, made again, gives something else."""
    for case in found.cases[:3]:
        outcomes = [case.example.run_safely(found.attempt) for _ in range(3)]
        if any(isinstance(outcome, Raised) for outcome in (case.shown, *outcomes)):
            continue
        given = [
            outcome.values[found.label] for outcome in outcomes if isinstance(outcome, Outcome)
        ]
        if not all(same(value, given[0]) for value in given):
            return {}
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


def times_a_constant(found: Evidence) -> Words | None:
    """Everything is one constant times what it should be."""
    right, shown = found.all_numbers
    factor = _factor(right, shown)
    few = right[right != 0].unique().numel() < MANY
    return None if factor is None or few or math.isclose(factor, 1) else {"what": f"{factor:.3g}"}


def a_constant_added(found: Evidence) -> Words | None:
    """Everything is higher by one constant."""
    right, shown = found.all_numbers
    if right.unique().numel() < MANY:
        return None
    smallest = right.abs().argmin()  # where rounding is least
    more = (shown - right)[smallest].item()
    if not math.isfinite(more) or abs(more) < 1e-3 or not close(right + more, shown):
        return None
    return {"what": f"{more:.3g}"}


def size_written_in(found: Evidence) -> Words | None:
    """Right for one size of the inputs, and wrong for every other."""
    for size in _sizes(found):
        known = [(_size(case, size), is_right(case, found.label)) for case in found.cases]
        right = Counter(count for count, fine in known if fine)
        wrong = {count for count, fine in known if not fine} - {None}
        if len(right) == 1 and len(wrong) >= 2 and not right.keys() & wrong:
            ((count, times),) = right.items()
            if count is not None and count > 1 and times >= 2:
                return {"what": str(count), "size": size}
    return None


def _sizes(found: Evidence) -> list[str]:
    """List the sizes of the arguments, as code."""
    sizes = []
    for name, value in found.cases[0].arguments.items():
        if isinstance(value, Tensor | list):
            sizes.append(f"len({name})")
        if isinstance(value, Tensor):
            sizes += [f"{name}.shape[-1]", f"{name}.numel()"]
    return sizes


def _size(case: Case, size: str) -> int | None:
    """Find the size in a call; a vector has no second one."""
    inputs = case.arguments
    try:
        name = size.partition(".")[0]
        if size.endswith("[-1]") and inputs[name].dim() < 2:
            return None
        return int(eval(size, {}, inputs))
    except (KeyError, NameError, TypeError):
        return None


def bounded_result(found: Evidence) -> Words | None:
    """Every number beyond a bound is the bound."""
    right, shown = found.all_numbers
    if right.numel() < MANY or not shown.isfinite().all():
        return None
    low, high = shown.min(), shown.max()
    if not close(right.clamp(low, high), shown):
        return None
    room = 1e-3 * right.abs().clamp(min=1)
    outside = (right > high + room, right < low - room)
    above, below = (right[beyond].unique().numel() for beyond in outside)
    if max(above, below) < 2 or shown.unique().numel() < MANY:
        return None
    bounds = [f"below {low:.4g}"] * (below > 0) + [f"above {high:.4g}"] * (above > 0)
    return {"what": " or ".join(bounds)}


def rounded_result(found: Evidence) -> Words | None:
    """Every number is the right one, rounded."""
    right, shown = found.all_numbers
    few = right.unique().numel() < MANY
    for decimals in () if few else range(7):
        if close(right.round(decimals=decimals), shown):
            return {"what": str(decimals)}
    return None


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


def gradients_shortened(found: Evidence) -> Words | None:
    """Gradients, or the steps made of them, that are never longer than a bound."""
    if found.label not in ("the gradients", "the step"):
        return None
    lengths = []
    for case, right, shown in found.numbers:
        if "SGD" not in case.example.setup and found.label == "the step":
            continue
        factor = _factor(right, shown)
        if factor is not None and 0 < factor < 0.999:
            lengths.append(shown.norm().item())
    if len(lengths) < 2 or max(lengths) > 1.001 * min(lengths):
        return None
    return {"what": f"{lengths[0]:.3g}"}


def applied_twice(found: Evidence) -> Words | None:
    """What is left after the call is what two calls leave."""

    def twice(*args: Any, **kwargs: Any) -> Any:
        found.truth(*args, **kwargs)
        return found.truth(*args, **kwargs)

    return {} if found.explained_by(twice) else None


RULES: Mapping[str, Callable[[Evidence], Words | None]] = {
    INPUT_CHANGED: input_changed,
    "another-type": another_type,
    "more-than-the-result": more_than_the_result,
    "dtype-not-kept": dtype_not_kept,
    "another-shape": another_shape,
    "no-gradient": no_gradient,
    "nothing-there": nothing_there,
    "state-between-calls": state_between_calls,
    "times-a-constant": times_a_constant,
    "times-an-argument": times_an_argument,
    "a-constant-added": a_constant_added,
    "applied-twice": applied_twice,
    "gradients-shortened": gradients_shortened,
    "bounded-result": bounded_result,
    "rounded-result": rounded_result,
    "argument-ignored": argument_ignored,
    "arguments-swapped": arguments_swapped,
    "bounded-input": bounded_input,
    "altered-input": altered_input,
    "not-finite": not_finite,
    "rows-mixed": rows_mixed,
    "size-written-in": size_written_in,
    "wrong-only-where": wrong_only_where,
}


def _factor(right: Tensor, shown: Tensor) -> float | None:
    """Give the number that one vector is times the other, if it is."""
    if right.shape != shown.shape or not right.any() or not shown.isfinite().all():
        return None
    factor = ((shown @ right) / (right @ right)).item()
    return factor if close(factor * right, shown) else None


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


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
