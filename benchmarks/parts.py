"""Where a training's time goes.

A timer looks every few CPU milliseconds at which function is running. Nothing is built into the
agents for it, and it costs them next to nothing.
"""

import signal
from collections import Counter
from collections.abc import Sequence
from types import FrameType
from typing import Literal

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook
from tqdm import tqdm

from pytorch_rl_basics.agents import Policy

from . import agents, baselines
from .clock import Clock
from .contestants import AGENTS
from .examination import unseen
from .limits import limits
from .results import OURS, THEIRS
from .solving import warm_up

Part = Literal["environment", "acting", "learning", "bookkeeping"]
PARTS: tuple[Part, ...] = ("environment", "acting", "learning", "bookkeeping")
OPTIMIZER_STEPS = "optimizer steps an environment step"
THEIR_STEPS = {"dqn": 4_096, "a2c": 8_192, "ppo": 4_096, "sac": 1_024}  # a few CPU seconds

# How to tell the parts by the functions that are running: (file, function), the innermost first.
ENVIRONMENT = ("/gymnasium/", "/vec_env/", "/common/monitor.py")
COLLECTING = {"rollouts", "play_episodes", "collect_rollouts"}
LEARNING = {"update", "compute_returns_and_advantage"}
ACTING = {"sample_actions", "epsilon_greedy", "sample_squashed", "_wrapped_call_impl", "_predict"}


def part_of(stack: Sequence[tuple[str, str]], collects: bool) -> Part:
    """Tell which part of a training is running.

    Args:
        stack: file and name of each running function, the innermost first.
        collects: whether this training collects experience in a function of its own; otherwise
            it learns in one of its own.
    """
    names = {name for _, name in stack}
    if any(mark in file for file, _ in stack for mark in ENVIRONMENT):
        return "environment"
    if names & LEARNING or (collects and not names & COLLECTING):
        return "learning"
    return "acting" if names & ACTING else "bookkeeping"


class Sampler:
    """Counts, in CPU time, how often which part was running."""

    def __init__(self, collects: bool) -> None:
        self.collects = collects
        self.counts: Counter[Part] = Counter()
        self.seconds = 0.0

    def __enter__(self) -> "Sampler":
        self._before = signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
        self._clock = Clock()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self._clock.read()
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, self._before)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_name))
            frame = frame.f_back
        self.counts[part_of(stack, self.collects)] += 1

    def share(self, part: Part) -> float:
        """Give the share of the CPU time that a part took."""
        return self.counts[part] / max(1, self.counts.total())


def sampled(contestant: str, algorithm: str, seed: int) -> tuple[dict[str, float], Policy]:
    """Train; give each part's microseconds an environment step, and the policy."""
    steps = 0

    def count(optimizer: torch.optim.Optimizer, *_: object) -> None:
        nonlocal steps  # those of networks: SAC's temperature is a single number
        steps += any(p.numel() > 1 for group in optimizer.param_groups for p in group["params"])

    if contestant == OURS:
        train = agents.training(algorithm)
        collects = not hasattr(agents.script(algorithm), "ReplayBuffer")
    else:
        train = baselines.training(algorithm, n_timesteps=THEIR_STEPS[algorithm])
        collects = True
    hook = register_optimizer_step_post_hook(count)
    with Sampler(collects) as sampler:
        policy, env_steps = train(seed, unseen)
    hook.remove()
    each = 1e6 * sampler.seconds / env_steps
    parts = {f"{contestant}: {part}": each * sampler.share(part) for part in PARTS}
    return parts | {OPTIMIZER_STEPS: steps / env_steps}, policy


def costs(algorithms: Sequence[str], seeds: Sequence[int]) -> dict[str, dict[str, list[float]]]:
    """Sample each agent and its rival on some seeds, and measure the limits by turns with them."""
    found: dict[str, dict[str, list[float]]] = {algorithm: {} for algorithm in algorithms}
    for algorithm in algorithms:
        warm_up(OURS, algorithm)
        warm_up(THEIRS, AGENTS[algorithm].rival)
    plan = [(seed, algorithm) for seed in seeds for algorithm in algorithms]
    for seed, algorithm in tqdm(plan, "parts", unit="pair"):
        ours, policy = sampled(OURS, algorithm, seed)
        theirs, _ = sampled(THEIRS, AGENTS[algorithm].rival, seed)
        bare = limits(algorithm, policy, ours[OPTIMIZER_STEPS])
        for name, number in (theirs | ours | bare).items():
            found[algorithm].setdefault(name, []).append(number)
    return found
