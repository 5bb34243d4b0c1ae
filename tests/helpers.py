"""What several tests use."""

from collections.abc import Iterator
from contextlib import contextmanager

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
