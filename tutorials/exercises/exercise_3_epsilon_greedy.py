r"""
Exercise 3: Choose actions with epsilon-greedy
==============================================

You write the rule by which DQN, the first agent of this course, chooses actions while it learns. Then
you count the actions, and check from the counts that the rule is right.

Read :doc:`/concepts/batches_and_shapes` first.
"""

# %%
# The task
# --------
#
# Write ``epsilon_greedy(q_values, epsilon)``.
#
# - ``q_values`` is a tensor of shape ``(n,)``: one :term:`Q-value` for each action.
# - ``epsilon`` is a number from 0 to 1.
# - With probability ``epsilon``, return an action drawn uniformly from all of ``0, …, n - 1``.
#   This is :term:`exploration`.
# - Otherwise return the :term:`greedy action`: the one with the highest Q-value.
#
# Return a Python ``int``. Draw with torch's random numbers, so that :func:`torch.manual_seed` makes
# a run repeatable. ``q_values`` may require a gradient, and must not be changed.
#
# An agent that only takes the action with the highest Q-value never finds out whether another one
# is better. That is why this rule, :term:`epsilon-greedy`, sometimes takes a random action. Sutton
# and Barto define it in *Reinforcement Learning* (2018), section 2.2.

# %%
# Your attempt
# ------------
#
# Replace the last line of the function with your code, and run the cell. ``check`` then says
# whether the function is right. Until you write something, it gives the first hint.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def epsilon_greedy(q_values, epsilon):
    raise NotImplementedError


print(check(epsilon_greedy))

# %%
# .. exercise-hints:: epsilon_greedy

# %%
# This wrong attempt explores with probability ``1 - epsilon``. To keep the answer hidden, it calls
# the library's function:

import pytorch_rl_basics as rl


def inverted(q_values, epsilon):
    return rl.epsilon_greedy(q_values, 1 - epsilon)


report = check(inverted, "epsilon_greedy")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "inverted-rule"

# %%
# .. exercise-solution:: epsilon_greedy

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

epsilon_greedy, caption = own_or_reference(epsilon_greedy)

# %%
# How likely the greedy action is
# -------------------------------
#
# The highest of these four Q-values is at index 2. With ``epsilon=0`` the rule always returns 2.
# With ``epsilon=1`` the Q-values have no influence.

q_values = torch.tensor([1.0, 0.2, 2.5, 1.7])  # (4,)

torch.manual_seed(0)
for epsilon in (0.0, 0.3, 1.0):
    print(epsilon, [epsilon_greedy(q_values, epsilon) for _ in range(16)])

# %%
# With probability :math:`1 - \epsilon` the rule takes the greedy action. Otherwise it draws from
# *all* actions, so it takes the greedy one with probability :math:`1/n`. Together (Sutton and
# Barto, section 5.4):
#
# .. math::
#
#    \begin{aligned}
#    P(\text{greedy}) &= (1 - \epsilon) \cdot 1 + \epsilon \cdot \tfrac{1}{n} \\
#                     &= 1 - \epsilon + \tfrac{\epsilon}{n}
#    \end{aligned}
#
# Each other action has the probability :math:`\epsilon / n`. With four actions and
# :math:`\epsilon = 0.3` the greedy action has the probability 0.775, not 0.7.

# %%
# Check a probability by counting
# -------------------------------
#
# The next cell counts the greedy action in 2,000 calls, for seven values of ``epsilon``.

n, draws = len(q_values), 2_000
epsilons = torch.linspace(0, 1, 7, dtype=torch.float64)  # 0, 1/6, …, 1
greedy = q_values.argmax().item()


def greedy_share(epsilon):
    actions = [epsilon_greedy(q_values, epsilon) for _ in range(draws)]
    return actions.count(greedy) / draws


torch.manual_seed(0)
measured = torch.tensor([greedy_share(e) for e in epsilons.tolist()])
predicted = 1 - epsilons + epsilons / n
print("measured ", measured.numpy().round(3))
print("predicted", predicted.numpy().round(3))

# %%
# The rows agree, but not exactly. How much may they differ? A count in 2,000 independent calls has
# a binomial distribution, so the range can be computed. The function below does it: a correct rule
# is outside the range with a probability of one in a million.

