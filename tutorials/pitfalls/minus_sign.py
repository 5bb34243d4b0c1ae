r"""
The minus sign of the policy gradient
=====================================

Without the minus the agent learns to avoid what was good, and the loss falls all the same. Some
functions of PyTorch have the minus inside, and with them a second one is the mistake.
"""

# %%
# The broken code
# ---------------
# A :term:`policy` has taken eight actions. Action 1 had an :term:`advantage` of 1, action 0 one of
# −1, so action 1 should become more probable. ``train`` repeats the update on this :term:`batch`, so
# that nothing but the :term:`loss` decides where it goes.

import torch

from pytorch_rl_basics import PolicyNetwork, policy_loss, select_log_probs

states = torch.ones(8, 4)  # (B, 4), one and the same state
actions = torch.arange(8) % 2  # (B,) 0 1 0 1 …
advantages = torch.where(actions == 1, 1.0, -1.0)  # (B,)


def train(loss_of, steps=20, **settings):
    """Give the losses, and the probabilities of action 1, update by update."""
    torch.manual_seed(0)
    policy = PolicyNetwork()
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1, **settings)
    losses, probabilities = [], []
    for _ in range(steps):
        logits = policy(states)  # (B, A)
        loss = loss_of(logits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        probabilities.append(logits.softmax(dim=-1)[0, 1].item())
    return losses, probabilities


def broken(logits):
    log_probs = select_log_probs(logits, actions)  # (B,)
    return (log_probs * advantages).mean()


losses, probabilities = train(broken)
print(f"loss        {losses[0]:6.2f} -> {losses[-1]:6.2f}")
print(f"good action {probabilities[0]:6.2f} -> {probabilities[-1]:6.2f}")
assert losses[-1] < losses[0]
assert probabilities[-1] < 0.1

# %%
# No error, and a falling loss. But the good action has a probability below 0.1.
#
# Why
# ---
# The :term:`policy gradient` theorem says in which direction the expected :term:`return` *rises*:
#
# .. math::
#
#    \nabla J = \mathbb{E}\bigl[A \, \nabla \log \pi(a \mid s)\bigr]
#
# An :term:`optimizer` goes downhill. To make it climb :math:`J`, hand it :math:`-J`. What it is
# given as a loss, it lowers, with the right sign and with the wrong one. So the loss of a policy
# gradient says nothing about success. Its size does not even mean anything: only its gradient does.
#
# The fixed code
# --------------
# The plot shows both, and the losses of both fall.


def fixed(logits):
    log_probs = select_log_probs(logits, actions)  # (B,)
    return -(log_probs * advantages).mean()


import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, figsize=(6, 4.8), sharex=True, layout="constrained")
for label, style, loss_of in (
    ("with the minus", "C0-", fixed),
    ("without", "C1--", broken),
):
    for ax, curve in zip(axes, train(loss_of), strict=True):
        ax.plot(curve, style, label=label)
axes[0].set(title="The loss falls, with the minus and without", ylabel="loss")
axes[1].set(title="The probability of the good action", ylabel="probability")
axes[1].set(ylim=(-0.05, 1.05), xlabel="update", xticks=range(0, 20, 5))
axes[0].legend()
plt.show()

# sphinx_gallery_start_ignore
fixed_losses, fixed_probabilities = train(fixed)
assert fixed_losses[-1] < fixed_losses[0]
assert fixed_probabilities[-1] > 0.9
library_losses, _ = train(lambda z: policy_loss(select_log_probs(z, actions), advantages))
assert library_losses == fixed_losses
# sphinx_gallery_end_ignore

# %%
# :func:`~pytorch_rl_basics.policy_loss` is the fixed line, with the advantages detached.
#
# One minus is right, two are wrong
# ---------------------------------
# The minus may already be there. :func:`torch.nn.functional.cross_entropy` and
# :func:`~torch.nn.functional.nll_loss` give :math:`-\log \pi(a \mid s)`, and an optimizer with
# ``maximize=True`` climbs. Which of these six ways to write the loss are right?

import torch.nn.functional as F


def cross_entropy(logits):
    """Give -log pi of the actions, (B,)."""
    return F.cross_entropy(logits, actions, reduction="none")


def log_prob(logits):
    """Give log pi of the actions, (B,)."""
    return select_log_probs(logits, actions)


ways = [
    ("-", log_prob, False),
    ("+", log_prob, False),
    ("+", cross_entropy, False),
    ("-", cross_entropy, False),
    ("+", log_prob, True),
    ("-", log_prob, True),
]
verdicts = []
for sign, term, maximize in ways:

    def loss_of(logits, factor=float(sign + "1"), term=term):
        return (factor * term(logits) * advantages).mean()

    _, probabilities = train(loss_of, maximize=maximize)
    verdicts.append(probabilities[-1] > probabilities[0])
    way = f"{sign} {term.__name__} * A" + maximize * ", maximize=True"
    print(f"{way:32} good action {'up' if verdicts[-1] else 'DOWN'}")
assert verdicts == [True, False, True, False, True, False]

# %%
# Count the minus signs between :math:`\log \pi` and the parameters: those that you write, those
# inside functions, and ``maximize=True``. The number must be odd. Two more places belong to the
# count. A *cost* is a :term:`reward` with a minus. And an :term:`entropy` bonus
# (:func:`~pytorch_rl_basics.entropy`) should be raised too, so it gets a minus of its own in the
# loss.
#
# How to notice it next time
# --------------------------
# - **What you see:** the return falls from the start, to below that of a random agent. The curve,
#   over twelve trainings, is in :doc:`the laboratory </tutorials/laboratory/policies>`.
# - **What to print:** not the loss. The probability of an action with a positive advantage, before
#   a step and after it.
# - **What to assert**, once, on a single action:

torch.manual_seed(0)
policy = PolicyNetwork()
optimizer = torch.optim.SGD(policy.parameters(), lr=0.01)
state, action, good = torch.randn(1, 4), torch.tensor([1]), torch.tensor([1.0])

before = select_log_probs(policy(state), action)  # (1,)
policy_loss(before, good).backward()
optimizer.step()
assert select_log_probs(policy(state), action) > before
