"""You are calling render method without specifying any render mode.

How an environment is drawn is chosen when it is made.

UserWarning: WARN: You are calling render method without specifying any render mode. You can
specify the render_mode at initialization, e.g. gym.make("CartPole-v1", render_mode="rgb_array")
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
frame = env.render()

# %%
env = gym.make("CartPole-v1", render_mode="rgb_array")
env.reset(seed=0)
print(env.render().shape)
