"""Environment … doesn't exist.

The name is misspelled, or the package that brings the environment was not imported.

gymnasium.error.NameNotFound: Environment `Cartpole` doesn't exist. Did you mean: `CartPole`?
"""

import gymnasium as gym

env = gym.make("Cartpole-v1")
observation, info = env.reset(seed=0)

# %%
env = gym.make("CartPole-v1")
print(env.spec.id)
