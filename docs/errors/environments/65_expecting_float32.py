"""The obs returned by the `reset()` method was expecting numpy array dtype to be float32

The observation space of your own environment says float32, and `reset` returns NumPy's float64.

UserWarning: WARN: The obs returned by the `reset()` method was expecting numpy array dtype to
be float32, actual type: float64 UserWarning: WARN: The obs returned by the `reset()` method is
not within the observation space.
"""

import gymnasium as gym
import numpy as np


class Room(gym.Env):
    observation_space = gym.spaces.Box(-1, 1, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        return np.zeros(2), {}


gym.wrappers.PassiveEnvChecker(Room()).reset()


# %%
class Float32Room(Room):
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(2, dtype=np.float32), {}


print(gym.wrappers.PassiveEnvChecker(Float32Room()).reset())
