"""too many values to unpack

Gymnasium's `step` returns five values (`terminated` and `truncated` replace the old `done`),
and its `reset` returns two.

see: cartpole

ValueError: too many values to unpack (expected 4)
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
observation, info = env.reset(seed=0)
observation, reward, done, info = env.step(0)

# %%
observation, reward, terminated, truncated, info = env.step(0)
done = terminated or truncated
print(done)
