"""How the cost of an environment step changes from 1 to 512 environments side by side."""

import statistics
from collections.abc import Callable

import torch
from tqdm import tqdm

from pytorch_rl_basics import PolicyNetwork, sample_actions
from pytorch_rl_basics.agents import vector_env

from . import agents, baselines
from .clock import marginal, per_call
from .examination import unseen
from .results import OURS, THEIRS

COUNTS = (1, 2, 8, 32, 128, 512)
REPEATS = 3
STEPS = 64


def grow() -> dict[str, list[float]]:
    """Measure stepping, acting and the whole A2C, in microseconds per environment step."""
    found: dict[str, list[float]] = {"environments": [float(count) for count in COUNTS]}
    measures = {"stepping": stepping, "acting": acting, OURS: ours, THEIRS: theirs}
    for measure in measures.values():
        measure(2)  # warm up
    for count in tqdm(COUNTS, "1 to 512", unit="count"):
        for name, measure in measures.items():
            seconds = statistics.median(measure(count) for _ in range(REPEATS))
            found.setdefault(name, []).append(1e6 * seconds)
    return found


def stepping(count: int) -> float:
    """Give the CPU seconds of a CartPole step, when nothing else is done."""
    envs = vector_env("CartPole-v1", count)
    envs.reset(seed=0)
    actions = envs.action_space.sample()
    seconds = per_call(lambda: envs.step(actions))
    envs.close()
    return seconds / count


def acting(count: int) -> float:
    """Give the CPU seconds in which one of ``count`` actions is chosen."""
    policy, states = PolicyNetwork(hidden=(64, 64)), torch.randn(count, 4)

    def act() -> None:
        with torch.no_grad():
            sample_actions(policy, states)

    return per_call(act) / count


def ours(count: int) -> float:
    """Give the CPU seconds of our A2C for an environment step, learning and all."""

    def train(steps: int) -> int:
        settings = {"num_envs": count, "steps": STEPS, "critic_steps": 1, "max_steps": steps}
        return agents.training("a2c", **settings)(0, unseen)[1]

    return _marginal(train, count)


def theirs(count: int) -> float:
    """Give the CPU seconds of stable-baselines3's A2C, with pieces and networks like ours."""

    def train(steps: int) -> int:
        settings = {"n_envs": count, "n_steps": STEPS, "use_rms_prop": False}
        changes = settings | {"gae_lambda": 0.95, "n_timesteps": steps}
        return baselines.training("a2c", **changes)(0, unseen)[1]

    return _marginal(train, count)


def _marginal(train: Callable[[int], int], count: int) -> float:
    """Compare one piece of experience with a few, about 4,000 environment steps more."""
    piece = STEPS * count
    return marginal(train, piece // 2, piece + max(piece, 4_000))