from torch.distributions import Binomial


def chance_range(p, outside=1e-6):
    counts = torch.arange(draws + 1, dtype=torch.float64)
    pmf = Binomial(draws, probs=p.unsqueeze(-1)).log_prob(counts).exp()
    cdf = pmf.cumsum(-1)  # (len(p), draws + 1)
    low = (cdf < outside / 2).sum(-1)  # every count below it is in the tail
    high = (cdf < 1 - outside / 2).sum(-1)  # and every count above this one
    return low / draws, high / draws


low, high = chance_range(predicted)
print("lowest   ", low.numpy().round(3))
print("highest  ", high.numpy().round(3))
assert ((low <= measured) & (measured <= high)).all()

# %%
# Every measurement is in its range. At ``epsilon=0`` the range contains one number only: a single
# other action among the 2,000 would prove the rule wrong.
#
# When the rule is inverted
# -------------------------
#
# The wrong attempt above swaps the two branches. It raises no error, and every action that it
# returns is valid. At :math:`\epsilon` it equals the right rule at :math:`1 - \epsilon`, so the
# next cell measures it that way.
#
# The bars in the plot mark the range of a correct rule. The dots of your rule should be inside
# them. The crosses of the inverted rule should rise with :math:`\epsilon`.

import matplotlib.pyplot as plt

inverted = torch.tensor([greedy_share(1 - e) for e in epsilons.tolist()])

fig, ax = plt.subplots(layout="constrained")
ax.plot(epsilons, predicted, "C0-", label="rule: $1 - ε + ε/n$")
bars = torch.stack([predicted - low, high - predicted])
ax.errorbar(epsilons, predicted, bars, fmt="none", ecolor="C0", capsize=5)
ax.plot(epsilons, measured, "C0o", label="measured")
ax.plot(epsilons, predicted.flip(0), "C1--")
ax.plot(epsilons, inverted, "C1X", ms=9, label="measured, inverted rule")
ax.set(xlabel=f"ε,  with n = {n} actions", ylim=(0, 1.05))
ax.set_ylabel(f"share of {draws:,} calls")
ax.set_title("Greedy action: the rule falls, the inverted one rises")
ax.legend(loc="lower center")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# The dots fall from 1 to 1/4: at :math:`\epsilon = 1` every fourth random action is the greedy one.
# The crosses rise: this rule explores most at :math:`\epsilon = 0`.
#
# At :math:`\epsilon = 0.5` the two rules are equal, so no test can distinguish them there. Test
# your own functions at another value.

outside = (inverted < low) | (inverted > high)
for e, caught in zip(epsilons.tolist(), outside.tolist(), strict=True):
    print(f"ε = {e:.2f}: inverted rule {'' if caught else 'not '}caught")
assert outside.tolist() == [True] * 3 + [False] + [True] * 3

# %%
# How often each action is taken
# ------------------------------
#
# The other actions must be equally likely. The next cell counts all four actions at
# :math:`\epsilon = 0.3`. Expect one bar at 0.775 and three at 0.3 / 4 = 0.075, although their
# Q-values differ.

torch.manual_seed(0)
actions = [epsilon_greedy(q_values, 0.3) for _ in range(draws)]
shares = torch.tensor(actions).bincount(minlength=n) / draws  # (4,)

expected = torch.full((n,), 0.3 / n, dtype=torch.float64)
expected[greedy] += 1 - 0.3
low, high = chance_range(expected)
print("measured", shares.numpy().round(4))
assert ((low <= shares) & (shares <= high)).all()

# %%
# The figure marks the expected value and the range on each bar:

fig, ax = plt.subplots(layout="constrained")
ax.bar(range(n), shares.numpy(), width=0.6)
bars = torch.stack([expected - low, high - expected])
ax.errorbar(range(n), expected, bars, fmt="C1_", ms=26, capsize=6)
for action, share in enumerate(shares.tolist()):
    ax.text(action, high[action] + 0.02, f"{share:.4g}", ha="center")
