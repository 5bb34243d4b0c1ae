"""What the agents' scripts need besides the library: environments, records, plots and films."""

from .arguments import checked, require_finite
from .environments import Policy, greedy_returns, vector_env
from .films import film
from .plots import plot_runs
from .runs import TrainingRun
from .video import Video

__all__ = [
    "Policy",
    "TrainingRun",
    "Video",
    "checked",
    "film",
    "greedy_returns",
    "plot_runs",
    "require_finite",
    "vector_env",
]
