"""What the work of a training costs at least, when nothing else is done."""

import copy
import inspect
from typing import Any

import torch
from torch import nn

from pytorch_rl_basics.agents import Policy, vector_env

from . import agents
from .clock import seconds_a_call
from .contestants import AGENTS


def network_of(policy: Policy) -> nn.Module:
    """Find the network that a policy asks, among the variables that it has kept."""
    kept = inspect.getclosurevars(inspect.unwrap(policy)).nonlocals.values()
    (network,) = [value for value in kept if isinstance(value, nn.Module)]
    return network


def limits(algorithm: str, policy: Policy, optimizer_steps: float) -> dict[str, float]:
    """Measure the bare work by itself, in microseconds an environment step.

    Stepping the environments and nothing else; the network's forward pass for their states;
    forward, backward and Adam's step for a batch, as often as the training takes optimizer steps.

    Args:
        algorithm: the agent.
        policy: one that it has trained.
        optimizer_steps: how many it takes for one environment step.
    """
    settings = inspect.signature(agents.script(algorithm).train).parameters
    num_envs = settings["num_envs"].default
    envs = vector_env(AGENTS[algorithm].task.env_id, num_envs)
    envs.reset(seed=0)
    actions = envs.action_space.sample()
    network = copy.deepcopy(network_of(policy))
    width = envs.single_observation_space.shape[0]
    states = torch.randn(num_envs, width)
    batch = torch.randn(batch_size(settings, optimizer_steps), width)
    adam = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)

    def act() -> None:
        with torch.no_grad():
            network(states)

    def learn() -> None:
        outputs = network(batch)
        loss = sum(part.square().mean() for part in _tensors(outputs))
        adam.zero_grad()
        loss.backward()  # type: ignore[union-attr]
        adam.step()

    a_step = 1e6 / num_envs
    found = {
        "limit: environment": a_step * seconds_a_call(lambda: envs.step(actions)),
        "limit: acting": a_step * seconds_a_call(act),
        "limit: learning": 1e6 * optimizer_steps * seconds_a_call(learn),
    }
    envs.close()
    return found


def batch_size(settings: Any, optimizer_steps: float) -> int:
    """Give the states in one optimizer step, from the parameters of ``train``."""
    for name in ("batch_size", "minibatch"):
        if name in settings:
            return int(settings[name].default)
    if "steps" in settings:
        return int(settings["num_envs"].default * settings["steps"].default)
    return round(1 / optimizer_steps)  # whole episodes: each step is learned from once


def _tensors(outputs: Any) -> tuple[torch.Tensor, ...]:
    """Give a network's outputs as a tuple."""
    return outputs if isinstance(outputs, tuple) else (outputs,)
