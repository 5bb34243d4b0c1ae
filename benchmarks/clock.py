"""CPU seconds of this process: of a training, and of the difference between two."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from timeit import Timer


class Clock:
    """Count seconds from now on, except while it is paused.

    Args:
        now: the time; this process's CPU seconds unless a test says otherwise.
    """

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self._now = now
        self._start = now()
        self._paused = 0.0

    def read(self) -> float:
        """Give the seconds so far."""
        return self._now() - self._start - self._paused

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave out what happens inside."""
        start = self._now()
        try:
            yield
        finally:
            self._paused += self._now() - start


def marginal(train: Callable[[int], float], few: int, many: int) -> float:
    """Give what one more unit of work costs: the difference between a long and a short training.

    What both have in common (making networks and environments, acting) cancels out.

    Args:
        train: does some work, and says how many units it was.
        few: how much work it is asked for first.
        many: how much work it is asked for then.

    Returns:
        CPU seconds for one unit.
    """
    seconds, units = [], []
    for work in (few, many):
        clock = Clock()
        units.append(train(work))
        seconds.append(clock.read())
    return (seconds[1] - seconds[0]) / (units[1] - units[0])


def per_call(call: Callable[[], object]) -> float:
    """Give the CPU seconds of a short call."""
    calls, seconds = Timer(call, timer=time.process_time).autorange()
    return seconds / calls
