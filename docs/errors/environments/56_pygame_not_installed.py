"""pygame is not installed

The environments of "classic control" are drawn with pygame, which `pip install gymnasium` alone
does not install.

see: install
recorded: gymnasium/envs/classic_control/cartpole.py
also: ModuleNotFoundError: No module named 'pygame' | a Python without pygame

gymnasium.error.DependencyNotInstalled: pygame is not installed, run `pip install
"gymnasium[classic-control]"`
"""

import gymnasium as gym

env = gym.make("CartPole-v1", render_mode="rgb_array")
env.reset(seed=0)
env.render()

# %%
# $ python -m pip install "gymnasium[classic-control]"
import gymnasium as gym

env = gym.make("CartPole-v1", render_mode="rgb_array")
env.reset(seed=0)
print(env.render().shape)
