"""Known mistakes, as short edits of right code: read from the ``mistakes.toml`` of an exercise.

The file holds right code in the ways in which people write the function, and a table for each
mistake::

    before = '''import torch'''        # what all code of the file needs

    [right]
    loop = '''
    def double(x):
        return 2 * x
    '''

    [tripled]
    misconception = "The factor is 3."
    fix = "Multiply by 2."
    seen = "https://…"                  # an address, or a page of the site
    explained_in = "tutorials/…"        # a page that explains it, if there is one
    edits = [["2 * x", "3 * x"]]        # old and new text: each old text stands there once

A table may have ``of`` (which right code is edited; without it the first), ``code`` (a whole
program, where edits cannot say it), ``also`` (further forms, tables with ``edits``, ``of`` or
``code``), ``first_difference_suffices`` (see :class:`Mistake`). Every exercise whose right code
returns something has the mistake ``forgotten-return`` as well, without a table.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORGOTTEN_RETURN = "forgotten-return"


@dataclass(frozen=True)
class Form:
    """One wrong code of a mistake.

    Attributes:
        name: of the function that it defines.
        source: the code.
        right: the right code that was edited; empty if the code was written whole.
        before: imports and helpers that the code needs.
    """

    name: str
    source: str
    right: str
    before: str

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        """The function that the code defines."""
        namespace: dict[str, Any] = {"__name__": self.name}
        exec(compile(self.before, f"<before {self.name}>", "exec"), namespace)
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


def load_mistakes(path: Path, name: str) -> tuple[Mistake, ...]:
    """Read the mistakes of an exercise.

    Args:
        path: the TOML file.
        name: the function's name.

    Raises:
        ValueError: an edit's old text does not stand exactly once in the code.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    before, right = tables.pop("before", ""), tables.pop("right")
    mistakes = [_mistake(slug, table, name, before, right) for slug, table in tables.items()]
    return (*mistakes, *_forgotten_return(name, before, right))


def _mistake(
    slug: str, table: dict[str, Any], name: str, before: str, right: dict[str, str]
) -> Mistake:
    misconception, fix = (" ".join(table[key].split()) for key in ("misconception", "fix"))
    try:
        forms = tuple(_form(form, name, before, right) for form in (table, *table.get("also", ())))
    except ValueError as error:
        raise ValueError(f"{name}, {slug}: {error}") from None
    optional = ("first_difference_suffices", "explained_in")
    more = {key: table[key] for key in optional if key in table}
    return Mistake(slug, misconception, fix, table["seen"], forms, **more)


def _form(table: dict[str, Any], name: str, before: str, right: dict[str, str]) -> Form:
    if "code" in table:
        return Form(name, table["code"].lstrip("\n"), "", before)
    unedited = right[table.get("of", next(iter(right)))].lstrip("\n")
    return Form(name, edited(unedited, table["edits"]), unedited, before)


def _forgotten_return(name: str, before: str, right: dict[str, str]) -> list[Mistake]:
    """Make the mistake of a result that is computed and not returned: the last, or any."""
    forms = []
    for code in (code.lstrip("\n") for code in right.values()):
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
            forms=tuple(Form(name, wrong, code, before) for code, wrong in forms),
            first_difference_suffices=True,
        )
    ]


def edited(code: str, edits: list[list[str]]) -> str:
    """Make edits one after the other.

    Raises:
        ValueError: an old text does not stand exactly once in the code as edited so far.

    >>> edited("return 2 * x", [["2", "3"], ["3 * x", "x * 3"]])
    'return x * 3'
    """
    for old, new in edits:
        if code.count(old) != 1:
            raise ValueError(f"{old!r} stands {code.count(old)} times in\n{code}")
        code = code.replace(old, new)
    return code
