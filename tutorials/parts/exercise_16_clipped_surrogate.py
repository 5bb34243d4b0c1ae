r"""
Exercise 16: The clipped loss of PPO
====================================

You write the loss that allows PPO to take several steps on the same data: it stops pushing an
action once its probability has changed by a given factor.
"""

# %%
# The task
# --------
#
# An old policy has taken B actions. Since then the policy has changed. It has changed the
# probability of action :math:`i` by a factor: :math:`\rho_i`, the new probability divided by the
# old one. Write ``clipped_surrogate(log_probs, old_log_probs, advantages, clip)``. It returns a 0-d
# tensor:
#
# .. math:: L = -\frac{1}{B} \sum_{i=1}^{B} \min\bigl(\rho_i A_i,\;
#    \operatorname{clip}(\rho_i, 1 - c, 1 + c)\, A_i\bigr)
#
# The tensors have shape ``(B,)``: the :term:`log-probability` of each action under the new and the
# old policy, and its :term:`advantage`. The number ``clip`` is :math:`c`. The gradient flows into
# ``log_probs`` alone.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def clipped_surrogate(log_probs, old_log_probs, advantages, clip):
    raise NotImplementedError


print(check(clipped_surrogate))

# %%
# .. exercise-hints:: clipped_surrogate
#
# This wrong attempt takes the new log-probabilities for the old ones as well:

import pytorch_rl_basics as rl


def compared_with_itself(log_probs, old_log_probs, advantages, clip):
    return rl.clipped_surrogate(log_probs, log_probs.detach(), advantages, clip)


report = check(compared_with_itself, "clipped_surrogate")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "ratio-always-one"

# %%
# .. exercise-solution:: clipped_surrogate
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

clipped_surrogate, caption = own_or_reference(clipped_surrogate)

# %%
# Where the gradient is zero
# --------------------------
#
# Minus this loss is the *surrogate*, which should grow. The plot shows it for one action and
# :math:`c` = 0.2, with its gradient with respect to the ratio. A positive advantage should push the
# ratio up to 1.2, and a negative one down to 0.8. Beyond that, the gradient should be 0.

import matplotlib.pyplot as plt

ratios = torch.linspace(0.5, 1.5, 100)  # without 0.8 and 1.2 themselves
fig, axes = plt.subplots(1, 2, sharey=True, layout="constrained")
for ax, advantage in zip(axes, (1.0, -1.0), strict=True):
    points = []
    for ratio in ratios.tolist():
        rho = torch.tensor([ratio], requires_grad=True)
        loss = clipped_surrogate(rho.log(), torch.zeros(1), torch.tensor([advantage]), 0.2)
        loss.backward()
        points.append((-loss.item(), -rho.grad.item()))
    value, grad = torch.tensor(points).T  # (100,), (100,)
    ax.plot(ratios, value, label="surrogate")
    ax.plot(ratios, grad, "--", label="gradient")
    ax.set(title=f"Surrogate, A = {advantage:+.0f}", xlabel="ratio ρ", xticks=[0.6, 1, 1.4])
    flat = ratios > 1.2 if advantage > 0 else ratios < 0.8
    assert (grad[flat] == 0).all()
    assert torch.allclose(grad[~flat], torch.tensor(advantage))
axes[0].set_ylabel("surrogate and its gradient")
axes[0].legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# Each surrogate is flat on one side only. On the other side the ratio has moved the wrong way: a
# good action became less probable, or a bad one more probable. There the minimum keeps the
# gradient, which brings the ratio back. With the clip alone, both sides would be flat.
#
# Several steps on the same data
# ------------------------------
#
# A policy gives two actions the same probability, and action 1 has an advantage of 1. The plot
# shows 30 steps of gradient descent on this action. The ratio should stop soon after 1.2. With the
# wrong attempt it should rise towards 2, where the probability is 1.


def follow(loss_function):
    logits, old, path = torch.zeros(1, 2), torch.tensor([0.5]).log(), []
    for _ in range(31):
        logits = logits.detach().requires_grad_()
        log_probs = logits.log_softmax(-1)[:, 1]  # (1,)
        path.append((log_probs - old).exp().item())
        loss_function(log_probs, old, torch.ones(1), 0.2).backward()
        logits = logits - 0.2 * logits.grad
    return path


clipped, unclipped = follow(clipped_surrogate), follow(compared_with_itself)
fig, ax = plt.subplots(layout="constrained")
ax.plot(clipped, label="clipped_surrogate")
ax.plot(unclipped, "--", label="compared_with_itself")
ax.set(title="Many steps on one action", xlabel="steps", ylabel="ratio ρ", yticks=[1, 1.2, 2])
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
assert 1.2 < clipped[3] == clipped[-1] < 1.3
assert 1.8 < unclipped[-1] < 2

# %%
# The last step went beyond 1.2: the clip stops the gradient, not the ratio. Steps on other actions
# of the batch can also move it further.
#
# In RL
# -----
#
# :doc:`PPO </tutorials/algorithms/ppo>`, the next agent, stores the log-probabilities when it acts.
# With this loss it takes several :term:`epochs <epoch>` on each :term:`rollout`.
