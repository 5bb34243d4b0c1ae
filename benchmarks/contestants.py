"""The agents that the tutorials build, what they are to solve, and what they are compared with."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["greedy", "strict"]


@dataclass(frozen=True)
class Task:
    """An environment, and the mean return at which it counts as solved.

    CartPole's is Gymnasium's reward threshold. Pendulum has none: -200 is our own convention.
    """

    env_id: str
    mark: float


@dataclass(frozen=True)
class Agent:
    """A tutorial's agent.

    Args:
        title: what it is called.
        script: its tutorial, in ``tutorials/improved``.
        task: what it is to solve.
        rival: the algorithm of stable-baselines3 that it is compared with.
        until: the kinds of solved that are compared, so that the rival may stop at them.
    """

    title: str
    script: str
    task: Task
    rival: str
    until: tuple[Kind, ...] = ("greedy", "strict")


CARTPOLE = Task("CartPole-v1", 475.0)
PENDULUM = Task("Pendulum-v1", -200.0)

AGENTS = {
    "dqn": Agent("DQN", "dqn_improved.py", CARTPOLE, "dqn", ("greedy",)),
    "reinforce": Agent("REINFORCE", "reinforce_improved.py", CARTPOLE, "a2c"),
    "a2c": Agent("A2C", "actor_critic_improved.py", CARTPOLE, "a2c"),
    "ppo": Agent("PPO", "ppo_improved.py", CARTPOLE, "ppo"),
    "sac": Agent("SAC", "sac_improved.py", PENDULUM, "sac", ("greedy",)),
}
