"""What a call of a learner's function showed: values to compare and to put into words."""

from __future__ import annotations

import dis
import functools
import math
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .interrupts import STOPS

Facts = dict[str, Any]  # what was looked at -> what was shown, the most fundamental first

PACKAGE = str(Path(__file__).parents[1])
TORCH = str(Path(torch.__file__).parent)
WRONG_VERDICT = 5e-11  # chance, for each count; a check compares up to 17, and stays below 1e-9
SIGMAS = 4.5  # how far two measured frequencies of one behaviour may lie apart


@dataclass(frozen=True)
class Raised:
    """An exception that came out of the learner's function."""

    kind: str
    message: str
    where: str = ""
    stated: bool = False  # by a `raise` statement of the learner's, and not inside a library

    @classmethod
    def of(cls, error: BaseException) -> Raised:
        """Keep an exception's type, its first line, and the learner's line that it came from."""
        own = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if not frame.f_code.co_filename.startswith((PACKAGE, TORCH))
        ]
        where = f"line {own[-1]}" if own else ""
        message, *more = (in_words(error).strip() or "(no message)").splitlines()
        if more and message.endswith(":"):  # a list follows
            message += " …"
        return cls(_name(type(error)), shorten(message, 500), where, _stated(error))

    def __str__(self) -> str:
        at = f", at {self.where}" if self.where else ""
        return f"{self.kind}: {self.message}{at}"


@dataclass(frozen=True)
class Frequencies:
    """How often each outcome came, in so many draws."""

    counts: tuple[int, ...]

    @property
    def draws(self) -> int:
        """The number of draws."""
        return sum(self.counts)

    def __str__(self) -> str:
        shares = ", ".join(f"{count / self.draws:.3f}" for count in self.counts)
        return f"frequencies [{shares}] in {self.draws:,} draws"


@dataclass(frozen=True)
class Probabilities:
    """The exact probability of each outcome."""

    values: tuple[float, ...]

    def __str__(self) -> str:
        return f"probabilities [{', '.join(f'{value:.3f}' for value in self.values)}]"


def same(shown: object, expected: object) -> bool:
    """Tell whether two facts agree: numbers closely, frequencies within their exact bounds."""
    try:
        return _same(shown, expected)
    except STOPS:
        raise
    except BaseException:  # such as a sparse tensor, or an object of the learner's that refuses
        return False


def _same(shown: object, expected: object) -> bool:
    match shown, expected:
        case Tensor(), Tensor():
            return _same_tensors(shown, expected)
        case Frequencies(), Probabilities():
            return _likely(shown, expected)
        case Frequencies(), Frequencies():
            return _alike(shown, expected)
        case Raised(), Raised():
            return shown.kind == expected.kind and _words(shown.message) == _words(expected.message)
        case bool(), _:
            return shown is expected
        case float(), float() | int():
            both_nan = math.isnan(shown) and math.isnan(expected)
            return both_nan or math.isclose(shown, expected, rel_tol=1e-4, abs_tol=1e-5)
        case ((list() | tuple()), (list() | tuple())):
            return len(shown) == len(expected) and all(map(same, shown, expected))
        case _:
            return type(shown) is type(expected) and shown == expected


def describe(value: object) -> str:
    """Put a fact into a few words."""
    try:
        return _describe(value)
    except STOPS:
        raise
    except BaseException:
        return type_of(value)


def _describe(value: object) -> str:
    match value:
        case Tensor() if value.dim() == 0:
            return f"{value.item():.4g}"
        case Tensor() if value.numel() <= 10:
            return shorten(repr(rounded(value)), 110)
        case Tensor():
            head = [f"{number:.4g}" for number in value.detach().cpu().flatten()[:5].tolist()]
            return f"[{', '.join(head)}, …] (shape {tuple(value.shape)})"
        case bool() | None | int():
            return repr(value)
        case float():
            return f"{value:.4g}"
        case list() | tuple():
            return shorten(f"[{', '.join(map(describe, value))}]", 110)
        case _:
            return shorten(str(value), 160)


def in_words(value: object, form: Callable[[object], str] = str) -> str:
    """Give a value's text; of an object of the learner's that refuses, its type."""
    try:
        return str.__str__(form(value))  # not of a class of the learner's
    except STOPS:
        raise
    except BaseException:
        return type_of(value)


