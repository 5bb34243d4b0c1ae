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
        number: of the exercise on the site; None for functions that belong to no numbered one.
        title: what it is about, a few words.
        task: what is asked, in one paragraph.
        hints: a ladder, from the idea to the line that does it.
        in_rl: where reinforcement learning uses it.
        page: of the site, where the function is asked for, or used if it has no number.
        folder: where its texts, its known mistakes and its check are.
    """

    function: Callable[..., Any]
    number: int | None
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
