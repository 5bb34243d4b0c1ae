"""Fresh attempts at ``sum_gradient``, their verdicts written before they were checked."""

import torch
from torch import nn


def functional(x):
    """Written with torch.func.grad of torch.sum."""
    return torch.func.grad(torch.sum)(x.detach())


def scalar_product(x):
    """Written as a scalar product with a vector of ones."""
    copy = x.detach().clone()
    copy.requires_grad = True
    y = copy @ torch.ones_like(copy, requires_grad=False)
    y.backward()
    return copy.grad


def python_loop(x):
    """Written as a Python loop that adds up the entries of an nn.Parameter."""
    entries = nn.Parameter(x.detach().clone())
    total = 0
    for entry in entries:
        total = total + entry
    (gradient,) = torch.autograd.grad(total, [entries])
    return gradient


# ---------------------------------------------------------------------------------------------


def gradient_left_in_x(x):
    """Written as backward on the caller's own tensor, if that requires grad."""
    if not x.requires_grad:
        x = x.clone().requires_grad_()
    y = x.sum()
    y.backward()
    return x.grad


def copy_without_detach(x):
    """Forgets detach, so the copy of an x that requires grad is no leaf and has no gradient."""
    leaf = x.clone()
    leaf.requires_grad_(True)
    leaf.sum().backward()
    return leaf.grad


def through_a_list(x):
    """Makes the leaf from a list, so a float64 x gives a float32 gradient."""
    leaf = torch.tensor(x.tolist(), requires_grad=True)
    y = leaf.sum()
    y.backward()
    return leaf.grad


def squares_added_up(x):
    """Differentiates the sum of squares."""
    v = x.detach().clone().requires_grad_()
    y = (v**2).sum()
    y.backward()
    return v.grad


def one_number_for_all(x):
    """Adds the gradient up to one number."""
    t = x.detach().clone()
    t.requires_grad_()
    t.sum().backward()
    return t.grad.sum()


# ---------------------------------------------------------------------------------------------


def sizes_added_up(x):
    """Differentiates the sum of the absolute values, the same only where x is above 0."""
    leaf = x.detach().clone().requires_grad_()
    y = torch.linalg.vector_norm(leaf, ord=1)
    y.backward()
    return leaf.grad


def found_by_value(x):
    """Looks each entry up by its value, so equal entries count once for each other."""
    values = x.detach()
    gradient = torch.zeros_like(values)
    for value in values:
        gradient[values == value] += 1.0  # d(sum)/d(value)
    return gradient


def requires_grad_stays_on(x):
    """Turns on requires_grad in the caller's tensor, and leaves it on."""
    x.requires_grad_()
    return torch.autograd.grad(x.sum(), x)[0].clone()


def clears_the_old_gradient(x):
    """Written with a copy, and with `x.grad` set to None at the end."""
    leaf = x.detach().clone().requires_grad_()
    leaf.sum().backward()
    if x.is_leaf:
        x.grad = None  # no gradient may be stored in x
    return leaf.grad


# The last two were first listed as wrong: right solutions of learners fill or clear `x.grad`.
RIGHT = [functional, scalar_product, python_loop, gradient_left_in_x, clears_the_old_gradient]
ORDINARY = [copy_without_detach, through_a_list, squares_added_up, one_number_for_all]
ODD = [sizes_added_up, found_by_value, requires_grad_stays_on]
