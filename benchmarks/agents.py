"""The project's agents, taken out of their tutorials."""

from dataclasses import fields, replace
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


def train(algorithm: str, seed: int = 0, **changes: Any) -> TrainingRun:
    """Train an agent with its settings, save for some changes.

    Args:
        algorithm: the agent.
        seed: of the training.
        changes: new values of fields of its settings, and other arguments of its ``train``.
    """
    module = script(algorithm)
    settings = getattr(module, AGENTS[algorithm].settings)
    names = changes.keys() & {field.name for field in fields(settings)}
    settings = replace(settings, **{name: changes.pop(name) for name in names})
    run: TrainingRun = module.train(seed, settings, **changes)
    return run


def training(algorithm: str, **changes: Any) -> Training:
    """Make a training of an agent with its settings, save for some changes, as ``train`` does."""

    def looked_at(seed: int, look: Look) -> tuple[Policy, int]:
        def watch(run: TrainingRun) -> bool:
            return look(run.policy, run.env_steps, run.episode_returns)

        run = train(algorithm, seed, watch=watch, **changes)
        return run.policy, run.env_steps

    return looked_at
