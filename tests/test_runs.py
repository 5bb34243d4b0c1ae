"""The record of a training: what it counts, how it ends, what it says about bad input."""

import importlib
import sys
from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import pytest

from benchmarks.agents import train
from benchmarks.contestants import AGENTS, CARTPOLE
from pytorch_rl_basics import agents
from pytorch_rl_basics.agents import TrainingRun, film, greedy_returns, plot_runs, vector_env
from pytorch_rl_basics.agents.runs import _NO_BAR, _progress_bar


def push_right(observations):
    return np.ones(len(observations), dtype=np.int64)


def recorded(rewards, done, valid, **options):
    run = TrainingRun(push_right)
    with run.recording(max_steps=100, **options):
        for step in zip(*map(np.asarray, (rewards, done, valid)), strict=True):
            run.record(*step)
    return run


def test_it_counts_steps_and_episodes_and_leaves_out_what_is_none():
    run = recorded(
        rewards=[[1.0, 2.0], [1.0, 7.0], [1.0, 2.0], [1.0, 2.0]],
        done=[[False, True], [False, True], [True, False], [False, True]],
        valid=[[True, True], [True, False], [True, True], [False, True]],
    )
    assert run.env_steps == 6
    assert run.episode_returns == [2.0, 3.0, 4.0]
    assert run.episode_ends == [2, 5, 6]


def test_a_watcher_is_called_every_so_many_steps_and_may_end_it():
    seen = []
    step = ([[1.0] * 4] * 9, [[False] * 4] * 9, [[True] * 4] * 9)
    recorded(*step, watch=lambda run: seen.append(run.env_steps), every=10)
    assert seen == [12, 20, 32]
    assert recorded(*step, watch=lambda run: run.env_steps > 10, every=2).env_steps == 12


def test_its_summary_has_two_lines_and_names_foreign_functions():
    def mine():
        """Stand in for a learner's function."""

    run = TrainingRun(push_right, {"seed": 1, "plot": plot_runs, "policy_loss": mine, "x": None})
    run.episode_returns, run.episode_ends, run.env_steps = [1.0, 2.0], [1, 3], 3
    assert str(run).splitlines() == [
        "TrainingRun: 2 episodes in 3 environment steps, mean return of the last 2: 1.5",
        "  seed=1, policy_loss=mine",
    ]
    assert "0 episodes in 0 environment steps\n" in repr(TrainingRun(push_right))


def test_a_loss_that_is_no_number_is_told():
    run = TrainingRun(push_right, env_steps=1234)
    run.require_finite(1.0)
    with pytest.raises(FloatingPointError, match=r"nan after 1,234 .*Lower the learning rate"):
        run.require_finite(float("nan"))


def test_it_plots_a_moving_average_and_the_band_of_several_runs():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    low, high = (
        TrainingRun(push_right, {}, [value] * 4, [10, 20, 30, 40], 40) for value in (1.0, 3.0)
    )
    ax = low.plot(label="low")
    assert ax.get_title()
    assert ax.get_xlabel()
    assert ax.get_lines()[0].get_ydata() == pytest.approx(1.0)
    plot_runs([low, low, high], ax, label="three")
    line = ax.get_lines()[1]
    assert line.get_ydata() == pytest.approx(1.0)  # the median
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (10, 40)
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (1.0, 3.0)
    pyplot.close("all")


def test_greedy_returns_are_those_of_single_environments():
    returns = greedy_returns(push_right, "CartPole-v1", episodes=5, seed=0)
    assert returns.shape == (5,)
    assert set(returns) <= {8.0, 9.0, 10.0, 11.0}  # how long a pole lasts that is pushed one way
    env = gym.make("CartPole-v1")
    env.reset(seed=0)
    steps, ended = 0, False
    while not ended:
        _, _, ended, _, _ = env.step(1)
        steps += 1
    assert steps in {8, 9, 10, 11}


def test_a_film_has_25_frames_a_second():
    pytest.importorskip("pygame")
    frames = film(push_right, "CartPole-v1", seconds=1)
    assert len(frames) == 25
    assert frames[0].shape == (400, 600, 3)


def test_without_gymnasium_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)  # import then fails
    with pytest.raises(ImportError, match=r'pip install "gymnasium\[classic-control\]"'):
        vector_env("CartPole-v1", 2)


def test_a_bar_shows_on_a_terminal_only(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: False))
    assert _progress_bar(10) is _NO_BAR
    shown = []
    terminal = SimpleNamespace(isatty=lambda: True, write=shown.append, flush=lambda: None)
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = _progress_bar(10)
    bar.update(5)
    bar.close()
    assert any("10" in text for text in shown)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert _progress_bar(10) is _NO_BAR


OLD = {"runs": "Policy TrainingRun film greedy_returns plot_runs vector_env", "video": "Video"}


@pytest.mark.parametrize(("module", "names"), OLD.items())
def test_scripts_that_were_downloaded_earlier_find_the_old_names(module, names):
    old = importlib.import_module(f"pytorch_rl_basics.{module}")
    for name in names.split():
        assert getattr(old, name) is getattr(agents, name)


# -- Every improved agent ----------------------------------------------------------------------

every_agent = pytest.mark.parametrize("algorithm", AGENTS)


@every_agent
def test_actions_of_the_other_kind_are_refused(algorithm):
    other, advice = ("CartPole-v1", "needs Box.* take DQN or PPO")
    if AGENTS[algorithm].task is CARTPOLE:
        other, advice = ("Pendulum-v1", "needs Discrete.* take SAC")
    with pytest.raises(ValueError, match=f"{other} are .*{advice}"):
        train(algorithm, env_id=other)


@pytest.mark.parametrize("algorithm", ["dqn", "reinforce", "a2c", "ppo"])
def test_another_environment_is_fine(algorithm):
    run = train(algorithm, env_id="Acrobot-v1", max_steps=1_200, num_envs=2)
    assert run.env_steps >= 1_200
    assert run.policy(np.zeros((3, 6), dtype=np.float32)).shape == (3,)


@every_agent
def test_a_diverging_training_is_told(algorithm):
    part = "td_target" if algorithm in ("dqn", "sac") else "gae"
    with pytest.raises(FloatingPointError, match="the training diverges"):
        train(algorithm, **{part: lambda rewards, *_: rewards * float("nan")})


@every_agent
def test_ctrl_c_returns_the_run_so_far(algorithm):
    def interrupt(run):
        raise KeyboardInterrupt

    run = train(algorithm, watch=interrupt)
    assert 1_000 <= run.env_steps < 1_100
    assert run.settings["seed"] == 0


@every_agent
def test_the_same_seed_gives_the_same_run_whose_policy_maps_raw_states_to_actions(algorithm):
    sizes = {"max_steps": 1_700, "num_envs": 8}  # one episode of Pendulum in each environment
    first, again, other = (train(algorithm, seed, **sizes) for seed in (0, 0, 1))
    assert first.episode_returns == again.episode_returns != other.episode_returns
    env = gym.make(AGENTS[algorithm].task.env_id)
    states = np.stack([env.observation_space.sample() for _ in range(9)])
    actions = first.policy(states)
    assert all(env.action_space.contains(action) for action in actions)
    assert (actions == first.policy(states)).all()
