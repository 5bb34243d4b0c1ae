"""KeyError: 'final_observation'

Since Gymnasium 1.0 the last observation of an episode is in `info["final_obs"]`, and only with
`AutoresetMode.SAME_STEP`.

see: concepts/vector_environments
also: KeyError: 'terminal_observation' | https://github.com/vwxyzjn/cleanrl/issues/155

KeyError: 'final_observation'
"""

import gymnasium as gym

envs = gym.make_vec("CartPole-v1", 2, vectorization_mode="sync")
envs.reset(seed=0)
infos = envs.step([0, 1])[4]
last = infos["final_observation"]

# %%
mode = gym.vector.AutoresetMode.SAME_STEP
kwargs = {"autoreset_mode": mode}
envs = gym.make_vec("CartPole-v1", 2, "sync", vector_kwargs=kwargs)
envs.reset(seed=0)
for _ in range(12):
    infos = envs.step([0, 0])[4]
    if "final_obs" in infos:
        print(infos["final_obs"][infos["_final_obs"]][0].shape)
