"""The benchmark's trainings: looked at alike on both sides, and told apart by their parts."""

import inspect

import numpy as np
import pytest

pytest.importorskip("gymnasium")

from benchmarks import ablations, agents, baselines, like_for_like, limits, parts
from benchmarks.clock import Clock
from benchmarks.contestants import AGENTS


@pytest.mark.parametrize("algorithm", AGENTS)
def test_ablations_are_parameters_of_train(algorithm):
    parameters = inspect.signature(agents.script(algorithm).train).parameters
    for settings in ablations.ABLATIONS[algorithm].values():
        assert settings
        for name, value in settings.items():
            assert parameters[name].default is not value


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


# -- Parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "collects", "part"),
    [
        ("step train", False, "bookkeeping"),
        ("forward _wrapped_call_impl train", False, "acting"),
        ("epsilon_greedy <listcomp> train", False, "acting"),
        ("forward _wrapped_call_impl update train", False, "learning"),
        ("sample_squashed update train", False, "learning"),
        ("sample_actions rollouts train", True, "acting"),
        ("stack rollouts train", True, "bookkeeping"),
        ("forward _wrapped_call_impl train", True, "learning"),
        ("sample_actions play_episodes train", True, "acting"),
    ],
)
def test_parts_are_told_by_the_functions_that_run(names, collects, part):
    stack = [("script.py", name) for name in names.split()]
    assert parts.part_of(stack, collects) == part
    inside = [("site-packages/gymnasium/envs/classic_control/cartpole.py", "step"), *stack]
    assert parts.part_of(inside, collects) == "environment"


@pytest.mark.parametrize("algorithm", AGENTS)
def test_the_functions_that_tell_the_parts_exist(algorithm):
    script = agents.script(algorithm)
    inside = {getattr(part, "co_name", "") for part in script.train.__code__.co_consts}
    assert parts.COLLECTING & vars(script).keys() or parts.LEARNING & inside
    assert parts.ACTING & (vars(script).keys() | script.train.__kwdefaults__.keys())


def test_a_sampler_finds_where_the_time_goes():
    def work(seconds):
        stopwatch = Clock()
        while stopwatch.read() < seconds:
            pass

    def update():
        work(0.3)

    with parts.Sampler(collects=False) as sampler:
        work(0.1)
        update()
    assert 0.4 <= sampler.seconds < 0.6
    assert 0.6 < sampler.share("learning") < 0.9
    assert sampler.share("learning") + sampler.share("bookkeeping") == pytest.approx(1)


def test_it_finds_the_network_of_a_policy():
    for algorithm, outputs in (("dqn", 2), ("sac", 2)):
        run = agents.script(algorithm).train(0, max_steps=20)
        network = limits.network_of(run.policy)
        assert list(network.parameters())[-1].shape == (outputs,)


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
