r"""
Worked example 1: A gradient by autograd
========================================

You find one :term:`gradient` by hand and then with PyTorch's
:term:`autograd`, and see that both do the same multiplications. After that
you check the result in a way that trusts neither of them.
"""

# %%
# The function
# ------------
# Take a model with a single :term:`parameter` :math:`x`. Its prediction is
# :math:`x^2`, the target is 3, and its :term:`loss` is the squared error
#
# .. math::
#
#    y = (x^2 - 3)^2 .
#
# The question is always the same: how fast does the loss change when the
# parameter moves a little? Here the parameter stands at :math:`x = 2`.
#
# By hand
# -------
# One function sits inside another. Give the inner one a name, the error
# :math:`u = x^2 - 3`. Then :math:`y = u^2`, and the chain rule multiplies
# the two derivatives:
#
# .. math::
#
#    \frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx} = 2u \cdot 2x .
#
# First the values, from the inside out. Then the derivatives, from the
# outside in. Each derivative needs a value that the first pass has computed.

x = 2.0
u = x**2 - 3  # 4 - 3
y = u**2

dy_du = 2 * u  # the outer derivative
du_dx = 2 * x  # the inner derivative
dy_dx = dy_du * du_dx
print(f"u = {u}, y = {y}")
print(f"dy/du = {dy_du}, du/dx = {du_dx}, dy/dx = {dy_dx}")

# %%
# The gradient is 8: near :math:`x = 2` the loss grows eight times as fast as
# :math:`x`.
#
# By autograd
# -----------
# Now the same two lines on a tensor. ``requires_grad=True`` asks autograd to
# watch it, and to remember everything that is computed from it.

import torch

x = torch.tensor(2.0, requires_grad=True)
u = x**2 - 3
y = u**2
print(u)
print(y)

# %%
# The values are those from above. What is new is ``grad_fn``: each result
# knows which operation it came from.
#
# Read the graph
# --------------
# These operations form the :term:`computation graph`. Start at the loss, and
# follow ``next_functions`` back to the parameter:

node = y.grad_fn
while node is not None:
    print(type(node).__name__)
    node = node.next_functions[0][0] if node.next_functions else None

# %%
# Read it from top to bottom, since this is the direction of the backward
# pass:
#
# - ``PowBackward0`` is the outer square. It multiplies by
#   :math:`dy/du = 2u`, and so it has kept the value of :math:`u`.
# - ``SubBackward0`` is the :math:`-3`. A constant does not change the slope:
#   the factor is 1.
# - ``PowBackward0`` is the inner square. It multiplies by :math:`2x`.
# - ``AccumulateGrad`` is the end: it adds what arrives to ``x.grad``.
#
# The tensor ``x`` itself comes from no operation. That makes it a
# :term:`leaf tensor`, and leaves are where gradients are stored.

print(x.grad_fn, x.is_leaf, x.grad)
assert x.is_leaf
assert x.grad is None

# %%
# Go backward
# -----------
# :meth:`~torch.Tensor.backward` walks that chain. Autograd throws away the
# gradients in the middle, so ask it to keep the one at ``u``. With that you
# can put your derivation and autograd's side by side.

u.retain_grad()
y.backward()

print("       by hand  autograd")
print(f"dy/du  {dy_du:7.1f}  {u.grad:8.1f}")
print(f"du/dx  {du_dx:7.1f}  {x.grad / u.grad:8.1f}")
print(f"dy/dx  {dy_dx:7.1f}  {x.grad:8.1f}")
assert u.grad == dy_du
assert x.grad == dy_dx == 8

# %%
# Autograd found no formula for the derivative. It multiplied numbers, 2 by 1
# by 4, in the order in which you have just read the graph.
#
# Check it
# --------
# A gradient is a slope, so you can also measure it. Move :math:`x` by a small
# :math:`h` to both sides, and divide the rise by the run. This is called a
# central difference, and it needs no derivative at all.


def f(x):
    """The loss of the one-parameter model."""
    return (x**2 - 3) ** 2


