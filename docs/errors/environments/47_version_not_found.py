"""Environment version … for environment … doesn't exist.

The number at the end of the name is none of this environment's versions, which the message
lists.

gymnasium.error.VersionNotFound: Environment version `v5` for environment `CartPole` doesn't
exist. It provides versioned environments: [ `v0`, `v1` ].
"""

import gymnasium as gym

env = gym.make("CartPole-v5")
observation, info = env.reset(seed=0)

# %%
env = gym.make("CartPole-v1")
print(env.spec.id)
