"""module 'gymnasium.vector' has no attribute …

Gymnasium 1.0 replaced `gym.vector.make` by `gym.make_vec`.

AttributeError: module 'gymnasium.vector' has no attribute 'make'
"""

import gymnasium as gym

envs = gym.vector.make("CartPole-v1", num_envs=4)
observations, infos = envs.reset(seed=0)

# %%
envs = gym.make_vec("CartPole-v1", num_envs=4)
print(envs.reset(seed=0)[0].shape)
