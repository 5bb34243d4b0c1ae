"""tuple index out of range

A `Discrete` space has the shape `()`, so `action_space.shape[0]` does not exist; its number of
actions is `n`.

IndexError: tuple index out of range
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
n_actions = env.action_space.shape[0]
print(n_actions)

# %%
print(env.action_space.n, env.observation_space.shape[0])
