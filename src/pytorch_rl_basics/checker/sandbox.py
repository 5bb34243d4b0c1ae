"""Run a learner's code so that nothing outside it is changed, whatever it does."""

from __future__ import annotations

import contextlib
import io
import math
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from operator import is_
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from .facts import shorten
from .settings import Names

SEED = 20_260
CPU = torch.device("cpu")
DEVICES = tuple(d for d in (torch.cuda, torch.xpu, torch.mtia) if hasattr(d, "manual_seed_all"))
# What a learner may overwrite by accident, and every later check would call.
Owner = type | ModuleType
PATCHABLE: tuple[Owner, ...] = (
    *(random, torch, torch.autograd, torch.optim, F, nn),
    *(math, nn.init, nn.utils, torch.distributions, torch.no_grad),
    *(torch.Tensor, nn.Linear, nn.Module, nn.MSELoss, nn.ReLU, nn.Sequential, nn.Tanh),
    *(torch.optim.Adam, torch.optim.AdamW, torch.optim.Optimizer, torch.optim.RMSprop),
    *(torch.optim.SGD, torch.distributions.Categorical, torch.distributions.Normal),
)
SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], object]], ...] = (
    (sys.gettrace, sys.settrace),  # first: what the attempt has set would see the others
    (sys.getprofile, sys.setprofile),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (torch.get_default_dtype, torch.set_default_dtype),
    (torch.is_grad_enabled, torch.set_grad_enabled),
    (torch.get_num_threads, torch.set_num_threads),
    (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
)


class Beginning(io.TextIOBase):
    """A stream that keeps its first lines, however much is printed."""

    LINES, COLUMNS, SIZE = 5, 60, 2_000

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def write(self, text: str) -> int:
        """Keep a text as far as there is room."""
        self.text += text[: max(0, self.SIZE - len(self.text))]
        return len(text)

    @property
    def lines(self) -> list[str]:
        """The first lines, shortened, without control characters."""
        lines = self.text.rstrip().splitlines()
        shown = [shorten(line, self.COLUMNS) for line in lines[: self.LINES]]
        return shown + ["…"] * (len(lines) > self.LINES)


class sandbox:  # noqa: N801 (it is called like a function)
    """Seed every generator, keep what is printed, and put everything back afterwards."""

    def __enter__(self) -> Beginning:
        self._names, self._others = Names(), _keep_the_others()
        self._names.__enter__()
        return self._others.__enter__()

    def __exit__(self, *error: Any) -> bool | None:
        self._names.__exit__()
        return self._others.__exit__(*error)


@contextlib.contextmanager
def _keep_the_others() -> Iterator[Beginning]:
    printed = Beginning()
    with contextlib.ExitStack() as stack:
        stack.callback(_restore_state, _state())
        stack.callback(_restore_attributes, [(owner, dict(vars(owner))) for owner in PATCHABLE])
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(Beginning()))
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.autocast("cpu", enabled=False))
        _use_the_cpu(stack)
        _leave_unused_devices_alone(stack)
        warnings.simplefilter("ignore")
        seed_everything(SEED)
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        yield printed


@contextlib.contextmanager
def rehearsal() -> Iterator[Beginning]:
    """Seed every generator and keep what is printed, for the checker's own code in a check.

    Such code changes nothing else but the grad mode. The sandbox around the check does the rest.
    """
    printed = Beginning()
    with contextlib.redirect_stdout(printed), torch.enable_grad():
        seed_everything(SEED)
        yield printed


def seed_everything(seed: int) -> None:
    """Seed the global generators of torch and Python, and NumPy's if it is there."""
    torch.manual_seed(seed)
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)


def _leave_unused_devices_alone(stack: contextlib.ExitStack) -> None:
    """Keep torch.manual_seed from noting its seed for a GPU that is used later.

    The note would replace the learner's, and writing it formats a full stack trace.
    """
    for device in DEVICES:
        if not device.is_initialized():
            stack.callback(setattr, device, "manual_seed_all", device.manual_seed_all)
            setattr(device, "manual_seed_all", lambda seed: None)  # noqa: B010 (for mypy)


def _use_the_cpu(stack: contextlib.ExitStack) -> None:
    """Make new tensors on the CPU, whatever the default device is."""
    if torch.get_default_device() != CPU:
        torch.set_default_device(None)
    if torch.get_default_device() != CPU:  # in a block: with torch.device("cuda")
        stack.enter_context(CPU)


def _state() -> dict[str, Any]:
    """Note every global setting that a check must leave as it was."""
    numpy = sys.modules.get("numpy")
    return {
        "torch": bytes(torch.get_rng_state().tolist()),  # which no attempt can change
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None,
        "random": random.getstate(),
        "numpy": (numpy.random, numpy.random.get_state()) if numpy else None,
        "device": torch.get_default_device(),
        "settings": [read() for read, _ in SETTINGS],
    }


def _restore_state(state: dict[str, Any]) -> None:
    torch.set_rng_state(torch.frombuffer(bytearray(state["torch"]), dtype=torch.uint8))
    if state["cuda"] is not None:
        torch.cuda.set_rng_state_all(state["cuda"])
    random.setstate(state["random"])
    if state["numpy"] is not None:
        generator, before = state["numpy"]
        generator.set_state(before)
    if torch.get_default_device() != state["device"]:
        torch.set_default_device(None if state["device"] == CPU else state["device"])
    for (read, write), before in zip(SETTINGS, state["settings"], strict=True):
        if read() != before:  # to write may be slow: it imports the compiler
            write(before)


def _restore_attributes(before: list[tuple[Owner, dict[str, Any]]]) -> None:
    """Undo assignments such as ``torch.Tensor.backward = mine``."""
    for owner, attributes in before:
        now = vars(owner)
        if len(now) == len(attributes) and all(map(is_, now.values(), attributes.values())):
            continue  # as nearly always
        for name, value in attributes.items():
            if now.get(name) is not value and callable(value):
                setattr(owner, name, value)
        if isinstance(owner, type):  # a class hides what it inherits, such as torch.Tensor.sum
            for name in now.keys() - attributes.keys():
                delattr(owner, name)
