"""The reward returned by `step()` must be a float, int, np.integer or np.floating

Your own environment computes the reward with tensors, and returns one.

UserWarning: WARN: The reward returned by `step()` must be a float, int, np.integer or
np.floating, actual type: <class 'torch.Tensor'>
"""

import gymnasium as gym
import numpy as np
import torch
from gymnasium.utils.passive_env_checker import env_step_passive_checker


class Room(gym.Env):
    observation_space = action_space = gym.spaces.Discrete(2)

    def step(self, action):
        return np.int64(0), torch.tensor(1.0), False, False, {}


env_step_passive_checker(Room(), 0)


# %%
class NewRoom(Room):
    def step(self, action):
        return np.int64(0), torch.tensor(1.0).item(), False, False, {}


print(env_step_passive_checker(NewRoom(), 0)[1])
