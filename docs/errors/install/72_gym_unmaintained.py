"""Gym has been unmaintained since 2022 and does not support NumPy 2.0

Your code, or a package that it uses, imports the old `gym`.

see: cartpole
recorded: https://github.com/PufferAI/PufferLib/issues/487

Gym has been unmaintained since 2022 and does not support NumPy 2.0 amongst other critical
functionality. Please upgrade to Gymnasium, the maintained drop-in replacement of Gym, or
contact the authors of your software and request that they upgrade.
"""

import gym

# %%
# $ python -m pip install "gymnasium[classic-control]"
import gymnasium as gym

print(gym.make("CartPole-v1").spec.id)
