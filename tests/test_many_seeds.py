"""Agents that are trained together learn what they would learn separately."""

import ast
import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks import many
from benchmarks.scripts import TUTORIALS, definitions
from pytorch_rl_basics.agents import TrainingRun

gym = pytest.importorskip("gymnasium")
page = definitions(many.PAGE)
agent = definitions(many.AGENT_SCRIPT)
VALID = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 0, 1], [0, 0, 1, 1, 0, 0]])  # (3, 6)
CLIP = 0.2


def stacked(stack, make, **sizes):
    """Give three networks, float64, and their stack."""
    torch.manual_seed(0)
    networks = [make(hidden=(8, 8), **sizes).double() for _ in range(3)]
    return networks, stack(networks)


def batch():
    """Give states, actions, old log-probabilities and weights; invalid rows hold large numbers."""
    torch.manual_seed(1)
    garbage = 1 + 1e3 * (1 - VALID.double())
    states = torch.randn(3, 6, 4, dtype=torch.float64)
    old = torch.randn(3, 6, dtype=torch.float64) / 10 - 0.7
    weights = torch.randn(3, 6, dtype=torch.float64) * garbage
    return states, torch.randint(2, (3, 6)), old, weights


def assert_gradients_are_separate(stack, networks, losses):
    for n, (network, loss) in enumerate(zip(networks, losses, strict=True)):
        loss.backward()
        for name, parameter in network.named_parameters():
            found = stack.parameters[name].grad[n]
            assert parameter.grad.abs().max() > 1e-9
            assert torch.allclose(found, parameter.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", [page.Stack, page.Batched])
def test_an_actor_has_the_gradient_of_its_own_valid_steps(make):
    networks, stack = stacked(make, library.PolicyNetwork)
    states, actions, old, weights = batch()
    mask = VALID.double()
    normal = torch.vmap(page.normalised)(weights, mask)
    loss = torch.vmap(lambda *parts: page.actor_loss(*parts, clip=CLIP))
    loss(stack(states), actions, old, normal, mask).sum().backward()
    separate = []
    for n, network in enumerate(networks):
        rows = VALID[n].bool()
        log_probs = library.select_log_probs(network(states[n, rows]), actions[n, rows])
        mine = weights[n, rows]
        mine = (mine - mine.mean()) / (mine.std() + 1e-8)
        separate.append(library.clipped_surrogate(log_probs, old[n, rows], mine, CLIP))
    assert_gradients_are_separate(stack, networks, separate)


@pytest.mark.parametrize("make", [page.Stack, page.Batched])
def test_a_critic_has_the_gradient_of_its_own_valid_steps(make):
    networks, stack = stacked(make, library.ValueNetwork)
    states, _, _, targets = batch()
    torch.vmap(page.critic_loss)(stack(states), targets, VALID.double()).sum().backward()
    separate = [
        F.mse_loss(network(states[n, VALID[n].bool()]), targets[n, VALID[n].bool()])
        for n, network in enumerate(networks)
    ]
    assert_gradients_are_separate(stack, networks, separate)


def test_an_agent_without_valid_steps_has_a_loss_and_a_gradient_of_0():
    logits = torch.randn(6, 2, requires_grad=True)
    none = torch.zeros(6)
    weights = page.normalised(torch.randn(6), none)
    loss = page.actor_loss(logits, torch.zeros(6).long(), torch.zeros(6), weights, none, CLIP)
    loss = loss + page.critic_loss(logits[:, 0], torch.ones(6), none)
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_each_agent_takes_a_step_of_its_own_learning_rate_and_a_share_of_0_freezes():
    networks, stack = stacked(page.Batched, library.PolicyNetwork)
    share = torch.tensor([1.0, 0.3, 0.0], dtype=torch.float64)
    before = [p[2].clone() for p in stack.parameters.values()]
    together = torch.optim.Adam(stack.parameters.values(), 0.01, fused=True)
    separate = [
        torch.optim.Adam(network.parameters(), 0.01 * rate)
        for network, rate in zip(networks, share.tolist(), strict=True)
    ]
    for seed in range(5):
        torch.manual_seed(seed)
        states = torch.randn(3, 6, 4, dtype=torch.float64)
        page.take_step(together, stack(states).square().mean(dim=(1, 2)), share)
        for network, adam, mine in zip(networks, separate, states, strict=True):
            adam.zero_grad()
            network(mine).square().mean().backward()
            adam.step()
    for n, network in enumerate(networks):
        for name, parameter in network.named_parameters():
            assert torch.allclose(stack.parameters[name][n], parameter, rtol=0, atol=1e-12)
    assert all(map(torch.equal, before, [p[2] for p in stack.parameters.values()]))


def test_the_records_are_those_of_the_agents_and_end_with_their_budgets():
    rng = np.random.default_rng(0)
    records = page.Records(2, 3, max_steps=40)
    alone = [TrainingRun(policy=None) for _ in range(2)]
    with alone[0].recording(40), alone[1].recording(40):
        for _ in range(30):
            rewards, done = rng.random((2, 3)), rng.random((2, 3)) < 0.3
            valid = rng.random((2, 3)) < [[0.9], [0.5]]
            left = [max(0, 1 - run.env_steps / 40) for run in alone]
            assert records.left().tolist() == pytest.approx(left)
            records.record(rewards.ravel(), done.ravel(), valid.ravel())
            for run, *step in zip(alone, rewards, done, valid, strict=True):
                if run.env_steps < 40:
                    run.record(*step)
    assert records.left().tolist() == [0, pytest.approx(max(0, 1 - alone[1].env_steps / 40))]
    for run, one in zip(records.runs, alone, strict=True):
        assert len(run.episode_returns) > 5
        assert run.episode_returns == pytest.approx(one.episode_returns)
        assert run.episode_ends == one.episode_ends


def truncated_early(env_id, num_envs, actions=None):
    return gym.make_vec(env_id, num_envs, max_episode_steps=12)


@pytest.mark.parametrize("make", [page.Stack, page.Batched])
@pytest.mark.parametrize("name", ["REINFORCE", "A2C", "PPO"])
def test_one_agent_is_trained_as_the_plain_computation_trains_it(name, make, monkeypatch):
    settings = replace(getattr(agent, name), num_envs=4, max_steps=250)
    if settings.steps:
        settings = replace(settings, steps=16, minibatch=settings.minibatch and 24)
    monkeypatch.setattr(torch, "randperm", torch.arange)  # both take the rows in order
    monkeypatch.setattr(torch, "rand", torch.zeros)
    actors = []

    def remember(*sizes, **hidden):
        actors.append(library.PolicyNetwork(*sizes, **hidden))
        return actors[-1]

    for script in (page, agent):
        monkeypatch.setattr(script, "PolicyNetwork", remember)
        monkeypatch.setattr(script, "vector_env", truncated_early)
    (together,) = page.train_many([3], settings, make)
    alone = agent.train(3, settings)
    torch.manual_seed(3)
    start = library.PolicyNetwork(hidden=settings.hidden)
    ended = together.episode_returns
    assert ended.count(12) > 5
    assert min(ended) < 12
    assert ended == alone.episode_returns[: len(ended)]  # which goes on to the end of the batch
    for one, other, first in zip(*(x.parameters() for x in (*actors, start)), strict=True):
        assert torch.allclose(one, other, atol=1e-5)
        assert (one - first).abs().max() > 1e-3


def definition(script, name):
    """Give the code of a function of a script."""
    tree = ast.parse((TUTORIALS / script).read_text("utf-8"))
    return next(ast.dump(node) for node in tree.body if getattr(node, "name", "") == name)


def test_the_page_has_the_agents_rollouts_and_the_settings_of_a2c():
    assert definition(many.PAGE, "rollouts") == definition(many.AGENT_SCRIPT, "rollouts")
    for name, value in vars(page.Settings(max_steps=agent.A2C.max_steps)).items():
        assert getattr(agent.A2C, name) == value, name


def test_the_rank_test_is_the_exact_one_and_its_power_is_estimated():
    a, b = np.array([1.0, 5.0, 5.0, 9.0]), np.array([2.0, 9.0, 9.0, 11.0])
    ranks = np.array([1, 3.5, 3.5, 6, 2, 6, 6, 8])
    sums = [abs(ranks[list(some)].sum() - 18) for some in itertools.combinations(range(8), 4)]
    exact = np.mean(np.array(sums) >= abs(ranks[:4].sum() - 18))
    assert many.rank_test(a, b) == pytest.approx(exact, abs=0.02)
    assert many.rank_test(a, a) == 1
    spread = np.random.default_rng(0).normal(100, 10, 30)
    assert many.slower(np.ones(2), 0.5, None).tolist() == [1.5, 1.5]
    assert 0.04 < many.detectable(spread, many.slower, trials=50) < 0.16  # in theory 0.09
    assert many.detectable(np.full(30, 500.0), many.failing, trials=50) > 0.1


def test_the_mean_of_100_returns_decides_when_a_training_is_solved():
    returns = [0.0] * 50 + [500.0] * 110  # at 145 episodes, 95 of the last 100 are of 500
    run = TrainingRun(None, {}, returns, list(range(10, 10 * len(returns) + 1, 10)))
    assert many.strict_solved(run, 9_999) == 1_450
    assert many.strict_solved(replace(run, episode_returns=returns[:120]), 9_999) == 9_999


def test_what_the_page_says_about_the_table_of_costs():
    text = (TUTORIALS / many.PAGE).read_text("utf-8")
    rows = re.findall(r"^# (\w.*?)  +([\d.]+)  +([\d.]+)$", text, re.MULTILINE)
    costs = {name: (float(by_vmap), float(by_bmm)) for name, by_vmap, by_bmm in rows}
    act, update, *trainings = costs.values()
    assert len(trainings) == 3
    assert all(by_bmm < by_vmap < 10 for by_vmap, by_bmm in (act, *trainings))
    assert 2 * act[1] < update[1]  # what a fixed cost is shared by, and what it is not
    assert min(trainings) == costs["a whole training, REINFORCE"]
