r"""
Exercise 12: Discounted returns
===============================

You compute, for every step of an episode, the discounted sum of the rewards that follow. REINFORCE
judges each action by this sum.
"""

# %%
# The task
# --------
#
# An :term:`episode` of T steps gave T :term:`rewards <reward>`, :math:`r_0` to
# :math:`r_{T-1}`. The :term:`return` of step :math:`t` counts the rewards from this step on. The
# :term:`discount factor` :math:`\gamma` makes later ones count less:
#
# .. math:: G_t = r_t + \gamma \, r_{t+1} + \gamma^2 \, r_{t+2} + \dots + \gamma^{T-1-t} \, r_{T-1}
#
# Write ``discounted_returns(rewards, gamma)``: return :math:`G_0` to :math:`G_{T-1}` as a float32
# tensor of shape ``(T,)``. ``rewards`` is a list of numbers. The agents pass a tensor of shape
# ``(T,)``, so it is best if your function takes both: loop over indices.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def discounted_returns(rewards, gamma):
    raise NotImplementedError


print(check(discounted_returns))

# %%
# .. exercise-hints:: discounted_returns
#
# This wrong attempt returns the right numbers in the wrong order. To keep the answer hidden, it
# calls the library's function:

import pytorch_rl_basics as rl


def last_step_first(rewards, gamma):
    return rl.discounted_returns(rewards, gamma).flip(0)


report = check(last_step_first, "discounted_returns")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "left-in-reverse-order"

# %%
# .. exercise-solution:: discounted_returns
#
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

discounted_returns, caption = own_or_reference(discounted_returns)

# %%
# Four rewards by hand
# --------------------
#
# These are the sums of an episode of four steps, written out, next to what the function returns:

rewards, gamma = [1.0, 0.0, 2.0, 4.0], 0.5
returns = discounted_returns(rewards, gamma)

for t in range(4):
    terms = [f"{gamma**k:g}·{reward:g}" for k, reward in enumerate(rewards[t:])]
    print(f"G_{t} = {returns[t]:g} = {' + '.join(terms)}")

# %%
# Nothing follows the last step, so its return is its reward. From there you can go backwards: each
# return is the step's own reward plus :math:`\gamma` times the return in the line below. A loop in
# this direction needs one multiplication per step. To write out each sum takes
# :math:`T (T - 1) / 2`.

assert all(returns[t] == rewards[t] + gamma * returns[t + 1] for t in (2, 1, 0))

# %%
# How far γ looks ahead
# ---------------------
#
# The left panel shows the returns of an episode whose only reward is a 1 at step 250. The smaller
# :math:`\gamma` is, the fewer of the earlier returns it should reach. A dot marks the return
# :math:`1 / (1 - \gamma)` steps earlier. In the right panel every step gives a reward of 1, as in
# CartPole.

import matplotlib.pyplot as plt

single = [0.0] * 250 + [1.0] + [0.0] * 49
fig, (left, right) = plt.subplots(1, 2, layout="constrained")
for gamma, style in ((0.8, ":"), (0.9, "-."), (0.95, "--"), (0.98, "-")):
    horizon = round(1 / (1 - gamma))  # 5, 10, 20, 50
    one, ones = (discounted_returns(r, gamma) for r in (single, [1.0] * 300))
    (line,) = left.plot(one, style, label=f"γ = {gamma}")
    left.plot(250 - horizon, one[250 - horizon], "o", color=line.get_color())
    right.plot(ones, style)
    assert 0.3 < one[250 - horizon] < 0.37
    assert 0.99 * horizon < ones[0] <= horizon
left.set(title="One reward, at step 250", xlabel="step t", ylabel="return of step t")
right.set(title="Reward 1 at each step", xlabel="step t", yticks=[1, 5, 10, 20, 50])
left.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# All dots are at about the same height: :math:`1 / (1 - \gamma)` steps ahead, a reward counts for
# about a third. This number of steps is called the effective horizon. On the right it is also the
# height at which a curve is flat: the return of a reward of 1 at each step, while the end of the
# episode is far away. Near the end few rewards remain, and the returns fall to 1.
#
# In RL
# -----
#
# :doc:`REINFORCE </tutorials/algorithms/reinforce>` computes these returns when an episode is over,
# and multiplies the :term:`log-probabilities <log-probability>` of its actions by them.
#
# Next: :doc:`exercise 13 </tutorials/parts/exercise_13_policy_loss>`, a loss with these returns.
