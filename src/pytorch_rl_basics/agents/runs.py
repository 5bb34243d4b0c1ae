"""Record a training: the returns of its episodes, and the learned policy."""

from __future__ import annotations

import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arguments import require_finite
from .environments import Policy
from .plots import plot_runs

LIBRARY = __name__.partition(".")[0]
_NO_BAR = SimpleNamespace(update=lambda steps: None, close=lambda: None)


class _Enough(Exception):  # noqa: N818
    """Ends a training whose ``watch`` returned True."""


@dataclass(repr=False)
class TrainingRun:
    """The record of one training: the returns of its episodes, and the learned policy.

    Args:
        policy: maps raw observations (n, d) to greedy actions (n, …).
        settings: the arguments of the training.
        episode_returns: the return of each episode, in the order in which they ended.
        episode_ends: the environment steps, over all environments, at the end of each episode.
        env_steps: environment steps so far, over all environments.

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
        """Show the progress of a training loop; Ctrl-C ends the loop and keeps the run so far.

        Args:
            max_steps: environment steps at which the progress bar is full.
            watch: called with this run every ``every`` environment steps; True ends the training.
            every: environment steps between two calls of ``watch``.
        """
        self._returns: NDArray[np.float64] | None = None  # so far, one per environment
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
        """Add one step of all environments, inside ``with run.recording(…)``.

        Args:
            rewards: one per environment, shape (n,).
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
        """Stop a training that diverges.

        Raises:
            FloatingPointError: the loss is infinite or not a number.
        """
        require_finite(loss, self.env_steps)

    def plot(self, ax: Any = None, label: str | None = None) -> Any:
        """Draw the moving average of the returns over environment steps; return the axes."""
        return plot_runs([self], ax, label)


def _is_ours(value: object) -> bool:
    """Whether a setting is a function of this library, which the summary leaves out."""
    return callable(value) and value.__module__.startswith(LIBRARY)


def _progress_bar(max_steps: int) -> Any:
    """Make a bar for a terminal or a notebook; elsewhere, or without tqdm, a silent one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    notebook = hasattr(shell, "kernel")
    if not notebook and not (sys.stderr and sys.stderr.isatty()):
        return _NO_BAR
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no ipywidgets: a bar of characters will do
            bar = import_module("tqdm.auto" if notebook else "tqdm").tqdm
    except ImportError:
        return _NO_BAR
    return bar(total=max_steps, unit=" steps", unit_scale=True, leave=False, disable=False)
