"""What learners write for exercise 8: right in many ways, and wrong in more."""

import copy
import itertools

import torch
import torch.nn.functional as F
from torch import nn


def as_in_the_pytorch_tutorial(q, q_target, optimizer, batches, gamma, sync_every=10):
    criterion = nn.MSELoss()
    losses = []
    for i, (s, a, r, s2, d) in enumerate(batches):
        state_action_values = q(s).gather(1, a.view(-1, 1))
        next_state_values = torch.zeros(len(s), dtype=s.dtype)
        with torch.no_grad():
            next_state_values[~d] = q_target(s2[~d]).max(1).values
        expected = next_state_values * gamma + r
        loss = criterion(state_action_values, expected.unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (i + 1) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def sync_at_the_top_of_the_next_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    history = []
    for n, (s, a, r, s2, d) in enumerate(batches):
        if n > 0 and n % sync_every == 0:
            for mine, theirs in zip(q.parameters(), q_target.parameters()):
                theirs.data.copy_(mine.data)
        y = (r + gamma * (1.0 - d.to(r.dtype)) * q_target(s2).amax(dim=-1)).detach()
        error = q(s)[torch.arange(len(a)), a] - y
        loss = error.pow(2).mean()
        q.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(float(loss))
    return history


def frozen_target_and_zero_grad_at_the_end(q, q_target, optimizer, batches, gamma, sync_every=10):
    q_target.eval()
    q_target.requires_grad_(False)
    losses, countdown = [], sync_every
    for s, a, r, s2, d in batches:
        best = torch.max(q_target(s2), dim=1)[0]
        y = torch.where(d, r, r + gamma * best)
        taken = (q(s) * F.one_hot(a, q(s).shape[1])).sum(dim=1)
        loss = F.mse_loss(taken, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        losses.append(loss.detach().item())
        countdown -= 1
        if countdown == 0:
            countdown = sync_every
            with torch.no_grad():
                for theirs, mine in zip(q_target.parameters(), q.parameters(), strict=True):
                    theirs.copy_(mine)
    return losses


def gradients_by_autograd_grad(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    steps = itertools.count(1)
    for s, a, r, s2, d in batches:
        y = r + gamma * q_target(s2).max(-1).values * d.logical_not()
        loss = torch.mean((q(s).take_along_dim(a[:, None], dim=1)[:, 0] - y) ** 2)
        parameters = list(q.parameters())
        for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
            p.grad = g
        optimizer.step()
        losses.append(loss.item())
        if next(steps) % sync_every == 0:
            q_target.load_state_dict(copy.deepcopy(q.state_dict()))
    return losses


def one_transition_after_the_other(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for s, a, r, s2, d in batches:
        optimizer.zero_grad()
        total = 0.0
        for i in range(len(a)):
            y = r[i].item()
            if not d[i].item():
                y += gamma * q_target(s2[i]).max().item()
            part = (q(s[i])[a[i]] - y) ** 2 / len(a)
            part.backward()  # the gradients of the parts add up
            total += part.item()
        optimizer.step()
        losses.append(total)
        if len(losses) % sync_every == 0:
            nn.utils.vector_to_parameters(
                nn.utils.parameters_to_vector(q.parameters()), q_target.parameters()
            )
    return losses


def step_with_a_closure(q, q_target, optimizer, batches, gamma, sync_every=10):
    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(q.forward(s).gather(1, a.unsqueeze(-1)), y.unsqueeze(-1))
        loss.backward()
        return loss

    losses = []
    for s, a, r, s2, d in batches:
        with torch.inference_mode():
            next_values = q_target(s2).max(dim=1).values.clone()
        y = r + gamma * next_values.masked_fill(d, 0.0) + 0.0
        losses.append(optimizer.step(closure).item())
        if len(losses) % sync_every == 0:
            q_target.load_state_dict({k: v.clone() for k, v in q.state_dict().items()}, assign=True)
    return losses


def everything_in_small_functions(q, q_target, optimizer, batches, gamma, sync_every=10):
    def td_targets(r, s2, d):
        q_target.zero_grad()
        return r + gamma * (~d) * q_target(s2).detach().topk(1, dim=1).values.flatten()

    def one_update(s, a, r, s2, d):
        for p in q.parameters():
            p.grad = None
        loss = nn.functional.mse_loss(q(s).gather(-1, a[..., None]).squeeze(), td_targets(r, s2, d))
        loss.backward()
        optimizer.step()
        return loss.item()

    def maybe_sync(n):
        if n % sync_every == 0:
            fresh = copy.deepcopy(q)
            for name, parameter in fresh.named_parameters():
                setattr(q_target, name, parameter)

    losses = []
    iterator = iter(batches)
    while (batch := next(iterator, None)) is not None:
        losses.append(one_update(*batch))
        maybe_sync(len(losses))
    return losses


def a_frozen_copy_inside(q, q_target, optimizer, batches, gamma, sync_every=10):
    frozen = copy.deepcopy(q_target).requires_grad_(False)
    losses = []
    for step, batch in enumerate(batches, 1):
        s, a, r, s2, d = (tensor.clone() for tensor in batch)
        r[~d] += gamma * frozen(s2[~d]).max(dim=1).values  # a copy of the rewards: harmless
        loss = (q(s)[range(len(a)), a.tolist()] - r).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += [loss.item()]
        if step % sync_every == 0:
            for network in (frozen, q_target):
                network.load_state_dict(q.state_dict())
    return losses


RIGHT = [
    as_in_the_pytorch_tutorial, sync_at_the_top_of_the_next_step,
    frozen_target_and_zero_grad_at_the_end, gradients_by_autograd_grad,
    one_transition_after_the_other, step_with_a_closure, everything_in_small_functions,
    a_frozen_copy_inside,
]  # fmt: skip

# Wrong; first the parts that are right.


def taken(values, a):
    return values[range(len(a)), a]


def mse(q, q_target, gamma, s, a, r, s2, d):
    y = (r + gamma * (1 - d.float()) * q_target(s2).max(-1)[0]).detach()
    return F.mse_loss(taken(q(s), a), y)


def learn(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def each_batch(update):
    """Repeat the update in the usual loop: a learner's mistake is often in the update alone."""

    def attempt(q, q_target, optimizer, batches, gamma, sync_every=10):
        losses = []
        for batch in batches:
            losses.append(update(q, q_target, optimizer, gamma, *batch))
            if len(losses) % sync_every == 0:
                q_target.load_state_dict(q.state_dict())
        return losses

    return attempt


@each_batch
def usual(q, q_target, optimizer, gamma, *batch):
    return learn(optimizer, mse(q, q_target, gamma, *batch))


def towards(target):
    """Learn with a target that this makes from the next states' values, gamma, r and d."""

    @each_batch
    def attempt(q, q_target, optimizer, gamma, s, a, r, s2, d):
        y = target(q_target(s2).detach(), gamma, r, d)
        return learn(optimizer, F.mse_loss(taken(q(s), a), y))

    return attempt


def compares(loss):
    """Learn with a loss that this makes from the states' values, the actions and the targets."""

    @each_batch
    def attempt(q, q_target, optimizer, gamma, s, a, r, s2, d):
        y = r + gamma * (~d) * q_target(s2).amax(1).detach()
        return learn(optimizer, loss(q(s), a, y))

    return attempt


def load(q, q_target):
    q_target.load_state_dict(q.state_dict())


def copies(when=lambda n, every: n % every == 0, how=load, first=False):
    """Learn from each batch, and copy when this is true of n updates; if first, before the next."""

    def attempt(q, q_target, optimizer, batches, gamma, sync_every=10):
        losses = []
        for batch in batches:
            if first and when(len(losses), sync_every):
                how(q, q_target)
            losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
            if not first and when(len(losses), sync_every):
                how(q, q_target)
        return losses

    return attempt


def mix(q, q_target, tau):
    with torch.no_grad():
        for p, pt in zip(q.parameters(), q_target.parameters()):
            pt.mul_(1 - tau).add_(tau * p)


# The order of the calls, and what they are called on


@each_batch
def forgot_the_brackets_of_step(q, q_target, optimizer, gamma, *batch):
    optimizer.zero_grad()
    loss = mse(q, q_target, gamma, *batch)
    loss.backward()
    optimizer.step
    return loss.item()


@each_batch
def never_backward(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)


@each_batch
def clears_too_late(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    loss.backward()
    q.zero_grad()
    optimizer.step()
    return float(loss)


@each_batch
def steps_first(q, q_target, optimizer, gamma, *batch):
    optimizer.zero_grad(set_to_none=False)
    loss = mse(q, q_target, gamma, *batch)
    optimizer.step()
    loss.backward()
    return float(loss)


@each_batch
def steps_first_and_clears_between(q, q_target, optimizer, gamma, *batch):
    optimizer.step()
    optimizer.zero_grad()
    loss = mse(q, q_target, gamma, *batch)
    loss.backward()
    return float(loss)


def makes_its_own_adam(q, q_target, optimizer, batches, gamma, sync_every=10):
    adam = torch.optim.AdamW(q.parameters(), lr=0.01)
    return usual(q, q_target, adam, batches, gamma, sync_every)


@each_batch
def never_clears(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * torch.where(d, 0.0, q_target(s2).detach().amax(1))
    loss = F.mse_loss(q(s).gather(1, a[:, None]).flatten(), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@each_batch
def clears_the_wrong_network(q, q_target, optimizer, gamma, *batch):
    q_target.zero_grad()
    loss = mse(q, q_target, gamma, *batch)
    loss.backward()
    optimizer.step()
    return loss.item()


@each_batch
def backward_in_two_places(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    optimizer.zero_grad()
    loss.backward()
    loss.backward()
    optimizer.step()
    return loss.item()


@each_batch
def backward_twice_with_retain_graph(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@each_batch
def two_steps(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    optimizer.zero_grad()
    loss.backward()
    for _ in range(2):
        optimizer.step()
    return loss.item()


@each_batch
def updates_by_hand(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    q.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in q.parameters():
            p -= 0.1 * p.grad
    return loss.item()


def steps_once_at_the_end(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        loss = mse(q, q_target, gamma, *batch)
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    q_target.load_state_dict(q.state_dict())
    return losses


def learns_at_every_second_batch(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        loss = mse(q, q_target, gamma, *batch)
        loss.backward()
        losses.append(loss.item())
        if len(losses) % 2 == 0:
            optimizer.step()
            optimizer.zero_grad()
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


@each_batch
def clips_the_gradient(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(q.parameters(), 0.5)
    optimizer.step()
    return loss.item()


@each_batch
def resets_adam_at_each_sync(q, q_target, optimizer, gamma, *batch):
    optimizer.state.clear()
    return learn(optimizer, mse(q, q_target, gamma, *batch))


def evaluates_while_it_trains(q, q_target, optimizer, batches, gamma, sync_every=10):
    for network in (q, q_target):
        network.eval()
    return usual(q, q_target, optimizer, batches, gamma, sync_every)


# The batches, and the losses


def counts_the_batches_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    batches = tuple(batches)
    print(f"training on {len(batches)} batches")
    return usual(q, q_target, optimizer, batches, gamma, sync_every)


def asks_for_the_length(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = [0.0] * len(batches)
    for i, batch in enumerate(batches):
        losses[i] = learn(optimizer, mse(q, q_target, gamma, *batch))
        if (i + 1) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def takes_the_next_batch_before_it_learns(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    stream = iter(batches)
    batch = next(stream, None)
    while batch is not None:
        following = next(stream, None)
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
        batch = following
    return losses


@each_batch
def writes_into_the_rewards(q, q_target, optimizer, gamma, s, a, r, s2, d):
    with torch.no_grad():
        r.add_(gamma * q_target(s2).max(1).values * ~d)
    return learn(optimizer, F.mse_loss(q(s).gather(1, a[:, None])[:, 0], r))


@each_batch
def collects_tensors(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    learn(optimizer, loss)
    return loss


@each_batch
def collects_detached_tensors(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, q_target, gamma, *batch)
    learn(optimizer, loss)
    return loss.clone().detach()


def stacks_the_losses(q, q_target, optimizer, batches, gamma, sync_every=10):
    return torch.stack(
        collects_detached_tensors(q, q_target, optimizer, batches, gamma, sync_every)
    )


def gives_the_average(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = usual(q, q_target, optimizer, batches, gamma, sync_every)
    return sum(losses) / len(losses)


def gives_the_last(q, q_target, optimizer, batches, gamma, sync_every=10):
    return collects_tensors(q, q_target, optimizer, batches, gamma, sync_every)[-1]


def returns_too_early(q, q_target, optimizer, batches, gamma, sync_every=10):
    result = []
    for i, batch in enumerate(batches, 1):
        result.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
        return result


def empties_its_list(q, q_target, optimizer, batches, gamma, sync_every=10):
    i = 0
    for batch in batches:
        i, losses = i + 1, []
        losses += [learn(optimizer, mse(q, q_target, gamma, *batch))]
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


@each_batch
def measures_after_learning(q, q_target, optimizer, gamma, *batch):
    learn(optimizer, mse(q, q_target, gamma, *batch))
    with torch.no_grad():
        return mse(q, q_target, gamma, *batch).item()


# The target

ignores_the_end = towards(lambda values, gamma, r, d: r + gamma * values.amax(-1))
keeps_only_the_end = towards(lambda values, gamma, r, d: r + gamma * d * values.amax(-1))
loses_the_last_reward = towards(lambda values, gamma, r, d: (r + gamma * values.amax(-1)) * ~d)
subtracts_a_bool = towards(lambda values, gamma, r, d: r + gamma * (1 - d) * values.amax(-1))
undiscounted = towards(lambda values, gamma, r, d: r + ~d * values.amax(-1))
always_point_99 = towards(lambda values, gamma, r, d: r + 0.99 * ~d * values.amax(-1))
always_point_9 = towards(lambda values, gamma, r, d: r + 0.9 * ~d * values.amax(-1))
discounts_twice = towards(lambda values, gamma, r, d: r + gamma**2 * ~d * values.amax(-1))
without_pay = towards(lambda values, gamma, r, d: gamma * ~d * values.amax(-1))
clips_the_rewards = towards(
    lambda values, gamma, r, d: r.clamp(-1, 1) + gamma * ~d * values.amax(-1)
)
never_below_zero = towards(lambda values, gamma, r, d: r + gamma * ~d * values.relu().amax(-1))
max_gives_a_pair = towards(lambda values, gamma, r, d: r + torch.max(values, 1) * gamma * ~d)
takes_the_second_of_the_pair = towards(
    lambda values, gamma, r, d: r + gamma * ~d * values.max(1)[1]
)
averages_the_next_actions = towards(lambda values, gamma, r, d: r + gamma * ~d * values.mean(1))
best_state_for_each_action = towards(lambda values, gamma, r, d: r + gamma * ~d * values.amax(0))
best_of_the_whole_batch = towards(lambda values, gamma, r, d: r + gamma * ~d * torch.max(values))


@towards
def masks_after_the_target_was_made(values, gamma, r, d):
    following = values.amax(-1)
    y = r + gamma * following
    following[d] = 0.0
    return y


@towards
def fills_zeros(values, gamma, r, d):
    following = torch.zeros(len(values))
    following[d.logical_not()] = values.amax(1)[d.logical_not()]
    return r + gamma * following


@each_batch
def stays_where_it_is(q, q_target, optimizer, gamma, s, a, r, s2, d):
    return learn(optimizer, mse(q, q_target, gamma, s, a, r, s, d))


@each_batch
def one_network_for_both(q, q_target, optimizer, gamma, *batch):
    return learn(optimizer, mse(q, q, gamma, *batch))


@each_batch
def one_network_and_its_gradient(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q(s2).amax(1)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def forgets_to_detach(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def target_of_all_next_actions(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r.view(-1, 1) + gamma * (~d).view(-1, 1) * q_target(s2).detach()
    return learn(optimizer, F.mse_loss(q(s).gather(1, a.view(-1, 1)), y))


@each_batch
def same_action_in_the_next_state(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2)[range(len(a)), a].detach()
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def q_picks_the_next_action(q, q_target, optimizer, gamma, s, a, r, s2, d):
    choice = q(s2).max(1, keepdim=True)[1]
    y = r + gamma * (~d) * q_target(s2).gather(1, choice).squeeze(1)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


# The prediction, and the loss


@each_batch
def numpy_in_between(q, q_target, optimizer, gamma, s, a, r, s2, d):
    best = q_target(s2).detach().max(1).values
    y = r + gamma * best * ~d
    taken = torch.tensor(q(s).gather(1, a[:, None])[:, 0].tolist(), dtype=y.dtype)
    return learn(optimizer, F.mse_loss(taken.requires_grad_(), y))


@each_batch
def predicts_inside_no_grad(q, q_target, optimizer, gamma, s, a, r, s2, d):
    with torch.no_grad():
        y = r + gamma * (~d) * q_target(s2).amax(1)
        taken = q(s)[range(len(a)), a]
    return learn(optimizer, F.mse_loss(taken, y))


@each_batch
def column_of_maxima(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r[:, None] + gamma * (~d)[:, None] * q_target(s2).max(1, keepdim=True).values
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


moves_every_action = compares(lambda values, a, y: (values - y[:, None]).pow(2).mean())
moves_every_action_crosswise = compares(lambda values, a, y: nn.MSELoss()(values, y))
greedy_prediction = compares(lambda values, a, y: F.mse_loss(torch.max(values, dim=-1)[0], y))
flat_index = compares(lambda values, a, y: F.mse_loss(torch.gather(values, -1, a), y))
every_column = compares(lambda values, a, y: (values[..., a] - y).square().mean())
rows_of_the_actions = compares(lambda values, a, y: nn.MSELoss()(values.index_select(0, a), y))
column_of_predictions = compares(
    lambda values, a, y: (values.gather(1, a[:, None]) - y).square().mean()
)
adds_up = compares(lambda values, a, y: ((taken(values, a) - y) ** 2).sum())
huber = compares(lambda values, a, y: nn.HuberLoss()(taken(values, a), y))
absolute_error = compares(lambda values, a, y: (taken(values, a) - y).abs().mean())

# The copies

syncs_always = copies(when=lambda n, every: True)
syncs_before_every_step = copies(when=lambda n, every: True, first=True)
divides_instead_of_modulo = copies(when=lambda n, every: n / every == 0)
syncs_after_the_first = copies(when=lambda n, every: (n - 1) % every == 0)
syncs_one_late = copies(when=lambda n, every: n > 1 and (n - 1) % every == 0)
syncs_one_early = copies(when=lambda n, every: (n + 1) % every == 0, first=True)
waits_one_step_too_long = copies(when=lambda n, every: n % (every + 1) == 0)
zero_is_a_multiple = copies(first=True)
always_ten = copies(when=lambda n, every: n % 10 == 0)
syncs_once_and_never_again = copies(when=lambda n, every: n == every)
soft_update = copies(when=lambda n, every: True, how=lambda q, t: mix(q, t, tau=0.005))
soft_update_now_and_then = copies(how=lambda q, t: mix(q, t, tau=0.5))
copies_the_target_into_itself = copies(how=lambda q, t: t.load_state_dict(t.state_dict()))
shares_the_parameters = copies(how=lambda q, t: t.load_state_dict(q.state_dict(), assign=True))
overwrites_the_learner = copies(how=lambda q, t: q.load_state_dict(t.state_dict()))
copies_the_weight_and_not_the_bias = copies(how=lambda q, t: t.weight.data.copy_(q.weight.data))


def makes_them_equal_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    q_target.load_state_dict(q.state_dict())
    return usual(q, q_target, optimizer, batches, gamma, sync_every)


def one_more_copy(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = usual(q, q_target, optimizer, batches, gamma, sync_every)
    q_target.load_state_dict(q.state_dict())
    return losses


def a_new_copy_each_time(q, q_target, optimizer, batches, gamma, sync_every=10):
    return usual(q, copy.deepcopy(q_target), optimizer, batches, gamma, sync_every)


def a_second_name(q, q_target, optimizer, batches, gamma, sync_every=10):
    target = q_target
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            target = q
    return losses


WRONG = {
    "no-step": [forgot_the_brackets_of_step],
    "no-backward": [never_backward],
    "zero-grad-before-step": [clears_too_late],
    "step-before-backward": [steps_first, steps_first_and_clears_between],
    "loss-cut-from-the-network": [numpy_in_between, predicts_inside_no_grad],
    "own-optimizer": [makes_its_own_adam, updates_by_hand],
    "no-zero-grad": [never_clears, clears_the_wrong_network],
    "backward-twice": [backward_in_two_places, backward_twice_with_retain_graph],
    "step-twice": [two_steps],
    "step-after-the-loop": [steps_once_at_the_end],
    "all-batches-at-once": [counts_the_batches_first, asks_for_the_length],
    "batch-changed-in-place": [writes_into_the_rewards],
    "tensors-instead-of-floats": [collects_tensors, collects_detached_tensors, stacks_the_losses],
    "one-loss-for-all": [gives_the_average, gives_the_last],
    "return-in-the-loop": [returns_too_early],
    "list-emptied-in-the-loop": [empties_its_list],
    "loss-after-the-update": [measures_after_learning],
    "no-done-mask": [ignores_the_end, masks_after_the_target_was_made],
    "inverted-done-mask": [keeps_only_the_end],
    "reward-masked-too": [loses_the_last_reward],
    "one-minus-a-bool": [subtracts_a_bool],
    "no-gamma": [undiscounted],
    "gamma-written-in": [always_point_99, always_point_9],
    "no-reward": [without_pay],
    "states-instead-of-next-states": [stays_where_it_is],
    "target-from-q": [one_network_for_both, one_network_and_its_gradient],
    "gradient-into-the-target": [forgets_to_detach],
    "no-max": [target_of_all_next_actions],
    "max-without-values": [max_gives_a_pair],
    "mean-instead-of-max": [averages_the_next_actions],
    "max-over-the-batch": [best_state_for_each_action, best_of_the_whole_batch],
    "argmax-instead-of-max": [takes_the_second_of_the_pair],
    "next-value-of-this-action": [same_action_in_the_next_state],
    "double-dqn": [q_picks_the_next_action],
    "zeros-of-another-dtype": [fills_zeros],
    "all-actions": [moves_every_action, moves_every_action_crosswise],
    "best-action-not-the-one-taken": [greedy_prediction],
    "index-without-its-second-dimension": [flat_index],
    "index-without-the-rows": [every_column, rows_of_the_actions],
    "column-against-row": [column_of_predictions, column_of_maxima],
    "sum-instead-of-mean": [adds_up],
    "another-loss": [huber, absolute_error],
    "synced-every-step": [syncs_always, syncs_before_every_step],
    "never-synced": [copies_the_target_into_itself, divides_instead_of_modulo],
    "synced-off-by-one": [
        syncs_after_the_first, syncs_one_late, syncs_one_early, waits_one_step_too_long,
    ],
    "synced-at-the-start": [makes_them_equal_first, zero_is_a_multiple],
    "sync-every-written-in": [always_ten],
    "alias-instead-of-copy": [a_second_name, shares_the_parameters],
    "copy-under-a-local-name": [a_new_copy_each_time],
    "copy-in-the-wrong-direction": [overwrites_the_learner],
    "polyak-instead-of-copy": [soft_update, soft_update_now_and_then],
    "gamma-squared": [discounts_twice],
    "best-value-from-zero": [never_below_zero],
    "synced-at-the-end": [one_more_copy],
    "evaluation-mode": [evaluates_while_it_trains],
    "every-second-batch-only": [learns_at_every_second_batch],
    "next-batch-taken-early": [takes_the_next_batch_before_it_learns],
    "bias-not-copied": [copies_the_weight_and_not_the_bias],
    "synced-once": [syncs_once_and_never_again],
}  # fmt: skip

UNNAMED = [clips_the_gradient, resets_adam_at_each_sync, clips_the_rewards]
