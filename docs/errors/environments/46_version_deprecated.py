"""is deprecated. Please use

Gymnasium has removed this version of the environment; its successor behaves differently, so
results do not compare.

gymnasium.error.DeprecatedEnv: Environment version v0 for `Pendulum` is deprecated. Please use
`Pendulum-v1` instead.
"""

import gymnasium as gym

env = gym.make("Pendulum-v0")
observation, info = env.reset(seed=0)

# %%
env = gym.make("Pendulum-v1")
print(env.spec.id)
