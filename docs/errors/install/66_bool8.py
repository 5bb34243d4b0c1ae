"""module 'numpy' has no attribute 'bool8'

The old `gym` calls `np.bool8` in its check of `step`, and NumPy 2 no longer has it; `gymnasium`
replaces `gym`.

see: cartpole install

AttributeError: module 'numpy' has no attribute 'bool8'
"""

import numpy as np

terminated = False
isinstance(terminated, (bool, np.bool8))

# %%
# $ python -m pip install "gymnasium[classic-control]"
import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
print(env.step(0)[2])
