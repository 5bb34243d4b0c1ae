"""The known mistakes of ``train_step``."""

import torch
import torch.nn.functional as F
from torch import nn

from ..mistakes import mistake

STEP = "concepts/training_step"

HABITS = "habits"

SHAPES = "concepts/batches_and_shapes"


@mistake(
    cure="Call `optimizer.zero_grad()` before `loss.backward()`.",
    seen="https://github.com/pytorch/pytorch/issues/47175",
)
def no_zero_grad(model, optimizer, batch, targets):
    """The gradients of earlier calls are never cleared, and `backward()` adds to them."""
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Clear the gradients before `backward()` or after `step()`, but not between the two.",
    seen="https://github.com/lucidrains/byol-pytorch/issues/93",
)
def zero_grad_before_step(model, optimizer, batch, targets):
    """The new gradients are thrown away before the optimizer can use them."""
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@mistake(cure="Go backward first, then step.", seen=HABITS)
def step_before_backward(model, optimizer, batch, targets):
    """The optimizer steps before there are gradients of this batch."""
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


@mistake(
    cure="Call `optimizer.step()` after `loss.backward()`.",
    seen="https://github.com/zhaoyuzhi/deepfillv2/issues/6",
)
def no_step(model, optimizer, batch, targets):
    """Nobody calls `optimizer.step()`, so the parameters never move."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    return loss.item()


@mistake(cure="Call `loss.backward()` before `optimizer.step()`.", seen=STEP)
def no_backward(model, optimizer, batch, targets):
    """There is no backward pass, so the optimizer finds no gradients."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    optimizer.step()
    return loss.item()


@mistake(
    cure="Use the optimizer that is given, and make none in the function.",
    seen="https://github.com/ooples/AiDotNet/pull/222",
)
def new_optimizer_inside(model, optimizer, batch, targets):
    """Every call makes an optimizer of its own, with its own learning rate and no memory."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Let the optimizer move the parameters: `optimizer.step()`.",
    seen="https://github.com/spro/practical-pytorch/issues/21",
)
def update_by_hand(model, optimizer, batch, targets):
    """The parameters are moved by hand, whatever the optimizer would have done."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * parameter.grad
    return loss.item()


@mistake(
    cure="Return `loss.item()`, a Python float.",
    seen="https://github.com/google/brax/pull/152",
    telling=True,
)
def tensor_returned(model, optimizer, batch, targets):
    """The result is a tensor; a list of such losses keeps every graph alive."""
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@mistake(
    cure="Return the loss that you went backward from; do not compute it again.",
    seen="https://github.com/pasqal-io/qadence/pull/705",
)
def loss_after_the_update(model, optimizer, batch, targets):
    """The loss is computed again after the step, and the one before it is asked for."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    return F.mse_loss(model(batch), targets).item()


@mistake(
    cure='Take the mean of the squares: `F.mse_loss` does so unless you set `reduction="sum"`.',
    seen="https://github.com/ai-safety-foundation/sparse_autoencoder/issues/63",
)
def sum_instead_of_mean(model, optimizer, batch, targets):
    """The squares are added up, so that the step grows with the batch."""
    loss = ((model(batch) - targets) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Average over all elements of the difference, not over its rows only.",
    seen="https://github.com/pytorch/pytorch/issues/3924",
)
def mean_over_the_batch_only(model, optimizer, batch, targets):
    """The sum of squares is divided by the batch size, and not by the number of elements."""
    loss = ((model(batch) - targets) ** 2).sum() / len(batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Square the differences: `F.mse_loss` instead of `F.l1_loss`.",
    seen="https://github.com/zzr-idam/4KDehazing/issues/6",
)
def absolute_error(model, optimizer, batch, targets):
    """The loss is the mean of the absolute differences, not of their squares."""
    loss = F.l1_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Leave the square root out.",
    seen="https://github.com/pytorch/pytorch/issues/45112",
)
def root_of_the_mean(model, optimizer, batch, targets):
    """The root of the mean squared error is taken; asked for is the mean itself."""
    loss = F.mse_loss(model(batch), targets).sqrt()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Leave the factor of one half out.",
    seen="https://github.com/davidrosenberg/mlcourse/issues/55",
)
def half_of_the_mean(model, optimizer, batch, targets):
    """The loss has a factor of one half, as in many textbooks; here it is the plain mean."""
    loss = 0.5 * F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Use `F.mse_loss`; the Huber loss is quadratic for small errors only.",
    seen="https://github.com/Shmuma/ptan/issues/13",
)
def huber_loss(model, optimizer, batch, targets):
    """The loss is the smooth L1 or Huber loss that many DQN tutorials use, not the square."""
    loss = F.smooth_l1_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Square each difference before you take the mean.",
    seen="https://github.com/fastai/fastbook/pull/327",
)
def differences_not_squared(model, optimizer, batch, targets):
    """The plain differences are averaged, so that positive and negative ones cancel."""
    loss = (model(batch) - targets).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Square first, then take the mean.",
    seen="https://github.com/mlfoundations/open_lm/pull/92",
)
def square_of_the_mean(model, optimizer, batch, targets):
    """The mean is taken first and squared then, so that positive and negative errors cancel."""
    loss = (model(batch) - targets).mean().pow(2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _two_rounds(model, optimizer, batch, targets):
    losses = []
    for _ in range(2):
        loss = F.mse_loss(model(batch), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses[0]


@mistake(
    cure="Call `optimizer.step()` once.",
    seen="https://github.com/thuml/Anomaly-Transformer/issues/8",
    also=(_two_rounds,),
)
def two_steps(model, optimizer, batch, targets):
    """The optimizer steps more than once in a call."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


