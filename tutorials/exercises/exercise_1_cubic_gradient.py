r"""
Exercise 1: The gradient of a cubic
===================================

You let :term:`autograd` differentiate a function whose derivative you know,
so you can tell at once whether you have asked it correctly.
"""

# %%
# The task
# --------
# Take the function
#
# .. math::
#
#    y = x^3 + 2x .
#
# Write ``cubic_gradient(x)``. It takes a Python number and returns the
# :term:`gradient` :math:`dy/dx` at that number, as a 0-d tensor. Autograd
# should do the work: begin with a scalar tensor that has
# ``requires_grad=True``, compute :math:`y` from it, and go backward.
#
# By hand the derivative is :math:`3x^2 + 2`. At :math:`x = 3.0` the function
# is :math:`27 + 6 = 33`, and ``cubic_gradient(3.0)`` must be
# :math:`27 + 2 = 29`.
#
# In RL, every loss is differentiated in this way, with the weights of a
# network in the place of :math:`x`.
#
# :doc:`Worked example 1 </tutorials/worked_examples/example_1_autograd>` goes
# through the same steps with another function.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def cubic_gradient(x):
    raise NotImplementedError


print(check(cubic_gradient))

# %%
# .. exercise-hints:: cubic_gradient

# %%
# A typical wrong attempt forgets to have the point watched:

import torch


def unwatched(x):
    point = torch.tensor(x)
    y = point**3 + 2 * point
    y.backward()
    return point.grad


report = check(unwatched, "cubic_gradient")
print(report)
assert report.mistake == "not-watched"

# %%
# .. exercise-solution:: cubic_gradient

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

cubic_gradient, caption = own_or_reference(cubic_gradient)

# %%
# What it gives
# -------------
# Here it is at the point of the task.


gradient = cubic_gradient(3.0)
print(gradient)
assert gradient.item() == 29.0

# %%
# The 29 is there. It came from a tensor that requires a gradient.
#
# .. predict::
#
#    What is the gradient's own shape, and does it require a gradient?
#
#    - ``torch.Size([1]) False``
#    - ``torch.Size([]) False``
#    - ``torch.Size([]) True``

print(gradient.shape, gradient.requires_grad)

# %%
# .. predict-why::
#
#    - One number is not a list of one: a gradient has the shape of its leaf, and a number has none.
#    - It has shape ``()``, like :math:`y` and :math:`x`. It is a result, and autograd stops
#      watching there.
#    - The leaf is watched. What ``backward()`` computes is not, unless you ask for a gradient of
#      the gradient with ``create_graph=True``.
#
# One point proves little, since ``return torch.tensor(29.0)`` would pass too.
# So compare with the formula at other points:

print("   x  autograd  3x² + 2")
for x in [-3.0, -1.0, 0.0, 0.5, 3.0]:
    by_hand = 3 * x**2 + 2
    print(f"{x:4.1f}  {cubic_gradient(x).item():8.2f}  {by_hand:7.2f}")
    assert cubic_gradient(x).item() == by_hand

# %%
# They agree at every one. The gradient is the same at :math:`-3` and at
# :math:`3`, and it is never below 2: this function rises everywhere.
#
# What it looks like
# ------------------
# The upper panel shows :math:`y` and the line that touches it at
# :math:`x = 3`. The slope of that line is the 29. The lower panel shows the
# gradient at fifteen points, over the curve :math:`3x^2 + 2`.

import matplotlib.pyplot as plt

line = torch.linspace(-4, 4, 200)  # (200,)
near = torch.tensor([1.8, 4.0])  # where to draw the tangent
points = torch.linspace(-3.5, 3.5, 15)  # (15,)
gradients = torch.stack([cubic_gradient(x.item()) for x in points])  # (15,)
assert torch.allclose(gradients, 3 * points**2 + 2)

fig = plt.figure(figsize=(6.0, 5.6), layout="constrained")
top, bottom = fig.subplots(2, sharex=True)
top.plot(line, line**3 + 2 * line, label="y = x³ + 2x")
top.plot(near, 33 + 29 * (near - 3), "C1--", label="tangent, slope 29")
top.plot(3, 33, "C1o")
top.set(title="The cubic and its tangent at x = 3", ylabel="y")
top.legend()
bottom.plot(line, 3 * line**2 + 2, label="3x² + 2")
bottom.plot(points, gradients, "C1o", label="cubic_gradient(x)")
bottom.set(title="Its gradient, by autograd", xlabel="x", ylabel="dy/dx")
bottom.legend(loc="upper center")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# The dots lie on the curve. Where the upper curve is steep the lower one is
# high, and where it is flattest, at :math:`x = 0`, the gradient is 2.

# %%
# How far the tangent holds
# -------------------------
# A gradient is a promise about the neighbourhood: if :math:`x` moves by
# :math:`h`, then :math:`y` moves by about :math:`29h`. Ask how good the
# promise is for different :math:`h`.

print("   h  promised  true change")
for h in [0.01, 0.1, 1.0]:
    promised = 29 * h
    true_change = (3 + h) ** 3 + 2 * (3 + h) - 33
    print(f"{h:4.2f}  {promised:8.2f}  {true_change:11.2f}")

# %%
# For a step of 0.01 there is no difference in two decimals, for 0.1 it is a
# few percent, and for 1 the promise of 29 misses the true 39 by ten.
#
# In RL
# -----
# The gradients of DQN's TD loss, of the policy loss in REINFORCE and A2C, of
# PPO's clipped loss and of SAC's losses are all computed by this mechanism.
# They are promises about the neighbourhood too, and so an :term:`optimizer`
# takes small steps: the :term:`learning rate` is often 0.001 or less. PPO
# takes many steps on the same data, and so it adds a guard of its own: once
# an action's probability has moved by a set share in the direction that the
# data asked for, the loss stops pushing it further.
#
# :doc:`Exercise 6 <exercise_6_sum_gradient>` belongs to this one: it asks for
# the gradient at many numbers at once. To read about the mechanism, see
# :doc:`tensors and gradients </concepts/tensors_and_gradients>`.
