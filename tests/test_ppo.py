"""PPO: its rollouts, gradient and diagnostics are right, it learns, and broken parts show."""

import inspect
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import pytorch_rl_basics as library
from benchmarks.scripts import TUTORIALS, definitions

pytest.importorskip("gymnasium")
SCRIPT = TUTORIALS / "algorithms" / "ppo.py"
ppo = definitions(SCRIPT)
PIECE = 8 * ppo.STEPS  # environment steps in a rollout
surrogate = library.clipped_surrogate


def learned(seeds, rollouts=20, **parts):
    """Give the mean of the last 20 returns over the seeds, and the largest approximate KL."""
    runs = [
        ppo.train(*ppo.new_networks(seed), seed=seed, max_steps=rollouts * PIECE, **parts)
        for seed in seeds
    ]
    means = [np.mean(returns[-20:]) for _, _, returns, _ in runs]
    return np.mean(means), max(one.approximate_kl for run in runs for one in run[3])


def test_it_learns_in_small_steps():
    # Measured, seeds 0 to 4: 392, 186, 256, 264, 141, with a KL of at most 0.022.
    mean, largest = learned(range(2))
    assert mean > 150
    assert largest < 0.04


@pytest.mark.parametrize(
    "parts",
    [
        {"clipped_surrogate": lambda *args: -surrogate(*args)},
        {"clipped_surrogate": lambda new, old, *others: surrogate(old, new, *others)},
        {"select_log_probs": lambda logits, actions: F.log_softmax(logits, -1)[:, 0]},
    ],
    ids=["sign", "swapped", "action"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    # Measured, seeds 0 to 4: at most 10; 26, as no gradient flows; 28.
    mean, _ = learned([0], **parts)
    assert mean < 40


def test_without_the_old_log_probs_the_steps_are_large():
    # It still learns on CartPole, so only the KL shows it: seeds 0 to 4, 0.06 to 0.32.
    def forgetful(new, old, *others):
        return surrogate(new, torch.zeros_like(old), *others)

    _, largest = learned([0], clipped_surrogate=forgetful)
    assert largest > 0.05


def test_the_log_probs_are_those_of_the_policy_that_acted():
    actor, envs = library.PolicyNetwork(), ppo.vector_env("CartPole-v1", 4)
    first = next(ppo.rollouts(envs, actor, 0, "cpu", library.sample_actions))
    with torch.no_grad():
        log_probs = F.log_softmax(actor(first.states[:-1]), dim=-1)  # (T, N, A)
    taken = log_probs.gather(-1, first.actions.unsqueeze(-1)).squeeze(-1)
    assert torch.allclose(first.log_probs, taken, atol=1e-6)
    assert not first.log_probs.requires_grad


def one_update(**settings):
    """Train on one rollout; give what the parts saw, and the run."""
    seen = {"critic": [], "loss": [], "acting": []}

    def gae(*args):
        seen["gae"] = args
        return library.gae(*args)

    def loss_of(*args):
        seen["loss"].append(args)
        return surrogate(*args)

    def select(logits, actions):
        if logits.requires_grad:
            logits.retain_grad()
            seen["logits"], seen["actions"] = logits, actions
        return library.select_log_probs(logits, actions)

    def act(actor, states):
        actions, log_probs = library.sample_actions(actor, states)
        seen["acting"].append((states, actions, log_probs))
        return actions, log_probs

    def remember(_, inputs, values):
        if values.requires_grad:
            values.retain_grad()
        seen["critic"].append((*inputs, values))

    actor, critic = ppo.new_networks(0)
    critic.register_forward_hook(remember)
    slots = {"gae": gae, "clipped_surrogate": loss_of, "select_log_probs": select}
    run = ppo.train(actor, critic, max_steps=1, sample_actions=act, **slots, **settings)
    _, values, _, _, done, *_ = seen["gae"]
    valid = torch.cat([torch.ones(1, 8, dtype=torch.bool), ~done[:-1]])
    advantages = library.gae(*seen["gae"])[valid]
    return seen, valid, advantages, advantages + values[valid], run


def test_advantages_targets_and_gradient_are_the_formulas():
    seen, valid, advantages, targets, _ = one_update(epochs=1, minibatch=10_000, clip=0.3)
    _, values, next_values, *_, gamma, lam = seen["gae"]
    assert (gamma, lam) == (ppo.GAMMA, ppo.LAM)
    assert torch.equal(values[1:], next_values[:-1])
    assert not values.requires_grad
    (all_states, _), (states, predicted) = seen["critic"]
    # The batch is shuffled: find each of its rows in the rollout.
    match = (states[:, None] == all_states[:-1][valid]).all(dim=-1)  # (B, B)
    assert (match.sum(dim=1) == 1).all()
    rows = match.int().argmax(dim=1)
    assert rows.sort().values.tolist() == list(range(int(valid.sum())))
    assert not torch.equal(rows, rows.sort().values)

    ((log_probs, old_log_probs, weights, clip),) = seen["loss"]
    assert clip == 0.3
    assert torch.allclose(log_probs, old_log_probs, atol=1e-6)  # no step has been made
    assert not old_log_probs.requires_grad
    normalised = (advantages - advantages.mean()) / advantages.std()
    assert torch.allclose(weights, normalised[rows], atol=1e-5)
    one_hot, probs = F.one_hot(seen["actions"], 2), F.softmax(seen["logits"], dim=-1)
    formula = -weights.unsqueeze(-1) * (one_hot - probs) / len(rows)
    assert torch.allclose(seen["logits"].grad, formula, atol=1e-6)
    errors = predicted.detach() - targets[rows]
    assert torch.allclose(predicted.grad, 2 * errors / len(rows), atol=1e-6)


def test_each_step_follows_the_gradient_of_its_own_minibatch():
    losses = []

    def only_the_first(log_probs, *_):
        losses.append(log_probs.sum() * (not losses))
        return losses[-1]

    actor, *_ = ppo.train(*ppo.new_networks(0), max_steps=1, clipped_surrogate=only_the_first)
    assert len(losses) > 1
    assert not any(parameter.grad.any() for parameter in actor.parameters())


def test_each_epoch_uses_each_step_once():
    seen, valid, *_ = one_update(epochs=3, minibatch=100)
    steps = int(valid.sum())
    sizes = [len(old) for _, old, *_ in seen["loss"]]
    assert sizes == 3 * [*[100] * (steps // 100), steps % 100]
    old = torch.cat([old for _, old, *_ in seen["loss"]]).reshape(3, steps)
    expected = torch.stack([log_probs for *_, log_probs in seen["acting"]])[valid]
    for epoch in old:
        assert torch.equal(epoch.sort().values, expected.sort().values)
    assert not torch.equal(old[0], old[1])


def test_the_diagnostics_of_a_case_made_by_hand():
    log_ratios = torch.tensor([1.0, 2.0, 0.5, 1.1]).log()
    targets = torch.tensor([1.0, 2.0, 3.0, 6.0])  # variance 14 / 3
    values = torch.tensor([1.0, 2.0, 3.0, 4.0])  # errors 0, 0, 0, 2: variance 1
    outcome = ppo.diagnose(torch.tensor([0.5, 0.7]), log_ratios, 0.2, values, targets)
    assert outcome.entropy == pytest.approx(0.6)
    # (0 + (1 - ln 2) + (-1/2 + ln 2) + (0.1 - ln 1.1)) / 4
    assert outcome.approximate_kl == pytest.approx((0.6 - np.log(1.1)) / 4)
    assert outcome.clip_fraction == 0.5
    assert outcome.explained_variance == pytest.approx(1 - 3 / 14)


def test_the_diagnostics_compare_the_policy_after_the_update_with_the_one_before():
    seen, valid, _, targets, (actor, _, _, diagnostics) = one_update()
    states, actions, before = (
        torch.stack(parts)[valid] for parts in zip(*seen["acting"], strict=True)
    )
    with torch.no_grad():
        after = torch.distributions.Categorical(logits=actor(states))
    ratios = (after.log_prob(actions) - before).exp()
    (outcome,) = diagnostics
    assert outcome.entropy == pytest.approx(after.entropy().mean().item(), rel=1e-4)
    assert outcome.approximate_kl == pytest.approx(
        (ratios - 1 - ratios.log()).mean().item(), rel=1e-3
    )
    outside = (ratios < 0.8) | (ratios > 1.2)
    assert outcome.clip_fraction == pytest.approx(outside.float().mean().item(), abs=0.003)
    left = targets - seen["gae"][1][valid]
    explained = 1 - (left.var() / targets.var()).item()
    assert outcome.explained_variance == pytest.approx(explained, abs=1e-4)


def test_the_kl_of_the_page_is_that_of_torch():
    old, new = torch.randn(2, 5, 3)
    one, two = (torch.distributions.Categorical(logits=logits) for logits in (old, new))
    expected = torch.distributions.kl_divergence(one, two).mean()
    assert torch.allclose(ppo.kl_divergence(old, new), expected, atol=1e-6)


def column(number):
    """Give a column of the page's table of differences, by setting."""
    lines = re.findall(r"^# (\S.*)$", SCRIPT.read_text("utf-8"), re.M)
    rows = [re.split("  +", line) for line in lines]
    return {row[0]: row[number] for row in rows if len(row) == 4}


@pytest.mark.filterwarnings("default")  # those of stable-baselines3 are not ours
def test_the_table_quotes_stable_baselines3():
    sb3 = pytest.importorskip("stable_baselines3", reason="the table quotes stable-baselines3")
    defaults = {name: one.default for name, one in inspect.signature(sb3.PPO).parameters.items()}
    table = column(3)
    for setting, name in {
        "steps in a rollout": "n_steps",
        "steps in a minibatch": "batch_size",
        "epochs": "n_epochs",
        "learning rate": "learning_rate",
        "clip": "clip_range",
        "γ": "gamma",
        "λ": "gae_lambda",
        "weight of squared error": "vf_coef",
        "weight of entropy": "ent_coef",
        "longest gradient": "max_grad_norm",
    }.items():
        assert float(table[setting]) == defaults[name], setting
    assert defaults["normalize_advantage"]
    assert defaults["clip_range_vf"] is None
    assert table["values are clipped, too"] == "no"
    model = sb3.PPO("MlpPolicy", "CartPole-v1")
    assert float(table["ε of Adam"]) == model.policy.optimizer.defaults["eps"]
    layers = [type(one) for one in model.policy.mlp_extractor.policy_net]
    assert layers == 2 * [torch.nn.Linear, torch.nn.Tanh]
    assert table["hidden layers"] == "64, 64 tanh"
    assert model.policy.mlp_extractor.latent_dim_pi == 64
    assert model.policy.ortho_init


def test_the_table_quotes_this_page():
    table = column(1)
    defaults = inspect.signature(ppo.train).parameters
    ours = {
        "steps in a rollout": ppo.STEPS,
        "steps in a minibatch": defaults["minibatch"].default,
        "epochs": defaults["epochs"].default,
        "learning rate": defaults["learning_rate"].default,
        "clip": defaults["clip"].default,
        "γ": ppo.GAMMA,
        "λ": ppo.LAM,
    }
    assert {setting: float(table[setting]) for setting in ours} == ours
