"""What an exercise is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Exercise:
    """One function for the learner to write.

    Attributes:
        function: the library's own version, which has the exercise's name.
        number: the exercise's number in the course; two functions may share one.
        title: its subject, in a few words.
        task: what to write, in one paragraph.
        hints: from the idea to the line of code.
        in_rl: where reinforcement learning uses it.
        page: the page of the site that asks for the function.
        folder: the folder of its texts, known mistakes and check.
    """

    function: Callable[..., Any]
    number: int
    title: str
    task: str
    hints: tuple[str, ...]
    in_rl: str
    page: str
    folder: Path

    @property
    def name(self) -> str:
        """The name of the function, and so of the exercise."""
        return self.function.__name__
