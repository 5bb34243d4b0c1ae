"""render() got an unexpected keyword argument 'mode'

Since Gymnasium 0.26 `render` takes no mode; you choose it in `gym.make`.

see: cartpole

TypeError: Wrapper.render() got an unexpected keyword argument 'mode'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env.reset(seed=0)
env.render(mode="rgb_array")

# %%
env = gym.make("CartPole-v1", render_mode="rgb_array")
env.reset(seed=0)
print(env.render().shape)
