"""What a detail of an agent is worth: train without it, or with another one."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from torch import Tensor
from tqdm import tqdm

from . import agents, summary
from .contestants import AGENTS
from .examination import examine
from .results import OURS, Trial
from .solving import warm_up


def first_critic(q_values: Tensor) -> Tensor:
    """Ask one critic of two: (B, 2) to (B, 1)."""
    return q_values[:, :1]


BASE = {"n_steps": 1}  # the plain DQN, in many environments
SOFT = {"sync_every": 1, "tau": 0.04}
ALL = {"double": True, "dueling": True, "priority": 0.6, "noisy": 0.02, **SOFT}

ABLATIONS: dict[str, dict[str, dict[str, Any]]] = {
    "dqn": {
        "the base": BASE,
        "base, double": BASE | {"double": True},
        "base, dueling": BASE | {"dueling": True},
        "base, prioritised": BASE | {"priority": 0.6},
        "base, noisy": BASE | {"noisy": 0.02},
        "base, soft copies": BASE | SOFT,
        "all together": ALL,
    },
    "reinforce": {
        "four environments": {"num_envs": 4},
        "returns not normalised": {"normalise": False},
        "learning rate kept": {"anneal": False},
        "observations not scaled": {"scale_observations": False},
    },
    "a2c": {
        "λ = 0": {"lam": 0.0},
        "λ = 1": {"lam": 1.0},
        "one step of the critic": {"critic_steps": 1},
        "rewards not scaled": {"reward_scale": 1.0},
        "learning rate kept": {"anneal": False},
        "observations not scaled": {"scale_observations": False},
        "advantages normalised": {"normalise": True},
        "entropy bonus": {"entropy_weight": 0.01},
        "gradient at most 0.5 long": {"max_norm": 0.5},
    },
    "ppo": {
        "no clip": {"clip": 1e6},
        "one epoch": {"epochs": 1},
        "λ = 0": {"lam": 0.0},
        "rewards not scaled": {"reward_scale": 1.0},
        "learning rate kept": {"anneal": False},
        "observations not scaled": {"scale_observations": False},
        "advantages not normalised": {"normalise": False},
        "entropy bonus": {"entropy_weight": 0.01},
        "gradient at most 0.5 long": {"max_norm": 0.5},
    },
    "ppo_pendulum": {
        "no clip": {"clip": 1e6},
        "one epoch": {"epochs": 1},
        "γ = 0.99": {"gamma": 0.99},
        "learning rate kept": {"anneal": False},
        "rewards not scaled": {"reward_scale": 1.0},
        "observations not scaled": {"scale_observations": False},
    },
    "sac": {
        "rewards not scaled": {"reward_scale": 1.0},
        "temperature fixed at 0.2": {"alpha": 0.2},
        "one critic of the two": {"pessimism": first_critic},
        "learning rate kept": {"anneal": False},
        "observations not scaled": {"scale_observations": False},
    },
}
"""Changes of settings, and other arguments of ``train``, by the agent and by their name."""


def ablate(algorithms: Sequence[str], seeds: Sequence[int]) -> dict[str, list[Trial]]:
    """Train each agent as it is, and with each of its changes."""
    trials: dict[str, list[Trial]] = {algorithm: [] for algorithm in algorithms}
    for algorithm in algorithms:
        warm_up(OURS, algorithm)
    whole: dict[str, dict[str, Any]] = {OURS: {}}
    plan = [
        (seed, algorithm, name, changes)
        for seed in seeds
        for algorithm in algorithms
        for name, changes in (whole | ABLATIONS[algorithm]).items()
    ]
    for seed, algorithm, name, changes in (bar := tqdm(plan, "ablations", unit="training")):
        bar.set_postfix_str(f"{algorithm}, {name}, seed {seed}")
        train = agents.training(algorithm, **changes)
        task = AGENTS[algorithm].task
        trials[algorithm].append(examine(name, algorithm, train, task, seed, looking=False))
    return trials


def intervals(trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Give, for each change, low and high of the final return, then of the return in training."""
    found = {}
    for name in dict.fromkeys(trial.contestant for trial in trials):
        some = [trial for trial in trials if trial.contestant == name]
        found[name] = [*interval(summary.finals(some)), *interval(summary.training_returns(some))]
    return found


def interval(numbers: Sequence[float]) -> tuple[float, float]:
    """Bootstrap a 95 % interval of the mean: resample the seeds, and take percentiles."""
    bootstrap = import_module("scipy.stats").bootstrap
    found = bootstrap((numbers,), np.mean, n_resamples=10_000, method="percentile", rng=0)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
