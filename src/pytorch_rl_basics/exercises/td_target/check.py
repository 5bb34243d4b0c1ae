"""How ``td_target`` is checked."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts, Raised, rounded
from ...checker.observing import Untouched, note_error, outcome, result_facts
from ...checker.probes import Attempt, Probe, written_call
from ...checker.training_events import Kind
from ...checker.watching import Watch


def truth(rewards: Tensor, terminated: Tensor, next_q: Tensor, gamma: float) -> Tensor:
    """Go through the transitions one by one."""
    rows = zip(rewards.tolist(), terminated.tolist(), next_q.tolist(), strict=True)
    targets = [reward if ended else reward + gamma * max(row) for reward, ended, row in rows]
    return torch.tensor(targets, dtype=rewards.dtype)


def call(
    attempt: Attempt, rewards: Tensor, terminated: Tensor, next_q: Tensor, gamma: float
) -> Facts:
    """Note the targets, and whether the inputs were changed."""
    rewards, terminated, next_q = rewards.clone(), terminated.clone(), next_q.clone()
    untouched = Untouched(rewards=rewards, terminated=terminated, next_q=next_q)
    try:
        with Calls() as calls:
            result = attempt(rewards, terminated, next_q, gamma)
    except (AttributeError, RuntimeError, TypeError) as error:
        kind = calls.explain(error, terminated)
        return {"error": Kind(kind, str(Raised.of(error))) if kind else Raised.of(error)}
    return result_facts(result) | untouched.facts()


class Calls(Watch):
    """Remember of the calls to PyTorch what tells apart errors that read alike."""

    def __init__(self) -> None:
        super().__init__()
        self.gave_pair = False
        self.asked: Tensor | None = None  # by `if`, `not` and the like

    def before(self, function: Any, args: Sequence[Any]) -> None:
        """Note the tensor that was asked whether it is true."""
        if function is Tensor.__bool__:
            self.asked = args[0]

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """Note whether a call gave a pair, as `max` does."""
        self.gave_pair |= type(result).__module__ == "torch.return_types"
        return result

    def explain(self, error: Exception, terminated: Tensor) -> str | None:
        """Tell whether an error comes of a pair that `max` gave, or of asking the whole mask."""
        words = ("return_types", "can't multiply sequence", "converted to an index")
        if self.gave_pair and any(word in str(error) for word in words):
            return "a pair is not a tensor"
        masks = [terminated.tolist(), (~terminated).tolist()]
        if "Boolean value" in str(error) and self.asked is not None:
            return "asked for all steps at once" if self.asked.tolist() in masks else None
        return None


def with_graph(attempt: Attempt) -> Any:
    """Call the attempt with a ``next_q`` that has a graph."""
    next_q = torch.tensor([[1.0, 3.0, 2.0], [5.0, 4.0, 6.0]], requires_grad=True) * 1
    result = attempt(torch.tensor([1.0, -2.0]), torch.tensor([False, True]), next_q, 0.9)
    return result if next_q.requires_grad else "the caller's next_q has lost its graph"


def call_with_graph(attempt: Attempt) -> Facts:
    """Note the targets; the graph may be kept or cut, and an error is all right as well."""
    result = outcome(with_graph, attempt)
    return result_facts(with_graph(truth) if isinstance(result, Raised) else result)


def note(attempt: Attempt) -> str:
    """Say so if the attempt cannot take values with a graph."""
    what = "Compute next_q under torch.no_grad(): with a graph this"
    return note_error(what, with_graph, attempt)


def probe(
    shape: tuple[int, int],
    ended: str,
    gamma: float,
    *,
    shift: float = 0.0,
    scale: float = 1.0,
    dtype: torch.dtype = torch.float32,
) -> Probe:
    """Make a probe with random rewards and values; ``ended`` has a 1 for a terminated step."""
    draw = torch.Generator().manual_seed(sum(shape))
    rewards = (2 * torch.randn(shape[0], generator=draw)).to(dtype).round(decimals=1) * scale
    next_q = (3 * torch.randn(shape, generator=draw) + shift).to(dtype).round(decimals=1) * scale
    return probe_with(rewards, ended, next_q, gamma)


def probe_with(rewards: Tensor, ended: str, next_q: Tensor, gamma: float) -> Probe:
    """Make the probe with these rewards and values."""
    terminated = torch.tensor([flag == "1" for flag in ended])
    given = {"rewards": rewards, "terminated": terminated, "next_q": next_q, "gamma": gamma}
    text = written_call(
        "td_target", rewards.dtype, **{name: rounded(one) for name, one in given.items()}
    )
    return Probe(
        text,
        lambda attempt: call(attempt, rewards, terminated, next_q, gamma),
        example=Example.of("td_target", given),
    )


EQUAL = torch.tensor([[1.0, 1.0, 0.0], [2.0, 0.0, 2.0], [0.0, 0.0, 0.0], [1.0, 2.0, 0.0]])
CANCELLING = torch.tensor([[-2e9, -3e9], [1e9, 2e9]], dtype=torch.float64)
PROBES = (
    probe((3, 3), "010", 0.95),
    probe((4, 2), "0010", 0.95),
    probe((4, 1), "0100", 0.95),
    probe((1, 3), "0", 0.95),
    probe((1, 1), "1", 0.95),
    probe((2, 4), "01", 0.5, shift=-20.0),
    probe((3, 2), "111", 0.95),
    probe((3, 2), "000", 0.95),
    probe((3, 2), "010", 0.0),
    probe((3, 2), "010", 1.0),
    probe((3, 2), "001", 0.95, dtype=torch.float64),
    Probe(
        "td_target(rewards of shape (2,), terminated = [False, True], next_q of shape (2, 3) with "
        "a graph, gamma=0.9)",
        call_with_graph,
        example=Example.of(
            "td_target",
            {
                "rewards": torch.tensor([1.0, -2.0]),
                "terminated": torch.tensor([False, True]),
                "next_q": torch.tensor([[1.0, 3.0, 2.0], [5.0, 4.0, 6.0]], requires_grad=True),
                "gamma": 0.9,
            },
            open=True,
        ),
    ),
    probe((4, 3), "0100", 0.95, scale=1e6),
    probe_with(torch.tensor([0.0, 1.0, 0.0, 1.0]), "0001", EQUAL, 0.5),
    probe((37, 5), "00010" * 7 + "11", 0.99),
    probe_with(torch.tensor([1e9 + 1, -1e9 - 2], dtype=torch.float64), "00", CANCELLING, 0.5),
)
