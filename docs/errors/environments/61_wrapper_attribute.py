"""'TimeLimit' object has no attribute …

`gym.make` puts wrappers around the environment, and since Gymnasium 1.0 a wrapper does not pass
on attributes; `env.unwrapped` is the environment itself.

also: AttributeError: 'OrderEnforcing' object has no attribute … | Gymnasium 1.4, made with
    max_episode_steps=-1
also: AttributeError: 'PassiveEnvChecker' object has no attribute … |
    https://github.com/NetHack-LE/minihack/issues/22

AttributeError: 'TimeLimit' object has no attribute 'gravity'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
print(env.gravity)

# %%
print(env.unwrapped.gravity)
