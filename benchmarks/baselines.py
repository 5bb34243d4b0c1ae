"""stable-baselines3, with the settings that its authors' RL Zoo has tuned for these tasks."""

from importlib import import_module
from typing import Any

from pytorch_rl_basics.agents import Policy

from .examination import Look, Training


def _linear(start: float) -> Any:
    """Fall from a value to zero over the whole budget: the Zoo's ``lin_…``."""
    return lambda left: left * start


# https://github.com/DLR-RM/rl-baselines3-zoo, hyperparams/{dqn,a2c,ppo,sac}.yml. What is not
# named here is stable-baselines3's own default, which the Zoo keeps.
ZOO: dict[str, dict[str, Any]] = {
    "dqn": {
        "env_id": "CartPole-v1",
        "n_timesteps": 50_000,
        "learning_rate": 2.3e-3,
        "batch_size": 64,
        "buffer_size": 100_000,
        "learning_starts": 1_000,
        "gamma": 0.99,
        "target_update_interval": 10,
        "train_freq": 256,
        "gradient_steps": 128,
        "exploration_fraction": 0.16,
        "exploration_final_eps": 0.04,
        "policy_kwargs": {"net_arch": [256, 256]},
    },
    "a2c": {"env_id": "CartPole-v1", "n_timesteps": 500_000, "n_envs": 8, "ent_coef": 0.0},
    "ppo": {
        "env_id": "CartPole-v1",
        "n_timesteps": 100_000,
        "n_envs": 8,
        "n_steps": 32,
        "batch_size": 256,
        "gae_lambda": 0.8,
        "gamma": 0.98,
        "n_epochs": 20,
        "ent_coef": 0.0,
        "learning_rate": _linear(0.001),
        "clip_range": _linear(0.2),
    },
    "ppo_pendulum": {
        "env_id": "Pendulum-v1",
        "n_timesteps": 100_000,
        "n_envs": 4,
        "n_steps": 1024,
        "gae_lambda": 0.95,
        "gamma": 0.9,
        "n_epochs": 10,
        "ent_coef": 0.0,
        "learning_rate": 1e-3,
        "clip_range": 0.2,
        "use_sde": True,
        "sde_sample_freq": 4,
    },
    "sac": {"env_id": "Pendulum-v1", "n_timesteps": 20_000, "learning_rate": 1e-3},
}


def train(
    algorithm: str,
    seed: int,
    look: Look,
    *,
    env_id: str,
    n_timesteps: int,
    n_envs: int = 1,
    **settings: Any,
) -> tuple[Policy, int]:
    """Train an algorithm of stable-baselines3, from nothing, and look every 1,000 steps."""
    make_vec_env = import_module("stable_baselines3.common.env_util").make_vec_env
    method = getattr(import_module("stable_baselines3"), algorithm.partition("_")[0].upper())
    envs = make_vec_env(env_id, n_envs, seed=seed)
    model = method("MlpPolicy", envs, seed=seed, device="cpu", **settings)
    upcoming = 1_000

    def policy(observations: Any) -> Any:
        return model.predict(observations, deterministic=True)[0]

    def go_on(*_: Any) -> bool:
        nonlocal upcoming
        if model.num_timesteps < upcoming:
            return True
        upcoming += 1_000
        returns = [episode["r"] for episode in model.ep_info_buffer]  # of the last 100
        return not look(policy, model.num_timesteps, returns)

    model.learn(n_timesteps, callback=go_on)
    envs.close()
    return policy, model.num_timesteps


def training(algorithm: str, **changes: Any) -> Training:
    """Make a training with the Zoo's settings, for the Zoo's budget, save for some changes."""
    settings = ZOO[algorithm] | changes
    return lambda seed, look: train(algorithm, seed, look, **settings)
