"""The old name of :mod:`pytorch_rl_basics.agents`: scripts downloaded before 0.2.0 import it."""

from .agents import Policy, TrainingRun, film, greedy_returns, plot_runs, vector_env

__all__ = ["Policy", "TrainingRun", "film", "greedy_returns", "plot_runs", "vector_env"]
