"""Learners' code for ``cubic_gradient``: right, wrong with the mistake's name, and just wrong."""

import numpy as np
import torch


def by_backward(x):
    t = torch.tensor(float(x), requires_grad=True)
    y = t.pow(3) + 2 * t
    y.backward()
    return t.grad


def by_autograd_grad(x):
    t = torch.tensor(x).requires_grad_()
    (slope,) = torch.autograd.grad(t * t * t + t + t, t)
    return slope


def with_a_graph_of_its_own(x):
    t = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(t**3 + 2 * t, t, create_graph=True)[0]


def by_functorch(x):
    return torch.func.grad(lambda t: t**3 + 2 * t)(torch.tensor(x))


def by_jacobian(x):
    return torch.autograd.functional.jacobian(lambda t: t**3 + 2 * t, torch.tensor(x))


def in_double_precision(x):
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad


def as_a_parameter(x):
    p = torch.nn.Parameter(torch.tensor(x))
    optimizer = torch.optim.SGD([p], lr=0.1)
    optimizer.zero_grad()
    y = p**3 + 2 * p
    y.backward()
    return p.grad.clone()


def from_one_entry_to_none(x):
    t = torch.tensor([x], requires_grad=True)
    (t**3 + 2 * t).sum().backward()
    return t.grad.squeeze()


def with_retain_grad(x):
    t = torch.tensor(x, requires_grad=True)
    same = t * 1
    same.retain_grad()
    (same**3 + 2 * same).backward()
    return same.grad


def by_hand(x):
    return torch.tensor(3 * x * x + 2)


def by_numpy(x):
    return torch.as_tensor(np.float64(3 * x**2 + 2))


def by_central_difference(x):
    f = lambda t: t**3 + 2 * t
    return torch.tensor((f(x + 1e-4) - f(x - 1e-4)) / 2e-4)


