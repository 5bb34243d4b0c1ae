"""Train the agents and their rivals, turn by turn, until they have solved their task."""

from collections.abc import Iterable, Sequence

from tqdm import tqdm

from . import agents, baselines
from .contestants import AGENTS
from .examination import examine, unseen
from .results import OURS, THEIRS, Trial


def solve(algorithms: Sequence[str], seeds: Iterable[int]) -> dict[str, list[Trial]]:
    """Train each agent for its whole budget, and each rival until it has solved its task.

    Seed by seed, so that a machine that slows down slows all of them down. A rival that two agents
    share trains once per seed.

    Args:
        algorithms: names of agents.
        seeds: of the trainings.

    Returns:
        The trainings of each agent and of its rival.
    """
    rivals = dict.fromkeys(AGENTS[algorithm].rival for algorithm in algorithms)
    turns = [(OURS, algorithm) for algorithm in algorithms]
    turns += [(THEIRS, rival) for rival in rivals]
    turns.sort(key=lambda turn: turn[1])  # an agent, then its rival
    for contestant, algorithm in turns:
        warm_up(contestant, algorithm)
    trials = []
    plan = [(seed, *turn) for seed in seeds for turn in turns]
    for seed, contestant, algorithm in (bar := tqdm(plan, "solving", unit="training")):
        bar.set_postfix_str(f"{contestant} {algorithm}, seed {seed}")
        module = agents if contestant == OURS else baselines
        agent = AGENTS[algorithm]
        until = () if contestant == OURS else agent.until
        train = module.training(algorithm)
        trials.append(examine(contestant, algorithm, train, agent.task, seed, until))
    return {
        algorithm: [
            trial
            for trial in trials
            if (trial.contestant, trial.algorithm)
            in ((OURS, algorithm), (THEIRS, AGENTS[algorithm].rival))
        ]
        for algorithm in algorithms
    }


def warm_up(contestant: str, algorithm: str) -> None:
    """Train for a moment, so that imports and first calls are off the clock."""
    if contestant == OURS:
        agents.training(algorithm, max_steps=2_500)(0, unseen)
    else:
        baselines.training(algorithm, n_timesteps=1_300)(0, unseen)
