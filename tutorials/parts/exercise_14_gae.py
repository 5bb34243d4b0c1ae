r"""
Exercise 14: Advantages from TD errors
======================================

You compute the advantages that train A2C and PPO, with generalised advantage estimation (GAE).
"""

# %%
# The task
# --------
#
# A :term:`critic` :math:`V` predicts the :term:`return` of a :term:`state`. The :term:`TD error`
# shows by how much a step went better than predicted. GAE adds up the errors from a step to the
# end, and :math:`\lambda`, a number from 0 to 1, sets how fast they lose weight:
#
# .. math:: \delta_t = r_t + \gamma V(s_{t+1}) - V(s_t), \qquad
#    A_t = \delta_t + \gamma \lambda \, \delta_{t+1} + (\gamma \lambda)^2 \, \delta_{t+2} + \dots
#
# Write ``gae(rewards, values, next_values, terminated, done, gamma, lam)``, which returns every
# :math:`A_t`. ``values`` are the :math:`V(s_t)`, and ``next_values`` the :math:`V(s_{t+1})`. All
# tensors and the result have shape ``(T,)``, or ``(T, B)`` for B environments. Where ``terminated``
# is True, no state follows: :math:`V(s_{t+1})` counts as 0. Where ``done`` is True, the episode is
# over, by :term:`termination` or :term:`truncation`, and the sum stops: the next row belongs to
# another episode. It also stops at the last row.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def gae(rewards, values, next_values, terminated, done, gamma, lam):
    raise NotImplementedError


print(check(gae))

# %%
# .. exercise-hints:: gae
#
# This wrong attempt treats every end of an episode alike. Code with a single mask does this:

import pytorch_rl_basics as rl


def single_mask(rewards, values, next_values, terminated, done, gamma, lam):
    return rl.gae(rewards, values, next_values, done, done, gamma, lam)


report = check(single_mask, "gae")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "truncation-as-termination"

# %%
# .. exercise-solution:: gae
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

gae, caption = own_or_reference(gae)

# %%
# Terminated and done
# -------------------
#
# Here are two episodes of two steps, with a reward of 1 at each step. The critic predicts 10 at
# every step, which is right for :math:`\gamma = 0.9` and an episode without end: all TD errors
# would be 0. The first episode is truncated, and the second one terminates:

rewards, values = torch.ones(4), torch.full((4,), 10.0)
terminated = torch.tensor([False, False, False, True])
done = torch.tensor([False, True, False, True])
for function in (gae, single_mask):
    advantages = function(rewards, values, values, terminated, done, 0.9, 0.5)
    print(f"{function.__name__:11}", advantages)
    assert torch.allclose(advantages[2:], torch.tensor([-4.05, -9.0]))
    assert (advantages[:2].abs().max() < 1e-5) == (function is gae)

# %%
# The termination costs a return of 9, and the step before it gets a part of the blame. A truncation
# is only a time limit. The wrong attempt blames the first two actions for it.
#
# The two ends of λ
# -----------------
#
# With :math:`\lambda = 0` the sum has one term, the TD error: the :term:`TD target` of exercise 10
# minus the value. With :math:`\lambda = 1` the values in between cancel out. What is left in an
# episode that terminates is the return of exercise 12, minus the value:

torch.manual_seed(0)
rewards, values, ends = torch.randn(6), torch.randn(6), torch.arange(6) == 5
following = values.roll(-1)
targets = rl.td_target(rewards, ends, following.unsqueeze(-1), gamma=0.9)
returns = rl.discounted_returns(rewards, gamma=0.9)
for lam, estimate in ((0.0, targets), (1.0, returns)):
    advantages = gae(rewards, values, following, ends, ends, 0.9, lam)
    assert torch.allclose(advantages, estimate - values, atol=1e-6)

# %%
# Bias and variance
# -----------------
#
# In each of ten steps the reward is 1 plus noise. A wrong critic predicts half of each state's true
# value. The plot shows the error of the first advantage in 2,000 episodes. Its mean is the *bias*,
# which should shrink to 0 at :math:`\lambda = 1`, where no later value is used. Its standard
# deviation should grow, because more noise is added up.

import matplotlib.pyplot as plt

true_values = rl.discounted_returns([1.0] * 10, gamma=0.9)
critic = torch.cat([true_values / 2, torch.zeros(1)]).unsqueeze(-1).expand(11, 2000)
rewards = 1 + 1.5 * torch.randn(10, 2000)
ends = (torch.arange(10) == 9).unsqueeze(-1).expand(10, 2000)
exact = true_values[0] - critic[0, 0]  # expected return minus value

lams = torch.linspace(0, 1, 21)
steps = (rewards, critic[:-1], critic[1:], ends, ends)
errors = [gae(*steps, 0.9, lam)[0] - exact for lam in lams.tolist()]
std, bias = torch.std_mean(torch.stack(errors), dim=1)  # (21,)
both = (bias**2 + std**2).sqrt()

fig, ax = plt.subplots(layout="constrained")
ax.plot(lams, both, label="root mean square error")
ax.plot(lams, bias.abs(), "--", label="size of the bias")
ax.plot(lams, std, ":", label="standard deviation")
ax.set(title="Error of an advantage against λ", xlabel="λ", ylabel="error", ylim=(0, None))
ax.legend(loc="lower left", fontsize="small")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
assert bias[-1].abs() < 0.2 < 2.5 < bias[0].abs()
assert 2 * std[0] < std[-1]
assert 0 < both.argmin() < 20

# %%
# At 0 the estimate depends on the critic most, and at 1 it has the noise of all rewards. The root
# mean square error, which counts both, is smallest in between. The best
# λ depends on how wrong the critic is and how noisy the rewards are.
#
# In RL
# -----
#
# :doc:`A2C </tutorials/algorithms/actor_critic>` and :doc:`PPO </tutorials/algorithms/ppo>` compute
# these advantages for each :term:`rollout`, and train the critic towards :math:`A_t + V(s_t)`.
# There N is the number of environments, which is called B here. Next: exercise 15, the second
# function that A2C needs.
