"""too many values to unpack

Gymnasium's `step` gives five things: where old code has `done`, there are `terminated` and
`truncated`.

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
