r"""
Exercise 15: Entropy
====================

You measure how random a policy is. An agent can be rewarded for a random policy, so that it keeps
trying other actions, and every agent can record the number.
"""

# %%
# The task
# --------
#
# The :term:`entropy` of a :term:`policy` in a state is the mean of :math:`-\log \pi(a \mid s)` over
# its actions:
#
# .. math:: H(s) = -\sum_a \pi(a \mid s) \, \log \pi(a \mid s)
#
# It is 0 if one action is certain, and :math:`\log A` if all A actions are equally probable. Write
# ``entropy(logits)``:
#
# - ``logits`` has shape ``(B, A)``. The policy is their :term:`softmax`, row by row.
# - Return the entropy of each row, shape ``(B,)``, with its :term:`computation graph`. The
#   logarithm is the natural one.
# - It must be right for :term:`logits` as different as 0 and 1000, too.

# %%
# Your attempt
# ------------

import math

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def entropy(logits):
    raise NotImplementedError


print(check(entropy))

# %%
# .. exercise-hints:: entropy
#
# This wrong attempt gives one number for the whole batch. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def of_the_batch(logits):
    return rl.entropy(logits).mean()


report = check(of_the_batch, "entropy")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "one-number-for-the-batch"

# %%
# .. exercise-solution:: entropy
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

entropy, caption = own_or_reference(entropy)

# %%
# From random to certain
# ----------------------
#
# Take two actions. Only the difference of their logits matters. The left panel shows the entropy
# against this difference: it should be :math:`\log 2` at 0, where both are equally probable, and
# fall on both sides. The right panel shows its :term:`gradient` with respect to the first logit. A
# step *up* this gradient should move the logits towards each other: it is negative where the first
# logit is the larger one.

import matplotlib.pyplot as plt

gaps = torch.linspace(-8, 8, 161)
logits = torch.stack([gaps, torch.zeros(161)], dim=1).requires_grad_()  # (161, 2)
entropies = entropy(logits)  # (161,)
(slopes,) = torch.autograd.grad(entropies.sum(), logits)  # (161, 2)

fig, (left, right) = plt.subplots(1, 2, layout="constrained")
left.plot(gaps, entropies.detach())
left.axhline(math.log(2), color="0.5", ls=":")
left.set(title="Entropy of two actions", xlabel="first logit minus second", ylabel="entropy")
right.plot(gaps, slopes[:, 0])
right.axhline(0, color="0.5", ls=":")
right.set(title="Its gradient", xlabel="first logit minus second", ylabel="for the first logit")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
print(f"highest {entropies.max().item():.4f}, log 2 is {math.log(2):.4f}")
print(f"steepest at a difference of {gaps[slopes[:, 0].abs().argmax()].abs().item():.1f}")
assert abs(entropies.max().item() - math.log(2)) < 1e-6
assert (slopes[gaps > 0.05, 0] < 0).all()
assert (slopes[gaps < -0.05, 0] > 0).all()
assert slopes[-1, 0].abs() < slopes[:, 0].abs().max() / 50

# %%
# The gradient is strongest where the policy is fairly sure, and almost 0 where it is certain. So an
# entropy bonus can keep a policy from becoming certain, but it hardly brings a certain one back.
#
# A bonus in the loss
# -------------------
#
# An agent adds :math:`\beta \, H` to what it maximises, so it subtracts it from the
# :term:`loss`. Here is a task of one step with three actions, whose rewards are 1, 0.9 and 0. The
# loss is minus the expected reward minus the bonus, for four values of :math:`\beta`:

rewards = torch.tensor([1.0, 0.9, 0.0])
betas = torch.tensor([0.0, 0.05, 0.2, 1.0])
logits = nn.Parameter(torch.zeros(4, 3))  # one policy per beta
optimizer = torch.optim.Adam([logits], lr=0.05)
for _ in range(1_000):  # follow the exact gradient
    expected = (F.softmax(logits, dim=-1) * rewards).sum(dim=-1)  # (4,)
    loss = -(expected + betas * entropy(logits)).sum()  # no policy changes another
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

policies = F.softmax(logits.detach(), dim=-1)  # (4, 3)
values = policies @ rewards  # (4,)
for beta, policy, value in zip(betas, policies, values, strict=True):
    print(f"beta {beta:4.2f}: {policy.numpy().round(2)}, expected reward {value:.2f}")
# the policies that have the most of both, in closed form
best = F.softmax(rewards / betas[1:, None], dim=-1)
assert torch.allclose(policies[1:], best, atol=0.01)
assert policies[0, 0] > 0.97
assert (values.diff() < 0).all()

# %%
# Without a bonus the policy takes the best action only. The larger the bonus, the more often it
# takes the others, and the less reward it expects. With :math:`\beta > 0` the result is the softmax
# of the rewards divided by :math:`\beta`.
#
# An action that is impossible
# ----------------------------
#
# Some agents give an illegal action the logit :math:`-\infty`. Its probability is 0, and its
# logarithm is :math:`-\infty`. Written as in the formula, the product of both is ``nan``, and so
# are the loss and every gradient. The library's function counts such a term as 0:

masked = torch.tensor([[0.0, 1.0, -math.inf]], requires_grad=True)
log_probs = F.log_softmax(masked, dim=-1)
print("0 times -inf:", (log_probs.exp() * log_probs)[0, 2].item())
safe = rl.entropy(masked)
(slope,) = torch.autograd.grad(safe.sum(), masked)
print(f"the library's: {safe.item():.3f}, gradient {slope[0].numpy().round(3)}")
two = rl.entropy(torch.tensor([[0.0, 1.0]])).item()
assert math.isclose(safe.item(), two, rel_tol=1e-6)
assert slope.isfinite().all()

# %%
# This is the entropy of the two actions that are left. The checker does not ask this of yours.
#
# In RL
# -----
#
# - :doc:`A2C </tutorials/algorithms/actor_critic>`, the next page, can add this bonus.
#   :doc:`/tutorials/improved/policy_gradients_improved` measures what it is worth. :doc:`PPO </tutorials/algorithms/ppo>` records the entropy of its policy.
# - :doc:`SAC </tutorials/algorithms/sac>` has the entropy in its objective: every step of high
#   entropy counts like a reward.
