"""expected np.ndarray (got tuple)

`reset()` returns a pair, the observation and a dict, and the code makes a tensor of the pair.

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
