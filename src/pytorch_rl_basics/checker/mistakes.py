"""Known mistakes: working wrong code, with the misconception behind it and where it was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Attempt = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """One way to get an exercise wrong.

    Attributes:
        function: the wrong code. Its name gives the slug, its docstring the misconception.
        cure: what to try, one step.
        seen: where people make it: an address, or the page of this site that shows it.
        also: other wrong codes that come of the same misconception and behave differently.
        telling: whether its first difference alone, such as a shape, gives it away.
    """

    function: Attempt
    cure: str
    seen: str
    also: tuple[Attempt, ...] = ()
    telling: bool = False

    @property
    def slug(self) -> str:
        """The mistake's name, as ``Report.mistake`` gives it."""
        return self.function.__name__.replace("_", "-")

    @property
    def misconception(self) -> str:
        """What the learner may have thought, in one sentence."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def codes(self) -> tuple[Attempt, ...]:
        """Every wrong code of this mistake."""
        return (self.function, *self.also)


def mistake(
    *, cure: str, seen: str, also: tuple[Attempt, ...] = (), telling: bool = False
) -> Callable[[Attempt], Mistake]:
    """Turn a wrong function into a :class:`Mistake`."""

    def decorate(function: Attempt) -> Mistake:
        return Mistake(function, cure, seen, also, telling)

    return decorate
