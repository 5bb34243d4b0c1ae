"""'Box' object has no attribute 'n'

The actions are continuous: a `Box` has a shape and bounds, and only a `Discrete` space has a
number of actions `n`.

see: tutorials/algorithms/sac

AttributeError: 'Box' object has no attribute 'n'
"""

import gymnasium as gym

env = gym.make("Pendulum-v1")
n_actions = env.action_space.n
print(n_actions)

# %%
print(env.action_space.shape, env.action_space.high)