def type_of(value: Any) -> str:
    """Name a value's type as a learner knows it: ``a float32 tensor of shape (8,)``."""
    kind = type(value)  # not isinstance(): an object may have a say in that
    if issubclass(kind, Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        return f"{'an' if dtype[0] == 'i' else 'a'} {dtype} tensor of shape {tuple(value.shape)}"
    if value is None:
        return "None"
    if issubclass(kind, tuple | list) and len(value) <= 3:
        return f"a {_name(kind)} of {', '.join(map(type_of, value)) or 'nothing'}"
    article = "an" if _name(kind)[0] in "aeiou" else "a"
    return f"{article} {_name(kind)}"


def _name(kind: type) -> str:
    """Name a class, in whose ``__name__`` its own class may have a say."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name


@functools.cache
def binomial_interval(draws: int, probability: float) -> tuple[int, int]:
    """Give the counts that a binomial count leaves with chance below ``WRONG_VERDICT``.

    Exact: the tails are sums of binomial probabilities, each half of the chance at most.

    >>> binomial_interval(64, 0.0)
    (0, 0)
    >>> binomial_interval(4000, 0.075)
    (197, 415)
    """
    if probability in (0.0, 1.0):
        count = round(draws * probability)
        return count, count
    chance = torch.tensor(probability, dtype=torch.float64)
    counts = torch.arange(draws + 1, dtype=torch.float64)
    masses = torch.distributions.Binomial(draws, chance).log_prob(counts).exp()
    low, high = (
        int((tail.cumsum(0) <= WRONG_VERDICT / 2).sum()) for tail in (masses, masses.flip(0))
    )
    return low, draws - high


def _likely(shown: Frequencies, expected: Probabilities) -> bool:
    if len(shown.counts) != len(expected.values):
        return False
    bounds = [binomial_interval(shown.draws, value) for value in expected.values]
    return all(low <= n <= high for n, (low, high) in zip(shown.counts, bounds, strict=True))


def _alike(one: Frequencies, other: Frequencies) -> bool:
    """Compare two measurements, as the naming of a mistake needs it (a verdict never does)."""
    if len(one.counts) != len(other.counts):
        return False
    draws = one.draws + other.draws
    for a, b in zip(one.counts, other.counts, strict=True):
        pooled = (a + b) / draws
        spread = math.sqrt(pooled * (1 - pooled) * (1 / one.draws + 1 / other.draws))
        if abs(a / one.draws - b / other.draws) > SIGMAS * spread + 1e-9:
            return False
    return True


def _same_tensors(shown: Tensor, expected: Tensor) -> bool:
    if shown.shape != expected.shape or shown.dtype != expected.dtype:
        return False
    shown, expected = shown.detach().cpu(), expected.detach().cpu()
    if not shown.is_floating_point():
        return torch.equal(shown, expected)
    return torch.allclose(shown, expected, rtol=1e-4, atol=1e-5, equal_nan=True)


def _words(message: str) -> str:
    """Leave out of an error message what differs from call to call: numbers and names."""
    return re.sub(r"\d+|'[^']*'|\[[^\]]*\]|\([^)]*\)", "·", message)


def rounded(value: Any) -> Any:
    """Round the floats of a tensor or list to four digits: 1.4 and not 1.399999976158142."""
    if isinstance(value, Tensor):
        return rounded(value.tolist())
    if isinstance(value, list):
        return [rounded(entry) for entry in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _stated(error: BaseException) -> bool:
    """Tell whether the learner's code raises an exception itself, by a statement."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return False
    code = place.tb_frame.f_code
    own = not code.co_filename.startswith((PACKAGE, TORCH))
    return own and code.co_code[place.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def shorten(text: str, length: int) -> str:
    """Make one line of a text, without control characters; cut it near a space if it is longer.

    >>> shorten("[0.5, 0.25, 0.125]", 14)
    '[0.5, 0.25, …'
    """
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words, space, _ = cut.rpartition(" ")
    return (words + space if 4 * len(words) > 3 * length else cut) + "…"  # a long word stays
