r"""
Exercise 3: Explore or exploit
==============================

You write the rule by which DQN acts while it learns. Then you count what it does, and see
from the counts alone whether the rule is right.
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
# The result is a Python ``int``. Draw with torch's own random numbers, so that
# :func:`torch.manual_seed` makes a run repeatable. ``q_values`` may come straight from a network
# and require a gradient; the choice needs none. It stays as it was.
#
# Where it is used: an agent that only ever takes the action it believes best never finds out that
# another one is better. DQN collects its experience by this rule, called
# :term:`epsilon-greedy`.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def epsilon_greedy(q_values, epsilon):
    raise NotImplementedError


print(check(epsilon_greedy))

# %%
# .. exercise-hints:: epsilon_greedy

# %%
# A typical wrong attempt has its two branches the wrong way round. It does with ``epsilon`` what
# the right one does with ``1 - epsilon``, so the library's function can play its part:

import pytorch_rl_basics as rl


def inverted(q_values, epsilon):
    return rl.epsilon_greedy(q_values, 1 - epsilon)


report = check(inverted, "epsilon_greedy")
print(report)
assert report.mistake == "inverted-rule"

# %%
# .. exercise-solution:: epsilon_greedy

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

epsilon_greedy, caption = own_or_reference(epsilon_greedy)

# %%
# What it returns
# ---------------
#
# Four Q-values, of which the one at index 2 is the highest. With ``epsilon=0`` the answer is
# always 2. With ``epsilon=1`` the Q-values do not matter.

import torch

q_values = torch.tensor([1.0, 0.2, 2.5, 1.7])  # (4,)

torch.manual_seed(0)
for epsilon in (0.0, 0.3, 1.0):
    print(epsilon, [epsilon_greedy(q_values, epsilon) for _ in range(16)])

# %%
# An exploiting step takes the greedy action for certain. An exploring step draws from *all*
# actions, so it takes the greedy one too, once in :math:`n` times. Together:
#
# .. math::
#
#    \begin{aligned}
#    P(\text{greedy}) &= (1 - \epsilon) \cdot 1 + \epsilon \cdot \tfrac{1}{n} \\
#                     &= 1 - \epsilon + \tfrac{\epsilon}{n}
#    \end{aligned}
#
# Each other action is left with :math:`\epsilon / n`. It is easy to think that the greedy action
# has :math:`1 - \epsilon`. With four actions and :math:`\epsilon = 0.3` that would be 0.7, and the
# formula says 0.775.

# %%
# Count it
# --------
#
# A probability can be checked by counting. Here is the share of the greedy action in 2,000 calls,
# for seven values of ``epsilon``.

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
# The rows agree, but not exactly. How far apart may they be? A count of successes in 2,000
# independent calls follows a binomial distribution, so the range can be computed instead of
# guessed. The function below cuts off both tails, and leaves a correct rule one chance in a
# million of falling outside.

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
# Every measurement lies in its range. At ``epsilon=0`` the range has no width: one action
# other than the greedy one, among 2,000, would already prove the rule wrong.
#
# The inverted rule
# -----------------
#
# An easy mistake is to swap the two branches: explore with probability
# :math:`1 - \epsilon`. Nothing crashes, and every action returned is a valid one. The swapped rule
# does at :math:`\epsilon` what the right one does at :math:`1 - \epsilon`, which is how it is
# measured here.
#
# The plot shows both. Bars mark the range of a correct rule, so a correct rule has its dots inside
# them. The crosses should follow a line that *rises*.

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
# The dots fall with :math:`\epsilon`, from 1 to 1/4. They end at 1/4 and not at 0, because a
# random draw hits the greedy action a quarter of the time. The crosses rise: this agent acts at
# random when it should exploit, and gets greedier the more it is told to explore.
#
# At :math:`\epsilon = 0.5` the two rules are the same rule, and no number of draws tells them
# apart. So test your own function at another value.

outside = (inverted < low) | (inverted > high)
for e, caught in zip(epsilons.tolist(), outside.tolist(), strict=True):
    print(f"ε = {e:.2f}: inverted rule {'' if caught else 'not '}caught")
assert outside.tolist() == [True] * 3 + [False] + [True] * 3

# %%
# All actions at one epsilon
# --------------------------
#
# The share of the greedy action is not the whole contract: the rest must be spread *evenly*. Here
# are all four actions at :math:`\epsilon = 0.3`. Expect one tall bar at 0.775 and three of equal
# height at 0.3 / 4 = 0.075, although their Q-values differ.

torch.manual_seed(0)
actions = [epsilon_greedy(q_values, 0.3) for _ in range(draws)]
shares = torch.tensor(actions).bincount(minlength=n) / draws  # (4,)

expected = torch.full((n,), 0.3 / n, dtype=torch.float64)
expected[greedy] += 1 - 0.3
low, high = chance_range(expected)
print("measured", shares.numpy().round(4))
assert ((low <= shares) & (shares <= high)).all()

# %%
# Drawn, with the rule's value and its range marked on each bar:

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
# By its Q-value, action 3 is second best and action 1 is the worst. Their counts differ by chance
# alone: exploring by epsilon-greedy does not look at the Q-values. A :term:`policy` that samples
# from a :term:`softmax`, as in
# :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>`, prefers the better of two.

# %%
# The fine print
# --------------
#
# **Why an int.** The action goes to an :term:`environment`, and Gymnasium's discrete action
# spaces take Python and NumPy integers. A tensor, even one that holds a single integer, is not an
# action to them.

import gymnasium as gym

space = gym.spaces.Discrete(4)
action = epsilon_greedy(q_values, 0.0)
print(type(action), space.contains(action))
print(type(torch.tensor(action)), space.contains(torch.tensor(action)))
assert space.contains(action)
assert not space.contains(torch.tensor(action))

# %%
# **Q-values that require a gradient.** A network's output does. Which index is highest does not
# change smoothly with the values, so there is nothing to differentiate, and the ``int`` carries no
# graph.

leaf = q_values.clone().requires_grad_()
print(leaf.requires_grad, leaf.argmax().requires_grad)
print(epsilon_greedy(leaf, 0.0), leaf.grad)
assert not leaf.argmax().requires_grad

# %%
# When you only act, call the network under :class:`torch.no_grad`, and the graph that nobody needs
# is not even built.
#
# **Ties.** Below, actions 1 and 2 are equally good. The rule is asked 100 times, with
# ``epsilon=0``, and each action that it returned is printed once.
#
# .. predict::
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
#    - ``argmax`` tosses no coin, and with ``epsilon=0`` neither does the rule around it.
#    - :func:`torch.argmax` returned the first of the equal maxima, 100 times.
#    - Taking the last is what a loop with ``>=`` does. ``argmax`` keeps the first that it finds.
#
# That matters for a table of Q-values that starts at zero: without exploration, its agent takes
# action 0 in every state that it knows nothing about. The outputs of a network hardly ever tie.
#
# **The same run again.** All randomness comes from torch's generator, so one seed brings back the
# whole sequence.

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
# The seeds of Python's ``random`` and of NumPy have no say in it.
# :doc:`Seeding </tutorials/pitfalls/seeding>` shows what else a repeatable run needs.

# %%
# In RL
# -----
#
# - :doc:`DQN </tutorials/algorithms/dqn>` acts by this rule, and lowers ``epsilon`` as it learns:
#   the original agent went linearly from 1.0 to 0.1 over its first million frames. It learns about
#   the greedy policy all the same, since its targets take the maximum over the next Q-values: it
#   is :term:`off-policy`.
# - **Q-learning and SARSA** with a table use the same rule, on a row of the table.
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>`,
#   :doc:`A2C </tutorials/algorithms/actor_critic>` and :doc:`PPO </tutorials/algorithms/ppo>` do
#   not use it. Their policy is random itself: they sample from it, and need the probability of
#   what they drew.
# - :doc:`SAC </tutorials/algorithms/sac>` acts with continuous actions, and explores by the noise
#   of its Gaussian policy.
#
# Next: :doc:`sample from a policy </tutorials/exercises/exercise_4_sample_actions>`, the other way
# to act, or :doc:`learn the Q-values </tutorials/exercises/exercise_8_target_network>` that this
# rule reads. How a batch of Q-values is shaped:
# :doc:`Batches and shapes </concepts/batches_and_shapes>`.
