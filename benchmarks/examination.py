"""Decide when a training is solved, while its clock stands still."""

import gc
from collections.abc import Callable, Sequence

import numpy as np

from pytorch_rl_basics.agents import Policy, greedy_returns

from .clock import Clock
from .contestants import Kind, Task
from .results import Mark, Trial

Look = Callable[[Policy, int, Sequence[float]], bool]
"""Called every 1,000 environment steps with the policy so far, the environment steps and the
returns of the training episodes so far; True ends the training."""
Training = Callable[[int, Look], tuple[Policy, int]]
"""Trains with a seed; gives the final policy and the environment steps that it took."""


def unseen(*_: object) -> bool:
    """Look away: for trainings that only cost something."""
    return False


class Examiner:
    """Looks at a training every 1,000 environment steps, off its clock.

    Args:
        task: what is to be solved.
        seed: of the training; the examinations' episodes are others with another seed.
        until: the kinds of solved that together end the training; none lets it run on.
        clock: what stands still while it looks.
    """

    def __init__(self, task: Task, seed: int, until: Sequence[Kind], clock: Clock) -> None:
        self.task, self.seed, self.until, self.clock = task, seed, until, clock
        self.solved: dict[Kind, Mark] = {}
        self.returns: Sequence[float] = ()

    def note(self, policy: Policy, env_steps: int, returns: Sequence[float]) -> bool:
        """Keep the list of returns, which the training makes longer; let the training go on."""
        self.returns = returns
        return False

    def look(self, policy: Policy, env_steps: int, returns: Sequence[float]) -> bool:
        """Note whether the training is solved by now; say whether that is enough."""
        mark = Mark(self.clock.read(), env_steps)
        self.note(policy, env_steps, returns)
        with self.clock.paused():
            if "strict" not in self.solved and self._strictly(returns):
                self.solved["strict"] = mark
            if "greedy" not in self.solved and self._greedily(policy, env_steps):
                self.solved["greedy"] = mark
        return bool(self.until) and all(kind in self.solved for kind in self.until)

    def mean_return(self, policy: Policy, episodes: int, number: int) -> float:
        """Let a policy act greedily in fresh episodes; other ones for each number."""
        first = 10_000_000 * (1 + self.seed) + number
        return float(greedy_returns(policy, self.task.env_id, episodes, first).mean())

    def training_return(self) -> float:
        """Give the mean return of the training episodes so far, weighted by their lengths."""
        weights = self.returns if self.task.paid_per_step else None
        return float(np.average(self.returns, weights=weights))

    def _greedily(self, policy: Policy, env_steps: int) -> bool:
        """20 greedy episodes reach the mark, and then 100 fresh ones do."""
        return all(
            self.mean_return(policy, episodes, env_steps + shift) >= self.task.mark
            for episodes, shift in ((20, 0), (100, 500))
        )

    def _strictly(self, returns: Sequence[float]) -> bool:
        """The mean of the last 100 training episodes reaches the mark."""
        return len(returns) >= 100 and float(np.mean(returns[-100:])) >= self.task.mark


def examine(
    contestant: str,
    algorithm: str,
    train: Training,
    task: Task,
    seed: int,
    until: Sequence[Kind] = (),
    looking: bool = True,
) -> Trial:
    """Train once under an examiner's eyes.

    Args:
        contestant: whose training it is.
        algorithm: what is trained.
        train: the training.
        task: what is to be solved.
        seed: of the training.
        until: the kinds of solved that together end it; by default its whole budget is spent, and
            its final policy examined.
        looking: whether it is examined on the way, too.
    """
    gc.collect()  # what others have left behind is not this training's cost
    examiner = Examiner(task, seed, until, Clock())
    policy, env_steps = train(seed, examiner.look if looking else examiner.note)
    seconds = examiner.clock.read()
    return Trial(
        contestant,
        algorithm,
        seed,
        seconds,
        env_steps,
        **examiner.solved,
        final_return=None if until else examiner.mean_return(policy, 100, 0),
        training_return=None if until else examiner.training_return(),
    )
