"""What a detail of an agent is worth: train without it."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

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
"""Keyword arguments of an agent's ``train``, by the agent and by what is then missing."""


class Start(NamedTuple):
    """A short training, with and without a detail."""

    env_steps: int
    episodes: int
    settings: dict[str, dict[str, Any]]


STARTS = {
    "reinforce": Start(
        30_000,
        32,
        {
            "as it is": {},
            "returns not normalised": ABLATIONS["reinforce"]["returns not normalised"],
            "observations not scaled": UNSCALED,
        },
    ),
    "a2c": Start(20_000, 30, {f"λ = {lam}": {"lam": lam} for lam in (0.95, 0.0, 1.0)}),
    "ppo": Start(15_000, 30, {"clip": {}, "no clip": ABLATIONS["ppo"]["no clip"]}),
    "dqn": Start(8_000, 10, {f"τ = {tau}": {"n_steps": 1, "tau": tau} for tau in (0.1, 0.0)}),
}
"""Environment steps, episodes at the end, and arguments of ``train``, by the agent."""


def begin(algorithms: Sequence[str], seeds: Sequence[int]) -> dict[str, dict[str, list[float]]]:
    """Note the mean return of the last episodes of short trainings, one per seed."""
    found: dict[str, dict[str, list[float]]] = {}
    for algorithm in [name for name in algorithms if name in STARTS]:
        train, (env_steps, episodes, settings) = agents.script(algorithm).train, STARTS[algorithm]
        found[algorithm] = {}
        for name, changes in tqdm(settings.items(), f"starts of {algorithm}"):
            runs = [train(seed, max_steps=env_steps, **changes) for seed in seeds]
            means = [fmean(run.episode_returns[-episodes:]) for run in runs]
            found[algorithm][name] = means
    return found


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
