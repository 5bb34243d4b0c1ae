"""What an attempt at ``sample_actions`` returns, and a policy to call it with."""

from typing import Any

import torch
from torch import Tensor, nn

from ...checker.facts import Facts, type_of


def table(logits: Tensor, rows: int = 1) -> tuple[nn.Module, Tensor]:
    """Make a policy that gives these logits for states that are the rows of a unit matrix."""
    count = len(logits)
    policy = nn.Linear(count, logits.shape[1], bias=False).to(logits.dtype)
    policy.weight.data.copy_(logits.T)
    return policy, torch.eye(count, dtype=logits.dtype).repeat(rows, 1)


def parts(result: Any, rows: int, actions: int) -> Facts:
    """Note whether the result is a tuple of two tensors of the right shapes, or what it is."""
    if not isinstance(result, tuple):
        return {"the result is": type_of(result)}
    facts: Facts = {"the result is": f"a tuple of {len(result)}"}
    if len(result) != 2:
        return facts
    drawn, scores = result
    facts |= {"the actions are": type_of(drawn), "the log_probs are": type_of(scores)}
    if isinstance(drawn, Tensor) and drawn.shape == (rows, actions):
        one_hot = bool(((drawn == 0) | (drawn == 1)).all() and (drawn.sum(dim=-1) == 1).all())
        facts["each row of the actions is"] = "a 1 among zeros" if one_hot else "something else"
    return facts


def fitting(result: Any, rows: int, dtype: torch.dtype) -> bool:
    """Tell whether actions and log_probs have the right types and shapes to look at further."""
    if not isinstance(result, tuple) or len(result) != 2:
        return False
    return all(
        isinstance(part, Tensor) and part.dtype == expected and part.shape == (rows,)
        for part, expected in zip(result, (torch.int64, dtype), strict=True)
    )


def strangers(actions: Tensor, count: int) -> list[int]:
    """List the actions that are none of 0 .. count - 1."""
    return sorted(set(actions.unique().tolist()) - set(range(count)))
