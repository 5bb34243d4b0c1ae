"""The known mistakes of ``cubic_gradient``."""

import torch

from ..mistakes import mistake

TENSORS = "concepts/tensors_and_gradients"

PAGE = "tutorials/exercises/exercise_1_cubic_gradient"


@mistake(
    cure="Return the `.grad` of the tensor that you have differentiated with respect to.",
    seen=PAGE,
)
def value_instead_of_gradient(x):
    """The result is y itself, the value of x³ + 2x, and not its derivative."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return y


@mistake(
    cure="Read `.grad` of the tensor that you made with `requires_grad=True`, the leaf.",
    seen="https://github.com/pytorch/pytorch/issues/91851",
)
def grad_of_a_result(x):
    """Only leaves keep a `.grad`; this tensor was computed from another one, so its own is None."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return y.grad


@mistake(
    cure="Call `y.backward()` before you read `.grad`.",
    seen="tutorials/worked_examples/example_1_autograd",
)
def no_backward(x):
    """Computing y differentiates nothing: `.grad` stays None until `backward()` fills it."""
    x = torch.tensor(x, requires_grad=True)
    x**3 + 2 * x
    return x.grad


@mistake(
    cure="After `y.backward()`, return the leaf's `.grad`.",
    seen=TENSORS,
)
def backward_gives_nothing_back(x):
    """`backward()` returns None; it leaves the gradient in the leaf's `.grad`, unread so far."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    return y.backward()


@mistake(
    cure="Make the tensor with `requires_grad=True`, and compute y from this very tensor.",
    seen="https://github.com/weizheliu/People-Flows/issues/7",
)
def not_watched(x):
    """There is no way back from y: no tensor in it was made to be watched, or the link was cut by
    `detach()`, `item()` or `no_grad()`.
    """
    x = torch.tensor(x)
    y = x**3 + 2 * x
    y.backward()
    return x.grad


@mistake(
    cure="Begin with `torch.tensor(x, requires_grad=True)`, and compute y from that tensor.",
    seen="https://github.com/swz30/MPRNet/issues/108",
)
def number_instead_of_tensor(x):
    """A Python number has no gradient: it is the plain `x`, was computed from it, or was taken out
    of its tensor by `item()`.
    """
    y = x**3 + 2 * x
    y.backward()
    return x.grad


def _set_on_whole_numbers(x):
    x = torch.tensor(int(x))
    x.requires_grad = True
    return x


def _asked_of_whole_numbers(x):
    return torch.tensor(int(x)).requires_grad_()


@mistake(
    cure="Make a float tensor: write 3.0, not 3, or leave out the integer dtype.",
    seen="https://github.com/pytorch/pytorch/issues/53466",
    also=(_set_on_whole_numbers, _asked_of_whole_numbers),
)
def whole_number_tensor(x):
    """A tensor of integers cannot require a gradient: derivatives are taken of real numbers."""
    x = torch.tensor(int(x), requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return x.grad


def _values_in_a_new_leaf(x):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor((x**3 + 2 * x).item(), requires_grad=True)
    y.backward()
    return x.grad


@mistake(
    cure="Call `backward()` on the result of the formula itself, with nothing wrapped around it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
    also=(_values_in_a_new_leaf,),
)
def wrapped_in_a_new_leaf(x):
    """`backward()` began at a leaf, from which nothing leads back: a new tensor that was wrapped
    around y, or `x` itself.
    """
    y = torch.tensor(x**3 + 2 * x, requires_grad=True)
    y.backward()
    return y.grad


@mistake(
    cure="Take the first entry: `torch.autograd.grad(y, x)[0]`.",
    seen="https://github.com/caogang/wgan-gp/issues/35",
)
def tuple_of_gradients(x):
    """`torch.autograd.grad` returns a tuple, one gradient for each input, even for one input."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    return torch.autograd.grad(y, x)


def _numpy_number(x):
    return torch.tensor(3 * x**2 + 2).numpy()[()]


def _double_numpy_number(x):
    return torch.tensor(3 * x**2 + 2).double().numpy()[()]


def _numpy_array(x):
    return torch.tensor(3 * x**2 + 2).numpy()


@mistake(
    cure="Return the tensor itself, without `.item()` or `.numpy()`.",
    seen=TENSORS,
    also=(_numpy_number, _double_numpy_number, _numpy_array),
    telling=True,
)
def plain_number(x):
    """A plain number came back, of Python's or NumPy's, where a 0-d tensor is wanted."""
    return 3 * x**2 + 2


