"""Cannot call env.step() before calling env.reset()

An environment has no state until its first `reset()`.

see: cartpole

gymnasium.error.ResetNeeded: Cannot call env.step() before calling env.reset()
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.step(0)

# %%
env.reset(seed=0)
print(len(env.step(0)))
