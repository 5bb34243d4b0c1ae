"""What the agents promise, and whether the results keep it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .contestants import AGENTS, Kind
from .results import OURS, THEIRS, Trial
from .summary import count_within, of, ratio, seconds_to, summarise

STAYS = 0.9  # share of the seeds


@dataclass(frozen=True)
class Goal:
    """The promises of one agent.

    Args:
        greedy: CPU seconds until it is greedy solved, the median; all seeds solve.
        times: how many times as long the rival takes until it is solved.
        by: the kind of solved that this ratio is of.
        each: CPU seconds within which all seeds are greedy solved.
        strict: CPU seconds until it is strict solved, the median.
        strict_share: the share of the seeds that are strict solved.
    """

    greedy: float
    times: float
    by: Kind = "greedy"
    each: float = math.inf
    strict: float | None = None
    strict_share: float = 0.0


GOALS = {
    "dqn": Goal(1.0, 25, each=3.0),
    "reinforce": Goal(0.5, 10, "strict", strict=2.0),
    "a2c": Goal(0.5, 8, strict=4.0, strict_share=0.9),
    "ppo": Goal(0.7, 10, strict=4.0),
    "sac": Goal(3.0, 20, each=5.0),
}


class Outcome(NamedTuple):
    """One promise, what was measured, and whether it is kept."""

    agent: str
    what: str
    goal: str
    measured: str
    met: bool


def outcomes(algorithm: str, trials: Sequence[Trial]) -> Iterator[Outcome]:
    """Hold an agent's trainings, and its rival's, against its goal."""
    agent, goal = AGENTS[algorithm], GOALS[algorithm]
    ours = of(trials, OURS, algorithm)
    theirs = of(trials, THEIRS, agent.rival)
    seeds = len(ours)

    def share(what: str, count: int, wanted: float) -> Outcome:
        least = math.ceil(wanted * seeds - 1e-9)
        found = f"{count} of {seeds}"
        return Outcome(agent.title, what, f"≥ {least} of {seeds}", found, count >= least)

    def at_most(what: str, seconds: float, limit: float) -> Outcome:
        found = f"{seconds:.2f} s" if math.isfinite(seconds) else "never"
        return Outcome(agent.title, what, f"≤ {limit:g} s", found, seconds <= limit)

    yield share("stays solved", staying(algorithm, ours), STAYS)
    greedy, strict = seconds_to("greedy", ours), seconds_to("strict", ours)
    yield at_most("greedy solved, median", summarise(greedy).median, goal.greedy)
    within = f", in {goal.each:g} s" if math.isfinite(goal.each) else ""
    yield share(f"greedy solved{within}", count_within(greedy, goal.each), 1.0)
    if goal.strict is not None:
        yield at_most("strict solved, median", summarise(strict).median, goal.strict)
    if goal.strict_share:
        yield share("strict solved", count_within(strict), goal.strict_share)
    if theirs:
        times = ratio(seconds_to(goal.by, ours), seconds_to(goal.by, theirs))
        what = f"{goal.by} solved, against SB3's {agent.rival.upper()}"
        # Rounded down: 9.98 must not read as 10.0 beside "missed".
        found = f"{math.floor(10 * times) / 10:.1f} ×" if math.isfinite(times) else "–"
        yield Outcome(agent.title, what, f"≥ {goal.times:g} ×", found, times >= goal.times)


def staying(algorithm: str, trials: Sequence[Trial]) -> int:
    """Count the trainings whose final weights reach the mark."""
    mark = AGENTS[algorithm].task.mark
    finals = [trial.final_return for trial in trials]
    return sum(final is not None and final >= mark for final in finals)
