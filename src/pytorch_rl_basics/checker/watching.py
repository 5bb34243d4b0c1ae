"""Watch the calls of PyTorch that an attempt makes while it runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch.overrides import TorchFunctionMode


class Watch(TorchFunctionMode):
    """See every call of PyTorch; a subclass says what it makes of it."""

    def __torch_function__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Make the call, and show it to the subclass."""
        self.before(func, args)
        return self.after(func, args, func(*args, **(kwargs or {})))

    def before(self, function: Any, args: Sequence[Any]) -> None:
        """See a call that may fail."""

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """See what a call gave; what is returned here takes the place of the result."""
        return result
