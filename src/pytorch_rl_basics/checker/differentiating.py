"""Watch an attempt at a gradient: where its None came from, and whether autograd did the work."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .comparing import first_label
from .probes import Attempt, Probe, look
from .watching import Watch


class GradReads(Watch):
    """Note what an attempt reads in `.grad` while it runs, and whether it goes backward."""

    def __init__(self) -> None:
        super().__init__()
        self.went_backward = False
        self.last_read: tuple[Tensor, Any] | None = None  # whose .grad, and what was in it

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """Note `backward()`, and what is read in `.grad`."""
        if function is Tensor.backward:
            self.went_backward = True
        if getattr(function, "__self__", None) is Tensor.grad:
            self.last_read = (args[0], result)
        return result

    def describe_none(self) -> str:
        """Say where the attempt found the None that it returns; "None" if no `.grad` was None."""
        if self.last_read is None:
            unread = ", and no .grad was read after backward()" if self.went_backward else ""
            return f"None{unread}"
        tensor, grad = self.last_read
        if grad is not None:
            return "None"
        if not tensor.is_leaf:
            return "None, the .grad of a tensor that is not a leaf"
        if self.went_backward:
            return "None, the .grad of a leaf that backward() has not reached"
        return "None, the .grad of a tensor for which backward() was not called"


class _Constants(Watch):
    """Replace every float tensor by its bare numbers, so that nothing can be differentiated."""

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """Keep of a result only its numbers."""
        if isinstance(result, Tensor) and result.is_floating_point():
            return torch.tensor(result.tolist(), dtype=result.dtype)
        return result


def note_without_autograd(probe: Probe, truth: Attempt, attempt: Attempt) -> str:
    """Write a note on an attempt that is right even where nothing can be differentiated."""

    def undifferentiated(*args: Any) -> Any:
        bare = [arg.detach() if isinstance(arg, Tensor) else arg for arg in args]
        with _Constants():
            return attempt(*bare)

    if first_label(look(probe, undifferentiated), look(probe, truth)) is not None:
        return ""
    return "(Autograd was not tested: the derivative was computed without it.)"
