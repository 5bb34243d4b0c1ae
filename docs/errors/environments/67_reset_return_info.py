"""reset() got an unexpected keyword argument 'return_info'

Old versions of `gym` had this argument; in Gymnasium `reset` always returns the pair
`observation, info`.

see: cartpole

TypeError: TimeLimit.reset() got an unexpected keyword argument 'return_info'
"""

import gymnasium as gym

env = gym.make("CartPole-v1")
observation, info = env.reset(seed=0, return_info=True)

# %%
observation, info = env.reset(seed=0)
print(info)
