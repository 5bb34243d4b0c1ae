"""Known mistakes, as short edits of right code: read from the ``mistakes.toml`` of an exercise.

The file holds right code in the ways in which people write the function, and a table for each
mistake::

    [right]
    loop = '''
    def double(x):
        return 2 * x
    '''

    [tripled]
    misconception = "The factor is 3."
    fix = "Multiply by 2."
    seen = "https://…"                  # an address or a page; by default the exercise's own page
    explained_in = "tutorials/…"        # a page that explains it, if there is one
    edits = [["2 * x", "3 * x"]]        # old and new text: each old text is in the code once

Where an edit has several new texts, each makes a form of its own. A table may have ``of`` (which
right code is edited; without it the first that has all old texts), ``code`` (a whole program, where
edits cannot say it), ``also`` (further forms, tables with ``edits``, ``of`` or ``code``),
``values`` (each replaces VALUE in a form of its own), ``first_difference_suffices`` (see
:class:`Mistake`). Every exercise whose right code returns something has the mistake
``forgotten-return`` as well, without a table. All code has the names of ``IMPORTS``.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORGOTTEN_RETURN = "forgotten-return"
IMPORTS = """\
import copy
import math
import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical, Normal
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
"""
IMPORTED: dict[str, Any] = {}
exec(IMPORTS, IMPORTED)


@dataclass(frozen=True)
class Form:
    """One wrong code of a mistake.

    Attributes:
        name: of the function that it defines.
        source: the code.
        right: the right code that was edited; empty if the code was written whole.
    """

    name: str
    source: str
    right: str

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        """The function that the code defines."""
        namespace = IMPORTED | {"__name__": self.name}
        exec(compile(self.source, f"<mistake in {self.name}>", "exec"), namespace)
        attempt: Callable[..., Any] = namespace[self.name]
        return attempt


@dataclass(frozen=True)
class Mistake:
    """One way to get an exercise wrong.

    Attributes:
        slug: its name, as ``Report.mistake`` gives it.
        misconception: what the learner may have thought, in a sentence or two.
        fix: what to try, one step.
        seen: where people make it: an address, or the page of this site that shows it.
        forms: wrong codes that come of this misconception, the usual one first.
        first_difference_suffices: whether its first difference alone, such as a shape, names it.
        explained_in: the page of this site that explains it, if there is one.
    """

    slug: str
    misconception: str
    fix: str
    seen: str
    forms: tuple[Form, ...]
    first_difference_suffices: bool = False
    explained_in: str = ""


def load_mistakes(path: Path, name: str, page: str) -> tuple[Mistake, ...]:
    """Read the mistakes of an exercise.

    Args:
        path: the TOML file.
        name: the function's name.
        page: the exercise's page.

    Raises:
        OSError: there is no such file.
        ValueError: the file is not TOML, a mistake lacks a key or has one that is not known, or an
            edit's old text is not in the code exactly once; the message names file and mistake.
    """
    tables = read_toml(path)
    right, mistakes = tables.pop("right", {}), []
    for slug, table in tables.items():
        try:
            mistakes.append(_mistake(slug, {"seen": page} | table, name, right))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}, {slug}: {type(error).__name__}: {error}") from None
    return (*mistakes, *_forgotten_return(name, right))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; the error names the file if it cannot be read.

    Raises:
        OSError: there is no such file.
        ValueError: the file is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from None


def _mistake(slug: str, table: dict[str, Any], name: str, right: dict[str, str]) -> Mistake:
    written = {key: table.pop(key) for key in ("code", "edits", "of", "values") if key in table}
    also = table.pop("also", ())
    forms = [one for form in (written, *also) for one in _forms(name, right, **form)]
    table |= {key: " ".join(table[key].split()) for key in ("misconception", "fix")}
    return Mistake(slug=slug, forms=tuple(forms), **table)


def _forms(
    name: str,
    right: dict[str, str],
    code: str = "",
    edits: Sequence[Sequence[str]] = (),
    of: str = "",
    values: Sequence[object] = ("",),
) -> Iterator[Form]:
    """Make a form for each value, and for each new text of an edit."""
    if code:
        yield Form(name, code, "")
        return
    if any(isinstance(edit, str) for edit in edits):
        raise TypeError("an edit is a list: an old text and new ones")
    codes = [right[of]] if of else list(right.values())
    fitting = (code for code in codes if all(code.count(old) == 1 for old, *_ in edits))
    unedited = next(fitting, next(iter(codes), ""))
    choices = [[(old, one) for one in (new, *others)] for old, new, *others in edits]
    for value, chosen in itertools.product(values, itertools.product(*choices)):
        made = [(old, new.replace("VALUE", str(value))) for old, new in chosen]
        yield Form(name, edited(unedited, made), unedited)


def _forgotten_return(name: str, right: dict[str, str]) -> list[Mistake]:
    """Make the mistake of a result that is computed and not returned: the last, or any."""
    forms = []
    for code in right.values():
        before_last, found, last = code.rpartition("return ")
        if found:
            forms += [(code, before_last + last), (code, code.replace("return ", ""))]
    if not forms:
        return []
    return [
        Mistake(
            slug=FORGOTTEN_RETURN,
            misconception="The function returned None. It ends without `return`, or returns the "
            "result of a call such as `backward()` or `list.reverse()`, which is None.",
            fix="Return the result itself, by its name, in the last line.",
            seen="https://docs.python.org/3/reference/simple_stmts.html#return",
            forms=tuple(Form(name, wrong, code) for code, wrong in forms),
            first_difference_suffices=True,
        )
    ]


def edited(code: str, edits: Sequence[Sequence[str]]) -> str:
    """Make edits, each an old text and a new one, one after the other.

    Raises:
        ValueError: there is no edit, it changes nothing, or its old text is not in the code,
            as edited so far, exactly once.

    >>> edited("return 2 * x", [["2", "3"], ["3 * x", "x * 3"]])
    'return x * 3'
    """
    if not edits:
        raise ValueError("neither `edits` nor `code`")
    for old, new in edits:
        if code.count(old) != 1 or old == new:
            raise ValueError(f"{old!r} -> {new!r}: found {code.count(old)} times in\n{code}")
        code = code.replace(old, new)
    return code
