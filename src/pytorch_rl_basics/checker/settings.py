"""Put back what an attempt may have changed in the whole process, once its check has ended."""

from __future__ import annotations

import builtins
import contextlib
import gc
import locale
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn.modules import module
from torch.optim import optimizer

BUILTINS = vars(builtins)
PACKAGE = __name__.split(".")[0]
ENVIRONMENT, ROOT = os.environ, logging.root
PRINTING = vars(torch._tensor_str.PRINT_OPTS)  # torch has no function that reads them
HOOKS = [  # of all networks and optimizers
    hooks
    for owner in (module, optimizer)
    for name, hooks in vars(owner).items()
    if name.startswith("_global_") and isinstance(hooks, dict)
]


class Names:
    """Put names back that everything else relies on: built-in functions, imported modules."""

    def __enter__(self) -> None:
        self._before = [(names, names.copy()) for names in self._find()]

    def _find(self) -> Iterator[dict[str, Any]]:
        yield BUILTINS
        yield sys.modules

    def __exit__(self, *error: object) -> None:
        for names, before in self._before:  # by no function that may have been overwritten
            names.update(before)
        for name in BUILTINS.keys() - self._before[0][1].keys():
            del BUILTINS[name]


class Everything(Names):
    """Put back the names, those of this package as well, and all settings."""

    def __enter__(self) -> None:
        super().__enter__()
        self._settings = [(read(), write, read) for read, write in SETTINGS]

    def _find(self) -> Iterator[dict[str, Any]]:
        yield from super()._find()
        for name, one in list(sys.modules.items()):
            if name.startswith(PACKAGE) and "." not in name.partition(f"{PACKAGE}.exercises.")[2]:
                yield vars(one)
                yield from (value for value in vars(one).values() if type(value) is dict)

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        for before, write, read in self._settings:
            with contextlib.suppress(Exception):  # such as a folder that the attempt has deleted
                if read() != before:
                    write(before)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return "."


def _set_path(before: tuple[list[str], list[str]]) -> None:
    sys.path, sys.path[:] = before[0], before[1]


def _refill(dictionary: Any, before: dict[Any, Any]) -> None:
    dictionary.clear()
    dictionary.update(before)


def _handlers() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _set_handlers(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _timer_runs() -> bool:
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0)


def _logging() -> tuple[Any, ...]:
    return ROOT.level, ROOT.manager.disable, ROOT.handlers[:]


def _set_logging(before: tuple[Any, ...]) -> None:
    ROOT.level, ROOT.manager.disable, ROOT.handlers[:] = before


def _numpy() -> tuple[Any, ...] | None:
    numpy = sys.modules.get("numpy")
    return (numpy, numpy.get_printoptions(), numpy.geterr()) if numpy else None


def _set_numpy(before: tuple[Any, ...] | None) -> None:
    if before is not None:
        before[0].set_printoptions(**before[1])
        before[0].seterr(**before[2])


SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], object]], ...] = (
    (threading.gettrace, threading.settrace),
    (threading.getprofile, threading.setprofile),
    (_timer_runs, lambda ran: ran or signal.setitimer(signal.ITIMER_REAL, 0)),
    (_handlers, _set_handlers),
    (sys.getswitchinterval, sys.setswitchinterval),
    (lambda: (sys.path, list(sys.path)), _set_path),
    (lambda: dict(ENVIRONMENT), lambda before: _refill(ENVIRONMENT, before)),
    (_folder, os.chdir),
    (lambda: locale.setlocale(locale.LC_ALL), lambda name: locale.setlocale(locale.LC_ALL, name)),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (_logging, _set_logging),
    (_numpy, _set_numpy),
    (lambda: dict(PRINTING), lambda before: _refill(PRINTING, before)),
    (lambda: list(map(dict, HOOKS)), lambda before: [*map(_refill, HOOKS, before)]),
    (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
)