h = 0.001
slope = (f(2.0 + h) - f(2.0 - h)) / (2 * h)
print(f"{slope:.6f}")
assert abs(slope - 8) < 1e-4

# %%
# Eight again, up to a small error that shrinks with :math:`h^2`.
#
# :func:`torch.autograd.gradcheck` does this comparison for you, at every
# input and with sensible tolerances. Give it float64: differences of nearly
# equal numbers lose most of the digits that float32 has.

point = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(f, point))

# %%
# A check is worth something only if it fails when it should. Here is a
# version that computes the same values, but hides one of the two factors
# from autograd with :meth:`~torch.Tensor.detach`:


def forgetful(x):
    """Compute the same loss, with half of the gradient."""
    return (x * x.detach() - 3) ** 2


assert forgetful(point) == f(point)
try:
    torch.autograd.gradcheck(forgetful, point)
except RuntimeError as error:
    print(str(error).strip())

# %%
# ``numerical`` is the measured slope, ``analytical`` is what autograd says.
# The value is right, the gradient is half of what it should be, and without
# the check nothing would have told you. Wrong gradients seldom raise errors.
#
# See it
# ------
# The figure shows the loss with its tangent at :math:`x = 2` above, and the
# gradient below: your formula :math:`4x(x^2 - 3)` as a line, autograd's
# numbers as dots. One backward pass gives all nine dots;
# :doc:`exercise 6 </tutorials/exercises/exercise_6_sum_gradient>` shows why
# the sum makes that possible.

import matplotlib.pyplot as plt

points = torch.arange(-2.0, 2.1, 0.5, requires_grad=True)  # (9,)
f(points).sum().backward()
assert torch.allclose(points.grad, 4 * points * (points**2 - 3))

line = torch.linspace(-2.25, 2.25, 200)  # (200,)
by_hand = 4 * line * (line**2 - 3)
near = torch.tensor([1.75, 2.25])  # where to draw the tangent

fig = plt.figure(figsize=(6.0, 5.6), layout="constrained")
top, bottom = fig.subplots(2, sharex=True)
top.plot(line, f(line), label="y")
top.plot(near, 1 + 8 * (near - 2), "C1--", label="tangent, slope 8")
top.plot(2, 1, "C1o")
top.set(title="The loss and its tangent at x = 2", ylabel="y")
top.legend(loc="lower center")
bottom.plot(line, by_hand, label="by hand")
bottom.plot(points.detach(), points.grad, "C1o", label="by autograd")
bottom.axhline(0, color="0.5", linewidth=1)
bottom.set(title="Its gradient at every x", xlabel="x", ylabel="dy/dx")
bottom.legend(loc="upper center")
plt.show()

# %%
# Every dot lies on the line. Where the gradient is positive the loss falls to
# the left, where it is negative the loss falls to the right, so a
# small step against the gradient leads downhill. At :math:`x = \pm\sqrt{3}`,
# where the prediction meets the target, the gradient is zero and there is
# nothing left to learn. It is zero at :math:`x = 0` too, at the top of the
# hill.

# %%
# In RL
# -----
# Put thousands of weights in the place of :math:`x`, and nothing else
# changes. The loss of a :term:`critic` is the squared error between its value
# and a target, so its backward pass starts with the factor :math:`2u` of this
# page. The loss of a :term:`policy gradient` is
# :math:`-\log \pi(a \mid s) \cdot A`: its backward pass starts with
# :math:`-A`, minus the :term:`advantage`, and goes on through the
# :term:`log-probability` and the :term:`logits` to the weights of the
# :term:`policy`. In both cases one call of ``backward()`` leaves a gradient in
# every parameter. The :term:`environment` is never differentiated: rewards
# enter the loss as plain numbers.
#
# Now it is your turn, with another function:
# :doc:`exercise 1 </tutorials/exercises/exercise_1_cubic_gradient>`. What is
# done with the gradient comes in
# :doc:`worked example 2 <example_2_training_step>`, and
# :doc:`tensors and gradients </concepts/tensors_and_gradients>` tells the
# story from the beginning.
