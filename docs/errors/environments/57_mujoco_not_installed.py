"""MuJoCo is not installed

Environments such as `HalfCheetah-v5` need the physics engine MuJoCo, which `pip install
gymnasium` alone does not install.

recorded: gymnasium/envs/mujoco/mujoco_env.py
also: ModuleNotFoundError: No module named 'mujoco' | a Python without MuJoCo

gymnasium.error.DependencyNotInstalled: MuJoCo is not installed, run `pip install
"gymnasium[mujoco]"`
"""

import gymnasium as gym

env = gym.make("HalfCheetah-v5")

# %%
# $ python -m pip install "gymnasium[mujoco]"
import gymnasium as gym

env = gym.make("Pendulum-v1")  # continuous actions, nothing to install
print(env.action_space.shape)
