"""KeyError: 'TimeLimit.truncated'

Old `gym` wrote the time limit into `info`; Gymnasium returns it as `truncated`, the fourth
value of `step`.

see: cartpole

KeyError: 'TimeLimit.truncated'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
*_, info = env.step(0)
timeout = info["TimeLimit.truncated"]

# %%
observation, reward, terminated, truncated, info = env.step(0)
print(truncated)
