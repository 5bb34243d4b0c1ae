"""No module named 'gym'

The code was written for `gym`, whose successor is `gymnasium`.

see: install cartpole
run: -c

ModuleNotFoundError: No module named 'gym'
"""

import gym

env = gym.make("CartPole-v0")

# %%
# $ python -m pip install "gymnasium[classic-control]"
import gymnasium as gym

env = gym.make("CartPole-v1")
print(len(env.reset(seed=0)))
