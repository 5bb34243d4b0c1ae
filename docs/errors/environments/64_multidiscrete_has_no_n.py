"""'MultiDiscrete' object has no attribute 'n'

`action_space` of a vector environment describes the actions of all copies;
`single_action_space` describes one.

AttributeError: 'MultiDiscrete' object has no attribute 'n'
"""

import gymnasium as gym

envs = gym.make_vec("CartPole-v1", num_envs=4)
n_actions = envs.action_space.n
print(n_actions)

# %%
print(envs.single_action_space.n)
