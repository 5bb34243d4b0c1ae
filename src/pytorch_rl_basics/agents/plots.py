"""Draw learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Recorded(Protocol):
    """The data of a curve, such as a ``TrainingRun``."""

    episode_returns: list[float]
    episode_ends: list[int]


def plot_runs(
    runs: Sequence[Recorded],
    ax: Any = None,
    label: str | None = None,
    window: int = 50,
    **style: Any,
) -> Any:
    """Draw the learning curve of one run, or the median of several with the band they span.

    Args:
        runs: at least one ``TrainingRun``, with at least one episode each.
        ax: matplotlib axes to draw on; new ones when None.
        label: their name in the legend.
        window: number of episodes in each mean.
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


def _moving_average(run: Recorded, window: int) -> NDArray[np.float64]:
    """Average each return with up to ``window - 1`` before it, at (episodes,) points."""
    total = np.concatenate([[0.0], np.cumsum(run.episode_returns)])
    last = np.arange(1, len(total))
    first = np.maximum(last - window, 0)
    average: NDArray[np.float64] = (total[last] - total[first]) / (last - first)
    return average
