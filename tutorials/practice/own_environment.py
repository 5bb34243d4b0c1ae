r"""
Your own environment
====================

You write an :term:`environment` in which a point mass is pushed to a goal, around an obstacle. You
check it, register it and train SAC in it. The agents of this site act in it as they are.
"""

# %%
# The interface
# -------------
#
# Gymnasium asks for two spaces and two methods:
#
# - ``observation_space`` and ``action_space`` say which arrays come out and go in. A ``Box`` has
#   numbers between limits.
# - ``reset`` starts an :term:`episode`, and returns an observation and a dictionary, which may be
#   empty. Draw every random number from ``self.np_random``: ``super().reset(seed=seed)`` seeds it.
# - ``step`` takes an action. It returns an observation, the reward, whether the episode is
#   :term:`terminated <termination>`, whether it is :term:`truncated <truncation>`, and a dictionary.
#
# The mass moves in a square from -1 to 1. A step keeps 0.8 of its velocity and adds 0.03 of the push,
# so no component of the velocity exceeds 0.15. A wall is in the middle. The mass slides along the wall
# and the borders, but does not enter them. The reward is -10 times the distance to the goal: numbers
# like Pendulum's, which the settings of SAC and PPO on this site expect. Both multiply it by 0.1.

import gymnasium as gym
import numpy as np

GOAL = np.array([0.8, 0.0])
WALL = np.array([0.1, 0.4])  # it reaches from -WALL to WALL


