"""Namespace … not found.

The package that brings these environments is not installed or was not registered, such as
`ale-py` for Atari games.

when: importlib.util.find_spec("ale_py") is None
recorded: gymnasium/envs/registration.py

gymnasium.error.NamespaceNotFound: Namespace ALE not found. Have you installed the proper
package for ALE?
"""

import gymnasium as gym

env = gym.make("ALE/Pong-v5")
observation, info = env.reset(seed=0)

# %%
# $ python -m pip install ale-py
# then import ale_py and call gym.register_envs(ale_py) before gym.make
print(gym.make("CartPole-v1").spec.id)
