"""The exercises: what is asked, the hints, the reference solution, and how attempts are checked."""

from .catalogue import EXERCISES, check_of
from .exercise import Exercise
from .registry import find_exercises, get_exercise, hint, solution

__all__ = [
    "EXERCISES",
    "Exercise",
    "check_of",
    "find_exercises",
    "get_exercise",
    "hint",
    "solution",
]
