"""Fresh attempts at ``cubic_gradient``, their verdicts written before they were checked."""

import functools

import torch
from torch import nn


def with_autograd_grad(x):
    """Written with torch.autograd.grad and plain products in place of powers."""
    point = torch.tensor(float(x), requires_grad=True)
    cubic = point * point * point + point + point
    (slope,) = torch.autograd.grad(cubic, point)
    return slope


def functional(x):
    """Written with torch.func.grad of a lambda."""
    return torch.func.grad(lambda t: t**3 + 2 * t)(torch.tensor(float(x)))


class _Cubic(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.x = nn.Parameter(torch.tensor(float(start)))

    def forward(self):
        return self.x * (self.x**2 + 2)


def as_a_module(x):
    """Written as a module whose one parameter is x, with the factor x taken out."""
    model = _Cubic(x)
    model().backward()
    return model.x.grad


# ---------------------------------------------------------------------------------------------


def returns_the_value(x):
    """Returns y itself, not its gradient."""
    x = torch.tensor(float(x), requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return y.detach()


def returns_a_float(x):
    """Returns a Python float, not a tensor."""
    t = torch.tensor(float(x), requires_grad=True)
    y = t.pow(3) + 2 * t
    y.backward()
    return t.grad.item()


def vector_of_one(x):
    """Returns a gradient of shape (1,), not a 0-d tensor."""
    t = torch.tensor([float(x)], requires_grad=True)
    y = t**3 + 2 * t
    y.backward()
    return t.grad


def backward_two_times(x):
    """Calls backward twice, so the gradient is doubled."""
    a = torch.tensor(float(x), requires_grad=True)
    y = a**3 + 2 * a
    y.backward(retain_graph=True)
    print("dy/dx is", a.grad)
    y.backward()
    return a.grad


def two_without_x(x):
    """Differentiates x³ + 2, without the x behind the 2."""
    w = torch.tensor(float(x), requires_grad=True)
    y = w**3 + 2
    y.backward()
    return w.grad


# ---------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def remembers_the_answers(x):
    """Written with a cache, so that an earlier call's tensor may come again."""
    leaf = torch.tensor(float(x), requires_grad=True)
    (leaf**3 + 2 * leaf).backward()
    return leaf.grad


def clipped_at_a_thousand(x):
    """Clips the gradient at 1000, which x above 18.3 reaches."""
    p = nn.Parameter(torch.tensor(float(x)))
    (p**3 + 2 * p).backward()
    nn.utils.clip_grad_value_([p], 1000.0)  # no exploding gradients
    return p.grad


def grad_mode_left_off(x):
    """Switches gradients off for the whole program, so the next call fails."""
    leaf = torch.tensor(float(x), requires_grad=True)
    y = leaf**3 + 2 * leaf
    y.backward()
    torch.set_grad_enabled(False)  # training is over
    return leaf.grad


def wide_difference(x):
    """Takes a difference quotient of width 0.1, which is 0.0025 too large everywhere."""

    def f(v):
        return v**3 + 2 * v

    h = 0.05
    slope = (f(float(x) + h) - f(float(x) - h)) / (2 * h)
    return torch.tensor(slope)


# First listed as wrong: neither a fresh tensor per call nor the dtype is in the contract.
RIGHT = [with_autograd_grad, functional, as_a_module, remembers_the_answers]
ORDINARY = [returns_the_value, returns_a_float, vector_of_one, backward_two_times, two_without_x]
ODD = [clipped_at_a_thousand, grad_mode_left_off, wide_difference]
