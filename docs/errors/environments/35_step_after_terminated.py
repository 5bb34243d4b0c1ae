"""You are calling 'step()' even though this environment has already returned terminated = True.

The episode is over, so what `step` returns from here on is undefined.

see: cartpole

UserWarning: WARN: You are calling 'step()' even though this environment has already returned
terminated = True. You should always call 'reset()' once you receive 'terminated = True' -- any
further steps are undefined behavior.
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
for _ in range(20):
    env.step(0)

# %%
env.reset(seed=0)
for _ in range(20):
    _, _, terminated, truncated, _ = env.step(0)
    if terminated or truncated:
        env.reset()
