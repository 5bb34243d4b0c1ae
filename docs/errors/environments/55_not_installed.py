"""Box2D is not installed

Some environments need a package of their own, which `gymnasium` alone does not bring.

when: importlib.util.find_spec("Box2D") is None

gymnasium.error.DependencyNotInstalled: Box2D is not installed, you can install it by run `pip
install swig` followed by `pip install "gymnasium[box2d]"`
"""

import gymnasium as gym

env = gym.make("LunarLander-v3")
observation, info = env.reset(seed=0)

# %%
# run in a shell: pip install swig, then pip install "gymnasium[box2d]"
env = gym.make("CartPole-v1")  # or one that needs nothing more
print(env.observation_space.shape)
