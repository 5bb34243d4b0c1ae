"""The benchmark's trainings: tested and counted alike on both sides."""

import inspect
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("gymnasium")

from benchmarks import ablations, agents, baselines, like_for_like, scaling
from benchmarks.contestants import AGENTS, PENDULUM


@pytest.mark.parametrize("algorithm", AGENTS)
def test_ablations_change_settings_or_arguments_of_train(algorithm):
    module = agents.script(algorithm)
    usual = asdict(getattr(module, AGENTS[algorithm].settings))
    parameters = inspect.signature(module.train).parameters
    for changes in ablations.ABLATIONS[algorithm].values():
        before = {
            name: usual[name] if name in usual else parameters[name].default for name in changes
        }
        assert changes != before


def test_changes_go_into_the_settings_or_into_train(monkeypatch):
    seen = []

    def train(seed, settings, *, watch, gae):
        seen.append((seed, settings, gae))
        return SimpleNamespace(policy=None, env_steps=7)

    module = agents.script("a2c")
    monkeypatch.setattr(module, "train", train)
    assert agents.training("a2c", lam=0.5, gae=max)(3, None) == (None, 7)
    assert seen == [(3, replace(module.A2C, lam=0.5), max)]


def test_the_interval_is_a_bootstrap_of_the_mean():
    pytest.importorskip("scipy")
    numbers = np.random.default_rng(0).normal(10, 2, 200)
    low, high = ablations.interval(numbers)
    half = 1.96 * numbers.std(ddof=1) / np.sqrt(len(numbers))
    assert (low, high) == pytest.approx((numbers.mean() - half, numbers.mean() + half), abs=0.05)
    assert ablations.interval([500.0] * 10) == (500.0, 500.0)


@pytest.mark.parametrize("algorithm", AGENTS)
def test_our_agents_are_looked_at_every_thousand_steps(algorithm):
    seen = []
    inputs = 3 if AGENTS[algorithm].task is PENDULUM else 4

    def look(policy, env_steps, returns):
        seen.append(env_steps)
        assert len(policy(np.zeros((2, inputs), dtype=np.float32))) == 2
        return len(seen) == 2

    _, env_steps = agents.training(algorithm)(0, look)
    assert seen[1] == env_steps
    for number, steps in enumerate(seen, 1):
        assert 1_000 * number <= steps < 1_000 * number + 32


def test_the_zoo_trains_on_the_same_tasks():
    for agent in AGENTS.values():
        assert baselines.ZOO[agent.rival]["env_id"] == agent.task.env_id


def test_a_step_costs_less_with_more_environments():
    for measure in (scaling.stepping, scaling.acting):
        assert measure(1) > 4 * measure(64) > 0


# -- With stable-baselines3 -------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", baselines.ZOO)
@pytest.mark.filterwarnings("default")
def test_rivals_are_looked_at_alike(algorithm):
    pytest.importorskip("stable_baselines3")
    seen = []
    inputs = 3 if AGENTS[algorithm].task is PENDULUM else 4

    def look(policy, env_steps, returns):
        seen.append(env_steps)
        assert len(policy(np.zeros((2, inputs), dtype=np.float32))) == 2
        return len(seen) == 2

    settings = {"gradient_steps": 1} if algorithm in ("dqn", "sac") else {}
    settings |= {"learning_starts": 5_000} if algorithm == "sac" else {}
    _, env_steps = baselines.training(algorithm, **settings)(0, look)
    assert seen == [1_000, 2_000]
    assert env_steps == 2_000


@pytest.mark.parametrize("algorithm", ["dqn", "ppo", "sac"])
@pytest.mark.filterwarnings("default")
def test_like_for_like_makes_as_many_updates_on_both_sides(algorithm):
    pytest.importorskip("stable_baselines3")
    pair = like_for_like.PAIRS[algorithm]
    few = [like_for_like.updates_in(side, pair.few) for side in (pair.ours, pair.theirs)]
    assert few[0] == pytest.approx(few[1], rel=0.1)
