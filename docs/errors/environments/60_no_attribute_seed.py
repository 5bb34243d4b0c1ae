"""object has no attribute 'seed'

Old code calls `env.seed(0)`; in Gymnasium you pass the seed to `reset`, and the action space
has its own.

see: tutorials/pitfalls/seeding

AttributeError: 'TimeLimit' object has no attribute 'seed'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.seed(0)

# %%
observation, info = env.reset(seed=0)
env.action_space.seed(0)
print(observation)
