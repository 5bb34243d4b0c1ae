"""Learners' code for ``sum_gradient``: right, wrong with the mistake's name, and just wrong."""

import torch
from torch import nn


def natural(x):
    x.sum().backward()
    return x.grad


def on_a_fresh_leaf(x):
    leaf = x.detach().clone().requires_grad_()
    leaf.sum().backward()
    return leaf.grad


def by_autograd_grad(x):
    return torch.autograd.grad(torch.sum(x), x)[0]


def vector_product(x):
    x.backward(gradient=torch.ones_like(x))
    return x.grad


def by_functorch(x):
    return torch.func.grad(torch.sum)(x.detach())


def as_a_parameter(x):
    p = nn.Parameter(x.detach().clone())
    total = 0
    for entry in p:
        total = total + entry
    total.backward()
    return p.grad


def with_retain_grad(x):
    copy = x * 1
    copy.retain_grad()
    copy.sum().backward()
    return copy.grad


def cleared_and_detached(x):
    x.grad = None
    y = x.sum()
    y.backward()
    gradient = x.grad.detach().clone()
    x.grad = None
    return gradient


def by_hand(x):
    return torch.ones_like(x)


def by_hand_in_its_dtype(x):
    return x.new_ones(x.shape)


def hand_made_from_x(x):
    return torch.full((len(x),), 1.0, dtype=x.dtype)


RIGHT = [
    natural, on_a_fresh_leaf, by_autograd_grad, vector_product, by_functorch, as_a_parameter,
    with_retain_grad, cleared_and_detached, by_hand, by_hand_in_its_dtype, hand_made_from_x,
]  # fmt: skip


def mean_by_hand(x):
    return torch.ones_like(x) / x.numel()


def mean_on_a_copy(x):
    leaf = x.detach().clone().requires_grad_()
    leaf.mean().backward()
    return leaf.grad


def gives_x_back(x):
    y = torch.sum(x)
    y.backward()
    return x.detach()


def product_with_itself(x):
    (x @ x).backward()
    return x.grad


def two_x(x):
    return 2 * x


def just_one(x):
    return torch.ones(())


def total_share(x):
    x.sum().backward()
    return x.grad[0]


def the_total(x):
    leaf = x.detach().requires_grad_()
    total = leaf.sum()
    total.backward()
    return total.detach()


def added_up_twice(x):
    leaf = x.detach().clone().requires_grad_()
    for _ in range(2):
        leaf.sum().backward()
    return leaf.grad


def grad_of_a_copy(x):
    copy = x * 1.0
    copy.sum().backward()
    return copy.grad


def grad_of_the_total(x):
    total = x.sum()
    total.backward()
    gradient = total.grad
    return gradient


def never_went_backward(x):
    y = x.sum()
    return x.grad


def what_backward_returns(x):
    y = x.sum()
    gradient = y.backward()
    return gradient


def straight_from_x(x):
    y = x * 1
    y.backward()
    return x.grad


def summed_in_no_grad(x):
    with torch.no_grad():
        y = x.sum()
    y.backward()
    return x.grad


def copy_without_grad(x):
    leaf = torch.tensor(x.tolist())
    return torch.autograd.grad(leaf.sum(), leaf)[0]


def the_tuple(x):
    y = x.sum()
    return torch.autograd.grad(y, [x])


def made_to_require_grad(x):
    y = x.detach().sum()
    y.requires_grad = True
    y.backward()
    return x.grad


def as_a_list(x):
    return [1.0 for _ in x]


def the_example_of_the_page(x):
    return torch.tensor([1.0, 1.0, 1.0])


def ones_of_the_shape(x):
    return torch.ones(x.shape)


def leaf_from_a_list(x):
    leaf = torch.tensor(x.tolist(), requires_grad=True)
    leaf.sum().backward()
    return leaf.grad


def one_step_of_descent(x):
    optimizer = torch.optim.SGD([x], lr=0.5)
    x.sum().backward()
    optimizer.step()
    return x.grad


def adds_to_x(x):
    x.sum().backward()
    x.data.add_(x.grad)
    return x.grad


def running_sums(x):
    x.cumsum(0).sum().backward()
    return x.grad


def sign_of_x(x):
    x.abs().sum().backward()
    return x.grad


def divided_by_itself(x):
    return (x / x).detach()


def a_column(x):
    x.sum().backward()
    return x.grad.unsqueeze(-1)


def whole_numbers(x):
    return torch.ones(len(x), dtype=torch.int64)


def zeros(x):
    return torch.zeros_like(x)


WRONG = {
    "gradient-of-the-mean": [mean_by_hand, mean_on_a_copy],
    "the-point-itself": [gives_x_back],
    "gradient-of-the-squares": [product_with_itself, two_x],
    "one-number-for-all": [just_one, total_share],
    "sum-instead-of-gradient": [the_total],
    "backward-twice": [added_up_twice],
    "grad-of-a-result": [grad_of_a_copy, grad_of_the_total],
    "no-backward": [never_went_backward],
    "backward-gives-nothing-back": [what_backward_returns],
    "backward-from-a-vector": [straight_from_x],
    "copy-not-watched": [summed_in_no_grad, copy_without_grad],
    "tuple-of-gradients": [the_tuple],
    "wrapped-in-a-new-leaf": [made_to_require_grad],
    "list-of-numbers": [as_a_list],
    "always-three-entries": [the_example_of_the_page],
    "default-dtype": [ones_of_the_shape, leaf_from_a_list],
    "stepped-as-well": [one_step_of_descent, adds_to_x],
    "absolute-values": [sign_of_x],
    "extra-dimension": [a_column],
    "running-sums": [running_sums],
    "not-finite": [divided_by_itself],
    "nothing-there": [zeros],
}

UNNAMED = [whole_numbers]
