"""The benchmark's trainings: tested and counted alike on both sides."""

import inspect
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("gymnasium")

from benchmarks import ablations, agents, baselines, like_for_like, results, scaling
from benchmarks.contestants import AGENTS

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results.json"


@pytest.mark.parametrize("algorithm", AGENTS)
def test_ablations_are_parameters_of_train(algorithm):
    parameters = inspect.signature(agents.script(algorithm).train).parameters
    for settings in ablations.ABLATIONS[algorithm].values():
        assert settings
        for name, value in settings.items():
            assert parameters[name].default is not value


@pytest.mark.parametrize("algorithm", ablations.STARTS)
def test_a_start_notes_the_last_episodes_of_each_seed(algorithm, monkeypatch):
    asked = []

    def train(seed, **settings):
        inspect.signature(script).bind(seed, **settings)
        asked.append((seed, settings["max_steps"]))
        return SimpleNamespace(episode_returns=[1000.0, *range(seed, seed + start.episodes)])

    start, script = ablations.STARTS[algorithm], agents.script(algorithm).train
    monkeypatch.setattr(agents.script(algorithm), "train", train)
    found = ablations.begin([algorithm], [3, 5])[algorithm]
    middle = (start.episodes - 1) / 2
    assert found == {name: [3 + middle, 5 + middle] for name in start.settings}
    assert asked == [(3, start.env_steps), (5, start.env_steps)] * len(start.settings)


@pytest.mark.parametrize("algorithm", ablations.STARTS)
def test_the_agents_pages_quote_the_starts(algorithm):
    measured = results.read(RESULTS)["starts"][algorithm].numbers
    rounded = {name: [round(mean) for mean in means] for name, means in measured.items()}
    assert rounded == agents.script(algorithm).STARTS


@pytest.mark.parametrize("algorithm", AGENTS)
def test_our_agents_are_looked_at_every_thousand_steps(algorithm):
    seen = []

    def look(policy, env_steps, returns):
        seen.append(env_steps)
        assert len(policy(np.zeros((2, 3 + (algorithm != "sac")), dtype=np.float32))) == 2
        return len(seen) == 2

    _, env_steps = agents.training(algorithm)(0, look)
    assert seen[1] == env_steps
    for number, steps in enumerate(seen, 1):
        assert 1_000 * number <= steps < 1_000 * number + 16


def test_the_zoo_trains_on_the_same_tasks():
    for agent in AGENTS.values():
        assert baselines.ZOO[agent.rival]["env_id"] == agent.task.env_id


def test_a_step_costs_less_with_more_environments():
    for measure in (scaling.stepping, scaling.acting):
        assert measure(1) > 4 * measure(64) > 0


# -- With stable-baselines3 -------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["dqn", "a2c", "ppo", "sac"])
@pytest.mark.filterwarnings("default")
def test_rivals_are_looked_at_alike(algorithm):
    pytest.importorskip("stable_baselines3")
    seen = []

    def look(policy, env_steps, returns):
        seen.append(env_steps)
        assert len(policy(np.zeros((2, 3 + (algorithm != "sac")), dtype=np.float32))) == 2
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
