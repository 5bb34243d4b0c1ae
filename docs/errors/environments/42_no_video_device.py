"""No available video device

pygame opens a window, and there is no screen, as on a server, in Colab or in a container.

recorded: https://github.com/pygame/pygame/issues/855

pygame.error: No available video device
"""

import gymnasium as gym

env = gym.make("CartPole-v1", render_mode="human")
env.reset(seed=0)

# %%
import gymnasium as gym

env = gym.make("CartPole-v1", render_mode="rgb_array")  # no window
env.reset(seed=0)
print(env.render().shape)
