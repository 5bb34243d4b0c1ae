"""precision lowered by casting to float32

The bounds of your `Box` are float64 and the space is float32; the warning is harmless.

UserWarning: WARN: Box low's precision lowered by casting to float32, current low.dtype=float64
UserWarning: WARN: Box high's precision lowered by casting to float32, current
high.dtype=float64
"""

import gymnasium as gym
import numpy as np

low, high = np.zeros(2), np.ones(2)
space = gym.spaces.Box(low, high, dtype=np.float32)

# %%
low, high = np.zeros(2, np.float32), np.ones(2, np.float32)
print(gym.spaces.Box(low, high))
