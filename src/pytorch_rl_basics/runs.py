"""What a training gives back, how it is recorded, and what its policy is worth."""

from __future__ import annotations

import math
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Policy = Callable[[Any], NDArray[Any]]
INSTALL = 'Install it with: pip install "gymnasium[classic-control]"'


class _Enough(Exception):  # noqa: N818
    """Ends a training whose watcher has seen enough."""


@dataclass(repr=False)
class TrainingRun:
    """The record of one training: the returns while it learned, and the policy it learned.

    Args:
        policy: maps raw observations (n, d) to greedy actions (n, …).
        settings: what the training was started with.
        episode_returns: the return of each episode, in the order in which they ended.
        episode_ends: the number of environment steps, over all environments, at each of these ends.
        env_steps: environment steps in all.

    >>> run = TrainingRun(policy=lambda states: np.zeros(len(states)), settings={"seed": 0})
    >>> with run.recording(max_steps=4):
    ...     for done in (False, True):  # two environments, two steps
    ...         run.record(np.ones(2), np.array([False, done]), np.array([True, True]))
    >>> run
    TrainingRun: 1 episode in 4 environment steps, mean return of the last 1: 2.0
      seed=0
    """

    policy: Policy
    settings: dict[str, Any] = field(default_factory=dict)
    episode_returns: list[float] = field(default_factory=list)
    episode_ends: list[int] = field(default_factory=list)
    env_steps: int = 0

    def __repr__(self) -> str:
        last = self.episode_returns[-100:]
        episodes = f"{len(self.episode_returns):,} episode{'s' * (len(self.episode_returns) != 1)}"
        mean = f", mean return of the last {len(last)}: {np.mean(last):.1f}" if last else ""
        settings = ", ".join(
            f"{name}={getattr(value, '__name__', repr(value))}"
            for name, value in self.settings.items()
            if value is not None and not _is_ours(value)
        )
        steps = f"{self.env_steps:,} environment steps"
        settings = textwrap.fill(settings, 76, initial_indent="  ", subsequent_indent="  ")
        return f"TrainingRun: {episodes} in {steps}{mean}\n{settings}"

    @contextmanager
    def recording(
        self,
        max_steps: int,
        watch: Callable[[TrainingRun], bool | None] | None = None,
        every: int = 1000,
    ) -> Iterator[None]:
        """Show the progress of a training loop, and let Ctrl-C end it with the run so far.

        Args:
            max_steps: environment steps at which the progress bar is full.
            watch: called with this run every ``every`` environment steps; True ends the training.
            every: environment steps between two calls of ``watch``.
        """
        self._returns: NDArray[np.float64] | None = None  # so far, one an environment
        self._watch, self._every, self._next = watch, every, every
        self._bar = _progress_bar(max_steps)
        try:
            yield
        except (KeyboardInterrupt, _Enough):
            pass
        finally:
            self._bar.close()

    def record(
        self, rewards: NDArray[Any], done: NDArray[np.bool_], valid: NDArray[np.bool_]
    ) -> None:
        """Count one step of environments side by side, inside ``with run.recording(…)``.

        Args:
            rewards: one an environment, shape (n,).
            done: whether its episode ended with this step, terminated or truncated, shape (n,).
            valid: False where this was no step of an episode (a reset, an environment that
                waits for the others), shape (n,).
        """
        if self._returns is None:
            self._returns = np.zeros(len(rewards))
        self._returns += np.where(valid, rewards, 0.0)
        steps = int(valid.sum())
        self.env_steps += steps
        self._bar.update(steps)
        if done.any():
            ended = np.flatnonzero(done & valid)
            self.episode_returns += self._returns[ended].tolist()
            self.episode_ends += [self.env_steps] * len(ended)
            self._returns[ended] = 0.0
        if self._watch is not None and self.env_steps >= self._next:
            self._next += self._every * ((self.env_steps - self._next) // self._every + 1)
            if self._watch(self):
                raise _Enough

    def require_finite(self, loss: float) -> None:
        """Stop a training that diverges, before its network is lost.

        Raises:
            FloatingPointError: the loss is infinite or not a number.
        """
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"The loss is {loss} after {self.env_steps:,} environment steps: the training "
                "diverges. Lower the learning rate, and look for a division by zero or the "
                "logarithm of zero in the functions that you gave to train."
            )

    def plot(self, ax: Any = None, label: str | None = None) -> Any:
        """Draw the moving average of the returns over the environment steps; give the axes."""
        return plot_runs([self], ax, label)


