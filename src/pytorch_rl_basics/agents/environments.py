"""Make Gymnasium's environments, and measure a policy's returns in them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Policy = Callable[[Any], NDArray[Any]]
"""Maps raw observations (n, d) to actions (n, …)."""
INSTALL = 'Install it with: pip install "gymnasium[classic-control]"'
ADVICE = {
    "Discrete": "choose from a list, such as CartPole-v1. For continuous ones, take SAC",
    "Box": "are numbers, such as Pendulum-v1. For a list to choose from, take DQN or PPO",
}


def gymnasium() -> Any:
    """Import gymnasium.

    Raises:
        ImportError: gymnasium is not installed; the message gives the command.
    """
    try:
        return import_module("gymnasium")
    except ImportError as error:
        raise ImportError(f"The agents act in the package gymnasium. {INSTALL}") from error


def vector_env(env_id: str, num_envs: int, actions: str | None = None) -> Any:
    """Make environments that run side by side; each resets in the step after an episode's end.

    Args:
        env_id: the environment, as Gymnasium names it.
        num_envs: number of environments.
        actions: the kind of action space that the agent needs: "Discrete" or "Box".

    Raises:
        ImportError: gymnasium is not installed.
        ValueError: the environment's actions are of another kind, or its observations are no
            lists of numbers.
    """
    envs = gymnasium().make_vec(env_id, num_envs=num_envs)
    if actions is not None:
        try:
            _require_spaces(env_id, envs, actions)
        except ValueError:
            envs.close()
            raise
    return envs


def _require_spaces(env_id: str, envs: Any, actions: str) -> None:
    """Refuse environments in which an agent for this kind of actions cannot act."""
    space = envs.single_action_space
    if type(space).__name__ != actions:
        raise ValueError(
            f"The actions of {env_id} are {space}, but this agent needs {actions}: give it an "
            f"environment whose actions {ADVICE[actions]}."
        )
    seen = envs.single_observation_space
    if type(seen).__name__ != "Box" or len(seen.shape) != 1:
        raise ValueError(
            f"The observations of {env_id} are {seen}, but this agent needs a list of numbers: "
            "give it an environment whose observations are a Box of one dimension, such as "
            "CartPole-v1."
        )


def greedy_returns(policy: Policy, env_id: str, episodes: int, seed: int) -> NDArray[np.float64]:
    """Measure a policy's returns in several episodes at once.

    Args:
        policy: maps raw observations (n, d) to actions (n, …), such as a run's ``policy``.
        env_id: the environment, as Gymnasium names it.
        episodes: number of episodes; each has an environment of its own.
        seed: of the environments' starts.

    Returns:
        The returns, not discounted, shape (episodes,).
    """
    envs = vector_env(env_id, episodes)
    observations, _ = envs.reset(seed=seed)
    returns, running = np.zeros(episodes), np.ones(episodes, dtype=bool)
    while running.any():
        observations, rewards, terminated, truncated, _ = envs.step(policy(observations))
        returns += np.where(running, rewards, 0.0)
        running &= ~(terminated | truncated)
    envs.close()
    return returns
