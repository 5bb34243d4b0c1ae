"""The project's agents, taken out of their tutorials."""

from functools import cache
from types import ModuleType
from typing import Any

from pytorch_rl_basics.agents import Policy, TrainingRun

from .contestants import AGENTS
from .examination import Look, Training
from .scripts import definitions


@cache
def script(algorithm: str) -> ModuleType:
    """Give the definitions of an agent's tutorial."""
    return definitions(f"improved/{AGENTS[algorithm].script}")


def training(algorithm: str, **settings: Any) -> Training:
    """Make a training of an agent, for its whole budget unless the settings say otherwise."""

    def train(seed: int, look: Look) -> tuple[Policy, int]:
        def watch(run: TrainingRun) -> bool:
            return look(run.policy, run.env_steps, run.episode_returns)

        run = script(algorithm).train(seed, watch=watch, **settings)
        return run.policy, run.env_steps

    return train
