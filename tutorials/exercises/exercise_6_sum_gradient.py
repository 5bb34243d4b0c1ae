r"""
Exercise 6: The gradient of a sum
=================================

You compute the :term:`gradient` of a sum with respect to each of its entries. The :term:`loss` of a
:term:`batch` is such a sum, so its gradients start with this one.

Read :doc:`/concepts/training_step` first.
"""

# %%
# The task
# --------
# Take a tensor ``x`` with the entries 1.0, 2.0 and 3.0 and with ``requires_grad=True``.
# Compute ``y = x.sum()`` and call ``y.backward()``. What is in ``x.grad``? Answer before
# you run it.
#
# Then write ``sum_gradient(x)``. It takes such a tensor: 1-D, float, of any length n. It returns
# the gradient of ``x.sum()``, one number for each entry, shape (n,). It must not change ``x``.

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


def sum_gradient(x):
    raise NotImplementedError


print(check(sum_gradient))

# %%
# .. exercise-hints:: sum_gradient

# %%
# This wrong attempt returns the gradient of the mean. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def averaged(x):
    return rl.sum_gradient(x) / len(x)


report = check(averaged, "sum_gradient")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "gradient-of-the-mean"

# %%
# .. exercise-solution:: sum_gradient

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

sum_gradient, caption = own_or_reference(sum_gradient)

# %%
# The gradient is 1 for every entry
# ---------------------------------
# This is the tensor of the task:

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)  # (3,)
gradient = sum_gradient(x)
print(gradient)
assert torch.equal(gradient, torch.ones(3))

# %%
# If any entry grows by a little, the sum grows by the same amount:
#
# .. math::
#
#    \frac{\partial}{\partial x_i} (x_1 + x_2 + x_3) = 1 .
#
# Second task: a weighted sum
# ---------------------------
# The gradient of a plain sum is always 1, so a function that returns ones without autograd passes,
# too. Now write ``weighted_sum_gradient(weights, x)``: the gradient of ``(weights * x).sum()`` with
# respect to ``x``, by autograd. Change your first function as little as you can.


def weighted_sum_gradient(weights, x):
    raise NotImplementedError


# %%
# To test it, increase one entry of ``x`` at a time by 1, and look how much the weighted sum grows.
# Ones are wrong here.

weights = torch.tensor([2.0, -1.0, 0.5])  # (3,)
kinds = {
    "sum": torch.sum,
    "mean": torch.mean,
    "weighted sum": lambda x: (weights * x).sum(),
}
numbers = x.detach()
growth = {  # the rows of numbers + torch.eye(3) have one entry increased
    name: torch.stack([kind(row) - kind(numbers) for row in numbers + torch.eye(3)])
    for name, kind in kinds.items()
}


def compare(function):
    """Print the growth of the weighted sum, and what the function returns."""
    print("growth:       ", growth["weighted sum"])
    try:
        gradient = function(weights, numbers.clone().requires_grad_())
    except NotImplementedError:
        print("your gradient: not attempted yet")
        return
    print("your gradient:", gradient)
    print("passed" if torch.allclose(gradient, growth["weighted sum"]) else "not yet")


compare(weighted_sum_gradient)

# %%
# The figure compares three gradients: of the sum, of the mean, and of the weighted sum.

assert torch.allclose(growth["sum"], gradient)
assert torch.allclose(growth["mean"], gradient / 3)
assert torch.allclose(growth["weighted sum"], weights)

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
entries = torch.arange(3).numpy()
for i, (name, share) in enumerate({**growth, "sum": gradient}.items()):
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
# The mean divides by three, so each of its gradients is 1/3. In the weighted sum the gradient of
# each entry is its weight. With a weight of −1 the gradient of the second entry is negative.
#
# The policy gradient is a weighted sum
# -------------------------------------
# The loss of a :term:`policy gradient` is minus the mean of :term:`log-probability` times
# :term:`advantage`. So the advantages are the weights. Take the three weights from above:

from pytorch_rl_basics import policy_loss

log_probs = torch.tensor([-0.5, -1.2, -2.0], requires_grad=True)  # (3,)
advantages = weights
policy_loss(log_probs, advantages).backward()
print(log_probs.grad)
assert torch.allclose(log_probs.grad, -advantages / 3)

# %%
# Each log-probability has the gradient :math:`-A_i / 3`: the minus is from the loss, and the third
# from the mean. An :term:`optimizer` moves against the gradient. So it raises the log-probability
# of the first action, whose advantage is 2, and lowers that of the second, whose advantage is −1.
#
# Calling backward twice
# ----------------------
# A second ``backward()`` on the same graph is an error if the first one has freed what the graph
# had saved for it. Try it on the sum.
#
# .. predict::
#    :given:
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
#    - This is the gradient, but ``backward()`` does not overwrite ``.grad``: it adds to it.
#    - The second call *adds* its ones to the ones from the first call.
#    - The derivative of a sum is 1 everywhere, so the graph saves nothing, and nothing was freed.
#      Do not rely on this error.
#
# :doc:`Calling backward twice </tutorials/pitfalls/backward_twice>` shows where the error is raised
# and where it is not.
#
# In RL
# -----
# - The losses on this site are *means* over a batch: with 32 transitions the gradient of each is
#   divided by 32. A sum would make all gradients 32 times as large.
# - A loss can also be a weighted sum of several losses. The PPO of Schulman et al. (2017,
#   equation 9) adds the losses of the policy and the :term:`critic` and an :term:`entropy` bonus,
#   each with its weight. The agents on this site have separate networks for policy and critic, and
#   minimise two losses separately.
#
# Next: :doc:`exercise 7 <exercise_7_select_log_probs>`, which computes the log-probabilities of a
# policy gradient.