ax.set_xticks(range(n), [f"{a}\nQ = {q_values[a]:.1f}" for a in range(n)])
ax.set(xlabel="action", ylabel=f"share of {draws:,} calls", ylim=(0, 1))
ax.grid(axis="x", visible=False)
ax.set_title("How often each action is taken at ε = 0.3")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# Action 3 has the second-highest Q-value and action 1 the lowest. Their counts differ only by
# chance, because a random action of epsilon-greedy does not depend on the Q-values. A
# :term:`policy` that samples from a :term:`softmax` takes the better of two more often: see
# :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>`.

# %%
# Why the action is an int
# ------------------------
#
# The action is passed to an :term:`environment`. The discrete action spaces of Gymnasium accept
# Python integers, and reject a tensor that holds one.

import gymnasium as gym

space = gym.spaces.Discrete(4)
action = epsilon_greedy(q_values, 0.0)
print(type(action), space.contains(action))
print(type(torch.tensor(action)), space.contains(torch.tensor(action)))
assert space.contains(action)
assert not space.contains(torch.tensor(action))

# %%
# Q-values that require a gradient
# --------------------------------
#
# The output of a network requires a gradient. The index of its largest entry does not: an index is
# an integer, and autograd differentiates floats only.

leaf = q_values.clone().requires_grad_()
print(leaf.requires_grad, leaf.argmax().requires_grad)
print(epsilon_greedy(leaf, 0.0), leaf.grad)
assert not leaf.argmax().requires_grad

# %%
# If you only want to act, call the network under :class:`torch.no_grad`. Then no graph is built.
#
# When two Q-values are equal
# ---------------------------
#
# Below, actions 1 and 2 have the same Q-value. The next cell calls the rule 100 times with
# ``epsilon=0``, and prints each returned action once.
#
# .. predict::
#    :given: `epsilon_greedy(q_values, 0.0)` returns the `argmax`.
#
#    Which actions were returned?
#
#    - ``[1, 2]``
#    - ``[1]``
#    - ``[2]``

tied = torch.tensor([0.5, 2.0, 2.0, 0.0])
chosen = {epsilon_greedy(tied, 0.0) for _ in range(100)}
print(sorted(chosen))
# sphinx_gallery_start_ignore
assert chosen == {1}
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - ``argmax`` does not choose at random, and with ``epsilon=0`` the rule never explores.
#    - :func:`torch.argmax` returns the index of the first of several equal maxima.
#    - A loop that compares with ``>=`` would return the last one. ``argmax`` returns the first.
#
# So with a table of Q-values that are all zero at first, and without exploration, an agent takes
# action 0 in every new state.
#
# Repeat a run with a seed
# ------------------------
#
# All random numbers come from torch's generator, so the same seed gives the same actions.

torch.manual_seed(0)
first = [epsilon_greedy(q_values, 0.5) for _ in range(20)]
torch.manual_seed(0)
again = [epsilon_greedy(q_values, 0.5) for _ in range(20)]
print(first == again)
assert first == again
# sphinx_gallery_start_ignore
import random

import numpy as np

torch.manual_seed(0)
random.seed(1)
np.random.seed(1)
assert first == [epsilon_greedy(q_values, 0.5) for _ in range(20)]
# sphinx_gallery_end_ignore

# %%
# The seeds of Python's ``random`` and of NumPy have no effect here.
# :doc:`Seeding </tutorials/pitfalls/seeding>` shows what else a repeatable run needs.

# %%
# In RL
# -----
#
# - :doc:`DQN </tutorials/algorithms/dqn>` chooses its actions with this rule, and lowers
#   ``epsilon`` as it learns. The original DQN lowered it linearly from 1.0 to 0.1 over the first
#   million frames (Mnih et al., 2015). DQN is :term:`off-policy`: it acts with epsilon-greedy and
#   learns the values of the greedy policy.
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>`,
#   :doc:`A2C </tutorials/algorithms/actor_critic>`, :doc:`PPO </tutorials/algorithms/ppo>` and
#   :doc:`SAC </tutorials/algorithms/sac>` do not use it. They sample their actions from a policy
#   that is random itself.
#
# Next: :doc:`/concepts/distributions`, then
# :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>`, which samples actions from such a
# policy.
