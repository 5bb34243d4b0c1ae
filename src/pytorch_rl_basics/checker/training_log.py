"""A network that notes its calls, and what the log of a training says about it."""

from typing import Any

from torch import Tensor, nn

from .facts import Facts, type_of

UPDATED = "updated by the optimizer"


class Log(list[str]):
    """What happened, in order; copies of a watched network write to a log of their own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Log":
        return Log()


class LoggedLinear(nn.Linear):
    """A linear network that notes every call, also one by ``forward``."""

    def __init__(self, inputs: int, outputs: int, **kwargs: Any) -> None:
        super().__init__(inputs, outputs, **kwargs)
        self.log = Log()

    def forward(self, states: Tensor) -> Tensor:
        """Note the call, then map states (B, inputs) to values (B, outputs)."""
        self.log.append("called")
        return super().forward(states)


def list_facts(result: Any) -> Facts:
    """Note whether the result is a list of Python floats, and how long it is."""
    if not isinstance(result, list):
        return {"the result is": type_of(result)}
    kinds = sorted({"a float" if isinstance(x, float) else type_of(x) for x in result})
    return {
        "the result is": "a list",
        "the number of losses": str(len(result)),
        "its entries are": " and ".join(kinds) or "missing",
    }


def is_numbers(result: Any) -> bool:
    """Tell whether a result can be read as a list of losses."""
    return isinstance(result, list) and all(
        isinstance(entry, int | float) or (isinstance(entry, Tensor) and entry.numel() == 1)
        for entry in result
    )


def count_updates(log: Log, expected: int) -> str:
    """Say how many steps were made with a gradient, and if not as expected, how many without."""
    made, empty = log.count("step"), log.count("empty step")
    without = (
        f" and {empty} calls of step() without a gradient" if empty and made != expected else ""
    )
    return f"{made}{without}"


def fate(log: Log, changed: bool) -> str:
    """Say what became of a network, and if it was not updated, why."""
    stepped = "step" in log or "empty step" in log
    if not changed:
        return f"not updated: {_reason(log, stepped)}"
    if stepped:
        return UPDATED
    by = "by another optimizer" if "other step" in log else "without any optimizer"
    return f"updated {by}, not by the one that was passed in"


def _reason(log: Log, stepped: bool) -> str:
    if "called" not in log:
        another = ", while another network was trained" if "other step" in log else ""
        return "it was never called" + (", although step() was" if stepped else another)
    if not stepped:
        return "optimizer.step() was never called"
    if "step" in log:
        return "its parameters were put back after step()"
    if "backward" not in log:
        return "backward() was never called"
    if "gradient" not in log:
        return "backward() ran, but no gradient reached its parameters"
    if log.index("empty step") < log.index("gradient"):
        return "step() came before backward(), when there was no gradient"
    return "its gradients were gone when step() was called"
