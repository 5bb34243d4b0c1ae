"""step() missing 1 required positional argument

`step` needs the action, and `env` itself must be an environment and not its class.

see: cartpole

TypeError: TimeLimit.step() missing 1 required positional argument: 'action'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
env.step()

# %%
print(len(env.step(env.action_space.sample())))
