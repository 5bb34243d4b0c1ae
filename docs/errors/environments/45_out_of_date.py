"""The environment … is out of date.

The name ends in an old version, and results from different versions cannot be compared.

DeprecationWarning: WARN: The environment CartPole-v0 is out of date. You should consider
upgrading to version `v1`.
"""

import gymnasium as gym

env = gym.make("CartPole-v0")
observation, info = env.reset(seed=0)

# %%
env = gym.make("CartPole-v1")
print(env.spec.max_episode_steps)
