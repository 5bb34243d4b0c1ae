"""Name the mistakes that any exercise can have, from what its calls give beside what is right."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from .edits import read_toml
from .evidence import Case, Evidence, close, is_right
from .example import Example, Outcome
from .facts import Raised, same, type_of
from .inputs import altered_input, argument_ignored, bounded_input, input_changed
from .relations import (
    MANY,
    Words,
    arguments_swapped,
    no_gradient,
    not_finite,
    nothing_there,
    rows_mixed,
    times_an_argument,
    wrong_only_where,
)

GRAPH = "has a graph"  # the end of a label
INPUT_CHANGED = "input-changed"


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


def state_between_calls(found: Evidence) -> Words | None:
    """The same call, made again, gives something else."""
    for case in found.cases[:3]:
        outcomes = [case.example.run_safely(found.attempt) for _ in range(3)]
        if any(isinstance(outcome, Raised) for outcome in (case.shown, *outcomes)):
            continue
        given = [one.values[found.label] for one in outcomes if isinstance(one, Outcome)]
        if not all(same(value, given[0]) for value in given):
            return {}
    return None


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
    rule.__name__.replace("_", "-"): rule
    for rule in (
        *(input_changed, another_type, more_than_the_result, dtype_not_kept, another_shape),
        *(no_gradient, nothing_there, state_between_calls, times_a_constant, times_an_argument),
        *(a_constant_added, applied_twice, gradients_shortened, bounded_result, rounded_result),
        *(argument_ignored, arguments_swapped, bounded_input, altered_input, not_finite),
        *(rows_mixed, size_written_in, wrong_only_where),
    )
}


def _factor(right: Tensor, shown: Tensor) -> float | None:
    """Give the number that one vector is times the other, if it is."""
    if right.shape != shown.shape or not right.any() or not shown.isfinite().all():
        return None
    factor = ((shown @ right) / (right @ right)).item()
    return factor if close(factor * right, shown) else None


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
