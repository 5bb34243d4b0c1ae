"""How ``gae`` is checked."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts, Raised, rounded
from ...checker.observing import Untouched, note_error, outcome, series_facts
from ...checker.probes import Attempt, Probe, written_call

Case = dict[str, Tensor]  # rewards, values, next_values, terminated, done


def truth(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    done: Tensor,
    gamma: float,
    lam: float,
) -> Tensor:
    """Add up, for every step of every environment, its TD errors up to the episode's end."""
    sums = torch.zeros(rewards.shape, dtype=torch.float64)
    for column in torch.arange(rewards[0].numel()).tolist():
        given = (rewards, values, next_values, terminated, done)
        rows = [tensor.reshape(len(rewards), -1)[:, column].tolist() for tensor in given]
        steps = list(zip(*rows, strict=True))
        for start in range(len(steps)):
            weight, total = 1.0, 0.0
            for reward, value, following, stops, ends in steps[start:]:
                total += weight * (reward + (0.0 if stops else gamma * following) - value)
                weight *= gamma * lam
                if ends:
                    break
            sums.reshape(len(rewards), -1)[start, column] = total
    return sums.to(rewards.dtype)


def call(attempt: Attempt, case: Case, gamma: float, lam: float) -> Facts:
    """Note the advantages, and whether the inputs were changed."""
    case = {name: tensor.clone() for name, tensor in case.items()}
    untouched = Untouched(**case)
    result = attempt(*case.values(), gamma, lam)
    return series_facts("the advantages", result) | untouched.facts()


def with_graph(attempt: Attempt) -> Any:
    """Call the attempt with values that have a graph."""
    case = with_graphs()
    case |= {name: case[name] * 1 for name in ("values", "next_values")}
    return attempt(*case.values(), 0.9, 0.8)


def with_graphs() -> Case:
    """Make three steps whose values require gradients."""
    case = steps([".", "T", "."], torch.float32)
    return case | {name: case[name].requires_grad_() for name in ("values", "next_values")}


def call_with_graph(attempt: Attempt) -> Facts:
    """Note the advantages; the graph may be kept or cut, and an error is all right as well."""
    result = outcome(with_graph, attempt)
    shown = with_graph(truth) if isinstance(result, Raised) else result
    return series_facts("the advantages", shown)


def note(attempt: Attempt) -> str:
    """Say so if the attempt cannot take values with a graph."""
    what = "Compute the values under torch.no_grad(): with a graph this"
    return note_error(what, with_graph, attempt)


def call_far_ahead(attempt: Attempt) -> Facts:
    """Note whether the first of many steps sees the last reward, the only one."""
    zeros = torch.zeros(140)
    rewards, ends = zeros.index_fill(0, torch.tensor(139), 1000.0), zeros.bool()
    result = attempt(rewards, zeros, zeros, ends, ends, 0.99, 1.0)
    return {"the first step sees the last reward": bool(result[0] > 0)}


def steps(ends: Sequence[str], dtype: torch.dtype = torch.float32, scale: float = 1.0) -> Case:
    """Make T steps of B environments: T for terminated, t for truncated, a dot for going on.

    A string for each step has a sign for each environment. With one environment, shapes are (T,).
    The next value is that of the row below, but where an episode ended and another one began.
    """
    shape = (len(ends), len(ends[0]))
    draw = torch.Generator().manual_seed(10 * shape[0] + shape[1])
    rewards = (2 * torch.randn(shape, generator=draw)).round(decimals=1)
    values = (3 * torch.randn(shape[0] + 1, shape[1], generator=draw)).round(decimals=1)
    last_values = (3 * torch.randn(shape, generator=draw).abs() + 1).round(decimals=1)
    done = torch.tensor([[sign in "Tt" for sign in row] for row in ends])
    return {
        "rewards": scale * rewards.to(dtype),
        "values": scale * values[:-1].to(dtype),
        "next_values": scale * torch.where(done, last_values, values[1:]).to(dtype),
        "terminated": torch.tensor([[sign == "T" for sign in row] for row in ends]),
        "done": done,
    }


def probe(
    ends: Sequence[str],
    gamma: float = 0.9,
    lam: float = 0.8,
    *,
    environments: bool = False,
    dtype: torch.dtype = torch.float32,
    scale: float = 1.0,
) -> Probe:
    """Make the probe with these ends; with ``environments``, shapes are (T, B), else (T,)."""
    case = steps(ends, dtype, scale)
    if not environments:
        case = {name: tensor.squeeze(-1) for name, tensor in case.items()}
    given = {name: rounded(tensor) for name, tensor in case.items()}
    words = written_call("gae", dtype, **given, gamma=gamma, lam=lam)
    example = Example.of("gae", {**case, "gamma": gamma, "lam": lam})
    return Probe(words, lambda attempt: call(attempt, case, gamma, lam), example=example)


PROBES = (
    probe("...."),
    probe("..T.."),
    probe(".t..."),
    probe(".T.t.t"),
    probe(["..", "T.", ".t", ".."], environments=True),
    probe(["..T", "t..", "..."], environments=True),
    probe([".", "T", "."], environments=True),
    probe("."),
    probe("t"),
    probe(["T."], environments=True),
    probe("..T.", lam=0.0),
    probe(".t..", lam=1.0),
    probe("..T.", gamma=0.0),
    probe(".t.T.", gamma=1.0, lam=1.0),
    probe(["..", "tT", ".."], environments=True, dtype=torch.float64),
    Probe(
        "gae(140 steps, reward 1000 after the last, gamma = 0.99, lam = 1.0)",
        call_far_ahead,
        example=Example(
            "gae",
            "rewards = torch.tensor([0.0] * 139 + [1000.0])\nvalues = torch.zeros(140)\n"
            "done = torch.zeros(140, dtype=torch.bool)",
            "gae(rewards, values, values, done, done, 0.99, 1.0)",
        ),
    ),
    probe("." * 85, gamma=0.01, lam=0.01),
    Probe(
        "gae(tensors of shape (3, 1), with values and next_values that require grad, "
        "gamma = 0.9, lam = 0.8)",
        call_with_graph,
        example=Example.of("gae", {**with_graphs(), "gamma": 0.9, "lam": 0.8}, open=True),
    ),
    probe(".T.t", scale=1e6),
    probe(["...", "T.t", ".T."] * 13, gamma=0.99, lam=0.95, environments=True),
    probe("..tT" * 9 + ".", gamma=0.999, lam=0.99, dtype=torch.float64),
)