@mistake(
    cure="Make the tensor from the number, `torch.tensor(x, ...)`, not from a list.",
    seen="https://github.com/pytorch/pytorch/issues/53466",
    telling=True,
)
def one_entry_vector(x):
    """`[x]` is a list, and makes a vector of one entry; a single number has the shape ()."""
    x = torch.tensor([x], requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return x.grad


@mistake(
    cure="Return `x.grad` instead of `x`.",
    seen=TENSORS,
)
def the_point_itself(x):
    """`backward()` leaves `x` as it is; the gradient is in `x.grad`."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return x


@mistake(
    cure="Make the tensor from the argument `x`, inside the function.",
    seen=PAGE,
)
def always_at_three(x):
    """The result does not depend on `x`: it is the gradient at 3.0 for every `x`."""
    x = torch.tensor(3.0, requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    return x.grad


@mistake(
    cure="Make a new tensor in each call, or clear its `.grad` before `backward()`.",
    seen=TENSORS,
)
def leaf_kept_between_calls(x, leaf=torch.zeros((), requires_grad=True)):  # noqa: B008
    """The tensor outlives the call, and each `backward()` adds to what its `.grad` holds."""
    leaf.data.fill_(x)
    y = leaf**3 + 2 * leaf
    y.backward()
    return leaf.grad


def _both_kinds_of_backward(x):
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    y.backward()
    y.backward()
    return x.grad


@mistake(
    cure="Call `backward()` once for each forward pass.",
    seen="tutorials/exercises/exercise_6_sum_gradient",
    also=(_both_kinds_of_backward,),
)
def backward_twice(x):
    """`backward()` ran twice on the same y: the second run adds the gradient again, or raises."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@mistake(
    cure="Make a new tensor in each step: `y = y + 2 * x` instead of `+=` on the leaf.",
    seen="https://discuss.pytorch.org/t/leaf-variable-was-used-in-an-inplace-operation/308/2",
)
def leaf_overwritten(x):
    """A leaf that autograd watches must keep its value; an in-place operation would replace it."""
    x = torch.tensor(x, requires_grad=True)
    y = x
    y += x**3
    y += x
    y.backward()
    return x.grad


def _changed_twofold(x):
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    x.data *= 2
    y.backward()
    return x.grad


@mistake(
    cure="Leave the numbers in `x` alone until `backward()` has run.",
    seen="https://github.com/OmidPoursaeed/Generative_Adversarial_Perturbations/issues/4",
    also=(_changed_twofold,),
)
def changed_behind_autograd(x):
    """Through `.data` the numbers in `x` were changed after y was computed, unseen by autograd."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3 + 2 * x
    x.data += 1
    y.backward()
    return x.grad


@mistake(
    cure="Differentiate all of x³ + 2x.",
    seen=PAGE,
)
def second_term_lost(x):
    """Only x³ was differentiated: the 2x adds a constant 2 to the derivative."""
    x = torch.tensor(x, requires_grad=True)
    y = x**3
    y.backward()
    return x.grad


def _caret_on_a_number(x):
    return torch.tensor(3 * x ^ 2 + 2)


@mistake(
    cure="Write a power as `x**3`.",
    seen="https://github.com/Asabeneh/30-Days-Of-Python/issues/186",
    also=(_caret_on_a_number,),
)
def caret_for_power(x):
    """`^` is no power in Python, but the bitwise "exclusive or", which floats do not have."""
    x = torch.tensor(x, requires_grad=True)
    y = x ^ 3 + 2 * x
    y.backward()
    return x.grad


def _exponent_not_in_front(x):
    return torch.tensor(x**2 + 2)


def _exponent_not_reduced(x):
    return torch.tensor(3 * x**3 + 2)


def _wrong_factor(x):
    return torch.tensor(2 * x**2 + 2)


def _reduced_twice(x):
    return torch.tensor(3 * x + 2)


@mistake(
    cure="Let autograd differentiate all of y; by hand, x**n has the derivative n * x**(n - 1).",
    seen=PAGE,
    also=(_exponent_not_in_front, _exponent_not_reduced, _wrong_factor, _reduced_twice),
)
def power_rule_slip(x):
    """These numbers follow a formula close to the derivative, with a factor or an exponent off: a
    slip in the power rule, or a part of y hidden from autograd.
    """
    return torch.tensor(3 * x**2 + 2 * x)


MISTAKES = (
    value_instead_of_gradient,
    grad_of_a_result,
    no_backward,
    backward_gives_nothing_back,
    not_watched,
    number_instead_of_tensor,
    whole_number_tensor,
    wrapped_in_a_new_leaf,
    tuple_of_gradients,
    plain_number,
    one_entry_vector,
    the_point_itself,
    always_at_three,
    leaf_kept_between_calls,
    backward_twice,
    leaf_overwritten,
    changed_behind_autograd,
    second_term_lost,
    caret_for_power,
    power_rule_slip,
)
