"""The exercises: their tasks, hints, reference solutions and checks."""

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
