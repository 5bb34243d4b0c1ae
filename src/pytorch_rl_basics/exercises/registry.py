"""Find an exercise by its function's name or its number; give its next hint or its solution."""

from .._console import printable
from .catalogue import EXERCISES
from .exercise import Exercise
from .source import reference_source


class Text(str):
    """A text that prompts and notebooks show without quotes and escapes."""

    def __str__(self) -> str:
        return printable(str.__str__(self))

    __repr__ = __str__


_hints_given: dict[str, int] = {}  # exercise name -> number of its hint given last


def find_exercises(exercise: str | int) -> list[Exercise]:
    """List the exercises that a name or a number means: none, one, or several with one number.

    >>> [found.name for found in find_exercises(2)]
    ['build_mlp', 'mse_backward']
    """
    asked = str(exercise)
    return [one for one in EXERCISES.values() if asked in (one.name, str(one.number))]


def get_exercise(exercise: str | int) -> Exercise:
    """Find an exercise by its function's name or its number.

    Raises:
        KeyError: no exercise has this name or number, or several have this number; the message
            lists the names to choose from.

    >>> get_exercise("cubic_gradient").number, get_exercise(3).name
    (1, 'epsilon_greedy')
    """
    found = find_exercises(exercise)
    names = [one.name for one in found or EXERCISES.values()]
    if not found:
        raise KeyError(f"no exercise is named {exercise!r}. The names are: {', '.join(names)}.")
    if len(found) > 1:
        raise KeyError(
            f"exercise {exercise} has {len(found)} functions: {' and '.join(names)}. "
            "Give the name of one of them."
        )
    return found[0]


def hint(exercise: str | int) -> str:
    """Give the next hint for an exercise: first the idea, later the functions and shapes.

    Args:
        exercise: the function's name, or the exercise's number. The first hint follows the last.

    Returns:
        The hint; a prompt, a notebook and ``print`` show the same text.

    Raises:
        KeyError: no exercise has this name or number, or several functions have this number.

    >>> hint("sum_gradient")
    sum_gradient, hint 1 of 3: How much does the sum grow when one entry of `x` grows by a little?
    """
    asked = get_exercise(exercise)
    number, count = _hints_given.get(asked.name, 0) % len(asked.hints) + 1, len(asked.hints)
    _hints_given[asked.name] = number
    return Text(f"{asked.name}, hint {number} of {count}: {asked.hints[number - 1]}")


def solution(exercise: str | int) -> str:
    """Show the library's own solution of an exercise, without its docstring and validation.

    Args:
        exercise: the function's name, or the exercise's number.

    Returns:
        The source code; a prompt, a notebook and ``print`` show the same text.

    Raises:
        KeyError: no exercise has this name or number, or several functions have this number.

    >>> solution("policy_loss")
    from torch import Tensor
    <BLANKLINE>
    <BLANKLINE>
    def policy_loss(log_probs: Tensor, advantages: Tensor) -> Tensor:
        return -(log_probs * advantages.detach()).mean()
    """
    return Text(reference_source(get_exercise(exercise).function))
