"""The exercises: what is asked, the hints, and the reference solution."""

from .catalogue import EXERCISES
from .exercise import Exercise
from .registry import find_exercises, get_exercise, hint, solution

__all__ = ["EXERCISES", "Exercise", "find_exercises", "get_exercise", "hint", "solution"]
