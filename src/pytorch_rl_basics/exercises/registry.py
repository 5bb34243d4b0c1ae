"""Look an exercise up by its function's name; give its next hint, or its solution."""

from .catalogue import EXERCISES
from .exercise import Exercise
from .source import reference_source


class Text(str):
    """A text that a prompt and a notebook show as it is, without quotes and escapes."""

    def __repr__(self) -> str:
        return str(self)


_next_hint: dict[str, int] = {}  # exercise name -> hints given so far in this process


def get_exercise(exercise: str) -> Exercise:
    """Look an exercise up by its function's name.

    Raises:
        KeyError: no exercise has this name; the message lists those there are.

    >>> get_exercise("cubic_gradient").number
    1
    """
    if exercise not in EXERCISES:
        raise KeyError(f"no exercise is named {exercise!r}. There are: {', '.join(EXERCISES)}.")
    return EXERCISES[exercise]


def hint(exercise: str) -> str:
    """Give the next hint for an exercise: first the idea, last the line that does it.

    Args:
        exercise: the function's name. After the last hint the first one comes again.

    Returns:
        The hint; a prompt, a notebook and ``print`` show it alike.

    Raises:
        KeyError: no exercise has this name.

    >>> hint("sum_gradient")
    sum_gradient, hint 1 of 3: How much does the sum grow when one entry of `x` grows by a little?
    """
    asked = get_exercise(exercise)
    hints = asked.hints
    rung = _next_hint.get(exercise, 0)
    _next_hint[exercise] = (rung + 1) % len(hints)
    used = "" if asked.number else f"\nused in: {asked.page}. {asked.in_rl}"
    return Text(f"{exercise}, hint {rung + 1} of {len(hints)}: {hints[rung]}{used}")


def solution(exercise: str) -> str:
    """Show the library's own solution of an exercise, without its docstring and validation.

    Args:
        exercise: the function's name.

    Returns:
        The source code; a prompt, a notebook and ``print`` show it alike.

    Raises:
        KeyError: no exercise has this name.

    >>> solution("policy_loss")
    from torch import Tensor
    <BLANKLINE>
    <BLANKLINE>
    def policy_loss(log_probs: Tensor, advantages: Tensor) -> Tensor:
        return -(log_probs * advantages.detach()).mean()
    """
    return Text(reference_source(get_exercise(exercise).function))
