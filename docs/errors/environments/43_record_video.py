"""is incompatible with RecordVideo.

The wrapper needs frames, and the environment was made without `render_mode="rgb_array"`.

ValueError: Render mode is None, which is incompatible with RecordVideo. Initialize your
environment with a render_mode that returns an image, such as rgb_array.
"""

import gymnasium as gym
from gymnasium.wrappers import RecordVideo

env = gym.make("CartPole-v1")
env = RecordVideo(env, "videos")

# %%
env = gym.make("CartPole-v1", render_mode="rgb_array")
print(env.render_mode)  # env = RecordVideo(env, "videos") now works
