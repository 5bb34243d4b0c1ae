"""expected np.ndarray (got tuple)

`reset()` gives a pair, the observation and a dict, and the tensor is made of both.

see: cartpole

TypeError: expected np.ndarray (got tuple)
"""

import gymnasium as gym
import torch

env = gym.make("CartPole-v1")
state = torch.from_numpy(env.reset(seed=0))

# %%
observation, info = env.reset(seed=0)
state = torch.from_numpy(observation)
print(state.shape)
