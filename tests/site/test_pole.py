"""What the figure "Push the pole" computes is what Gymnasium and PyTorch compute."""

import json

import gymnasium as gym
import numpy as np
import pytest
import torch
from built import run

from pytorch_rl_basics import PolicyNetwork, ValueNetwork

FORCES = {0: -10, 1: 10}
ASK = """
const { data, states, forces } = given;
const right = script.policies(data.networks);
let seed = 1;
const random = () => (seed = (48271 * seed) % 2147483647) / 2147483647;
function play(name, push = 0) {
  let state = script.start(random), steps = 0;
  for (; steps < 500 && !script.fell(state); steps++) {
    if (steps === 100) state[3] += push;
    state = script.step(state, random() < right[name](state) ? 10 : -10);
  }
  return steps;
}
const after = states.map((state, i) => script.step(state, forces[i]));
const twenty = Array.from({ length: 20 }, (_, i) => i);
return {
  after, fell: after.map(script.fell),
  half: states.map(right.half), trained: states.map(right.trained),
  critic: states.map((state) => script.outputs(data.networks.critic, state)[0]),
  pushed: twenty.map((i) => play("trained", i % 2 ? data.push : -data.push)),
  games: Object.fromEntries(
    Object.keys(right).map((name) => [name, twenty.map(() => play(name))])),
};
"""


@pytest.fixture(scope="module")
def data(soups):
    """Read what the build wrote into the page."""
    return json.loads(soups["index.html"].select_one("#interactive-pole > script").string)


@pytest.fixture(scope="module")
def recorded():
    """Play CartPole at random from wide starts; record 1,000 states, actions and what follows."""
    cartpole, rng = gym.make("CartPole-v1").unwrapped, np.random.default_rng(0)
    rows = []
    while len(rows) < 1000:
        cartpole.reset(seed=len(rows))
        cartpole.state = rng.uniform(-1, 1, 4) * [2.4, 3, 0.2, 3]
        terminated = False
        while not terminated and len(rows) < 1000:
            before, action = tuple(map(float, cartpole.state)), int(rng.integers(2))
            terminated = cartpole.step(action)[2]
            rows.append((before, action, list(map(float, cartpole.state)), terminated))
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.fixture(scope="module")
def answers(data, recorded):
    """Ask the figure's script."""
    states, actions, *_ = recorded
    forces = [FORCES[action] for action in actions]
    return run("interactive/pole.js", ASK, {"data": data, "states": states, "forces": forces})


def filled(network, layers):
    """Load the page's parameters, [weight, bias] of each layer, into a network."""
    values = [torch.tensor(values) for layer in layers for values in layer]
    names = network.state_dict()
    network.load_state_dict(dict(zip(names, values, strict=True)))
    return network


def test_a_step_from_1000_states_agrees_with_gymnasium(answers, recorded):
    *_, after, terminated = recorded
    assert len(after) == 1000
    assert 10 < sum(terminated) < 990
    np.testing.assert_allclose(answers["after"], after, rtol=0, atol=1e-12)
    assert answers["fell"] == terminated


@pytest.mark.parametrize("name", ["half", "trained", "critic"])
def test_the_networks_agree_with_torch(name, answers, data, recorded):
    states = torch.tensor(recorded[0])
    layers = data["networks"][name]
    with torch.no_grad():
        if name == "critic":
            expected = filled(ValueNetwork(hidden=(32,)), layers)(states)
        else:
            expected = filled(PolicyNetwork(hidden=(32,)), layers)(states).softmax(-1)[:, 1]
    torch.testing.assert_close(torch.tensor(answers[name]), expected, rtol=0, atol=1e-5)
    assert expected.std() > 0.1


def test_the_trained_policy_keeps_the_pole_up_for_500_steps_and_catches_it(answers, data):
    games = answers["games"]
    assert games["trained"] == [500] * 20
    assert answers["pushed"].count(500) >= 16
    for name, mean in data["steps"].items():
        assert np.mean(games[name]) == pytest.approx(mean, rel=0.5), name


def test_readers_without_scripts_get_a_picture_and_the_results(soups, data):
    static = soups["index.html"].select_one("#interactive-pole .interactive-static")
    assert "pole" in static.svg["aria-label"]
    assert static.svg["role"] == "img"
    cells = [int(cell.text.split()[0]) for cell in static.select("td")]
    assert cells == list(data["steps"].values())