def plot_runs(
    runs: Sequence[TrainingRun],
    ax: Any = None,
    label: str | None = None,
    window: int = 50,
    **style: Any,
) -> Any:
    """Draw the learning curve of one run, or the median of several with the band they span.

    Args:
        runs: at least one, with at least one episode each.
        ax: matplotlib axes to draw on; new ones when None.
        label: what the legend calls them.
        window: episodes that a point of a curve is the mean of.
        style: passed on to matplotlib's ``plot``.

    Returns:
        The axes.
    """
    if ax is None:
        ax = import_module("matplotlib.pyplot").subplots(layout="constrained")[1]
        ax.set(title="Return while learning", xlabel="environment steps", ylabel="return")
    ends = min(run.episode_ends[-1] for run in runs)
    start = max(run.episode_ends[0] for run in runs)
    steps = np.linspace(min(start, ends), ends, 200)
    curves = np.stack(
        [np.interp(steps, run.episode_ends, _moving_average(run, window)) for run in runs]
    )
    (line,) = ax.plot(steps, np.median(curves, axis=0), label=label, **style)
    if len(runs) > 1:
        ax.fill_between(
            steps, curves.min(axis=0), curves.max(axis=0), color=line.get_color(), alpha=0.2, lw=0
        )
    return ax


def greedy_returns(policy: Policy, env_id: str, episodes: int, seed: int) -> NDArray[np.float64]:
    """Let a policy act greedily for some episodes, all at once, and give their returns.

    Args:
        policy: maps raw observations (n, d) to actions (n, …), such as a run's ``policy``.
        env_id: the environment, as Gymnasium calls it.
        episodes: how many; each has an environment of its own.
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


def film(policy: Policy, env_id: str, seconds: float, seed: int = 0) -> list[NDArray[np.uint8]]:
    """Film a policy, at 25 frames a second, in episodes that follow each other.

    Args:
        policy: maps raw observations (1, d) to actions (1, …).
        env_id: the environment, as Gymnasium calls it.
        seconds: length of the film, at the environment's own speed.
        seed: of the environment's starts.

    Returns:
        RGB frames for :class:`~pytorch_rl_basics.video.Video`.
    """
    env = _gymnasium().make(env_id, render_mode="rgb_array")
    every = max(1, round(env.metadata["render_fps"] / 25))
    observation, _ = env.reset(seed=seed)
    frames: list[NDArray[np.uint8]] = []
    step = 0
    while len(frames) < round(25 * seconds):
        if step % every == 0:
            frames.append(env.render())
        step += 1
        action = policy(observation[None])[0]
        observation, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            frames += [env.render()] * 10  # hold the last picture
            observation, _ = env.reset()
    env.close()
    return frames[: round(25 * seconds)]


def vector_env(env_id: str, num_envs: int, actions: str | None = None) -> Any:
    """Make environments side by side, with the next-step autoreset that Gymnasium defaults to.

    Args:
        env_id: the environment, as Gymnasium calls it.
        num_envs: how many.
        actions: the kind of action space that an agent can act in: "Discrete" or "Box".

    Raises:
        ImportError: gymnasium is not installed.
        ValueError: the environment's actions are of another kind.
    """
    envs = _gymnasium().make_vec(env_id, num_envs=num_envs)
    space = envs.single_action_space
    if actions is not None and type(space).__name__ != actions:
        advice = {
            "Discrete": "choose from a list, such as CartPole-v1. For continuous ones, take SAC",
            "Box": "are numbers, such as Pendulum-v1. For a list to choose from, take DQN or PPO",
        }[actions]
        envs.close()
        raise ValueError(
            f"The actions of {env_id} are {space}, but this agent needs {actions}: give it an "
            f"environment whose actions {advice}."
        )
    return envs


def _gymnasium() -> Any:
    """Import gymnasium, or say where it comes from."""
    try:
        return import_module("gymnasium")
    except ImportError as error:
        raise ImportError(f"The agents act in the package gymnasium. {INSTALL}") from error


def _moving_average(run: TrainingRun, window: int) -> NDArray[np.float64]:
    """Average each return with up to ``window - 1`` before it, at (episodes,) points."""
    total = np.concatenate([[0.0], np.cumsum(run.episode_returns)])
    last = np.arange(1, len(total))
    first = np.maximum(last - window, 0)
    average: NDArray[np.float64] = (total[last] - total[first]) / (last - first)
    return average


def _is_ours(value: object) -> bool:
    """Whether a setting is a function of this library, which a summary need not name."""
    return callable(value) and value.__module__.startswith(__package__)


class _NoBar:
    """Takes the place of a progress bar."""

    def update(self, steps: int) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Show nothing."""


def _progress_bar(max_steps: int) -> Any:
    """Make a bar for a terminal or a notebook; elsewhere, or without tqdm, one that is silent."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    notebook = hasattr(shell, "kernel")
    if not notebook and not (sys.stderr and sys.stderr.isatty()):
        return _NoBar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no ipywidgets: a bar of characters will do
            bar = import_module("tqdm.auto" if notebook else "tqdm").tqdm
    except ImportError:
        return _NoBar()
    return bar(total=max_steps, unit=" steps", unit_scale=True, leave=False, disable=False)
