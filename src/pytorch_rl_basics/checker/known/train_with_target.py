"""The known mistakes of ``train_with_target``."""

import copy

import torch
import torch.nn.functional as F

from ..mistakes import mistake


# What learners write as functions of their own, or in the loop: right, all of it.
def best_value(network, states):
    """Give the highest value of each state, without a gradient."""
    with torch.no_grad():
        return network(states).max(dim=1).values


def value_taken(q, states, actions):
    """Give the value of the action taken in each state."""
    return q(states).gather(1, actions.unsqueeze(1)).squeeze(1)


def update(optimizer, loss):
    """Make one step, and give the loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def copy_into(q_target, q):
    """Copy the parameters of q into q_target."""
    q_target.load_state_dict(q.state_dict())


def right_loss(q, q_target, gamma, states, actions, rewards, next_states, terminated):
    """Give the loss that is asked for."""
    targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
    return F.mse_loss(value_taken(q, states, actions), targets)


def loop_around(loss_of):
    """Make the right loop around a wrong loss, for mistakes that come in several forms."""

    def attempt(q, q_target, optimizer, batches, gamma, sync_every=10):
        losses = []
        for step, batch in enumerate(batches, start=1):
            losses.append(update(optimizer, loss_of(q, q_target, gamma, *batch)))
            if step % sync_every == 0:
                copy_into(q_target, q)
        return losses

    return attempt


# The step.
@mistake(
    cure="Call `optimizer.step()` after `loss.backward()`, with its parentheses.",
    seen="https://github.com/tedlasai/learn2refocus/issues/5",
    telling=True,
)
def no_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The gradients are computed, but `optimizer.step()` is never called: q stays as it was."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Call `loss.backward()` between `zero_grad()` and `step()`.",
    seen="https://github.com/Goingqs/PyramidBox/issues/7",
    telling=True,
)
def no_backward(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`loss.backward()` is never called, so `step()` finds no gradient to use."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Move `zero_grad()` to the top of the loop, before `backward()`.",
    seen="https://github.com/yuval-alaluf/hyperstyle/issues/40",
    telling=True,
)
def zero_grad_before_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`zero_grad()` stands between `backward()` and `step()`, and throws the gradients away."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _step_then_backward(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Swap them: `loss.backward()` first, then `optimizer.step()`.",
    seen="https://discuss.pytorch.org/t/what-step-backward-and-zero-grad-do/33301",
    also=(_step_then_backward,),
    telling=True,
)
def step_before_backward(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`step()` comes before `backward()`, when this batch has no gradients yet."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _all_without_grad(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        with torch.no_grad():
            loss = right_loss(q, q_target, gamma, *batch)
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Make the loss straight from `q(states)`, outside of `no_grad`, and go backward from it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
    also=(_all_without_grad,),
    telling=True,
)
def loss_cut_from_the_network(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The loss has lost its link to q, so `backward()` cannot reach q."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch).item()
        loss = torch.tensor(loss, requires_grad=True)
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _by_hand(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in q.parameters():
                parameter -= 0.1 * parameter.grad
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Call `step()` of the optimizer that was passed in, and let nothing else change q.",
    seen="https://github.com/PufferAI/PufferLib/pull/149",
    also=(_by_hand,),
    telling=True,
)
def own_optimizer(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Something else than the optimizer that was passed in makes the updates, such as a new one."""
    optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Call `optimizer.zero_grad()` once for each batch, before `backward()`.",
    seen="https://github.com/pytorch/pytorch/issues/47175",
)
def no_zero_grad(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The gradients are not cleared: each step uses the sum over this and earlier batches."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _doubled(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Call `backward()` once for each batch, on the loss of this batch alone.",
    seen="https://github.com/karpathy/nn-zero-to-hero/issues/31",
    also=(_doubled,),
)
def backward_twice(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`backward()` runs a second time through a graph that it has already gone through."""
    losses = []
    total = 0
    for step, batch in enumerate(batches, start=1):
        total = total + right_loss(q, q_target, gamma, *batch)
        losses.append(update(optimizer, total))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Keep one `optimizer.step()` for each `backward()`.",
    seen="https://github.com/thuml/Anomaly-Transformer/issues/8",
)
def step_twice(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`step()` is called twice for each batch, and each call makes an update."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        optimizer.step()
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Indent the step, so that it stands inside the loop.",
    seen="https://github.com/DeepReinforcementLearning/DeepReinforcementLearningInAction/pull/13",
)
def step_after_the_loop(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`step()` stands after the loop: one update for all batches, not one for each."""
    losses = []
    optimizer.zero_grad()
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        loss.backward()
        losses.append(loss.item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    optimizer.step()
    return losses


# The batches.
def _by_number(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step in range(len(batches)):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batches[step])))
        if (step + 1) % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Loop over `batches` itself: `for batch in batches`, without `list` and `len`.",
    seen="https://github.com/p-doom/jasmine/pull/49",
    also=(_by_number,),
)
def all_batches_at_once(q, q_target, optimizer, batches, gamma, sync_every=10):
    """All batches are wanted at once, but a generator makes each one after the update before."""
    losses = []
    for step, batch in enumerate(list(batches), start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Write `targets = rewards + ...`: a new tensor instead of `+=` on the batch's own.",
    seen="https://github.com/recursionpharma/gflownet/issues/61",
)
def batch_changed_in_place(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`+=` writes the target into the batch's own rewards; the next use of them is wrong."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        rewards += gamma * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), rewards)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


# What comes back.
def _tensors(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        update(optimizer, loss)
        losses.append(loss)
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _one_tensor(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = _tensors(q, q_target, optimizer, batches, gamma, sync_every)
    return torch.stack(losses).detach()


@mistake(
    cure="Append `loss.item()`.",
    seen="https://github.com/google/brax/pull/152",
    also=(_tensors, _one_tensor),
    telling=True,
)
def tensors_instead_of_floats(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Tensors come back, not Python floats; with its graph each keeps a whole batch in memory."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        loss = right_loss(q, q_target, gamma, *batch)
        update(optimizer, loss)
        losses.append(loss.detach())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _last_tensor(q, q_target, optimizer, batches, gamma, sync_every=10):
    return _tensors(q, q_target, optimizer, batches, gamma, sync_every)[-1]


@mistake(
    cure="Start with an empty list, append each loss to it, and return the list.",
    seen="https://github.com/numaproj/numalogic/issues/53",
    also=(_last_tensor,),
    telling=True,
)
def one_loss_for_all(q, q_target, optimizer, batches, gamma, sync_every=10):
    """A single number comes back instead of a list with the loss of each batch."""
    for step, batch in enumerate(batches, start=1):
        loss = update(optimizer, right_loss(q, q_target, gamma, *batch))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return loss


@mistake(
    cure="Move `return` to the left, so that it comes after the loop.",
    seen="https://github.com/facebookresearch/deepcluster/issues/1",
)
def return_in_the_loop(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`return` stands inside the loop, so the function ends after its first batch."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q_target, q)
        return losses


@mistake(
    cure="Make the empty list once, before the loop.",
    seen="https://github.com/WebBreacher/WhatsMyName/pull/221",
)
def list_emptied_in_the_loop(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The list is made anew for each batch, so that only the last loss is left in it."""
    for step, batch in enumerate(batches, start=1):
        losses = []
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Keep the loss from before the step; do not compute it again after `step()`.",
    seen="https://github.com/pasqal-io/qadence/pull/705",
)
def loss_after_the_update(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The loss that comes back was computed again after the update."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        update(optimizer, right_loss(q, q_target, gamma, *batch))
        losses.append(right_loss(q, q_target, gamma, *batch).item())
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


# The target.
def target_error(*targets):
    """Make the right loop around each of these wrong targets."""

    def loss_with(target):
        def loss_of(q, q_target, gamma, states, actions, *rest):
            wanted = target(q, q_target, gamma, states, actions, *rest)
            return F.mse_loss(value_taken(q, states, actions), wanted)

        return loss_of

    return tuple(loop_around(loss_with(target)) for target in targets)


@mistake(
    cure="Multiply the future value by `~terminated`, which is 0 where the episode has ended.",
    seen="https://github.com/navneet-nmk/pytorch-rl/issues/2",
)
def no_done_mask(q, q_target, optimizer, batches, gamma, sync_every=10):
    """A terminated step gets a future value too, although nothing follows it."""
    losses = []
    for step, (states, actions, rewards, next_states, _) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states)
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Turn the mask round: `~terminated`, or 1 minus `terminated.float()`.",
    seen="https://github.com/ghliu/pytorch-ddpg/issues/11",
)
def inverted_done_mask(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The mask is upside down: only terminated steps get a future value."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Mask the future value alone, before the reward is added.",
    seen="https://github.com/ray-project/ray/pull/57895",
)
def reward_masked_too(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The mask covers the reward as well, so that the last reward of an episode is lost."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = (rewards + gamma * best_value(q_target, next_states)) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Write `~terminated`, or `1 - terminated.float()`.",
    seen="https://github.com/yhenon/pytorch-retinanet/issues/106",
)
def one_minus_a_bool(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`terminated` is a bool tensor, and PyTorch does not subtract with bool tensors."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * (1 - terminated)
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Multiply the future value by `gamma`.",
    seen="https://github.com/mlaux1/rl-blox/issues/79",
    also=target_error(
        lambda q, q_target, gamma, states, actions, rewards, next_states, terminated: (
            rewards + gamma + best_value(q_target, next_states) * ~terminated
        ),
    ),
)
def no_gamma(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The future value is not multiplied by the discount factor."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _fixed(number):
    return lambda q, q_target, gamma, *batch: _target(q_target, number, *batch)


def _target(q_target, gamma, states, actions, rewards, next_states, terminated):
    return rewards + gamma * best_value(q_target, next_states) * ~terminated


@mistake(
    cure="Use the argument `gamma` in place of the number.",
    seen="https://github.com/kevin-hanselman/grid-world-rl/pull/1",
    also=target_error(_fixed(0.9), _fixed(0.95)),
)
def gamma_written_in(q, q_target, optimizer, batches, gamma, sync_every=10):
    """A fixed number stands in the code where the argument `gamma` belongs."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + 0.99 * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Add `rewards` to the discounted future value.",
    seen="https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/34",
)
def no_reward(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The rewards are left out of the target, so nothing in it comes from the world."""
    losses = []
    for step, (states, actions, _, next_states, terminated) in enumerate(batches, start=1):
        targets = gamma * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Give `next_states` to q_target: the future value is that of the state that follows.",
    seen="https://github.com/google-research/recsim/issues/26",
)
def states_instead_of_next_states(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target takes the value of the state that was left, not of the one that follows."""
    losses = []
    for step, (states, actions, rewards, _, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _through_q(q, q_target, gamma, states, actions, rewards, next_states, terminated):
    return rewards + gamma * q(next_states).max(dim=1).values * ~terminated


@mistake(
    cure="Call `q_target` for the next states.",
    seen="https://github.com/facebookresearch/ReAgent/issues/88",
    also=target_error(_through_q),
)
def target_from_q(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target is computed by q itself, and moves with every update."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Compute the targets inside `with torch.no_grad():`, or call `detach()` on them.",
    seen="https://github.com/philtabor/Deep-Q-Learning-Paper-To-Code/issues/9",
    telling=True,
)
def gradient_into_the_target(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target is part of the graph, so `backward()` leaves gradients in q_target."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * q_target(next_states).max(dim=1).values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _all_next_values(q, q_target, gamma, states, actions, rewards, next_states, terminated):
    masked = q_target(next_states).detach() * ~terminated.unsqueeze(1)
    return rewards.unsqueeze(1) + gamma * masked


def _column_of_all_next_values(q, q_target, gamma, states, actions, *rest):
    targets = _all_next_values(q, q_target, gamma, states, actions, *rest)
    return F.mse_loss(value_taken(q, states, actions).unsqueeze(1), targets)


@mistake(
    cure="Take the maximum over the actions: `.max(dim=1).values`.",
    seen="https://github.com/MorvanZhou/Reinforcement-learning-with-tensorflow/issues/79",
    also=(*target_error(_all_next_values), loop_around(_column_of_all_next_values)),
)
def no_max(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target keeps the values of all next actions instead of the highest one."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = q_target(next_states).detach()
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Add `.values`: with `dim`, `max` gives two tensors, the values and their positions.",
    seen="https://github.com/danieltan07/dagmm/issues/2",
)
def max_without_values(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`max` over one dimension gives a pair, and a pair cannot be multiplied by `gamma`."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = q_target(next_states).detach().max(dim=1)
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Replace `mean` by `max(dim=1).values`: DQN follows the best next action.",
    seen="https://github.com/spragunr/deep_q_rl/pull/39",
)
def mean_instead_of_max(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target averages the values of the next actions instead of taking the highest."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = q_target(next_states).detach().mean(dim=1)
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _max_of_everything(q, q_target, gamma, states, actions, rewards, next_states, terminated):
    return rewards + gamma * q_target(next_states).detach().max() * ~terminated


@mistake(
    cure="Take the maximum over `dim=1`: each row is one state, its entries are the actions.",
    seen="https://github.com/keras-rl/keras-rl/pull/239",
    also=target_error(_max_of_everything),
)
def max_over_the_batch(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The maximum runs over the states of the batch, not over the actions of each state alone."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = q_target(next_states).detach().max(dim=0).values
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Take `.max(dim=1).values`: the value of the best action, not its number.",
    seen="https://github.com/llSourcell/Game-AI/issues/7",
)
def argmax_instead_of_max(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target contains the number of the best next action in place of its value."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = q_target(next_states).argmax(dim=1)
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Take `.max(dim=1).values` for the next states: the action there is still free.",
    seen="https://github.com/TheoLvs/reinforcement-learning/issues/3",
)
def next_value_of_this_action(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The target takes the next state's value of the action taken now, not of the best one."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = value_taken(q_target, next_states, actions).detach()
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Let q_target do both: `q_target(next_states).max(dim=1).values`.",
    seen="https://github.com/rlcode/reinforcement-learning/issues/94",
)
def double_dqn(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The next action is chosen by q and valued by q_target: that is Double DQN, not DQN."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        best = q(next_states).argmax(dim=1)
        next_values = value_taken(q_target, next_states, best).detach()
        targets = rewards + gamma * next_values * ~terminated
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Make it like a tensor of the batch: `torch.zeros_like(rewards)`.",
    seen="https://github.com/SamanthaBiegel/ActiveWeaSuL/pull/3",
)
def zeros_of_another_dtype(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`torch.zeros` makes float32, and a float64 batch cannot be written into it."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        next_values = torch.zeros(len(rewards))
        next_values[~terminated] = best_value(q_target, next_states[~terminated])
        targets = rewards + gamma * next_values
        losses.append(update(optimizer, F.mse_loss(value_taken(q, states, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


# The prediction and the loss.
def _rows_of_targets(q, q_target, gamma, states, actions, *rest):
    return F.mse_loss(q(states), _target(q_target, gamma, states, actions, *rest))


def _seed_page(q, q_target, gamma, states, actions, rewards, next_states, terminated):
    return F.mse_loss(q(states), q_target(next_states).detach())


@mistake(
    cure="Pick the value of the action taken: `gather(1, actions.unsqueeze(1)).squeeze(1)`.",
    seen="https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/32",
    also=(loop_around(_rows_of_targets), loop_around(_seed_page)),
)
def all_actions(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The values of all actions are moved, although only one action was tried."""
    losses = []
    for step, (states, _, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        loss = F.mse_loss(q(states), targets.unsqueeze(1).expand(q(states).shape))
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Use `actions`: `gather(1, actions.unsqueeze(1))` picks the value of each action taken.",
    seen="https://github.com/chengqianghuang/exp-anomaly-detector/issues/1",
)
def best_action_not_the_one_taken(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The prediction is the value of the best action; the action taken is not used."""
    losses = []
    for step, (states, _, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(q(states).max(dim=1).values, targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Give `gather` an index of two dimensions: `actions.unsqueeze(1)`.",
    seen="https://github.com/dxyang/DQN_pytorch/issues/2",
)
def index_without_its_second_dimension(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`gather` wants an index with as many dimensions as its input; `actions` has one."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(q(states).gather(1, actions), targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _rows_by_action(q, q_target, gamma, states, actions, *rest):
    return F.mse_loss(q(states)[actions], _target(q_target, gamma, states, actions, *rest))


@mistake(
    cure="Name the rows as well: `q(states)[torch.arange(len(actions)), actions]`, or `gather`.",
    seen="https://github.com/sherjilozair/dqn/issues/4",
    also=(loop_around(_rows_by_action),),
)
def index_without_the_rows(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`[:, actions]` takes the columns of all actions for each state: (B, B) values, not (B,)."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        losses.append(update(optimizer, F.mse_loss(q(states)[:, actions], targets)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _column_of_targets(q, q_target, gamma, states, actions, *rest):
    targets = _target(q_target, gamma, states, actions, *rest)
    return F.mse_loss(value_taken(q, states, actions), targets.unsqueeze(1))


@mistake(
    cure="Bring both to the shape (B,): add `.squeeze(1)` after `gather`.",
    seen="https://github.com/pytorch/pytorch/issues/19699",
    also=(loop_around(_column_of_targets),),
)
def column_against_row(q, q_target, optimizer, batches, gamma, sync_every=10):
    """(B, 1) is compared with (B,): each prediction meets the targets of all transitions."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        loss = F.mse_loss(q(states).gather(1, actions.unsqueeze(1)), targets)
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


@mistake(
    cure="Take the mean: `F.mse_loss` does it when `reduction` is left out.",
    seen="https://github.com/utcsilab/deepinpy/issues/13",
)
def sum_instead_of_mean(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The squared errors are added up, so that the steps grow with the size of the batch."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        loss = F.mse_loss(value_taken(q, states, actions), targets, reduction="sum")
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _with_loss(loss):
    return loop_around(
        lambda q, q_target, gamma, states, actions, *rest: loss(
            value_taken(q, states, actions), _target(q_target, gamma, states, actions, *rest)
        )
    )


@mistake(
    cure="Use `F.mse_loss`.",
    seen="https://github.com/Shmuma/ptan/issues/13",
    also=(_with_loss(F.l1_loss),),
)
def another_loss(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The loss is not the mean squared error but another one, such as the Huber loss."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        targets = rewards + gamma * best_value(q_target, next_states) * ~terminated
        loss = F.smooth_l1_loss(value_taken(q, states, actions), targets)
        losses.append(update(optimizer, loss))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


# The copy.
def _every_step_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        copy_into(q_target, q)
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
    return losses


@mistake(
    cure="Put the copy behind `if step % sync_every == 0:`.",
    seen="https://github.com/awjuliani/DeepRL-Agents/issues/70",
    also=(_every_step_first,),
    telling=True,
)
def synced_every_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    """q_target is renewed at every step, and might as well be q itself."""
    losses = []
    for batch in batches:
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        copy_into(q_target, q)
    return losses


@mistake(
    cure="Copy with `q_target.load_state_dict(q.state_dict())` after every `sync_every` steps.",
    seen="https://github.com/shakedzy/tic_tac_toe/issues/1",
)
def never_synced(q, q_target, optimizer, batches, gamma, sync_every=10):
    """q_target never gets the parameters of q, and q chases the values of its first day."""
    losses = []
    for batch in batches:
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
    return losses


def _one_step_early(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        if step % sync_every == 0:
            copy_into(q_target, q)
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
    return losses


def _one_step_early_after(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if (step + 1) % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _one_step_late(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step > 0 and step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _one_step_too_rare(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    since = 0
    for batch in batches:
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        since += 1
        if since > sync_every:
            copy_into(q_target, q)
            since = 0
    return losses


@mistake(
    cure="Count from 1, with `enumerate(batches, start=1)`, and copy after the update.",
    seen="https://github.com/AUTOMATIC1111/stable-diffusion-webui/issues/3847",
    also=(_one_step_late, _one_step_early, _one_step_early_after, _one_step_too_rare),
)
def synced_off_by_one(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The copy comes one step too early or too late, because the count starts elsewhere."""
    losses = []
    for step, batch in enumerate(batches):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q_target, q)
    return losses


def _only_at_the_start(q, q_target, optimizer, batches, gamma, sync_every=10):
    copy_into(q_target, q)
    return never_synced.function(q, q_target, optimizer, batches, gamma)


@mistake(
    cure="Leave the first copy to the caller: copy only after `sync_every` steps have been made.",
    seen="https://github.com/GangSuUGA/StageLight/issues/3",
    also=(_only_at_the_start,),
    telling=True,
)
def synced_at_the_start(q, q_target, optimizer, batches, gamma, sync_every=10):
    """q_target is overwritten before the first step, because 0 is a multiple of everything."""
    losses = []
    for step, batch in enumerate(batches):
        if step % sync_every == 0:
            copy_into(q_target, q)
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
    return losses


@mistake(
    cure="Use the argument `sync_every` in place of the number.",
    seen="https://github.com/GangSuUGA/StageLight/issues/3",
)
def sync_every_written_in(q, q_target, optimizer, batches, gamma, sync_every=10):
    """A fixed number stands in the code where the argument `sync_every` belongs."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % 10 == 0:
            copy_into(q_target, q)
    return losses


def _shared_data(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            for theirs, ours in zip(q_target.parameters(), q.parameters(), strict=True):
                theirs.data = ours.data
    return losses


@mistake(
    cure="Copy the numbers instead: `q_target.load_state_dict(q.state_dict())`.",
    seen="https://github.com/andri27-ts/Reinforcement-Learning/issues/14",
    also=(_shared_data,),
    telling=True,
)
def alias_instead_of_copy(q, q_target, optimizer, batches, gamma, sync_every=10):
    """`=` copies nothing: it gives the same parameters a second name, and both move together."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            q_target = q
    return losses


@mistake(
    cure="Write into the network that was passed in: `q_target.load_state_dict(q.state_dict())`.",
    seen=(
        "https://engineersofai.com/docs/python/python-foundation/functions-and-modularity/"
        "parameters-vs-arguments"
    ),
)
def copy_under_a_local_name(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The copy is a new network under a local name; the caller's q_target never changes."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            q_target = copy.deepcopy(q)
    return losses


@mistake(
    cure="Swap the two: `q_target.load_state_dict(q.state_dict())` writes into q_target.",
    seen="https://github.com/thesouther/MARL/issues/8",
)
def copy_in_the_wrong_direction(q, q_target, optimizer, batches, gamma, sync_every=10):
    """The copy overwrites q with q_target, and throws away what q has learned."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            copy_into(q, q_target)
    return losses


def _mix(q, q_target, share):
    for theirs, ours in zip(q_target.parameters(), q.parameters(), strict=True):
        theirs.data = (1 - share) * theirs.data + share * ours.data


def _mix_every_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        _mix(q, q_target, share=0.01)
    return losses


@mistake(
    cure="Copy all of it: `q_target.load_state_dict(q.state_dict())`.",
    seen="https://github.com/awjuliani/DeepRL-Agents/issues/5",
    also=(_mix_every_step,),
)
def polyak_instead_of_copy(q, q_target, optimizer, batches, gamma, sync_every=10):
    """q_target moves a little way towards q (a soft or Polyak update) instead of all the way."""
    losses = []
    for step, batch in enumerate(batches, start=1):
        losses.append(update(optimizer, right_loss(q, q_target, gamma, *batch)))
        if step % sync_every == 0:
            _mix(q, q_target, share=0.01)
    return losses


MISTAKES = (
    no_step,
    no_backward,
    zero_grad_before_step,
    step_before_backward,
    loss_cut_from_the_network,
    own_optimizer,
    no_zero_grad,
    backward_twice,
    step_twice,
    step_after_the_loop,
    all_batches_at_once,
    batch_changed_in_place,
    tensors_instead_of_floats,
    one_loss_for_all,
    return_in_the_loop,
    list_emptied_in_the_loop,
    loss_after_the_update,
    no_done_mask,
    inverted_done_mask,
    reward_masked_too,
    one_minus_a_bool,
    no_gamma,
    gamma_written_in,
    no_reward,
    states_instead_of_next_states,
    target_from_q,
    gradient_into_the_target,
    no_max,
    max_without_values,
    mean_instead_of_max,
    max_over_the_batch,
    argmax_instead_of_max,
    next_value_of_this_action,
    double_dqn,
    zeros_of_another_dtype,
    all_actions,
    best_action_not_the_one_taken,
    index_without_its_second_dimension,
    index_without_the_rows,
    column_against_row,
    sum_instead_of_mean,
    another_loss,
    synced_every_step,
    never_synced,
    synced_off_by_one,
    synced_at_the_start,
    sync_every_written_in,
    alias_instead_of_copy,
    copy_under_a_local_name,
    copy_in_the_wrong_direction,
    polyak_instead_of_copy,
)
