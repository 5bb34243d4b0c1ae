"""PPO: its ratio starts at 1, its loss is the formula, it learns, and broken it does not."""

import numpy as np
import pytest
import torch

import pytorch_rl_basics as library
from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
ppo = definitions("improved/ppo_improved.py")


def learned(**parts):
    """Give the mean of the last 30 returns of three short trainings."""
    runs = [ppo.train(seed, max_steps=15_000, **parts) for seed in range(3)]
    return np.mean([run.episode_returns[-30:] for run in runs])


def upside_down(log_probs, old_log_probs, advantages, clip):
    return library.clipped_surrogate(2 * old_log_probs - log_probs, old_log_probs, advantages, clip)


def test_it_learns():
    assert learned() > 120


@pytest.mark.parametrize(
    "parts",
    [
        {"clipped_surrogate": upside_down},
        {"clipped_surrogate": lambda new, old, advantages, clip: (new * advantages).mean()},
        {"select_log_probs": lambda logits, actions: logits[:, 0]},
    ],
    ids=["ratio", "sign", "action"],
)
def test_with_a_broken_part_it_does_not_learn(parts):
    assert learned(**parts) < 60


def test_the_ratio_starts_at_one_and_then_moves():
    ratios, weights = [], []

    def loss_of(log_probs, old_log_probs, advantages, clip):
        assert not old_log_probs.requires_grad
        ratios.append((log_probs - old_log_probs).exp().detach())
        weights.append(advantages)
        return library.clipped_surrogate(log_probs, old_log_probs, advantages, clip)

    ppo.train(0, max_steps=4000, clipped_surrogate=loss_of)
    assert torch.allclose(ratios[0], torch.ones(256), atol=1e-5)
    assert (ratios[30] - 1).abs().max() > 0.02
    for advantages in weights:
        assert advantages.mean().item() == pytest.approx(0, abs=1e-5)
        assert advantages.std().item() == pytest.approx(1, abs=1e-4)


def test_each_epoch_uses_each_step_once():
    batches = []

    def fit(model, optimizer, batch, targets):
        batches.append(batch)
        return library.train_step(model, optimizer, batch, targets)

    run = ppo.train(0, max_steps=1, train_step=fit, epochs=2, minibatch=500)
    seen = torch.cat(batches)
    assert len(seen) == 2 * run.env_steps
    first, second = seen.chunk(2)
    assert not torch.equal(first, second)  # in another order
    assert torch.equal(first.unique(dim=0), second.unique(dim=0))


def test_the_gradient_of_its_loss_agrees_with_finite_differences():
    logits = torch.randn(40, 2, dtype=torch.float64, requires_grad=True)
    actions = torch.randint(2, (40,))
    old = library.select_log_probs(logits.detach() + torch.randn(40, 2).double(), actions)
    advantages = torch.randn(40, dtype=torch.float64)

    def loss_of(logits):
        log_probs = library.select_log_probs(logits, actions)
        return library.clipped_surrogate(log_probs, old, advantages, 0.2)

    ratio = (library.select_log_probs(logits, actions) - old).exp()
    assert ((ratio - 1).abs() > 0.2).any()  # the clip is at work
    assert torch.autograd.gradcheck(loss_of, (logits,))
