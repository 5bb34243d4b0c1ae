"""__init__() got an unexpected keyword argument

The class has no argument of this name; `gym.make` passes what it does not know on to the
environment.

TypeError: CartPoleEnv.__init__() got an unexpected keyword argument 'gravity' was raised from
the environment creator for CartPole-v1 with kwargs ({'gravity': 1.6})
"""

import gymnasium as gym

env = gym.make("CartPole-v1", gravity=1.6)
observation, info = env.reset(seed=0)

# %%
env = gym.make("CartPole-v1")
env.unwrapped.gravity = 1.6
print(env.unwrapped.gravity)
