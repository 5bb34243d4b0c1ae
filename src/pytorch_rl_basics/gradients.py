"""Gradients by autograd: exercises 1 and 6."""

import torch
from torch import Tensor

from ._validation import expects


@expects(x="real")
def cubic_gradient(x: float) -> Tensor:
    r"""Differentiate :math:`y = x^3 + 2x` at one point with autograd.

    Args:
        x: where to differentiate, a Python float such as 3.0.

    Returns:
        dy/dx at ``x``, a 0-d tensor of the default dtype.

    Raises:
        TypeError: ``x`` is not a real number.

    The power rule gives the same number by hand: :math:`y' = 3x^2 + 2`.

    >>> cubic_gradient(3.0)
    tensor(29.)
    """
    leaf = torch.tensor(float(x), requires_grad=True)
    y = leaf**3 + 2 * leaf
    y.backward()
    assert leaf.grad is not None  # filled by backward()
    return leaf.grad


@expects(x="float (n,)")
def sum_gradient(x: Tensor) -> Tensor:
    r"""Differentiate :math:`y = \sum_i x_i` with respect to every entry of ``x``.

    Args:
        x: the point, float, shape (n,). It is not changed: no gradient is stored in it.

    Returns:
        The gradient, shape (n,), with the dtype and device of ``x``.

    Raises:
        TypeError: ``x`` is not a float tensor.
        ValueError: ``x`` is not one-dimensional, or is empty.

    Each entry enters the sum once, with factor one, so :math:`\partial y / \partial x_i = 1`.

    >>> sum_gradient(torch.tensor([1.0, 2.0, 3.0]))
    tensor([1., 1., 1.])
    """
    leaf = x.detach().clone().requires_grad_()  # (n,)
    leaf.sum().backward()
    assert leaf.grad is not None  # filled by backward()
    return leaf.grad
