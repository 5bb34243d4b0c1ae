"""KeyError: 'final_info'

Vector environments reset at the next step by default, and then there is no `final_info`: read
`info` at the step that ends the episode.

see: concepts/vector_environments

KeyError: 'final_info'
"""

import gymnasium as gym

envs = gym.make_vec("CartPole-v1", 2, vectorization_mode="sync")
envs = gym.wrappers.vector.RecordEpisodeStatistics(envs)
envs.reset(seed=0)
infos = envs.step([0, 1])[4]
returns = infos["final_info"]

# %%
for _ in range(20):
    infos = envs.step([0, 0])[4]
    if "episode" in infos:
        print(infos["episode"]["r"][infos["_episode"]])
