"""The same update on both sides: same network, batch, optimizer and count."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from torch.optim.optimizer import register_optimizer_step_post_hook
from tqdm import tqdm

from . import agents, baselines
from .clock import marginal
from .examination import unseen
from .results import OURS, THEIRS

REPEATS = 5

# -- Trainings with more or fewer updates, all else alike --------------------------------------


def _ours(algorithm: str, **settings: Any) -> None:
    """Train one of our agents."""
    agents.training(algorithm, **settings)(0, unseen)


def _theirs(algorithm: str, net_arch: list[int], **settings: Any) -> None:
    """Train stable-baselines3, with the fused Adam that ours use."""
    policy = {"net_arch": net_arch, "optimizer_kwargs": {"fused": True}}
    env_id = baselines.ZOO[algorithm]["env_id"]
    baselines.train(algorithm, 0, unseen, env_id=env_id, policy_kwargs=policy, **settings)


def _keep(*_: object) -> None:
    """Leave the target network: the two sides move it at other times."""


def _dqn_ours(updates: int) -> None:
    settings = {"double": False, "n_steps": 1, "polyak_update": _keep, "batch_size": 128}
    _ours("dqn", max_steps=4_600, num_envs=16, learning_starts=3_000, updates=updates, **settings)


def _dqn_theirs(updates: int) -> None:
    settings = {"batch_size": 128, "learning_starts": 3_000, "target_update_interval": 10**9}
    repeats = {"train_freq": 1, "gradient_steps": updates}
    _theirs("dqn", [128, 128], n_timesteps=4_600, n_envs=16, **settings, **repeats)


def _ppo_ours(epochs: int) -> None:
    _ours("ppo", max_steps=5_000, num_envs=16, steps=128, minibatch=256, epochs=epochs)


def _ppo_theirs(epochs: int) -> None:
    settings = {"n_steps": 128, "batch_size": 256, "n_epochs": epochs}
    _theirs("ppo", [64, 64], n_timesteps=5_000, n_envs=16, **settings)


def _sac_ours(updates: int) -> None:
    starts = 2_800 - 8 * updates  # from then on one update a step of the eight environments
    _ours("sac", max_steps=2_800, num_envs=8, batch_size=128, learning_starts=starts)


def _sac_theirs(updates: int) -> None:
    starts = 2_800 - 8 * updates
    settings = {"batch_size": 128, "learning_starts": starts, "train_freq": 1, "gradient_steps": 1}
    _theirs("sac", [64, 64], n_timesteps=2_800, n_envs=8, **settings)


# -- Their difference --------------------------------------------------------------------------


class Side(NamedTuple):
    """A training, and the optimizers that take a step in each of its updates."""

    train: Callable[[int], None]
    optimizers: int


class Pair(NamedTuple):
    """Ours and theirs, and how much work the short and the long training are asked for."""

    ours: Side
    theirs: Side
    few: int
    many: int


PAIRS = {
    "dqn": Pair(Side(_dqn_ours, 1), Side(_dqn_theirs, 1), 1, 6),
    # Theirs adds up the losses of actor and critic, and has one optimizer for both.
    "ppo": Pair(Side(_ppo_ours, 2), Side(_ppo_theirs, 1), 2, 12),
    "sac": Pair(Side(_sac_ours, 3), Side(_sac_theirs, 3), 50, 300),
}


def updates_in(side: Side, work: int) -> float:
    """Train, and count the updates by the steps that optimizers take."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    hook = register_optimizer_step_post_hook(count)
    side.train(work)
    hook.remove()
    return steps / side.optimizers


def updates_per_second(algorithms: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Count the updates that a CPU second pays for, ours and theirs by turns.

    The cost of an update is the difference between a training with many and one with few,
    divided by the difference in updates: what else a training does cancels out.
    """
    algorithms = [algorithm for algorithm in algorithms if algorithm in PAIRS]
    found: dict[str, dict[str, list[float]]] = {
        algorithm: {OURS: [], THEIRS: []} for algorithm in algorithms
    }
    for algorithm in algorithms:
        ours, theirs, few, _ = PAIRS[algorithm]
        ours.train(few), theirs.train(few)  # warm up
    plan = [algorithm for _ in range(REPEATS) for algorithm in algorithms]
    for algorithm in tqdm(plan, "like for like", unit="pair"):
        ours, theirs, few, many = PAIRS[algorithm]
        for contestant, side in ((OURS, ours), (THEIRS, theirs)):
            cost = marginal(partial(updates_in, side), few, many)
            found[algorithm][contestant].append(1 / cost)
    return found
