r"""
Worked example 1: A gradient by autograd
========================================

You compute one :term:`gradient` by hand and then with PyTorch's
:term:`autograd`, and compare the two step by step. Then you check the result
without either of them.
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
# How much does the loss change, per unit of :math:`x`, when :math:`x` changes
# a little? That is the gradient. Compute it at :math:`x = 2`.
#
# Compute the gradient by hand
# ----------------------------
# The loss is one function inside another. Call the inner one the error,
# :math:`u = x^2 - 3`. Then :math:`y = u^2`. The chain rule multiplies their
# derivatives:
#
# .. math::
#
#    \frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx} = 2u \cdot 2x .
#
# First compute the values, from the inner function to the outer one. Then
# compute the derivatives. They need the values of :math:`u` and :math:`x`.

x = 2.0
u = x**2 - 3  # 4 - 3
y = u**2

dy_du = 2 * u  # the outer derivative
du_dx = 2 * x  # the inner derivative
dy_dx = dy_du * du_dx
print(f"u = {u}, y = {y}")
print(f"dy/du = {dy_du}, du/dx = {du_dx}, dy/dx = {dy_dx}")

# %%
# The gradient is 8: near :math:`x = 2` the loss changes eight times as much
# as :math:`x`.
#
# Compute it with autograd
# ------------------------
# Now compute the same two lines with a tensor. ``requires_grad=True`` tells
# autograd to record everything that is computed from it.

import torch

x = torch.tensor(2.0, requires_grad=True)
u = x**2 - 3
y = u**2
print(u)
print(y)

# %%
# The values are the same as above. Each result also has a ``grad_fn``, the
# record of the operation that made it.
#
# Read the graph
# --------------
# These records form the :term:`computation graph`. Start at the loss, and
# follow ``next_functions`` back to the parameter:

node = y.grad_fn
while node is not None:
    print(type(node).__name__)
    node = node.next_functions[0][0] if node.next_functions else None

# %%
# Read it from top to bottom. This is the order in which autograd computes the
# derivatives, called the *backward pass*:
#
# - ``PowBackward0`` is the outer square. It multiplies by
#   :math:`dy/du = 2u`, so it has stored the value of :math:`u`.
# - ``SubBackward0`` is the :math:`-3`. A constant does not change the slope,
#   so the factor is 1.
# - ``PowBackward0`` is the inner square. It multiplies by :math:`2x`.
# - ``AccumulateGrad`` adds the product to ``x.grad``.
#
# The tensor ``x`` was not computed from another tensor. That makes it a
# :term:`leaf tensor`, and autograd stores gradients in leaves.

print(x.grad_fn, x.is_leaf, x.grad)
assert x.is_leaf
assert x.grad is None

# %%
# Run the backward pass
# ---------------------
# :meth:`~torch.Tensor.backward` runs the backward pass. Autograd does not keep
# the gradients of intermediate results, so ask it to keep the one of ``u``.
# Then compare with your own derivatives.

u.retain_grad()
y.backward()

print("       by hand  autograd")
print(f"dy/du  {dy_du:7.1f}  {u.grad:8.1f}")
print(f"du/dx  {du_dx:7.1f}  {x.grad / u.grad:8.1f}")
print(f"dy/dx  {dy_dx:7.1f}  {x.grad:8.1f}")
assert u.grad == dy_du
assert x.grad == dy_dx == 8

# %%
# Autograd has no formula for the whole derivative. It multiplied the numbers
# 2, 1 and 4, in the order of the graph.
#
# Check a gradient
# ----------------
# A gradient is a slope, so you can measure it. Compute the loss at
# :math:`x + h` and at :math:`x - h` for a small :math:`h`, and divide the
# difference by :math:`2h`. This is called a central difference.


def f(x):
    """The loss of the one-parameter model."""
    return (x**2 - 3) ** 2


h = 0.001
slope = (f(2.0 + h) - f(2.0 - h)) / (2 * h)
print(f"{slope:.6f}")
assert abs(slope - 8) < 1e-4

# %%
# The result is 8, up to a small error that shrinks with :math:`h^2`.
#
# :func:`torch.autograd.gradcheck` makes this comparison for every input. Give
# it float64 tensors: the difference of two nearly equal float32 numbers has
# few correct digits.

point = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(f, point))

# %%
# A check must fail when the gradient is wrong. This version computes the same
# values, but :meth:`~torch.Tensor.detach` hides one of the two factors from
# autograd:


def forgetful(x):
    """Compute the same loss, with half of the gradient."""
    return (x * x.detach() - 3) ** 2


assert forgetful(point) == f(point)
try:
    torch.autograd.gradcheck(forgetful, point)
except RuntimeError as error:
    print(str(error).strip())

# %%
# ``numerical`` is the measured slope, ``analytical`` is autograd's. The value
# is right and the gradient is half of what it should be. Only the check
# detects it: computing this loss and its gradient raises no error.
#
# Plot the gradient
# -----------------
# The upper panel shows the loss with its tangent at :math:`x = 2`. The lower
# panel shows the gradient: the formula :math:`4x(x^2 - 3)` as a line,
# autograd's numbers as dots. One backward pass computes all nine dots, from
# the sum of nine losses.
# :doc:`Exercise 6 </tutorials/exercises/exercise_6_sum_gradient>` explains
# why that works.

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
# Every dot is on the line. Where the gradient is positive, a smaller
# :math:`x` has a smaller loss. Where it is negative, a larger :math:`x` has.
# So a small step against the gradient makes the loss smaller. At
# :math:`x = \pm\sqrt{3}` the prediction equals the target, and the gradient is
# zero. It is also zero at :math:`x = 0`, where the loss has a maximum.

# %%
# Where reinforcement learning uses it
# ------------------------------------
# A network has thousands of parameters in the place of :math:`x`, and autograd
# computes their gradients in the same way. A :term:`critic`, a network that
# predicts :term:`returns <return>`, has the loss of this page: a squared
# error. The :term:`environment` is not differentiated. Its rewards enter the
# loss as plain numbers.
#
# Next: :doc:`exercise 1 </tutorials/exercises/exercise_1_cubic_gradient>`,
# where you write a gradient of your own.