def _minus_in_the_loss(model, optimizer, batch, targets):
    loss = -F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Leave the minus sign out: the optimizer already goes downhill.",
    seen=HABITS,
    also=(_minus_in_the_loss,),
)
def gradient_ascent(model, optimizer, batch, targets):
    """There is a minus sign where none belongs; with it, the optimizer climbs."""
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    (-loss).backward()
    optimizer.step()
    return loss.item()


def _loss_made_anew(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = torch.tensor(F.mse_loss(model(batch), targets).item(), requires_grad=True)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Go from `model(batch)` to the loss without `no_grad`, `detach`, `.data`, `torch.tensor` "
    "or a copy of the model.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
    also=(_loss_made_anew,),
)
def graph_cut(model, optimizer, batch, targets):
    """No graph leads from the loss to the parameters of this model, so no gradient arrives."""
    with torch.no_grad():
        prediction = model(batch)
    loss = F.mse_loss(prediction, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Keep the loss a tensor until after `backward()`, and call `.item()` only on return.",
    seen=HABITS,
)
def item_before_backward(model, optimizer, batch, targets):
    """`.item()` made a plain number of the loss, which has no graph and no `backward()`."""
    loss = F.mse_loss(model(batch), targets).item()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@mistake(
    cure="Put what `torch.autograd.grad` returns into each parameter's `.grad`, "
    "or call `loss.backward()`, which does it for you.",
    seen="concepts/tensors_and_gradients",
)
def gradients_not_stored(model, optimizer, batch, targets):
    """`torch.autograd.grad` returns the gradients; it does not leave them in `.grad`."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    torch.autograd.grad(loss, list(model.parameters()))
    optimizer.step()
    return loss.item()


def _graph_kept(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Call `backward()` once: a second call adds the same gradients again.",
    seen=HABITS,
    also=(_graph_kept,),
)
def backward_twice(model, optimizer, batch, targets):
    """Every gradient is counted twice, as by a second `backward()` for the same batch."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Reduce the squares to one number with `.mean()` before `backward()`.",
    seen="https://github.com/Animadversio/GAN-Geometry/issues/4",
)
def loss_of_each_element(model, optimizer, batch, targets):
    """The loss has one entry for each element, and a gradient is one of a single number."""
    optimizer.zero_grad()
    loss = (model(batch) - targets) ** 2
    loss.backward()
    optimizer.step()
    return loss.mean().item()


def _unsqueezed_targets(model, optimizer, batch, targets):
    loss = F.mse_loss(model(batch), targets.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Compare tensors of one shape: print `prediction.shape` and `targets.shape`.",
    seen=SHAPES,
    also=(_unsqueezed_targets,),
)
def broadcast_targets(model, optimizer, batch, targets):
    """Prediction and targets differ in shape, and broadcasting compares each with every other."""
    loss = F.mse_loss(model(batch).squeeze(), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _clip(limit):
    def clips(model, optimizer, batch, targets):
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), limit)
        optimizer.step()
        return loss.item()

    return clips


def _clips_each_entry(model, optimizer, batch, targets):
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


@mistake(
    cure="Leave the clipping out; whoever wants it can write a step of their own.",
    seen="https://github.com/wandb/senpai/pull/978",
    also=(*map(_clip, (0.1, 0.5, 5.0, 10.0, 40.0, 100.0)), _clips_each_entry),
)
def gradients_clipped(model, optimizer, batch, targets):
    """The gradients are clipped, so the step is shorter than the optimizer's own."""
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


@mistake(
    cure="Leave the model in the mode in which it is given; `eval()` is for testing.",
    seen="concepts/modules",
)
def evaluation_mode(model, optimizer, batch, targets):
    """The model is switched to evaluation, where dropout and batch norm work differently."""
    model.eval()
    loss = F.mse_loss(model(batch), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


MISTAKES = (
    no_zero_grad,
    zero_grad_before_step,
    step_before_backward,
    no_step,
    no_backward,
    new_optimizer_inside,
    update_by_hand,
    tensor_returned,
    loss_after_the_update,
    sum_instead_of_mean,
    mean_over_the_batch_only,
    absolute_error,
    root_of_the_mean,
    half_of_the_mean,
    huber_loss,
    differences_not_squared,
    square_of_the_mean,
    two_steps,
    gradient_ascent,
    graph_cut,
    item_before_backward,
    gradients_not_stored,
    backward_twice,
    loss_of_each_element,
    broadcast_targets,
    gradients_clipped,
    evaluation_mode,
)
