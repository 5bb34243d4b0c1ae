"""The known mistakes of ``fit_random_targets``."""

import torch
import torch.nn.functional as F
from torch import nn

from ..mistakes import mistake


# What learners write as functions of their own, or in the loop: right, all of it.
def random_batch(batch_size):
    """Draw states and targets."""
    return torch.randn(batch_size, 4), torch.randn(batch_size, 2)


def update(optimizer, loss):
    """Make one step, and give the loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def keep(losses, step, loss):
    """Print a loss and keep it."""
    print(f"step {step}: loss {loss:.4f}")
    losses.append(loss)


def loop_around(step_with, every=None):
    """Make the right loop around a wrong step, for mistakes that come in several forms."""

    def attempt(model, optimizer, steps=100, batch_size=32, log_every=20):
        losses = []
        for step in range(1, steps + 1):
            loss = step_with(model, optimizer, batch_size)
            if step % (every or log_every) == 0:
                keep(losses, step, loss)
        return losses

    return attempt


# The step.
@mistake(
    cure="Call `optimizer.step()` after `loss.backward()`, with its parentheses.",
    seen="https://github.com/tedlasai/learn2refocus/issues/5",
    telling=True,
)
def no_step(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The gradients are computed, but `optimizer.step()` is never called: nothing is learned."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        loss.backward()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    return losses


@mistake(
    cure="Call `loss.backward()` between `zero_grad()` and `step()`.",
    seen="https://github.com/Goingqs/PyramidBox/issues/7",
    telling=True,
)
def no_backward(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`loss.backward()` is never called, so `step()` finds no gradient to use."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        optimizer.step()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    return losses


@mistake(
    cure="Move `zero_grad()` to the top of the loop, before `backward()`.",
    seen="https://github.com/yuval-alaluf/hyperstyle/issues/40",
    telling=True,
)
def zero_grad_before_step(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`zero_grad()` stands between `backward()` and `step()`, and throws the gradients away."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    return losses


def _step_with_old_gradients(model, optimizer, batch_size):
    states, targets = random_batch(batch_size)
    loss = F.mse_loss(model(states), targets)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@mistake(
    cure="Swap them: `loss.backward()` first, then `optimizer.step()`.",
    seen="https://discuss.pytorch.org/t/what-step-backward-and-zero-grad-do/33301",
    also=(loop_around(_step_with_old_gradients),),
    telling=True,
)
def step_before_backward(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`step()` comes before `backward()`, when this batch has no gradients yet."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    return losses


def _without_grad(model, optimizer, batch_size):
    states, targets = random_batch(batch_size)
    with torch.no_grad():
        loss = F.mse_loss(model(states), targets)
    return update(optimizer, loss)


@mistake(
    cure="Make the loss straight from `model(states)`, outside of `no_grad`, and go back from it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
    also=(loop_around(_without_grad),),
    telling=True,
)
def loss_cut_from_the_network(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loss has lost its link to the model, so `backward()` cannot reach its parameters."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets).item()
        update(optimizer, torch.tensor(loss, requires_grad=True))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _by_hand(model, optimizer, batch_size):
    states, targets = random_batch(batch_size)
    loss = F.mse_loss(model(states), targets)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * parameter.grad
    return loss.item()


@mistake(
    cure="Call `step()` of the optimizer that was passed in; let nothing else change the model.",
    seen="https://github.com/PufferAI/PufferLib/pull/149",
    also=(loop_around(_by_hand),),
    telling=True,
)
def own_optimizer(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Something else than the optimizer that was passed in makes the updates, such as a new one."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _own_network_alone(model, optimizer, steps=100, batch_size=32, log_every=20):
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    return no_zero_grad.function(model, optimizer, steps, batch_size, log_every)


@mistake(
    cure="Delete the lines that build a network and an optimizer; use those that were passed in.",
    seen="https://github.com/spro/practical-pytorch/issues/9",
    also=(_own_network_alone,),
    telling=True,
)
def own_network(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The function builds a network of its own; the one that was passed in is never called."""
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Call `optimizer.zero_grad()` once for each step, before `backward()`.",
    seen="https://github.com/pytorch/pytorch/issues/47175",
    telling=True,
)
def no_zero_grad(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The gradients are not cleared: each step uses the sum over this and all earlier batches."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        optimizer.step()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    return losses


def _doubled(model, optimizer, batch_size):
    states, targets = random_batch(batch_size)
    loss = F.mse_loss(model(states), targets)
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(
    cure="Call `backward()` once for each batch, on the loss of this batch alone.",
    seen="https://github.com/karpathy/nn-zero-to-hero/issues/31",
    also=(loop_around(_doubled),),
)
def backward_twice(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`backward()` runs a second time through a graph that it has already gone through."""
    losses = []
    total = 0
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        total = total + F.mse_loss(model(states), targets)
        loss = update(optimizer, total)
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Keep one `optimizer.step()` for each `backward()`.",
    seen="https://github.com/thuml/Anomaly-Transformer/issues/8",
)
def step_twice(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`step()` is called twice for each batch, and each call makes an update."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        optimizer.step()
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _last_batch_only(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        if step % log_every == 0:
            keep(losses, step, loss.item())
    update(optimizer, loss)
    return losses


@mistake(
    cure="Indent the update, so that it stands inside the loop.",
    seen="https://github.com/DeepReinforcementLearning/DeepReinforcementLearningInAction/pull/13",
    also=(_last_batch_only,),
)
def step_after_the_loop(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`step()` stands after the loop: one update in all, not one at each step."""
    losses = []
    optimizer.zero_grad()
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        loss.backward()
        if step % log_every == 0:
            keep(losses, step, loss.item())
    optimizer.step()
    return losses


@mistake(
    cure="Move the update to the left, out of the `if`; only `print` and `append` belong there.",
    seen="https://github.com/emopodntua/medusa/issues/4",
)
def update_only_when_logging(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The update is indented too far: it stands in the `if`, and only logging steps learn."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        if step % log_every == 0:
            keep(losses, step, update(optimizer, loss))
    return losses


def right_step(model, optimizer, batch_size):
    """Make one right step."""
    states, targets = random_batch(batch_size)
    return update(optimizer, F.mse_loss(model(states), targets))


def _one_too_many(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(steps + 1):
        loss = right_step(model, optimizer, batch_size)
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Take `range(steps)`, or `range(1, steps + 1)`: each gives `steps` numbers.",
    seen="https://github.com/GANtastic3/MaskCycleGAN-VC/pull/8",
    also=(_one_too_many,),
)
def one_step_off(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loop makes one step too few or too many: `range(1, steps)` ends before `steps`."""
    losses = []
    for step in range(1, steps):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _steps_written_in(model, optimizer, steps=100, batch_size=32, log_every=20):
    return loop_around(right_step)(model, optimizer, 100, batch_size, log_every)


def _batch_size_written_in(model, optimizer, batch_size):
    return right_step(model, optimizer, 32)


def _log_every_written_in_from_zero(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(steps):
        loss = right_step(model, optimizer, batch_size)
        if step % 20 == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Use the arguments `steps`, `batch_size` and `log_every` in place of the numbers.",
    seen="https://github.com/state-spaces/s4/issues/25",
    also=(
        _steps_written_in,
        loop_around(_batch_size_written_in),
        loop_around(right_step, every=20),
        _log_every_written_in_from_zero,
    ),
)
def numbers_written_in(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Numbers such as 100, 32 or 20 stand in the code where the arguments belong."""
    losses = []
    for step in range(1, 101):
        states, targets = torch.randn(32, 4), torch.randn(32, 2)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % 20 == 0:
            keep(losses, step, loss)
    return losses


# The data.
def _seeded(model, optimizer, batch_size):
    torch.manual_seed(42)
    return right_step(model, optimizer, batch_size)


@mistake(
    cure="Draw inside the loop, and seed, if at all, before it.",
    seen="https://github.com/dscripka/openWakeWord/pull/202",
    also=(loop_around(_seeded),),
)
def same_batch_every_step(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Every step gets the same states and targets: drawn once, or again from the same seed."""
    states, targets = random_batch(batch_size)
    losses = []
    for step in range(1, steps + 1):
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Draw the states inside the loop as well.",
    seen="https://github.com/pytorch/pytorch/issues/5059",
)
def states_drawn_once(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The states are drawn once, and only the targets are new at each step."""
    states, _ = random_batch(batch_size)
    losses = []
    for step in range(1, steps + 1):
        _, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Draw the targets inside the loop as well.",
    seen="https://github.com/pytorch/pytorch/issues/5059",
)
def targets_drawn_once(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The targets are drawn once, and only the states are new at each step."""
    _, targets = random_batch(batch_size)
    losses = []
    for step in range(1, steps + 1):
        states, _ = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _with_targets(draw):
    def step_with(model, optimizer, batch_size):
        states, _ = random_batch(batch_size)
        return update(optimizer, F.mse_loss(model(states), draw(batch_size)))

    return loop_around(step_with)


@mistake(
    cure="Draw targets of the predictions' shape: `torch.randn(batch_size, 2)`.",
    seen="https://github.com/pytorch/pytorch/issues/16045",
    also=(
        _with_targets(lambda batch_size: torch.randn(batch_size, 1)),
        _with_targets(lambda batch_size: torch.randn(2)),
        _with_targets(lambda batch_size: torch.randn(1)),
    ),
)
def targets_of_another_shape(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The targets have another shape than the predictions, and are broadcast where that goes."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = torch.randn(batch_size, 4), torch.randn(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


# What comes back, and what is printed.
def _tensors(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        update(optimizer, loss)
        if step % log_every == 0:
            keep(losses, step, loss.detach())
    return losses


def _one_tensor(model, optimizer, steps=100, batch_size=32, log_every=20):
    return torch.stack(_tensors(model, optimizer, steps, batch_size, log_every))


@mistake(
    cure="Append `loss.item()`.",
    seen="https://github.com/google/brax/pull/152",
    also=(_one_tensor,),
    telling=True,
)
def tensors_instead_of_floats(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Tensors come back, not Python floats; with its graph each keeps a whole batch in memory."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets)
        update(optimizer, loss)
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _last_tensor(model, optimizer, steps=100, batch_size=32, log_every=20):
    return _tensors(model, optimizer, steps, batch_size, log_every)[-1]


@mistake(
    cure="Start with an empty list, append each logged loss to it, and return the list.",
    seen="https://github.com/numaproj/numalogic/issues/53",
    also=(_last_tensor,),
    telling=True,
)
def one_loss_for_all(model, optimizer, steps=100, batch_size=32, log_every=20):
    """A single number comes back instead of a list of the logged losses."""
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            print(step, loss)
    return loss


def _return_after_the_first_log(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(1, steps + 1):
        loss = right_step(model, optimizer, batch_size)
        if step % log_every == 0:
            keep(losses, step, loss)
            return losses


def _return_after_step_zero(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses = []
    for step in range(steps):
        loss = right_step(model, optimizer, batch_size)
        if step % log_every == 0:
            keep(losses, step, loss)
        return losses


@mistake(
    cure="Move `return` to the left, so that it comes after the loop.",
    seen="https://github.com/facebookresearch/deepcluster/issues/1",
    also=(_return_after_the_first_log, _return_after_step_zero),
)
def return_in_the_loop(model, optimizer, steps=100, batch_size=32, log_every=20):
    """`return` stands inside the loop, so the function ends long before the last step."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
        return losses


def _emptied_from_zero(model, optimizer, steps=100, batch_size=32, log_every=20):
    for step in range(steps):
        losses = []
        loss = right_step(model, optimizer, batch_size)
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _emptied_at_each_log(model, optimizer, steps=100, batch_size=32, log_every=20):
    for step in range(steps):
        loss = right_step(model, optimizer, batch_size)
        if step % log_every == 0:
            losses = []
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Make the empty list once, before the loop, and append inside it.",
    seen="https://github.com/WebBreacher/WhatsMyName/pull/221",
    also=(_emptied_from_zero, _emptied_at_each_log),
)
def list_emptied_in_the_loop(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Only the last loss is left: the list is made anew in the loop, or is filled after it."""
    for step in range(1, steps + 1):
        losses = []
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _every_loss_printed(model, optimizer, steps=100, batch_size=32, log_every=20):
    return loop_around(right_step)(model, optimizer, steps, batch_size, 1)


@mistake(
    cure="Put the `append` behind `if step % log_every == 0:`, next to the `print`.",
    seen="https://github.com/fboehm/gemma2/issues/1",
    also=(_every_loss_printed,),
)
def every_loss_kept(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loss of every step is kept, not only that of the logging steps."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        losses.append(update(optimizer, F.mse_loss(model(states), targets)))
        if step % log_every == 0:
            print(f"step {step}: loss {losses[-1]:.4f}")
    return losses


@mistake(
    cure="Count the steps from 1: `range(1, steps + 1)`. Then `step % log_every == 0` is enough.",
    seen="https://github.com/AUTOMATIC1111/stable-diffusion-webui/issues/3847",
)
def one_log_too_few(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Step 0 is skipped and the last step is never a multiple: one loss too few is kept."""
    losses = []
    for step in range(steps):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step > 0 and step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Add `print(step, loss.item())` where the loss is kept.",
    seen="https://github.com/huggingface/sentence-transformers/issues/1524",
    telling=True,
)
def nothing_printed(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The losses are kept but not printed."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            losses.append(loss)
    return losses


@mistake(
    cure="Put the `print` behind `if step % log_every == 0:`, next to the `append`.",
    seen="https://github.com/sql-machine-learning/elasticdl/pull/1938",
    telling=True,
)
def printed_at_every_step(model, optimizer, steps=100, batch_size=32, log_every=20):
    """Something is printed at every step, not only at the logging steps."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.mse_loss(model(states), targets))
        print(step, loss)
        if step % log_every == 0:
            losses.append(loss)
    return losses


# The loss.
@mistake(
    cure="Take the mean: `F.mse_loss` does it when `reduction` is left out.",
    seen="https://github.com/utcsilab/deepinpy/issues/13",
    telling=True,
)
def sum_instead_of_mean(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The squared errors are added up, so that the steps grow with the size of the batch."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = F.mse_loss(model(states), targets, reduction="sum")
        loss = update(optimizer, loss)
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


@mistake(
    cure="Average over all entries: `F.mse_loss(prediction, targets)`.",
    seen="https://github.com/pytorch/pytorch/issues/3924",
    telling=True,
)
def twice_the_mean(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loss is twice the mean, as when the squared errors of the two actions are added up."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        squares = (model(states) - targets) ** 2
        loss = update(optimizer, squares.sum(dim=1).mean())
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _with_loss(loss_of):
    def step_with(model, optimizer, batch_size):
        states, targets = random_batch(batch_size)
        return update(optimizer, loss_of(model(states), targets))

    return loop_around(step_with)


@mistake(
    cure="Use `F.mse_loss`.",
    seen="https://github.com/Y-debug-sys/Diffusion-TS/issues/61",
    also=(_with_loss(F.smooth_l1_loss),),
    telling=True,
)
def another_loss(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loss is not the mean squared error but another one, such as the mean absolute error."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        loss = update(optimizer, F.l1_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, loss)
    return losses


def _average_since_the_last_log(model, optimizer, steps=100, batch_size=32, log_every=20):
    losses, recent = [], []
    for step in range(1, steps + 1):
        recent.append(right_step(model, optimizer, batch_size))
        if step % log_every == 0:
            keep(losses, step, sum(recent) / len(recent))
            recent = []
    return losses


@mistake(
    cure="Keep the loss of the logging step itself, `loss.item()`.",
    seen="https://github.com/allenai/allennlp/issues/4354",
    also=(_average_since_the_last_log,),
    telling=True,
)
def running_average(model, optimizer, steps=100, batch_size=32, log_every=20):
    """An average over several steps is kept instead of the loss of the logging step."""
    losses, total = [], 0.0
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        total += update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, total / step)
    return losses


@mistake(
    cure="Keep the loss from before the step; do not compute it again after `step()`.",
    seen="https://github.com/pasqal-io/qadence/pull/705",
    telling=True,
)
def loss_after_the_update(model, optimizer, steps=100, batch_size=32, log_every=20):
    """The loss that is kept was computed again after the update."""
    losses = []
    for step in range(1, steps + 1):
        states, targets = random_batch(batch_size)
        update(optimizer, F.mse_loss(model(states), targets))
        if step % log_every == 0:
            keep(losses, step, F.mse_loss(model(states), targets).item())
    return losses


MISTAKES = (
    no_step,
    no_backward,
    zero_grad_before_step,
    step_before_backward,
    loss_cut_from_the_network,
    own_optimizer,
    own_network,
    no_zero_grad,
    backward_twice,
    step_twice,
    step_after_the_loop,
    update_only_when_logging,
    one_step_off,
    numbers_written_in,
    same_batch_every_step,
    states_drawn_once,
    targets_drawn_once,
    targets_of_another_shape,
    tensors_instead_of_floats,
    one_loss_for_all,
    return_in_the_loop,
    list_emptied_in_the_loop,
    every_loss_kept,
    one_log_too_few,
    nothing_printed,
    printed_at_every_step,
    sum_instead_of_mean,
    twice_the_mean,
    another_loss,
    running_average,
    loss_after_the_update,
)
