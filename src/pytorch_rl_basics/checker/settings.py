"""Put back what an attempt may have changed in the whole process, once its check has ended."""

import builtins
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn.modules import module
from torch.optim import optimizer

BUILTINS = vars(builtins)
PACKAGE = __name__.split(".")[0]
# Dictionaries: the environment, PyTorch's print options, the hooks of all networks and optimizers.
DICTIONARIES: list[Any] = [os.environ, vars(torch._tensor_str.PRINT_OPTS)]
for owner in (module, optimizer):
    found = (hooks for name, hooks in vars(owner).items() if name.startswith("_global_"))
    DICTIONARIES += [hooks for hooks in found if isinstance(hooks, dict)]


def _set_handlers(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _refill(before: list[dict[Any, Any]]) -> None:
    for dictionary, content in zip(DICTIONARIES, before, strict=True):
        dictionary.clear()
        dictionary.update(content)


# How each is read and written. Where reading raises an exception, there is nothing to put back.
SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], object]], ...] = (
    (lambda: any(signal.getitimer(signal.ITIMER_REAL)), lambda ran: ran or signal.alarm(0)),
    (
        lambda: {number: signal.getsignal(number) for number in signal.valid_signals()},
        _set_handlers,
    ),
    (lambda: sys.path[:], lambda before: setattr(sys, "path", before)),
    (lambda: list(map(dict, DICTIONARIES)), _refill),
    (os.getcwd, os.chdir),
    (
        lambda: sys.modules["numpy"].get_printoptions(),
        lambda before: sys.modules["numpy"].set_printoptions(**before),
    ),
    (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
)


class Everything:
    """Put back the names that everything else relies on, and the settings."""

    settings = SETTINGS

    def __enter__(self) -> None:
        self._names = [(names, names.copy()) for names in self._find()]
        self._settings = []
        for read, write in self.settings:
            with contextlib.suppress(Exception):
                self._settings.append((read(), write, read))

    def _find(self) -> Iterator[dict[str, Any]]:
        yield BUILTINS
        yield sys.modules
        for name, one in list(sys.modules.items()) if self.settings else ():
            if name.startswith(PACKAGE) and "." not in name.partition(f"{PACKAGE}.exercises.")[2]:
                yield vars(one)
                yield from (value for value in vars(one).values() if type(value) is dict)

    def __exit__(self, *error: object) -> None:
        for names, before in self._names:  # by no function that may have been overwritten
            names.update(before)
        for name in BUILTINS.keys() - self._names[0][1].keys():
            del BUILTINS[name]
        for before, write, read in self._settings:
            with contextlib.suppress(Exception):  # such as a folder that the attempt has deleted
                if read() != before:
                    write(before)


class Names(Everything):
    """Put back only built-in functions and imported modules."""

    settings = ()
