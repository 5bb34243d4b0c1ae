"""Film a policy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .environments import Policy, gymnasium

FPS = 25


def film(policy: Policy, env_id: str, seconds: float, seed: int = 0) -> list[NDArray[np.uint8]]:
    """Film a policy, at 25 frames per second, in one episode after another.

    Args:
        policy: maps raw observations (1, d) to actions (1, …).
        env_id: the environment, as Gymnasium names it.
        seconds: length of the film, at the environment's own speed.
        seed: of the environment's starts.

    Returns:
        RGB frames for :class:`~pytorch_rl_basics.agents.Video`.
    """
    env = gymnasium().make(env_id, render_mode="rgb_array")
    every = max(1, round(env.metadata["render_fps"] / FPS))
    observation, _ = env.reset(seed=seed)
    frames: list[NDArray[np.uint8]] = []
    step = 0
    while len(frames) < round(FPS * seconds):
        if step % every == 0:
            frames.append(env.render())
        step += 1
        action = policy(observation[None])[0]
        observation, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            frames += [env.render()] * 10  # hold the last picture
            observation, _ = env.reset()
    env.close()
    return frames[: round(FPS * seconds)]
