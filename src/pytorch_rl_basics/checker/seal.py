"""Notice an attempt that changes what it is compared with, or asks for the answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

from torch import Tensor

from .._validation import ASKED

PACKAGE = str(Path(__file__).parents[1])


class Answer(Mapping[str, Any]):
    """Facts that the truth shows, which note it if code outside this package reads them."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def __getitem__(self, label: str) -> Any:
        note_outsiders()
        return self._facts[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


def note_outsiders() -> None:
    """Note that the answer was read, if the caller's caller is not a part of this package."""
    frame = sys._getframe(2)
    while frame.f_back and "_collections_abc" in frame.f_code.co_filename:
        frame = frame.f_back
    if not frame.f_code.co_filename.startswith(PACKAGE):
        ASKED.add("the checker")


def contents(value: Any, seen: tuple[int, ...] = ()) -> str:
    """Write down all that a value is made of; what is changed later is written differently."""
    if id(value) in seen:
        return "itself"
    seen = (*seen, id(value))
    match value:
        case Tensor():
            return f"{value.dtype}{value.requires_grad}{value.grad is None}{value.tolist()}"
        case dict() | Mapping():
            value = [item for item in value.items() if not str(item[0]).startswith("__")]
        case FunctionType():
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            value = [id(value.__code__), cells, value.__defaults__, value.__kwdefaults__]
        case MethodType():
            value = [value.__func__, value.__self__]
        case type() | ModuleType():
            return str(id(value))
        case _ if hasattr(value, "func") and hasattr(value, "keywords"):  # functools.partial
            value = [value.func, value.args, value.keywords]
        case _ if hasattr(value, "__dict__"):
            value = [id(type(value)), vars(value)]
    if isinstance(value, list | tuple):
        return f"[{','.join(contents(one, seen) for one in value)}]"
    return str(id(value)) if type(value) is object else repr(value)
