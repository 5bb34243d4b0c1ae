"""reset() got an unexpected keyword argument 'seed'

Your own environment has a `reset` without the arguments that Gymnasium and its wrappers pass to
it.

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
