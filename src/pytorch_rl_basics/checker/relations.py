"""Rules on how a wrong result is related to the right one, for the naming of general mistakes."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import torch
from torch import Tensor

from .evidence import Case, Evidence, is_right
from .facts import Raised, same

MANY = 3  # numbers that agree prove a rule; fewer may agree by chance
Words = dict[str, str]  # what is filled into a mistake's texts
GRADIENT = "the gradient that reaches "  # the start of a label
SOME = 8  # rows of a call that are tried alone


def rows_mixed(found: Evidence) -> Words | None:
    """Right for every row alone, and wrong for several together."""
    several = [case for case in found.wrong_first if not is_right(case, found.label)]
    tried = 0
    for case in several[:3]:
        sliced = [name for name, value in case.arguments.items() if _count(value) > 1]
        for row in range(min([SOME, *(_count(case.arguments[name]) for name in sliced)])):
            changed = {name: lambda value, row=row: _rows(value, row) for name in sliced}
            right = case.example.run(found.truth, changed)
            shown = case.example.run_safely(found.attempt, changed)
            if isinstance(right, Raised) or isinstance(shown, Raised):
                return None
            if not sliced or not same(shown.values[found.label], right.values[found.label]):
                return None
            tried += 1
    return {} if tried > 1 else None


def _count(value: Any) -> int:
    """Count the rows of a tensor, of a list of numbers, or of the batches in a list."""
    if isinstance(value, list | tuple) and value and not isinstance(value[0], float | int):
        return min(map(_count, value))
    rows = isinstance(value, list) or (isinstance(value, Tensor) and value.dim())
    return len(value) if rows else 0


def _rows(value: Any, row: int) -> Any:
    """Keep one row of a tensor or list, or of each batch in a list."""
    if isinstance(value, list | tuple) and not isinstance(value[0], float | int):
        return type(value)(_rows(entry, row) for entry in value)
    return value[row : row + 1]


def wrong_only_where(found: Evidence) -> Words | None:
    """Wrong in those few entries alone where an input has a certain sign, or is true or false."""
    for name in found.cases[0].arguments if found.numbers else ():
        wheres: dict[str, list[bool]] = {}
        wrong: list[bool] = []
        for case, right, shown in found.numbers:
            value = case.arguments.get(name)
            if not isinstance(value, Tensor) or value.numel() != right.numel():
                break
            wrong += (~torch.isclose(right, shown, 1e-4, 1e-6, equal_nan=True)).tolist()
            flat = value.detach().flatten().double()
            kinds = {"True": flat == 1, "False": flat == 0}
            if value.is_floating_point():
                kinds = {"negative": flat < 0, "positive": flat > 0, "0": flat == 0}
            for how, entries in kinds.items():
                wheres.setdefault(how, []).extend(entries.tolist())
        else:
            for how, where in wheres.items():
                inside = not any(bad and not there for bad, there in zip(wrong, where, strict=True))
                if inside and 4 <= sum(wrong) >= sum(where) / 2 and sum(where) < len(where) / 2:
                    return {"what": name, "how": how}
    return None


def arguments_swapped(found: Evidence) -> Words | None:
    """Two arguments stand for each other."""
    names = list(inspect.signature(found.truth).parameters)
    for one, other in itertools.combinations(range(len(names)), 2):

        def swapped(*args: Any, one: int = one, other: int = other) -> Any:
            given = list(args)
            given[one], given[other] = given[other], given[one]
            return found.truth(*given)

        if found.result_differs and found.explained_by(swapped):
            return {"what": names[one], "other": names[other]}
    return None


def no_gradient(found: Evidence) -> Words | None:
    """The result is right, but no gradient reaches an input."""
    if not found.label.startswith(GRADIENT):
        return None
    for case in found.cases:
        shown = case.shown
        value = shown if isinstance(shown, Raised) else shown.values[found.label]
        if not is_right(case, found.label) and not (
            (isinstance(value, Tensor) and not value.any()) or "not have been used" in str(value)
        ):
            return None
    return {"what": found.label.removeprefix(GRADIENT)}


def nothing_there(found: Evidence) -> Words | None:
    """Everything is 0 in some calls, and right in the others."""
    wrong = [shown for case, _, shown in found.numbers if not is_right(case, found.label)]
    if not wrong or any(shown.any() for shown in wrong):
        return None
    others = len(found.numbers) - len(wrong)
    return {"what": "some calls, and right in the others" if others else "all calls"}


def not_finite(found: Evidence) -> Words | None:
    """Some numbers are not finite, and the others are right."""
    right, shown = found.all_numbers
    odd = ~shown.isfinite() & right.isfinite()
    if not odd.any() or odd.all() or not torch.allclose(right[~odd], shown[~odd], 1e-4, 1e-6):
        return None
    return {"what": "nan" if shown[odd].isnan().any() else "infinite"}


def times_an_argument(found: Evidence) -> Words | None:
    """Everything is multiplied by an argument, by what is left of it to 1, or by a size."""
    arguments = found.cases[0].arguments
    numbers = [name for name, value in arguments.items() if isinstance(value, float)]
    sizes = [f"len({name})" for name, value in arguments.items() if _count(value)]
    sizes += [f"{name}.numel()" for name, value in arguments.items() if isinstance(value, Tensor)]
    codes = [*numbers, *(f"(1 - {name})" for name in numbers), *sizes]
    for code in (*codes, *(f"1 / {code}" for code in codes)):
        factors = [(_evaluated(code, case), right, shown) for case, right, shown in found.numbers]
        known = {factor for factor, _, _ in factors}
        if len(known) > 1 and all(
            factor is not None and torch.allclose(factor * right, shown, 1e-4, 1e-6)
            for factor, right, shown in factors
        ):
            return {"what": code}
    return None


def _evaluated(code: str, case: Case) -> float | None:
    try:
        return float(eval(code, {"len": len}, case.arguments))
    except Exception:  # an argument that this call does not have, or 0
        return None
