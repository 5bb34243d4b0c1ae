r"""
Exercise 1: The gradient of a cubic
===================================

You let :term:`autograd` differentiate a function whose derivative you know,
so you can check the result by hand.

Read :doc:`/concepts/tensors_and_gradients` first.
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
# Write ``cubic_gradient(x)``. It takes a Python ``float`` and returns the
# :term:`gradient` :math:`dy/dx` at that number as a 0-d tensor: a tensor that
# holds one number and has the shape ``()``. Use autograd: make a tensor from
# ``x`` that has ``requires_grad=True``, compute :math:`y` from it, and call
# ``backward()``.
#
# By hand the derivative is :math:`3x^2 + 2`. So ``cubic_gradient(3.0)`` must be
# :math:`27 + 2 = 29`.
#
# :doc:`Worked example 1 </tutorials/worked_examples/example_1_autograd>` does
# the same with another function.

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


def cubic_gradient(x):
    raise NotImplementedError


print(check(cubic_gradient))

# %%
# .. exercise-hints:: cubic_gradient

# %%
# This wrong attempt ignores ``x`` and always differentiates at 3.0. To keep the answer hidden, it
# calls the library's function:

import pytorch_rl_basics as rl


def always_at_three(x):
    return rl.cubic_gradient(3.0)


report = check(always_at_three, "cubic_gradient")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "always-at-three"

# %%
# .. exercise-solution:: cubic_gradient

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

cubic_gradient, caption = own_or_reference(cubic_gradient)

# %%
# The gradient at one point
# -------------------------
# This is the point of the task, :math:`x = 3`.


gradient = cubic_gradient(3.0)
print(gradient)
assert gradient.item() == 29.0

# %%
# The result is 29, as computed by hand. It came from a tensor that requires a gradient.
#
# .. predict::
#    :given: `gradient` is the derivative of a cubic, from `backward()`.
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
#    - A gradient has the shape of its tensor. That tensor holds a single number, not a list with
#      one number in it.
#    - Its shape is ``()``, like that of :math:`x` and :math:`y`. Autograd does not record how a
#      gradient was computed.
#    - The tensor made from ``x`` requires a gradient. The result of ``backward()`` does not, unless
#      you ask for gradients of gradients with ``create_graph=True``.
#
# The gradient at other points
# ----------------------------
# Compare autograd with the formula:

print("   x  autograd  3x² + 2")
for x in [-3.0, -1.0, 0.0, 0.5, 3.0]:
    by_hand = 3 * x**2 + 2
    print(f"{x:4.1f}  {cubic_gradient(x).item():8.2f}  {by_hand:7.2f}")
    assert cubic_gradient(x).item() == by_hand

# %%
# In each row, the last two numbers are equal.
#
# The upper panel of the figure shows :math:`y` and its tangent at
# :math:`x = 3`, a line of slope 29. The lower panel shows the gradient at
# fifteen points and the curve :math:`3x^2 + 2`.

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
# The dots are on the curve. Where the upper curve is steep the gradient is
# large. At :math:`x = 0` the upper curve is flattest, and the gradient is 2.

# %%
# A gradient is valid for small steps
# -----------------------------------
# The gradient predicts that :math:`y` changes by about :math:`29h` if
# :math:`x` changes from 3 to :math:`3 + h`. Compare this with the true change:

print("   h  predicted  true change")
for h in [0.01, 0.1, 1.0]:
    predicted = 29 * h
    true_change = (3 + h) ** 3 + 2 * (3 + h) - 33
    print(f"{h:4.2f}  {predicted:9.2f}  {true_change:11.2f}")

# sphinx_gallery_start_ignore
assert abs(29 * 0.01 - (3.01**3 + 2 * 3.01 - 33)) < 0.005
assert 4**3 + 2 * 4 - 33 == 39
# sphinx_gallery_end_ignore

# %%
# For :math:`h = 0.01` the two agree to two decimals. For :math:`h = 1` the
# prediction is 29 and the true change is 39.
#
# In RL
# -----
# The agents on this site compute the gradients of their :term:`losses <loss>` with
# ``backward()``, too. There the weights of a network are in the place of
# :math:`x`. Such a gradient is also valid for small steps only. An
# :term:`optimizer` therefore multiplies its steps by a small number, the
# :term:`learning rate`.
#
# Next: :doc:`/concepts/batches_and_shapes` and :doc:`/concepts/modules`, then
# :doc:`exercise 2 <exercise_2_mlp>`, where the gradient is one of a network.
