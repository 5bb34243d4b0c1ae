"""The known mistakes of ``mse_backward``."""

import torch
import torch.nn.functional as F

from ..mistakes import mistake

STEP = "concepts/training_step"

SHAPES = "concepts/batches_and_shapes"

MEAN_OF_WHAT = "https://github.com/pytorch/pytorch/issues/3924"


@mistake(cure="Call `loss.backward()` before you return the loss.", seen=STEP)
def no_backward(model, states, targets):
    """The loss is computed, but nobody asks for its gradients: there is no backward pass."""
    return F.mse_loss(model(states), targets)


def _zeros_filled_in(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    for parameter in model.parameters():
        parameter.grad.zero_()
    return loss


@mistake(
    cure="Clear the gradients before the backward pass, or not at all: the model is fresh.",
    seen="https://github.com/lucidrains/byol-pytorch/issues/93",
    also=(_zeros_filled_in,),
)
def zero_grad_after_backward(model, states, targets):
    """The backward pass fills in the gradients, and then they are thrown away."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    model.zero_grad()
    return loss


def _step_and_clear(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * parameter.grad
            parameter.grad = None
    return loss


@mistake(
    cure="Leave the update out: `mse_backward` only computes what an optimizer would use.",
    seen=STEP,
    also=(_step_and_clear,),
)
def step_taken(model, states, targets):
    """The parameters were moved, but a gradient is not yet a step."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * parameter.grad
    return loss


@mistake(
    cure="Return the loss itself, a 0-d tensor; leave `.item()` to whoever wants to print it.",
    seen=STEP,
    telling=True,
)
def float_returned(model, states, targets):
    """The result is a Python float, and a 0-d tensor is asked for."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    return loss.item()


@mistake(
    cure='Take the mean of the squares: `F.mse_loss` does so unless you set `reduction="sum"`.',
    seen="https://github.com/ai-safety-foundation/sparse_autoencoder/issues/63",
)
def sum_instead_of_mean(model, states, targets):
    """The squares are added up, so that the loss and its gradients grow with the batch."""
    loss = F.mse_loss(model(states), targets, reduction="sum")
    loss.backward()
    return loss


@mistake(
    cure="Average over all elements of the difference, not over its rows only.",
    seen=MEAN_OF_WHAT,
)
def mean_over_the_batch_only(model, states, targets):
    """The sum of squares is divided by the number of states, and not by the number of elements."""
    loss = ((model(states) - targets) ** 2).sum(dim=-1).mean()
    loss.backward()
    return loss


@mistake(
    cure="Square the differences: `F.mse_loss` instead of `F.l1_loss`.",
    seen="https://github.com/zzr-idam/4KDehazing/issues/6",
)
def absolute_error(model, states, targets):
    """The loss is the mean of the absolute differences, not of their squares."""
    loss = (model(states) - targets).abs().mean()
    loss.backward()
    return loss


@mistake(
    cure="Leave the square root out.",
    seen="https://github.com/pytorch/pytorch/issues/45112",
)
def root_of_the_mean(model, states, targets):
    """The root of the mean squared error is taken; asked for is the mean itself."""
    loss = torch.sqrt(F.mse_loss(model(states), targets))
    loss.backward()
    return loss


@mistake(
    cure="Leave the factor of one half out.",
    seen="https://github.com/davidrosenberg/mlcourse/issues/55",
)
def half_of_the_mean(model, states, targets):
    """The loss has a factor of one half, as in many textbooks; here it is the plain mean."""
    loss = 0.5 * ((model(states) - targets) ** 2).mean()
    loss.backward()
    return loss


@mistake(
    cure="Use `F.mse_loss`; the Huber loss is quadratic for small errors only.",
    seen="https://github.com/Shmuma/ptan/issues/13",
)
def huber_loss(model, states, targets):
    """The loss is the smooth L1 or Huber loss that many DQN tutorials use, not the square."""
    loss = F.smooth_l1_loss(model(states), targets)
    loss.backward()
    return loss


@mistake(
    cure="Square each difference before you take the mean.",
    seen="https://github.com/fastai/fastbook/pull/327",
)
def differences_not_squared(model, states, targets):
    """The plain differences are averaged, so that positive and negative ones cancel."""
    loss = (model(states) - targets).mean()
    loss.backward()
    return loss


@mistake(
    cure="Square first, then take the mean.",
    seen="https://github.com/mlfoundations/open_lm/pull/92",
)
def square_of_the_mean(model, states, targets):
    """The mean is taken first and squared then, so that positive and negative errors cancel."""
    loss = (model(states) - targets).mean() ** 2
    loss.backward()
    return loss


def _length_of_the_difference(model, states, targets):
    loss = torch.linalg.vector_norm(model(states) - targets)
    loss.backward()
    return loss


@mistake(
    cure="Square the differences and average them; a norm is the root of a sum of squares.",
    seen="https://github.com/RobotLocomotion/pytorch-dense-correspondence/issues/46",
)
def norm_of_the_difference(model, states, targets):
    """The loss is the length of the difference, the root of the sum of all squares."""
    loss = torch.norm(model(states) - targets)
    loss.backward()
    return loss


def _loss_made_anew(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss = torch.tensor(loss.item(), requires_grad=True)
    loss.backward()
    return loss


def _loss_made_to_require_grad(model, states, targets):
    loss = F.mse_loss(model(states).detach(), targets).requires_grad_()
    loss.backward()
    return loss


@mistake(
    cure="Go from `model(states)` to the loss without `no_grad`, `detach`, `.data`, `.item()`, "
    "`torch.tensor` or a copy of the model.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
    also=(_loss_made_anew, _loss_made_to_require_grad),
)
def graph_cut(model, states, targets):
    """No graph leads from the loss to the parameters of this model, so no gradient arrives."""
    with torch.no_grad():
        prediction = model(states)
    loss = F.mse_loss(prediction, targets)
    loss.backward()
    return loss


@mistake(
    cure="Keep the loss a tensor: leave `.item()` and `float()` out.",
    seen="habits",
)
def item_before_backward(model, states, targets):
    """`.item()` made a plain number of the loss, which has no graph and no `backward()`."""
    loss = F.mse_loss(model(states), targets).item()
    loss.backward()
    return loss


@mistake(
    cure="Put what `torch.autograd.grad` returns into each parameter's `.grad`, "
    "or call `loss.backward()`, which does it for you.",
    seen="concepts/tensors_and_gradients",
)
def gradients_not_stored(model, states, targets):
    """`torch.autograd.grad` returns the gradients; it does not leave them in `.grad`."""
    loss = F.mse_loss(model(states), targets)
    torch.autograd.grad(loss, list(model.parameters()))
    return loss


def _graph_kept(model, states, targets):
    loss = F.mse_loss(model(states), targets)
    loss.backward(retain_graph=True)
    loss.backward()
    return loss


@mistake(
    cure="Call `backward()` once: a second call adds the same gradients again.",
    seen="habits",
    also=(_graph_kept,),
)
def backward_twice(model, states, targets):
    """Every gradient is counted twice, as by a second `backward()` for the same batch."""
    loss = F.mse_loss(model(states), targets)
    loss.backward()
    loss.backward()
    return loss


@mistake(
    cure="Reduce the squares to one number with `.mean()` before `backward()`.",
    seen="https://github.com/Animadversio/GAN-Geometry/issues/4",
)
def loss_of_each_element(model, states, targets):
    """The loss has one entry for each element, and a gradient is one of a single number."""
    loss = (model(states) - targets) ** 2
    loss.backward()
    return loss


@mistake(
    cure="Go backward from the very number that you return, the mean.",
    seen=SHAPES,
)
def gradient_of_the_sum(model, states, targets):
    """The loss returned is the mean, but the backward pass starts at the sum."""
    squares = (model(states) - targets) ** 2
    squares.sum().backward()
    return squares.mean()


def _targets_unsqueezed(model, states, targets):
    loss = ((model(states) - targets.unsqueeze(1)) ** 2).mean()
    loss.backward()
    return loss


@mistake(
    cure="Compare tensors of one shape: print `prediction.shape` and `targets.shape`.",
    seen=SHAPES,
    also=(_targets_unsqueezed,),
)
def broadcast_targets(model, states, targets):
    """Prediction and targets differ in shape, and broadcasting compares each with every other."""
    loss = F.mse_loss(model(states).squeeze(), targets)
    loss.backward()
    return loss


@mistake(
    cure="Do not change the sign: the gradient of the loss points to where it grows.",
    seen="habits",
)
def minus_sign(model, states, targets):
    """The backward pass starts at minus the loss, so every gradient has the wrong sign."""
    loss = F.mse_loss(model(states), targets)
    (-loss).backward()
    return loss


MISTAKES = (
    no_backward,
    zero_grad_after_backward,
    step_taken,
    float_returned,
    sum_instead_of_mean,
    mean_over_the_batch_only,
    absolute_error,
    root_of_the_mean,
    half_of_the_mean,
    huber_loss,
    differences_not_squared,
    square_of_the_mean,
    norm_of_the_difference,
    graph_cut,
    item_before_backward,
    gradients_not_stored,
    backward_twice,
    loss_of_each_element,
    gradient_of_the_sum,
    broadcast_targets,
    minus_sign,
)
