"""setting an array element with a sequence.

`reset()` returns a pair, the observation and a dict, and NumPy cannot make one array of both.

see: cartpole

ValueError: setting an array element with a sequence. The requested array has an inhomogeneous
shape after 1 dimensions. The detected shape was (2,) + inhomogeneous part.
"""

import gymnasium as gym
import numpy as np

env = gym.make("CartPole-v1")
state = np.array(env.reset(seed=0), dtype=np.float32)

# %%
observation, info = env.reset(seed=0)
state = np.array(observation, dtype=np.float32)
print(state.shape)
