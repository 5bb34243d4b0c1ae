r"""
Exercise 6: The gradient of a sum
=================================

You find out how the :term:`gradient` of one number, such as the loss of a
:term:`batch`, is shared out among the entries it was made of.
"""

# %%
# The task
# --------
# Take a tensor with three entries, :math:`x = [1.0, 2.0, 3.0]`, that has
# ``requires_grad=True``. Compute ``y = x.sum()`` and go backward. What is in
# ``x.grad``? Answer before you run it.
#
# Then write ``sum_gradient(x)``. It takes such a tensor, 1-D, float and of any
# length n, and returns the gradient of ``x.sum()``, one number for each entry,
# shape (n,). The entries of ``x`` stay as they were.
#
# In RL, the losses of a batch are added up before the backward pass, and each
# of them gets its gradient back through this sum.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def sum_gradient(x):
    raise NotImplementedError


print(check(sum_gradient))

# %%
# .. exercise-hints:: sum_gradient

# %%
# A typical wrong attempt averages, as losses usually do:


def averaged(x):
    x.mean().backward()
    return x.grad


report = check(averaged, "sum_gradient")
print(report)
assert report.mistake == "gradient-of-the-mean"

# %%
# .. exercise-solution:: sum_gradient

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

sum_gradient, caption = own_or_reference(sum_gradient)

# %%
# What it gives
# -------------
# Here it is on the tensor of the task.

import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)  # (3,)
gradient = sum_gradient(x)
print(gradient)
assert torch.equal(gradient, torch.ones(3))

# %%
# Ones, whatever the entries are. Raise any entry by a little, and the sum
# rises by just as much, so each partial derivative is 1:
#
# .. math::
#
#    \frac{\partial}{\partial x_i} (x_1 + x_2 + x_3) = 1 .
#
# A sum hands the gradient that arrives on to every entry, unchanged.
#
# Mean and weighted sum
# ---------------------
# A loss is not always a plain sum. Two relatives are just as common: the mean,
# and a sum with a weight for each entry. Before you look, guess what each of
# them hands on. :func:`torch.autograd.grad` gives the gradient directly,
# without storing it in ``x.grad``.

weights = torch.tensor([2.0, -1.0, 0.5])  # (3,)
results = {
    "sum": x.sum(),
    "mean": x.mean(),
    "weighted sum": (weights * x).sum(),
}
shares = {}
for name, y in results.items():
    (shares[name],) = torch.autograd.grad(y, x)
    print(f"{name:12}", shares[name])

assert torch.equal(shares["sum"], torch.ones(3))
assert torch.allclose(shares["mean"], torch.full((3,), 1 / 3))
assert torch.equal(shares["weighted sum"], weights)

# %%
# The mean divides by three, so each entry gets a third. In the weighted sum
# each entry gets its own weight, with its sign. The figure shows this for
# each entry, one bar for each kind.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
entries = torch.arange(3).numpy()
for i, (name, share) in enumerate(shares.items()):
    bars = ax.bar(
        entries + 0.27 * (i - 1),
        share.numpy(),
        width=0.25,
        label=name,
        hatch=["", "//", ".."][i],
        edgecolor="white",
    )
    ax.bar_label(bars, fmt="%.2g", padding=2)
ax.axhline(0, color="0.5", linewidth=1)
ax.set_xticks(entries, ["x₁ = 1", "x₂ = 2", "x₃ = 3"])
ax.set(
    title="Gradient of each entry, for three kinds of sum",
    ylabel="gradient",
    ylim=(-1.4, 2.5),
)
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# The first two kinds treat the entries alike, and differ by the factor 3.
# The third does not: with a weight of −1, the second entry is pulled in the
# opposite direction.
#
# The weights are the advantages
# ------------------------------
# That third kind is the :term:`policy gradient`. Its loss is minus the mean
# of log-probability times :term:`advantage`, so the advantages are the
# weights. Take the three weights from above as advantages:

from pytorch_rl_basics import policy_loss

log_probs = torch.tensor([-0.5, -1.2, -2.0], requires_grad=True)  # (3,)
advantages = weights
policy_loss(log_probs, advantages).backward()
print(log_probs.grad)
assert torch.allclose(log_probs.grad, -advantages / 3)

# %%
# Each :term:`log-probability` gets :math:`-A_i / 3`: minus from the sign of
# the loss, a third from the mean. The first action was good
# (:math:`A_1 = 2`). Its gradient is negative, so a step against it makes the
# action likelier. The second was bad, and becomes rarer. The values of the
# log-probabilities do not matter here, only the weights do.
#
# Backward twice
# --------------
# You may have read that a second ``backward()`` on the same graph is an error. It is, where the
# graph has saved something for the backward pass and freed it. Try it on the sum.
#
# .. predict::
#
#    What is printed?
#
#    - ``tensor([1., 1., 1.])``
#    - ``tensor([2., 2., 2.])``
#    - nothing, the second ``backward()`` raises

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)  # (3,)
y = x.sum()
y.backward()
y.backward()
print(x.grad)
# sphinx_gallery_start_ignore
assert torch.equal(x.grad, torch.full((3,), 2.0))
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - That is the gradient, but ``.grad`` is not overwritten: each pass adds to it.
#    - The second pass *adds* its ones to those that the first one left.
#    - The sum has nothing to save, since its derivative is 1 everywhere, and so nothing was freed.
#      Do not rely on the error.
#
# :doc:`Calling backward twice </tutorials/pitfalls/backward_twice>` says where
# the error comes and where not.
#
# In RL
# -----
# - The critics of A2C and PPO and the Q-network of DQN use the *mean* over a
#   batch: with 32 transitions each gets a share of 1/32. If you replace it by
#   the sum, all gradients grow 32 times. With plain gradient descent that is
#   the same as a :term:`learning rate` 32 times as large.
# - REINFORCE is often written with the *sum* over the steps of an
#   :term:`episode`. Then a longer episode tends to give a larger gradient.
# - A2C and PPO add three losses, for the policy, for the critic with a weight
#   such as 0.5, and for the :term:`entropy` with a small negative one. This
#   is a *weighted sum*: one backward pass gives each part its weight.
#
# The sibling is :doc:`exercise 1 <exercise_1_cubic_gradient>`, one number
# instead of many. Go on with :doc:`exercise 2 <exercise_2_mlp>`, where the
# loss is a mean and the leaves are the weights of a network, or read
# :doc:`tensors and gradients </concepts/tensors_and_gradients>`.
