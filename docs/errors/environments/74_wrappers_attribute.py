"""module 'gymnasium.wrappers' has no attribute …

Gymnasium 1.0 renamed or removed the wrapper: `Monitor` is now `RecordVideo` and `FrameStack` is
`FrameStackObservation`.

also: AttributeError: 'FrameStack' has been renamed with `wrappers.FrameStackObservation` |
    gymnasium/wrappers/__init__.py

AttributeError: module 'gymnasium.wrappers' has no attribute 'Monitor'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
env = gym.wrappers.Monitor(env, "videos")

# %%
env = gym.make("CartPole-v1", render_mode="rgb_array")
print(gym.wrappers.RecordVideo.__name__)  # env = RecordVideo(env, "videos")
