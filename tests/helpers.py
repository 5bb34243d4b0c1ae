"""What several tests use."""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn


@contextmanager
def untouched(*tensors: Tensor) -> Iterator[None]:
    """Fail if the block writes to one of the tensors, or to its ``.grad`` or ``requires_grad``."""
    before = [
        (tensor.detach().clone(), tensor._version, tensor.requires_grad) for tensor in tensors
    ]
    yield
    for tensor, (values, version, requires_grad) in zip(tensors, before, strict=True):
        assert torch.equal(tensor, values)
        assert tensor._version == version
        assert tensor.requires_grad == requires_grad
        assert not tensor.is_leaf or tensor.grad is None


class Fixed(nn.Module):
    """A network that answers every state with the same row, and counts how often it is asked."""

    def __init__(self, row: list[float] | Tensor) -> None:
        super().__init__()
        self.row = nn.Parameter(torch.as_tensor(row))  # (A,)
        self.calls = 0

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, d) to the row, B times: (B, A)."""
        self.calls += 1
        return self.row.expand(len(states), -1)


def assert_drawn_by_torch(draw: Callable[[], list[int]]) -> None:
    """Fail unless torch's global generator, and no other, decides what is drawn."""
    elsewhere = random.getstate()
    torch.manual_seed(1)
    first, second = draw(), draw()
    torch.manual_seed(1)
    assert draw() == first != second
    assert random.getstate() == elsewhere


def recorded(monkeypatch: pytest.MonkeyPatch, script: object, name: str) -> list:
    """Give a list to which all objects are added that a class of a script makes from now on."""
    made: list = []

    class Spy(getattr(script, name)):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(script, name, Spy)
    return made


def assert_pendulum(buffer, reward_scale: float = 1.0) -> None:
    """Fail unless the transitions follow the equations of Pendulum, and none has terminated."""
    rows = slice(len(buffer))
    cos, sin, speed = buffer.states[rows].T
    angle, torque = torch.atan2(sin, cos), 2 * buffer.actions[rows, 0]
    rewards = -reward_scale * (angle**2 + 0.1 * speed**2 + 0.001 * torque**2)
    torch.testing.assert_close(buffer.rewards[rows], rewards, atol=1e-4, rtol=1e-4)
    cos, sin, next_speed = buffer.next_states[rows].T
    turned = torch.remainder(torch.atan2(sin, cos) - angle + math.pi, 2 * math.pi) - math.pi
    torch.testing.assert_close(turned, 0.05 * next_speed, atol=1e-4, rtol=0)  # no jump to a reset
    assert not buffer.terminated.any()  # a time limit is no termination


def ends(process: int, seconds: float = 20) -> bool:
    """Wait until a process has ended, whether or not its parent has asked for its status."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ") Z" in Path(f"/proc/{process}/stat").read_text("utf-8"):
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False
