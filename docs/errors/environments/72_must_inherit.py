"""Expected env to be a `gymnasium.Env` but got

The environment comes from the old `gym`, or its class does not inherit from `gymnasium.Env`.

see: cartpole

TypeError: Expected env to be a `gymnasium.Env` but got <class 'must-inherit.Room'>
"""

import gymnasium as gym


class Room:  # or class Room(gym.Env) with the old gym
    observation_space = action_space = gym.spaces.Discrete(2)


env = gym.wrappers.TimeLimit(Room(), max_episode_steps=100)


# %%
class NewRoom(gym.Env):
    observation_space = action_space = gym.spaces.Discrete(2)


env = gym.wrappers.TimeLimit(NewRoom(), max_episode_steps=100)
print(env.unwrapped.action_space)
