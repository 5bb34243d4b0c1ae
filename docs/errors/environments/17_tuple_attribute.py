"""'tuple' object has no attribute …

`reset()` returns a pair, the observation and a dict, and the code uses the pair as if it were
the observation.

see: cartpole

AttributeError: 'tuple' object has no attribute 'shape'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
state = env.reset(seed=0)
print(state.shape)

# %%
state, info = env.reset(seed=0)
print(state.shape)
