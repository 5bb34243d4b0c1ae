"""Ten agents trained in one computation, against one at a time: what they cost, what they learn."""

import gc
from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from pytorch_rl_basics import PolicyNetwork, ValueNetwork, sample_actions, train_step
from pytorch_rl_basics.agents import TrainingRun, greedy_returns

from .clock import Clock, per_call
from .contestants import CARTPOLE
from .scripts import definitions

AGENT_SCRIPT, PAGE = "improved/policy_gradients_improved.py", "practice/many_seeds.py"
TRAINED = ("reinforce", "a2c", "ppo")
TOGETHER, GROUPS = 10, 3
Changed = Callable[[NDArray[Any], float, np.random.Generator], NDArray[Any]]


def many(algorithms: Sequence[str], seeds: Sequence[int]) -> dict[str, dict[str, list[float]]]:
    """Train thirty seeds separately, and in groups of ten by ``vmap`` and by ``bmm``, by turns.

    Returns:
        For each algorithm the CPU seconds of each computation ("one", "vmap", "bmm"). For the
        separate agents and those of ``bmm``: the mean returns of 100 greedy episodes at the end,
        and the environment steps until strict solved, the budget where it never was. Of both, the
        p-value and what the test would detect. For A2C also CPU seconds of single calls.
    """
    agent, page = definitions(AGENT_SCRIPT), definitions(PAGE)
    found: dict[str, dict[str, list[float]]] = {}
    for algorithm in [name for name in algorithms if name in TRAINED]:
        settings = getattr(agent, algorithm.upper())
        fixed = {"anneal": True, "scale_observations": True, "entropy_weight": 0, "max_norm": None}
        assert fixed.items() <= vars(settings).items(), "train_many has no such settings"
        starts = range(seeds[0], seeds[0] + GROUPS * TOGETHER, TOGETHER)
        found[algorithm] = trainings(agent, page, settings, starts)
    if "a2c" in found:
        found["a2c"] |= calls(page)
    return found


def trainings(
    agent: ModuleType, page: ModuleType, settings: Any, starts: Sequence[int]
) -> dict[str, list[float]]:
    """Train one group of ten seeds after the other, each in three ways."""
    found: dict[str, list[float]] = {"one": [], "vmap": [], "bmm": []}
    runs: dict[str, list[TrainingRun]] = {"separate": [], "together": []}

    def clocked(name: str, train: Callable[..., Any], *arguments: Any) -> Any:
        gc.collect()
        clock = Clock()
        trained = train(*arguments)
        found[name].append(clock.read())
        return trained

    for first in tqdm(starts, "ten at once"):
        group = range(first, first + TOGETHER)
        runs["separate"] += [clocked("one", agent.train, seed, settings) for seed in group]
        clocked("vmap", page.train_many, group, settings)
        runs["together"] += clocked("bmm", page.train_many, group, settings, page.Batched)
    for name, some in runs.items():
        found[f"{name}, final return"] = [
            float(greedy_returns(run.policy, "CartPole-v1", 100, 10_000_000 + number).mean())
            for number, run in enumerate(some)
        ]
        found[f"{name}, steps"] = [strict_solved(run, settings.max_steps) for run in some]
    for what, changed in (("final return", failing), ("steps", slower)):
        separate, together = (np.array(found[f"{name}, {what}"]) for name in runs)
        found[f"p, {what}"] = [rank_test(separate, together)]
        found[f"detectable, {what}"] = [detectable(separate, changed)]
    return found


def strict_solved(run: TrainingRun, max_steps: int) -> float:
    """Give the environment steps at which the last 100 returns first had a mean of 475."""
    for last in range(100, len(run.episode_returns) + 1):
        if fmean(run.episode_returns[last - 100 : last]) >= CARTPOLE.mark:
            return float(run.episode_ends[last - 1])
    return float(max_steps)


# -- Same results? -----------------------------------------------------------------------------


def rank_test(first: NDArray[Any], second: NDArray[Any], shuffles: int = 10_000) -> float:
    """Give the two-sided p-value of the Wilcoxon-Mann-Whitney test, by shuffling; ties share ranks.

    Source: Lehmann, Nonparametrics (1975), chapter 1.
    """
    numbers = np.concatenate([first, second])
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[place]
    ranks -= ranks.mean()
    shuffled = np.random.default_rng(0).permuted(np.tile(ranks, (shuffles, 1)), axis=1)
    sums = np.abs(shuffled[:, : len(first)].sum(axis=1))
    extreme = sums >= abs(ranks[: len(first)].sum()) - 1e-9
    return float((1 + extreme.sum()) / (1 + shuffles))


def failing(numbers: NDArray[Any], share: float, rng: np.random.Generator) -> NDArray[Any]:
    """Let a share of the agents learn nothing."""
    return np.where(rng.random(len(numbers)) < share, 0.0, numbers)


def slower(numbers: NDArray[Any], share: float, _: np.random.Generator) -> NDArray[Any]:
    """Let all agents need more steps, by a share."""
    return numbers * (1 + share)


def detectable(numbers: NDArray[Any], changed: Changed, trials: int = 200) -> float:
    """Give the smallest change, in steps of 0.02, that the test detects with probability 0.9.

    Both groups are drawn from ``numbers``, and one of them is changed. The level is 0.05.
    """
    rng = np.random.default_rng(0)
    for share in np.arange(0.02, 1, 0.02):
        pairs = rng.choice(numbers, (trials, 2, len(numbers)))
        found = [rank_test(a, changed(b, share, rng), 500) <= 0.05 for a, b in pairs]
        if fmean(found) >= 0.9:
            return round(float(share), 2)
    return 1.0


# -- Single calls ------------------------------------------------------------------------------


def calls(page: ModuleType) -> dict[str, list[float]]:
    """Measure CPU seconds of acting and of an update: of one agent, of ten by vmap and by bmm."""
    torch.manual_seed(0)
    states, ones = torch.randn(TOGETHER, 1_024, 4), torch.ones(TOGETHER, 1_024)
    actor, critic = PolicyNetwork(hidden=(64, 64)), ValueNetwork()
    adam = torch.optim.Adam(critic.parameters(), fused=True)
    choose: Callable[..., Any] = torch.no_grad()(sample_actions)
    errors = torch.vmap(page.critic_loss)
    found = {
        "act": [per_call(lambda: choose(actor, states[0, :32]))],
        "update": [per_call(lambda: train_step(critic, adam, states[0], ones[0]))],
    }
    for make in (page.Stack, page.Batched):
        actors = make([PolicyNetwork(hidden=(64, 64)) for _ in range(TOGETHER)])
        critics = make([ValueNetwork() for _ in range(TOGETHER)])
        adam = torch.optim.Adam(critics.parameters.values(), fused=True)

        def policy(rows: Tensor, actors: Any = actors) -> Any:
            return actors(rows.unflatten(0, (TOGETHER, -1))).flatten(0, 1)

        def update(critics: Any = critics, adam: Any = adam) -> None:
            page.take_step(adam, errors(critics(states), ones, ones), ones[:, 0])

        rows = states[:, :32].flatten(0, 1)
        found["act"].append(per_call(partial(choose, policy, rows)))
        found["update"].append(per_call(update))
    return found
