"""Invalid vectorization mode

`vectorization_mode` is one of the names that the message lists.

ValueError: Invalid vectorization mode: 'parallel', valid modes: ['async', 'sync',
'vector_entry_point']
"""

import gymnasium as gym

envs = gym.make_vec("CartPole-v1", 4, vectorization_mode="parallel")
observations, infos = envs.reset(seed=0)

# %%
envs = gym.make_vec("CartPole-v1", 4, vectorization_mode="sync")
print(envs.reset(seed=0)[0].shape)
