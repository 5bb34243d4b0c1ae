"""Name the mistake behind an exception by the site's index of error messages."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from .edits import read_toml
from .facts import Raised
from .general import General

ADVICE = "On the site, errors.html#{} shows code that raises this error, and the fixed code."


@functools.cache
def _entries() -> dict[str, list[str]]:
    """Read each entry's title and cause."""
    return read_toml(Path(__file__).with_name("errors.toml"))


def name_in_error_index(fact: Any) -> General | None:
    """Find the entry that explains an exception; None if there is none.

    The message contains the entry's title, in which "…" stands for any text. The longest title
    fits best. Types are not compared: they differ between versions of PyTorch.

    Args:
        fact: what a call showed. Only an exception that came through a line of the attempt has an
            entry, and none that a ``raise`` statement of the attempt itself raised.
    """
    if not isinstance(fact, Raised) or fact.stated or not fact.where:
        return None
    fitting = [slug for slug, (title, _) in _entries().items() if _contains(fact.message, title)]
    if not fitting:
        return None
    slug = max(fitting, key=lambda slug: len(_entries()[slug][0]))
    return General(f"error-{slug}", _entries()[slug][1], ADVICE.format(slug))


def _contains(message: str, title: str) -> bool:
    message = message.lower()
    for piece in filter(None, map(str.strip, title.lower().split("…"))):
        _, found, message = message.partition(piece)
        if not found:
            return False
    return True
