"""reset() got an unexpected keyword argument 'seed'

The `reset` of your own environment lacks the arguments that Gymnasium and its wrappers pass.

TypeError: Room.reset() got an unexpected keyword argument 'seed'
"""

import gymnasium as gym


class Room(gym.Env):
    def reset(self):
        return 0, {}


Room().reset(seed=0)


# %%
class Room(gym.Env):
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)  # seeds self.np_random
        return 0, {}


print(Room().reset(seed=0))
