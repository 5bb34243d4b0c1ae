"""You are calling render method without specifying any render mode.

`render` needs a render mode, which you choose in `gym.make`.

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
