"""What the agents promise, and whether the results keep it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .contestants import AGENTS, Kind
from .results import OURS, THEIRS, Trial
from .summary import finals, of, ratio, seconds_to, times


class Goal(NamedTuple):
    """How many times as long the rival takes until it is solved.

    Args:
        by: the kind of solved.
        times: what the project aims at.
        before: the ratio while the agent had a script of its own; it should not get slower.
    """

    by: Kind
    times: float
    before: float | None = None


GOALS = {
    "dqn": Goal("greedy", 30),
    "reinforce": Goal("strict", 8, before=8.2),
    "a2c": Goal("strict", 8, before=6.6),
    "ppo": Goal("strict", 8, before=5.3),
    "sac": Goal("greedy", 30),
}


class Outcome(NamedTuple):
    """One promise, what was measured, and whether it is kept."""

    agent: str
    what: str
    goal: str
    measured: str
    met: bool


def outcomes(algorithm: str, trials: Sequence[Trial]) -> Iterator[Outcome]:
    """Compare an agent's trainings, and its rival's, with its goals."""
    agent, goal = AGENTS[algorithm], GOALS.get(algorithm)
    ours, theirs = of(trials, OURS, algorithm), of(trials, THEIRS, agent.rival)
    count, seeds = staying(algorithm, ours), len(ours)
    goal_count, found = f"{seeds} of {seeds}", f"{count} of {seeds}"
    yield Outcome(agent.title, "still solved at the end", goal_count, found, count == seeds)
    if goal and theirs:
        measured = ratio(seconds_to(goal.by, ours), seconds_to(goal.by, theirs))
        found = times(measured)
        what = f"{goal.by} solved, against SB3's {AGENTS[agent.rival].title}"
        yield Outcome(agent.title, what, f"≥ {goal.times:g} ×", found, measured >= goal.times)
        if goal.before:
            what = f"{goal.by} solved, no slower than before"
            yield Outcome(agent.title, what, f"≥ {goal.before:g} ×", found, measured >= goal.before)


def staying(algorithm: str, trials: Sequence[Trial]) -> int:
    """Count the trainings whose final weights reach the mark."""
    return sum(final >= AGENTS[algorithm].task.mark for final in finals(trials))
