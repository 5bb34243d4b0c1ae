"""The point mass moves as computed by hand, its wall blocks, and the site's agents learn it."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.scripts import TUTORIALS, definitions
from pytorch_rl_basics.agents import greedy_returns

gym = pytest.importorskip("gymnasium")
SCRIPT = "practice/own_environment.py"
page = definitions(SCRIPT)
sac, ppo = map(definitions, ("improved/sac_improved.py", "improved/continuous_actions.py"))
AGENTS = [(sac, replace(sac.SAC, max_steps=5_000)), (ppo, replace(ppo.PPO, max_steps=20_000))]


@pytest.fixture(scope="module")
def env_id(tmp_path_factory):
    """Write the module that the page describes: all up to the class, and the call of register."""
    above, _, below = (TUTORIALS / SCRIPT).read_text("utf-8").partition("# Register and check")
    register = next(line for line in below.splitlines() if line.startswith("gym.register"))
    folder = tmp_path_factory.mktemp("modules")
    (folder / "point_mass.py").write_text(f"{above}\n{register}", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield "point_mass:PointMass-v0"
    del gym.registry["PointMass-v0"]


@pytest.mark.parametrize(
    ("start", "velocity", "push", "end"),
    [
        ((-0.8, 0.0), (0.0, 0.0), (1, 0), (-0.77, 0, 0.03, 0)),
        ((-0.77, 0.0), (0.03, 0.0), (5, -0.5), (-0.716, -0.015, 0.054, -0.015)),
        ((-0.15, 0.3), (0.1, 0.05), (0, 0), (-0.15, 0.34, 0, 0.04)),  # along the wall
        ((0.05, -0.45), (0.05, 0.1), (0, 0), (0.09, -0.45, 0.04, 0)),
        ((-0.95, 0.95), (-0.1, 0.1), (0, 0), (-0.95, 0.95, 0, 0)),  # the borders
        ((0.9, 0.9), (0.11875, 0), (0, 0), (0.995, 0.9, 0.095, 0)),
        ((0.6, 0.0), (0.1, 0.0), (0, 0), (0.68, 0, 0.08, 0)),  # 0.12 from the goal
        ((0.625, 0.0), (0.1, 0.0), (0, 0), (0.705, 0, 0.08, 0)),  # 0.095 from it
    ],
)
def test_a_step_is_that_computed_by_hand(start, velocity, push, end, env_id):
    env = gym.make(env_id).unwrapped
    env.position, env.velocity = np.array(start), np.array(velocity)
    observation, reward, terminated, truncated, _ = env.step(np.array(push))
    assert observation == pytest.approx(end, abs=1e-7)
    assert reward == pytest.approx(-10 * ((end[0] - 0.8) ** 2 + end[1] ** 2) ** 0.5)
    assert (terminated, truncated) == (start == (0.625, 0.0), False)


def test_copies_differ_end_in_time_and_never_enter_the_wall(env_id):
    envs = gym.make_vec(env_id, num_envs=50)
    observations, _ = envs.reset(seed=0)
    assert len(np.unique(observations, axis=0)) == 50
    assert -0.8 < observations[:, 1].min() < -0.7 < 0.7 < observations[:, 1].max() < 0.8
    for step in range(50):  # wherever it is, straight to the goal or away from it
        pushes = np.sign(page.GOAL - observations[:, :2]) * (1 if step < 30 else -1)
        observations, _, terminated, truncated, _ = envs.step(pushes)
        assert not (abs(observations[:, :2]) < page.WALL - 1e-6).all(axis=1).any()
        assert not terminated.any()
        assert (truncated == (step == 49)).all()


@pytest.mark.parametrize(("agent", "settings"), AGENTS, ids=["SAC", "PPO"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_agents_of_this_site_learn_it_as_they_are(agent, settings, seed, env_id):
    run = agent.train(seed, settings, env_id=env_id)
    returns = greedy_returns(run.policy, env_id, 100, seed=1000)
    assert returns.min() > -400  # 50 steps left of the wall give less than -450
