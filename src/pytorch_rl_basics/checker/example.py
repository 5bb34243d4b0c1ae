"""A probe's call as code: it builds the inputs, makes the call, and says what to look at."""

from __future__ import annotations

import functools
import keyword
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from .facts import Raised
from .sandbox import sandbox

Changes = Mapping[str, Callable[[Any], Any]]  # how to make another value of an input
NOTHING: Changes = {}
SNIPPET = """\
{imports}
import torch
from torch import nn

import pytorch_rl_basics as rl


def show({name}):
{body}


print("what is right")
show(rl.{name})
print("what your function gives")
show({own})
"""


class Outcome(NamedTuple):
    """What a call left behind."""

    values: dict[str, Any]  # what is looked at, by its name; an exception is a value as well
    inputs: dict[str, Any]  # as they are afterwards


@dataclass(frozen=True)
class Example:
    """The code of a call.

    Attributes:
        name: the function's.
        setup: builds the inputs, a name for each.
        call: the call itself.
        results: expressions to look at after the call, by what they are; ``result`` is the call's.
        open: whether two right functions may give different results, as one that draws does.
    """

    name: str
    setup: str
    call: str
    results: Mapping[str, str] = field(default_factory=lambda: {"the result": "result"})
    open: bool = False

    @classmethod
    def of(
        cls,
        name: str,
        given: Mapping[str, Any],
        results: Mapping[str, str] | None = None,
        **more: bool,
    ) -> Example:
        """Write the example that gives these values, in their order.

        >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64)
        >>> print(Example.of("halve", {"x": x, "times": 3}).setup)
        x = torch.tensor([0.5, 2.0], dtype=torch.float64)
        times = 3
        """
        setup = "\n".join(f"{key} = {in_python(value)}" for key, value in given.items())
        call = f"{name}({', '.join(given)})"
        return cls(name, setup, call, results or {"the result": "result"}, **more)

    def inputs(self) -> dict[str, Any]:
        """Build the inputs, new ones each time."""
        scope = LIBRARIES | {"__name__": "example"}
        exec(_compiled(self.setup, "exec"), scope)
        return {name: value for name, value in scope.items() if name not in LIBRARIES | BUILTIN}

    def given(self, *names: str) -> list[Any]:
        """Build the inputs, and give those with these names."""
        inputs = self.inputs()
        return [inputs[name] for name in names]

    def run(self, function: Callable[..., Any], changed: Changes = NOTHING) -> Outcome | Raised:
        """Make the call with a function, perhaps with other inputs."""
        inputs = self.inputs()
        for name in changed.keys() & inputs:
            inputs[name] = changed[name](inputs[name])
        scope = LIBRARIES | inputs | {self.name: function}
        try:
            scope["result"] = eval(_compiled(self.call, "eval"), scope)
            values = {label: _value(code, scope) for label, code in self.results.items()}
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Raised.of(error)
        return Outcome(values, {name: scope[name] for name in inputs})

    def run_safely(
        self, function: Callable[..., Any], changed: Changes = NOTHING
    ) -> Outcome | Raised:
        """Make the call with a function that may change anything."""
        with sandbox():
            return self.run(function, changed)

    def snippet(self, function: Callable[..., Any]) -> str:
        """Write a program that shows what the library's function gives here, and what another."""
        own = getattr(function, "__name__", self.name)
        own = own if own.isidentifier() and not keyword.iskeyword(own) else self.name
        lines = [*self.setup.splitlines(), f"result = {self.call}"]
        lines += [f'print("  {label}:", {code})' for label, code in self.results.items()]
        body = "\n".join(f"    {line}" if line else "" for line in lines)
        used = {"math.": "import math", "Counter(": "from collections import Counter"}
        imports = "".join(f"{line}\n" for word, line in used.items() if word in body)
        return SNIPPET.format(name=self.name, body=body, own=own, imports=imports).lstrip()


BUILTIN = {"__builtins__": None, "__name__": None}
LIBRARIES: dict[str, Any] = {"torch": torch, "nn": nn, "math": math, "Counter": Counter}


@functools.cache
def _compiled(code: str, mode: str) -> Any:
    return compile(code, "<example>", mode)


def _value(expression: str, scope: dict[str, Any]) -> Any:
    try:
        value = eval(_compiled(expression, "eval"), scope)
        return value.detach().clone() if isinstance(value, Tensor) and value.grad_fn else value
    except Exception as error:
        return Raised.of(error)


def in_python(value: Any) -> str:
    """Write a tensor, a number or a list of numbers as code.

    >>> in_python(torch.tensor([[0.1, math.inf]], requires_grad=True))
    'torch.tensor([[0.1, math.inf]], requires_grad=True)'
    """
    if not isinstance(value, Tensor):
        return _numbers(value)
    dtype = f", dtype={value.dtype}" if value.dtype == torch.float64 else ""
    graph = ", requires_grad=True" if value.requires_grad else ""
    return f"torch.tensor({_numbers(value.tolist())}{dtype}{graph})"


def _numbers(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{'-' if value < 0 else ''}math.{'nan' if value != value else 'inf'}"
    if isinstance(value, float):  # float32's 0.1 is 0.10000000149011612
        short = float(f"{value:.7g}")
        return repr(short if abs(short - value) <= 1e-7 * abs(value) else value)
    return repr(value)
