"""The agents that the tutorials build, what they are to solve, and what they are compared with."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["greedy", "strict"]


@dataclass(frozen=True)
class Task:
    """An environment, and the mean return at which it counts as solved.

    CartPole's is Gymnasium's reward threshold. Pendulum has none: -200 is our own convention.

    Args:
        env_id: the environment, as Gymnasium names it.
        mark: the mean return.
        paid_per_step: whether each step has the reward 1, so that an episode's return is its
            length; otherwise all episodes have the same length.
    """

    env_id: str
    mark: float
    paid_per_step: bool


@dataclass(frozen=True)
class Agent:
    """A tutorial's agent.

    Args:
        title: what it is called.
        script: its tutorial, in ``tutorials/improved``.
        settings: the name of its settings in the script.
        task: what it is to solve.
        rival: the algorithm of stable-baselines3 that it is compared with.
        until: the kinds of solved that are compared, so that the rival may stop at them.
    """

    title: str
    script: str
    settings: str
    task: Task
    rival: str
    until: tuple[Kind, ...] = ("greedy", "strict")


CARTPOLE = Task("CartPole-v1", 475.0, paid_per_step=True)
PENDULUM = Task("Pendulum-v1", -200.0, paid_per_step=False)

GRADIENTS = "policy_gradients_improved.py"

AGENTS = {
    "dqn": Agent("DQN", "dqn_improved.py", "DQN", CARTPOLE, "dqn", ("greedy",)),
    "reinforce": Agent("REINFORCE", GRADIENTS, "REINFORCE", CARTPOLE, "a2c"),
    "a2c": Agent("A2C", GRADIENTS, "A2C", CARTPOLE, "a2c"),
    "ppo": Agent("PPO", GRADIENTS, "PPO", CARTPOLE, "ppo"),
    "ppo_pendulum": Agent(
        "PPO on Pendulum", "continuous_actions.py", "PPO", PENDULUM, "ppo_pendulum", ("greedy",)
    ),
    "sac": Agent("SAC", "sac_improved.py", "SAC", PENDULUM, "sac", ("greedy",)),
}
