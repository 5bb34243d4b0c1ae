r"""
Exercise 17: The density of a squashed action
=============================================

You compute the log-density of an action that is a Gaussian sample, squashed into the range from -1
to 1. SAC measures the entropy of its policy with this number.
"""

# %%
# The task
# --------
#
# The policy of SAC draws a Gaussian sample :math:`u` with mean :math:`\mu` and standard deviation
# :math:`\sigma`. An :term:`action` must be between -1 and 1, so the policy takes
# :math:`a = \tanh u`. A continuous action has a density instead of a probability: the probability
# of a small range, divided by its length. Squashing divides it by the slope of :math:`\tanh`, in
# each of the d components of the action:
#
# .. math:: \log \pi(a \mid s) = \sum_{j=1}^{d} \Bigl[ \log \mathcal{N}\bigl(u_j;\, \mu_j, \sigma_j
#    \bigr) - \log\bigl(1 - \tanh^2 u_j\bigr) \Bigr]
#
# Write ``squashed_gaussian_log_prob(pre_tanh, mean, log_std)``. It takes :math:`u`, :math:`\mu` and
# :math:`\log \sigma`, each of shape ``(B, d)``, and returns the log-density of the action, of shape
# ``(B,)``, with its :term:`computation graph`. It must also be right for samples as large as 20,
# where float32 rounds :math:`\tanh u` to 1.

# %%
# Your attempt
# ------------

import math

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def squashed_gaussian_log_prob(pre_tanh, mean, log_std):
    raise NotImplementedError


print(check(squashed_gaussian_log_prob))

# %%
# .. exercise-hints:: squashed_gaussian_log_prob
#
# This wrong attempt starts from the action, and computes the sample from it:

import pytorch_rl_basics as rl


def from_the_action(pre_tanh, mean, log_std):
    actions = pre_tanh.tanh()
    return rl.squashed_gaussian_log_prob(actions.atanh(), mean, log_std)


report = check(from_the_action, "squashed_gaussian_log_prob")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "sample-recovered-from-the-action"

# %%
# .. exercise-solution:: squashed_gaussian_log_prob
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

squashed_gaussian_log_prob, caption = own_or_reference(squashed_gaussian_log_prob)

# %%
# Density and histogram
# ---------------------
#
# The plot shows a histogram of 100,000 squashed samples, for :math:`\mu` = 0.5 and :math:`\sigma` =
# 0.8. Where :math:`\tanh` is flat, it presses many samples into a small range, which raises the
# density. The solid line, the function of this page, should follow the histogram. The dashed line
# is the density of :math:`u`, without the correction.

import matplotlib.pyplot as plt
from torch.distributions import Normal

torch.manual_seed(0)
samples = Normal(0.5, 0.8).sample((100_000,)).tanh()
actions = torch.linspace(-0.99, 0.99, 100)
u = actions.atanh().unsqueeze(-1)  # (100, 1)
mean, std = torch.full_like(u, 0.5), torch.full_like(u, 0.8)
density = squashed_gaussian_log_prob(u, mean, std.log()).exp()  # (100,)
uncorrected = Normal(0.5, 0.8).log_prob(u.squeeze(-1)).exp()  # (100,)

fig, ax = plt.subplots(layout="constrained")
bins = torch.linspace(-1, 1, 101).tolist()  # an action of the line is the middle of a bin
heights, *_ = ax.hist(samples, bins, density=True, color="0.8", label="samples")
ax.plot(actions, density, label="squashed_gaussian_log_prob")
ax.plot(actions, uncorrected, "--", label="without the correction")
ax.set(title="Density of squashed Gaussian actions", xlabel="action", ylabel="density")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
assert abs(density - torch.tensor(heights)).max() < 0.1
assert 0.98 < torch.trapezoid(density, actions) < 1
assert torch.trapezoid(uncorrected, actions) < 0.7

# %%
# The solid line follows the histogram. The area under the dashed line is not even 1.
#
# Large samples
# -------------
#
# Where :math:`\tanh u` rounds to 1, the logarithm in the task's formula becomes that of 0. Many
# programs add a small number inside it. The plot compares both with the function of this page: the
# dashed line should end, and the dotted one should become flat, as if the slope never fell below
# the small number. The solid line should continue.

u = torch.linspace(0, 20, 41).unsqueeze(-1)  # (41, 1)
of_u = Normal(0.0, 1.0).log_prob(torch.tensor(0.0))  # with mean u and std 1
log_slope = of_u - squashed_gaussian_log_prob(u, u, torch.zeros_like(u))  # (41,)
slope = 1 - u.squeeze(-1).tanh() ** 2  # (41,)

fig, ax = plt.subplots(layout="constrained")
ax.plot(u, log_slope, label="squashed_gaussian_log_prob")
ax.plot(u, slope.log(), "--", lw=4, label="log(1 - tanh²)")
ax.plot(u, (slope + 1e-6).log(), ":", label="log(1 - tanh² + 0.000001)")
ax.set(title="Logarithm of the slope of tanh", xlabel="sample u", ylabel="log of the slope")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# The slope of tanh is also 1 / cosh², which is far from rounding to 0 here. The solid line equals
# the logarithm of that. At 20, the formula of the task gives minus infinity, and its gradient is
# nan, not a number:

assert torch.allclose(log_slope, -2 * u.squeeze(-1).cosh().log(), atol=1e-4)
far = torch.tensor(20.0, requires_grad=True)
naive = (1 - far.tanh() ** 2).log()
naive.backward()
print(f"page {log_slope[-1]:.3f}, naive {naive.item()}, gradient {far.grad}")
assert naive == -torch.inf
assert far.grad.isnan()

# %%
# In RL
# -----
#
# :doc:`SAC </tutorials/algorithms/sac>`, the next agent, uses this number in three places: in the
# targets of its critics, in the loss of its policy, and to adapt its :term:`temperature`.
