"""not enough values to unpack

The function returns fewer values than your code expects: an old environment, or one of your
own, still returns `observation, reward, done, info` from `step`.

see: cartpole

ValueError: not enough values to unpack (expected 5, got 4)
"""

import gymnasium as gym


class OldRoom(gym.Env):
    def step(self, action):
        return 0, 1.0, False, {}


observation, reward, terminated, truncated, info = OldRoom().step(0)


# %%
class Room(gym.Env):
    def step(self, action):
        return 0, 1.0, False, False, {}


print(len(Room().step(0)))
