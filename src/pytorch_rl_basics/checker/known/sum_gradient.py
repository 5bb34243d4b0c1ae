"""The known mistakes of ``sum_gradient``."""

import torch

from ..mistakes import mistake

TENSORS = "concepts/tensors_and_gradients"

PAGE = "tutorials/exercises/exercise_6_sum_gradient"


@mistake(
    cure="Go backward from `x.sum()`.",
    seen=PAGE,
)
def gradient_of_the_mean(x):
    """This is the gradient of the mean: the mean divides by n, and so each entry's share is 1/n."""
    x.mean().backward()
    return x.grad


@mistake(
    cure="Return `x.grad` instead of `x`.",
    seen=TENSORS,
)
def the_point_itself(x):
    """`backward()` leaves `x` as it is; the gradient is in `x.grad`."""
    x.sum().backward()
    return x


@mistake(
    cure="Go backward from `x.sum()`, without a square in it.",
    seen=PAGE,
)
def gradient_of_the_squares(x):
    """This is 2x, the gradient of the sum of the squares: the plain sum has no square in it."""
    (x**2).sum().backward()
    return x.grad


def _python_number(x):
    return 1.0


def _python_integer(x):
    return 1


@mistake(
    cure="Ask for each entry: how much does the sum grow when this one grows by a little?",
    seen=PAGE,
    also=(_python_number, _python_integer),
    telling=True,
)
def one_number_for_all(x):
    """One number came back; each entry of `x` has a partial derivative of its own."""
    x.sum().backward()
    return x.grad.mean()


@mistake(
    cure="Go backward from the sum, and return what that leaves in the leaf's `.grad`.",
    seen=TENSORS,
)
def sum_instead_of_gradient(x):
    """The result is the sum itself, and not its gradient."""
    y = x.sum()
    y.backward()
    return y


@mistake(
    cure="Call `backward()` once for each sum that you compute.",
    seen=PAGE,
)
def backward_twice(x):
    """`backward()` ran twice, and the second one has added the same gradient again, in silence."""
    y = x.sum()
    y.backward()
    y.backward()
    return x.grad


def _cast(x):
    x = x.float().requires_grad_()
    x.sum().backward()
    return x.grad


@mistake(
    cure="Read `.grad` of the leaf itself: make it with `.detach().clone().requires_grad_()`.",
    seen="https://github.com/pytorch/pytorch/issues/19778",
    also=(_cast,),
)
def grad_of_a_result(x):
    """Only leaves keep a `.grad`; this tensor was computed from another one, so its own is None."""
    x = x.clone()
    x.sum().backward()
    return x.grad


@mistake(
    cure="Call `.sum().backward()` on the leaf before you read its `.grad`.",
    seen="tutorials/worked_examples/example_1_autograd",
)
def no_backward(x):
    """Computing the sum differentiates nothing: `.grad` stays None until `backward()` fills it."""
    x.sum()
    return x.grad


@mistake(
    cure="After `backward()`, return the leaf's `.grad`.",
    seen=TENSORS,
)
def backward_gives_nothing_back(x):
    """`backward()` returns None; it leaves the gradient in the leaf's `.grad`, unread so far."""
    return x.sum().backward()


@mistake(
    cure="Go backward from one number: `x.sum()`.",
    seen="https://github.com/cybertronai/autograd-hacks/issues/8",
)
def backward_from_a_vector(x):
    """`backward()` starts from a single number, and here it was called on a vector."""
    x.backward()
    return x.grad


@mistake(
    cure="Sum a tensor that is watched: a detached copy is again after `.requires_grad_()`.",
    seen="https://github.com/weizheliu/People-Flows/issues/7",
)
def copy_not_watched(x):
    """There is no way back from the sum: it was computed of a detached copy or of bare numbers,
    which autograd does not watch.
    """
    x = x.detach().clone()
    x.sum().backward()
    return x.grad


@mistake(
    cure="Take the first entry: `torch.autograd.grad(y, x)[0]`.",
    seen="https://github.com/caogang/wgan-gp/issues/35",
)
def tuple_of_gradients(x):
    """`torch.autograd.grad` returns a tuple, one gradient for each input, even for one input."""
    return torch.autograd.grad(x.sum(), x)


@mistake(
    cure="Call `backward()` on `x.sum()` itself, with nothing wrapped around it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
)
def wrapped_in_a_new_leaf(x):
    """A new tensor was made on the way, or an old one wrapped: it is a leaf of its own, from which
    nothing leads back.
    """
    y = torch.tensor(x.sum().item(), requires_grad=True)
    y.backward()
    return x.grad


@mistake(
    cure="Return the tensor as it is, without `.tolist()`.",
    seen=TENSORS,
    telling=True,
)
def list_of_numbers(x):
    """A Python list came back, where a tensor is wanted."""
    x.sum().backward()
    return x.grad.tolist()


@mistake(
    cure="Differentiate the `x` that is given, whatever its length.",
    seen=PAGE,
)
def always_three_entries(x):
    """The result does not depend on `x`: it has three entries for every `x`."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    x.sum().backward()
    return x.grad


@mistake(
    cure="Give the result the dtype of `x`, as `torch.ones_like(x)` and autograd do.",
    seen=TENSORS,
)
def default_dtype(x):
    """A new tensor is float32 unless it is told otherwise; a gradient has the dtype of its `x`."""
    return torch.ones(len(x))


@mistake(
    cure="Do not step: leave the numbers in `x`, and return the gradient.",
    seen=TENSORS,
)
def stepped_as_well(x):
    """The call changed the numbers in `x`: a gradient is asked for, and no step along it."""
    x.sum().backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
    return x.grad


MISTAKES = (
    gradient_of_the_mean,
    the_point_itself,
    gradient_of_the_squares,
    one_number_for_all,
    sum_instead_of_gradient,
    backward_twice,
    grad_of_a_result,
    no_backward,
    backward_gives_nothing_back,
    backward_from_a_vector,
    copy_not_watched,
    tuple_of_gradients,
    wrapped_in_a_new_leaf,
    list_of_numbers,
    always_three_entries,
    default_dtype,
    stepped_as_well,
)
