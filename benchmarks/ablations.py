"""What a detail of an agent is worth: train without it."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from . import agents
from .contestants import AGENTS
from .examination import examine
from .results import OURS, Trial
from .solving import warm_up


def as_it_is(tensor: Tensor) -> Tensor:
    """Normalise nothing."""
    return tensor


def first_critic(q_values: Tensor) -> Tensor:
    """Ask one critic of two: (B, 2) to (B, 1)."""
    return q_values[:, :1]


UNSCALED = {"scale": torch.tensor(1.0)}

ABLATIONS: dict[str, dict[str, dict[str, Any]]] = {
    "dqn": {
        "one-step targets": {"n_steps": 1},
        "no double Q": {"double": False},
        "no optimism": {"optimism": 0.0},
        "nothing forgotten": {"capacity": 100_000},
        "learning rate kept": {"anneal": False},
        "observations not scaled": UNSCALED,
    },
    "reinforce": {
        "returns not normalised": {"normalise": as_it_is},
        "learning rate kept": {"anneal": False},
        "observations not scaled": UNSCALED,
    },
    "a2c": {
        "λ = 0": {"lam": 0.0},
        "λ = 1": {"lam": 1.0},
        "one step of the critic": {"critic_steps": 1},
        "learning rate kept": {"anneal": False},
        "rewards not scaled": {"reward_scale": 1.0},
        "observations not scaled": UNSCALED,
    },
    "ppo": {
        "no clip": {"clip": 1e6},
        "one epoch": {"epochs": 1},
        "λ = 0": {"lam": 0.0},
        "learning rate kept": {"anneal": False},
        "advantages not normalised": {"normalise": as_it_is},
        "rewards not scaled": {"reward_scale": 1.0},
        "observations not scaled": UNSCALED,
    },
    "sac": {
        "rewards not scaled": {"reward_scale": 1.0},
        "temperature fixed at 0.2": {"alpha": 0.2},
        "one critic of the two": {"pessimism": first_critic},
        "learning rate kept": {"anneal": False},
        "observations not scaled": UNSCALED,
    },
}
"""Keyword arguments of an agent's ``train``, by the agent and by what is then missing."""


def ablate(algorithms: Sequence[str], seeds: Sequence[int]) -> dict[str, list[Trial]]:
    """Train each agent as it is, and without one of its details after the other."""
    trials: dict[str, list[Trial]] = {algorithm: [] for algorithm in algorithms}
    for algorithm in algorithms:
        warm_up(OURS, algorithm)
    whole: dict[str, dict[str, Any]] = {OURS: {}}
    plan = [
        (seed, algorithm, name, settings)
        for seed in seeds
        for algorithm in algorithms
        for name, settings in (whole | ABLATIONS[algorithm]).items()
    ]
    for seed, algorithm, name, settings in (bar := tqdm(plan, "ablations", unit="training")):
        bar.set_postfix_str(f"{algorithm}, {name}, seed {seed}")
        train = agents.training(algorithm, **settings)
        task = AGENTS[algorithm].task
        trials[algorithm].append(examine(name, algorithm, train, task, seed))
    return trials