class PointMass(gym.Env):
    """Push a point mass to a goal, around an obstacle."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 25}

    def __init__(self, render_mode=None):
        limits = np.array([1, 1, 0.15, 0.15], dtype=np.float32)
        self.observation_space = gym.spaces.Box(-limits, limits)  # position, velocity
        self.action_space = gym.spaces.Box(-1, 1, shape=(2,))  # the push
        self.render_mode = render_mode

    def observation(self):
        return np.concatenate([self.position, self.velocity]).astype(np.float32)  # (4,)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.position = np.array([-0.8, self.np_random.uniform(-0.8, 0.8)])
        self.velocity = np.zeros(2)
        return self.observation(), {}

    def step(self, action):
        self.velocity = 0.8 * self.velocity + 0.03 * np.clip(action, -1, 1)
        for axis in 0, 1:
            position = self.position.copy()
            position[axis] += self.velocity[axis]
            if (abs(position) < WALL).all() or abs(position[axis]) > 1:
                self.velocity[axis] = 0
            else:
                self.position = position
        distance = np.hypot(*(self.position - GOAL))
        return self.observation(), -10 * float(distance), bool(distance < 0.1), False, {}

    def render(self):
        x, y = np.meshgrid(np.linspace(-1, 1, 160), np.linspace(1, -1, 160))
        image = np.full((160, 160, 3), 255, dtype=np.uint8)
        image[(abs(x) < WALL[0]) & (abs(y) < WALL[1])] = 95, 95, 95  # gray
        image[np.hypot(x - GOAL[0], y - GOAL[1]) < 0.1] = 0, 133, 95  # green
        image[np.hypot(x - self.position[0], y - self.position[1]) < 0.05] = 191, 85, 0  # orange
        return image


# %%
# Register and check
# ------------------
#
# ``register`` gives the class a name. With ``max_episode_steps`` Gymnasium adds the time limit, so
# ``step`` above never truncates. ``check_env`` tries the methods and compares what they return with
# the spaces. ``unwrapped`` is the environment without the time limit.

import matplotlib.pyplot as plt
from gymnasium.utils.env_checker import check_env

gym.register("PointMass-v0", entry_point=PointMass, max_episode_steps=50)
env = gym.make("PointMass-v0", render_mode="rgb_array")
check_env(env.unwrapped)
print("PointMass passes.")

broken = PointMass()
broken.observation = lambda: np.zeros(4)  # float64
try:
    check_env(broken)
except AssertionError as error:
    print(f"The broken one does not: {error}")
# sphinx_gallery_start_ignore
else:
    raise AssertionError("the broken one passes")
# sphinx_gallery_end_ignore

env.reset(seed=0)
plt.imshow(env.render(), extent=(-1, 1, -1, 1))
plt.title("Mass (left), wall and goal")
plt.show()

# %%
# This mistake is common: the numbers are within the limits, but a space has a dtype, too, here float32.
# :doc:`/errors` has more messages about environments.
#
# First measure a policy that you can write down. An agent that gets no more has not learned. This one
# pushes straight to the goal. ``greedy_returns`` makes a :term:`vector environment` of the registered
# name, with one copy per episode.

from pytorch_rl_basics.agents import Video, film, greedy_returns, vector_env


def push_straight(states):
    return GOAL - states[:, :2]


straight = greedy_returns(push_straight, "PointMass-v0", 100, seed=1000)
print(f"straight to the goal: mean return {straight.mean():.0f}, best {straight.max():.0f}")
caption = "A straight push: the mass stays at the wall."
Video(film(push_straight, "PointMass-v0", seconds=4), caption, fps=25)

# %%
# It stays at the wall until the time limit. This page shows its film at the top.
#
# Observations and returns on one scale
# -------------------------------------
#
# A position is up to 1, a velocity up to 0.15. Gymnasium's ``NormalizeObservation`` brings each number
# to mean 0 and standard deviation 1. ``NormalizeReward`` divides the rewards by the standard deviation
# of the discounted return. Both estimate while they run. Around a vector environment, its copies
# share the estimates. With a ``vector_entry_point`` an agent gets the wrappers by name:

from gymnasium.wrappers.vector import NormalizeObservation, NormalizeReward


def normalised(num_envs):
    envs = NormalizeObservation(gym.make_vec("PointMass-v0", num_envs))
    return NormalizeReward(envs, gamma=0.95)


gym.register("PointMassNormalised-v0", vector_entry_point=normalised)
for name in "PointMass-v0", "PointMassNormalised-v0":
    envs = vector_env(name, 16)
    envs.reset(seed=0)
    envs.action_space.seed(0)
    steps = [envs.step(envs.action_space.sample()) for _ in range(300)]
    spread = np.std([step[0] for step in steps[100:]], axis=(0, 1)).round(2)
    print(f"{name}: standard deviations {spread}")
# sphinx_gallery_start_ignore
assert (abs(spread - 1) < 0.25).all()
# sphinx_gallery_end_ignore

# %%
# The estimates, ``envs.env.obs_rms``, belong to the policy. Save both, and evaluate in environments with a
# copy of the estimates and with ``update_running_mean = False``. ``greedy_returns`` makes new ones, with
# estimates of their own, so it cannot evaluate such a policy. The returns are scaled, too.
#
# SAC learns it
# -------------
#
# This is the loop of :doc:`/tutorials/algorithms/sac`, shorter: the temperature ``alpha`` is fixed. Of
# the environment it knows the name and the sizes: 4 numbers in, 2 out.

import copy

import torch

from pytorch_rl_basics import polyak_update, squashed_gaussian_log_prob, td_target
from pytorch_rl_basics.networks import GaussianPolicy, TwinCritic
from pytorch_rl_basics.replay import ReplayBuffer


def sample(states):
    """Draw an action for each state, (B, a), and its log-density, (B,)."""
    mean, log_std = policy(states)
    pre_tanh = mean + log_std.exp() * torch.randn_like(mean)
    return pre_tanh.tanh(), squashed_gaussian_log_prob(pre_tanh, mean, log_std)


def descend(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


torch.manual_seed(0)
envs, alpha = vector_env("PointMass-v0", 8), 0.02
policy, critic, buffer = GaussianPolicy(4, 2), TwinCritic(4, 2), ReplayBuffer(6_000, 4, 2)
policy_adam = torch.optim.Adam(policy.parameters(), lr=0.005, fused=True)
critic_adam = torch.optim.Adam(critic.parameters(), lr=0.005, fused=True)
critic_target = copy.deepcopy(critic)
observations, _ = envs.reset(seed=0)
valid = torch.ones(8, dtype=torch.bool)  # False at the step that only resets
for _ in range(750):
    states = torch.as_tensor(observations)  # (8, d)
    with torch.no_grad():
        actions, _ = sample(states)  # (8, a)
    observations, *outcome, _ = envs.step(actions.numpy())
    rewards, ends, truncated = map(torch.as_tensor, outcome)
    kept = states, actions, 0.1 * rewards.float(), torch.as_tensor(observations), ends
    buffer.add(*(part[valid] for part in kept))
    valid = ~(ends | truncated)
    states, actions, rewards, next_states, ends = buffer.sample(128)
    with torch.no_grad():
        next_actions, log_probs = sample(next_states)
        values = critic_target(next_states, next_actions).amin(1) - alpha * log_probs  # (B,)
        targets = td_target(rewards, ends, values.unsqueeze(1), gamma=0.95)  # (B,)
    descend(critic_adam, (critic(states, actions) - targets.unsqueeze(1)).square().mean())
    polyak_update(critic, critic_target, tau=0.1)
    actions, log_probs = sample(states)
    descend(policy_adam, (alpha * log_probs - critic(states, actions).amin(1)).mean())


@torch.no_grad()
def act_greedily(observations):
    return policy(torch.as_tensor(observations))[0].tanh().numpy()


returns = greedy_returns(act_greedily, "PointMass-v0", 100, seed=1000)
print(f"SAC: mean return {returns.mean():.0f}, worst {returns.min():.0f}")
# sphinx_gallery_start_ignore
assert straight.max() < -450 < -400 < returns.min()
# sphinx_gallery_end_ignore
caption = "After training: the mass goes around the wall, to the goal."
Video(film(act_greedily, "PointMass-v0", seconds=4), caption, fps=25)

# %%
# The agents of this site
# -----------------------
#
# The agent goes around the wall from each of the 100 starts. To train another one, save the class, with
# what is above it, and the call of ``gym.register`` as ``point_mass.py``, next to the download of
# :doc:`SAC, improved </tutorials/improved/sac_improved>` or
# :doc:`PPO </tutorials/improved/continuous_actions>`. Below its ``train``, add this line:
#
# .. code-block:: python
#
#    run = train(0, env_id="point_mass:PointMass-v0")
#
# Gymnasium imports the module before the colon. The tests of this site train both agents like
# this with two seeds each, and both go around the wall.
