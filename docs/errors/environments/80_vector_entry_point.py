"""doesn't have a vector entry point defined.

Only a few environments, such as CartPole, have a vector version of their own; the others run as
`"sync"` or `"async"` copies.

gymnasium.error.Error: Cannot create vectorized environment for Pendulum-v1 because it doesn't
have a vector entry point defined.
"""

import gymnasium as gym

mode = "vector_entry_point"
envs = gym.make_vec("Pendulum-v1", 4, vectorization_mode=mode)

# %%
envs = gym.make_vec("Pendulum-v1", 4, vectorization_mode="sync")
print(envs.reset(seed=0)[0].shape)
