"""Box2D is not installed

Some environments need a package of their own, which `pip install gymnasium` alone does not
install.

also: ModuleNotFoundError: No module named 'Box2D' | a Python without Box2D
when: importlib.util.find_spec("Box2D") is None
recorded: gymnasium/envs/box2d/lunar_lander.py

gymnasium.error.DependencyNotInstalled: Box2D is not installed, you can install it by run `pip
install swig` followed by `pip install "gymnasium[box2d]"`
"""

import gymnasium as gym

env = gym.make("LunarLander-v3")
observation, info = env.reset(seed=0)

# %%
# $ python -m pip install swig
# $ python -m pip install "gymnasium[box2d]"
env = gym.make("CartPole-v1")  # or an environment that needs no package
print(env.observation_space.shape)
