"""Run a learner's code so that nothing outside it is changed, whatever it does."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

SEED = 20_260
# What a learner may overwrite by accident, and every later check would call.
Owner = type | ModuleType
PATCHABLE: tuple[Owner, ...] = (
    torch,
    torch.autograd,
    torch.optim.Adam,
    torch.optim.Optimizer,
    torch.optim.SGD,
    F,
    nn.Linear,
    nn.Module,
    torch.Tensor,
)


@contextlib.contextmanager
def sandbox() -> Iterator[io.StringIO]:
    """Seed every generator, catch what is printed, and put everything back afterwards.

    Yields:
        What the code inside has printed.
    """
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.callback(_restore_state, _state())
        stack.callback(_restore_attributes, [(owner, dict(vars(owner))) for owner in PATCHABLE])
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        warnings.simplefilter("ignore")
        torch.manual_seed(SEED)
        random.seed(SEED)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(SEED)
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        yield printed


def _state() -> dict[str, Any]:
    """Note every global setting that a check must leave as it was."""
    numpy = sys.modules.get("numpy")
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None,
        "random": random.getstate(),
        "numpy": numpy.random.get_state() if numpy else None,
        "dtype": torch.get_default_dtype(),
        "grad": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "anomaly": torch.is_anomaly_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
    }


def _restore_state(state: dict[str, Any]) -> None:
    torch.set_rng_state(state["torch"])
    if state["cuda"] is not None:
        torch.cuda.set_rng_state_all(state["cuda"])
    random.setstate(state["random"])
    if state["numpy"] is not None:
        sys.modules["numpy"].random.set_state(state["numpy"])
    torch.set_default_dtype(state["dtype"])
    torch.set_grad_enabled(state["grad"])
    if torch.get_num_threads() != state["threads"]:
        torch.set_num_threads(state["threads"])
    if torch.is_anomaly_enabled() != state["anomaly"]:
        torch.autograd.set_detect_anomaly(state["anomaly"])
    if torch.are_deterministic_algorithms_enabled() != state["deterministic"]:
        torch.use_deterministic_algorithms(state["deterministic"])  # slow: imports the compiler


def _restore_attributes(before: list[tuple[Owner, dict[str, Any]]]) -> None:
    """Undo assignments such as ``torch.Tensor.backward = mine``."""
    for owner, attributes in before:
        for name, value in attributes.items():
            if callable(value) and vars(owner).get(name) is not value:
                setattr(owner, name, value)