def cut_to_a_whole_number(x):
    t = torch.tensor(float(int(x)), requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad


RIGHT = [
    by_backward, by_autograd_grad, with_a_graph_of_its_own, by_functorch, by_jacobian,
    in_double_precision, as_a_parameter, from_one_entry_to_none, with_retain_grad, by_hand,
    by_numpy, by_central_difference,
]  # fmt: skip


def returns_y(x):
    t = torch.tensor(float(x))
    return t.pow(3) + t * 2


def detached_y(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    y.backward()
    return y.detach()


def grad_of_y(x):
    leaf = torch.tensor(float(x), requires_grad=True)
    out = leaf**3 + leaf * 2
    out.backward()
    return out.grad


def cast_after_making(x):
    t = torch.tensor(x, requires_grad=True).double()
    (t**3 + 2 * t).backward()
    return t.grad


def forgot_to_go_backward(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    gradient = t.grad
    return gradient


def keeps_what_backward_returns(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    gradient = y.backward()
    return gradient


def ends_with_backward(x):
    t = torch.tensor(x, requires_grad=True)
    (t**3 + 2 * t).backward()


def forgot_requires_grad(x):
    t = torch.tensor(float(x))
    y = t**3 + 2 * t
    return torch.autograd.grad(y, t)[0]


def inside_no_grad(x):
    t = torch.tensor(x, requires_grad=True)
    with torch.no_grad():
        y = t**3 + 2 * t
    y.backward()
    return t.grad


def treats_the_number_as_a_tensor(x):
    x.requires_grad_(True)
    y = x**3 + 2 * x
    y.backward()
    return x.grad


def item_before_backward(x):
    t = torch.tensor(x, requires_grad=True)
    y = (t**3 + 2 * t).item()
    y.backward()
    return t.grad


def long_tensor(x):
    t = torch.tensor(x, dtype=torch.long, requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad


def three_without_a_dot(x):
    t = torch.tensor(3)
    t.requires_grad = True
    (t**3 + 2 * t).backward()
    return t.grad


def made_to_require_grad(x):
    t = torch.tensor(x)
    y = t**3 + 2 * t
    y.requires_grad_()
    y.backward()
    return y.grad


def new_tensor_of_the_result(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    y = torch.tensor(float(y), requires_grad=True)
    y.backward()
    return t.grad


def whole_tuple(x):
    t = torch.tensor(x, requires_grad=True)
    gradients = torch.autograd.grad(outputs=t**3 + 2 * t, inputs=[t])
    return gradients


def item_of_the_gradient(x):
    t = torch.tensor(x, requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad.item()


def as_numpy(x):
    t = torch.tensor(x, requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad.numpy()


def list_of_one(x):
    t = torch.tensor([float(x)]).requires_grad_(True)
    (t**3 + 2 * t).sum().backward()
    return t.grad


def float_tensor_of_one(x):
    t = torch.ones(1) * x
    t.requires_grad_()
    torch.sum(t**3 + 2 * t).backward()
    return t.grad


def returns_the_leaf(x):
    leaf = torch.tensor(x, requires_grad=True)
    (leaf**3 + 2 * leaf).backward()
    return leaf


def knows_the_answer(x):
    return torch.tensor(29.0)


GLOBAL = torch.tensor(3.0, requires_grad=True)


def uses_the_cell_above(x):
    y = GLOBAL**3 + 2 * GLOBAL
    y.backward()
    return GLOBAL.grad


KEPT = {}


def one_leaf_for_each_point(x):
    t = KEPT.setdefault(x, torch.tensor(x, requires_grad=True))
    (t**3 + 2 * t).backward()
    return t.grad


def backward_and_then_grad(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    return t.grad


def backward_and_again(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    y.backward()
    y.backward()
    return t.grad


def builds_y_in_place(x):
    y = torch.tensor(x, requires_grad=True)
    y *= y**2 + 2
    y.backward()
    return y.grad


def steps_through_data(x):
    t = torch.tensor(x, requires_grad=True)
    y = t**3 + 2 * t
    t.data = t.data + 1
    y.backward()
    return t.grad


def first_term_only(x):
    return 3 * torch.tensor(x) ** 2


def constant_two(x):
    t = torch.tensor(x, requires_grad=True)
    (t**3 + 2).backward()
    return t.grad


def caret(x):
    t = torch.tensor(float(x), requires_grad=True)
    y = (t ^ 3) + 2 * t
    y.backward()
    return t.grad


def caret_by_hand(x):
    return torch.tensor(3 * x ^ 2 + 2)


def exponent_left_in_place(x):
    return torch.as_tensor(3.0 * x**3 + 2.0)


def factor_of_the_wrong_term(x):
    return torch.tensor(3 * x**2 + 2 * x)


def coarse_difference(x):
    f = lambda t: t**3 + 2 * t
    return torch.tensor((f(x + 0.1) - f(x)) / 0.1)


def only_for_positive(x):
    t = torch.tensor(abs(x), requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad * (1 if x > 0 else -1)


def rounded(x):
    t = torch.tensor(x, requires_grad=True)
    (t**3 + 2 * t).backward()
    return t.grad.round()


def second_derivative(x):
    t = torch.tensor(x, requires_grad=True)
    first = torch.autograd.grad(t**3 + 2 * t, t, create_graph=True)[0]
    return torch.autograd.grad(first, t)[0]


def whole_number_result(x):
    return torch.tensor(int(3 * x**2 + 2))


def half_of_it_detached(x):
    t = torch.tensor(x, requires_grad=True)
    (t * t.detach() ** 2 + 2 * t).backward()
    return t.grad


def noisy(x):
    return torch.tensor(3 * x**2 + 2) + torch.randn(())


WRONG = {
    "value-instead-of-gradient": [returns_y, detached_y],
    "grad-of-a-result": [grad_of_y, cast_after_making],
    "no-backward": [forgot_to_go_backward],
    "backward-gives-nothing-back": [keeps_what_backward_returns, ends_with_backward],
    "not-watched": [forgot_requires_grad, inside_no_grad],
    "number-instead-of-tensor": [treats_the_number_as_a_tensor, item_before_backward],
    "whole-number-tensor": [long_tensor, three_without_a_dot],
    "wrapped-in-a-new-leaf": [made_to_require_grad, new_tensor_of_the_result],
    "tuple-of-gradients": [whole_tuple],
    "plain-number": [item_of_the_gradient, as_numpy],
    "one-entry-vector": [list_of_one, float_tensor_of_one],
    "the-point-itself": [returns_the_leaf],
    "always-at-three": [knows_the_answer],
    "leaf-kept-between-calls": [uses_the_cell_above, one_leaf_for_each_point],
    "backward-twice": [backward_and_then_grad, backward_and_again],
    "leaf-overwritten": [builds_y_in_place],
    "changed-behind-autograd": [steps_through_data],
    "second-term-lost": [first_term_only, constant_two],
    "caret-for-power": [caret, caret_by_hand],
    "power-rule-slip": [exponent_left_in_place, factor_of_the_wrong_term],
    "fraction-cut-off": [cut_to_a_whole_number],
    "difference-quotient": [coarse_difference],
    "absolute-value-of-x": [only_for_positive],
    "second-derivative": [second_derivative],
}

UNNAMED = [rounded, whole_number_result, half_of_it_detached, noisy]
