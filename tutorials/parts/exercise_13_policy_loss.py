r"""
Exercise 13: The policy-gradient loss
=====================================

You write a loss whose gradient makes good actions more probable. REINFORCE and A2C train their
policies with it, and need not know how the environment computes its rewards.
"""

# %%
# The task
# --------
#
# Write ``policy_loss(log_probs, advantages)``. The arguments are float tensors of shape ``(B,)``:
# the :term:`log-probability` of each action, and its weight, for example its :term:`return` or its
# :term:`advantage`. The result is a 0-d tensor, minus the mean of their products:
#
# .. math:: L = -\frac{1}{B} \sum_{i=1}^{B} \log \pi(a_i \mid s_i) \, A_i
#
# Its gradient flows into ``log_probs``, and not into ``advantages``.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def policy_loss(log_probs, advantages):
    raise NotImplementedError


print(check(policy_loss))

# %%
# .. exercise-hints:: policy_loss
#
# This wrong attempt multiplies the library's loss by the number of actions:

import pytorch_rl_basics as rl


def without_mean(log_probs, advantages):
    return len(log_probs) * rl.policy_loss(log_probs, advantages)


report = check(without_mean, "policy_loss")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "sum-instead-of-mean"

# %%
# .. exercise-solution:: policy_loss
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

policy_loss, caption = own_or_reference(policy_loss)

# %%
# Why the logarithm
# -----------------
#
# A bandit is a task of one step. This one has three actions, with rewards 4, 5 and 7. The policy is
# the :term:`softmax` of three :term:`logits`. With all rewards known, autograd gives the exact
# gradient of the expected reward :math:`J`:

torch.manual_seed(0)
rewards = torch.tensor([4.0, 5.0, 7.0])
logits = torch.zeros(3, requires_grad=True)
J = (logits.softmax(-1) * rewards).sum()
(exact,) = torch.autograd.grad(J, logits)

# %%
# An agent knows only the rewards of the actions that it took. But the chain rule gives
# :math:`\nabla \pi = \pi \, \nabla \log \pi`, which makes the gradient an :term:`expectation`:
#
# .. math:: \nabla J = \sum_a r(a) \, \nabla \pi(a) = \sum_a \pi(a) \; r(a) \, \nabla \log \pi(a)
#    = \mathbb{E} [ r(a) \, \nabla \log \pi(a) ]
#
# A mean over sampled actions estimates it. The left panel shows minus the gradient of
# ``policy_loss`` from the first B of 100,000 sampled actions: each logit's line should approach its
# dashed line, the exact gradient. The right panel shows estimates from 200 batches of 20 actions:
# once with the rewards as they are, and once with the rewards minus a *baseline*, a number that
# does not depend on the action. Here it is :math:`J`. Both groups should be centred on the line.

import matplotlib.pyplot as plt

actions = torch.multinomial(logits.softmax(-1).detach(), 100_000, replacement=True)


def estimate(actions, weights):
    loss = policy_loss(logits.log_softmax(-1)[actions], weights)
    return -torch.autograd.grad(loss, logits)[0]  # (3,)


fig, (left, right) = plt.subplots(1, 2, layout="constrained")
sizes = [int(10 ** (k / 8)) for k in range(8, 41)]  # 10 to 100,000
estimates = torch.stack([estimate(actions[:B], rewards[actions[:B]]) for B in sizes])
left.semilogx(sizes, estimates)
left.hlines(exact, 10, 1e5, colors=["C0", "C1", "C2"], ls="--")
left.set(title="Estimated gradient of J", xlabel="actions B", ylabel="gradient")
left.legend(["logit 0", "logit 1", "logit 2"], fontsize="small", loc="upper right")
batches, baselines = actions[:4000].split(20), (0.0, J.item())
rows = [[estimate(a, rewards[a] - b)[2] for a in batches] for b in baselines]
drawn = torch.tensor(rows)  # (2, 200)
places = torch.tensor([0, 1]) + 0.4 * torch.rand(200, 2)
right.plot(places, drawn.T, "C2.", alpha=0.5)
right.axhline(exact[2], color="C2", ls="--")
right.set(title="200 estimates, logit 2", xlabel="baseline")
right.set(xticks=[0.2, 1.2], xticklabels=["none", "J"])
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
std, mean = torch.std_mean(drawn, dim=1)
print("mean", mean.numpy().round(2), "standard deviation", std.numpy().round(2))
assert torch.allclose(estimates[-1], exact, atol=0.05)
assert (abs(mean - exact[2]) < 3 * std / 200**0.5).all()
assert std[1] < std[0] / 4
# sphinx_gallery_start_ignore
v = torch.zeros((), requires_grad=True)
log_probs = logits.detach().log_softmax(-1)[actions]
(attached,) = torch.autograd.grad(-(log_probs * (rewards[actions] - v)).mean(), v)
assert torch.isclose(attached, log_probs.mean())
assert attached < 0
# sphinx_gallery_end_ignore

# %%
# The lines end at the exact gradient, although the estimates used only rewards of sampled actions.
# The baseline leaves the mean as it is and lowers the spread. It adds nothing to the expectation,
# :math:`\mathbb{E}[b \, \nabla \log \pi(a)] = b \, \nabla \sum_a \pi(a) = b \, \nabla 1 = 0`. The
# reward minus :math:`J` is the action's advantage.
#
# - **Minus**: an optimizer makes the loss small, and :math:`J` should grow.
# - **Mean**: it estimates the same expectation for any B. The gradient of the sum grows with B.
# - **No gradient into the advantages**: if a critic's prediction :math:`v` in :math:`A = r - v` got
#   one, it would be the mean log-probability. That is negative, so each step would raise
#   :math:`v`, whatever the rewards are.
#
# In RL
# -----
#
# The weights of :doc:`REINFORCE </tutorials/algorithms/reinforce>`, the next page, are returns.
# Those of :doc:`A2C </tutorials/algorithms/actor_critic>` are advantages: the baseline is what a
# critic predicts.
