"""The old name of :mod:`pytorch_rl_basics.agents`: scripts downloaded before 0.2.0 import it."""

from .agents import Video

__all__ = ["Video"]
