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


# Parts of the wrong ones that are right.
def mse(q, q_target, gamma, s, a, r, s2, d):
    y = (r + gamma * (1 - d.float()) * q_target(s2).max(-1)[0]).detach()
    return F.mse_loss(q(s)[torch.arange(len(a)), a], y)


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

    attempt.__name__ = update.__name__
    return attempt


@each_batch
def discounts_twice(q, q_target, optimizer, gamma, *batch):
    return learn(optimizer, mse(q, q_target, gamma * gamma, *batch))


@each_batch
def never_below_zero(q, q_target, optimizer, gamma, *batch):
    loss = mse(q, lambda states: q_target(states).relu(), gamma, *batch)
    return learn(optimizer, loss)


def one_more_copy(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    q_target.load_state_dict(q.state_dict())
    return losses


def evaluates_while_it_trains(q, q_target, optimizer, batches, gamma, sync_every=10):
    for network in (q, q_target):
        network.eval()
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


RIGHT = [
    as_in_the_pytorch_tutorial, sync_at_the_top_of_the_next_step,
    frozen_target_and_zero_grad_at_the_end, gradients_by_autograd_grad,
    one_transition_after_the_other, step_with_a_closure, everything_in_small_functions,
    a_frozen_copy_inside,
]  # fmt: skip


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


@each_batch
def numpy_in_between(q, q_target, optimizer, gamma, s, a, r, s2, d):
    best = q_target(s2).detach().max(1).values
    y = r + gamma * best * ~d
    taken = torch.tensor(q(s).gather(1, a[:, None])[:, 0].tolist(), dtype=y.dtype)
    return learn(optimizer, F.mse_loss(taken.requires_grad_(), y))


def makes_its_own_adam(q, q_target, optimizer, batches, gamma, sync_every=10):
    adam = torch.optim.AdamW(q.parameters(), lr=0.01)
    losses = []
    for batch in batches:
        losses.append(learn(adam, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


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


@each_batch
def predicts_inside_no_grad(q, q_target, optimizer, gamma, s, a, r, s2, d):
    with torch.no_grad():
        y = r + gamma * (~d) * q_target(s2).amax(1)
        taken = q(s)[range(len(a)), a]
    return learn(optimizer, F.mse_loss(taken, y))


def steps_once_at_the_end(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        loss = mse(q, q_target, gamma, *batch)
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    q_target.load_state_dict(q.state_dict())
    return losses


def counts_the_batches_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    batches = tuple(batches)
    print(f"training on {len(batches)} batches")
    losses = []
    for i in range(len(batches)):
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batches[i])))
        if i % sync_every == sync_every - 1:
            q_target.load_state_dict(q.state_dict())
    return losses


def asks_for_the_length(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = [0.0] * len(batches)
    for i, batch in enumerate(batches):
        losses[i] = learn(optimizer, mse(q, q_target, gamma, *batch))
        if (i + 1) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
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
    losses = []
    for batch in batches:
        loss = mse(q, q_target, gamma, *batch)
        learn(optimizer, loss)
        losses.append(loss.detach())
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return torch.stack(losses)


def gives_the_average(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return sum(losses) / len(losses)


def gives_the_last(q, q_target, optimizer, batches, gamma, sync_every=10):
    for i, batch in enumerate(batches, 1):
        loss = mse(q, q_target, gamma, *batch)
        learn(optimizer, loss)
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return loss


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


@each_batch
def ignores_the_end(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = gamma * q_target(s2).amax(-1).detach() + r
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def masks_after_the_target_was_made(q, q_target, optimizer, gamma, s, a, r, s2, d):
    following = q_target(s2).amax(-1).detach()
    y = r + gamma * following
    following[d] = 0.0
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def keeps_only_the_end(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * torch.where(d, q_target(s2).amax(-1), 0.0)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


@each_batch
def loses_the_last_reward(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = (r + gamma * q_target(s2).amax(-1)).masked_fill(d, 0.0)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


@each_batch
def subtracts_a_bool(q, q_target, optimizer, gamma, s, a, r, s2, d):
    not_done = 1 - d
    y = r + gamma * not_done * q_target(s2).amax(-1).detach()
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def undiscounted(q, q_target, optimizer, gamma, *batch):
    return learn(optimizer, mse(q, q_target, 1.0, *batch))


@each_batch
def always_point_99(q, q_target, optimizer, gamma, *batch):
    gamma = 0.99
    return learn(optimizer, mse(q, q_target, gamma, *batch))


@each_batch
def always_point_9(q, q_target, optimizer, gamma, *batch):
    return learn(optimizer, mse(q, q_target, 0.9, *batch))


@each_batch
def without_pay(q, q_target, optimizer, gamma, s, a, r, s2, d):
    loss = mse(q, q_target, gamma, s, a, torch.zeros_like(r), s2, d)
    return learn(optimizer, loss)


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
def max_gives_a_pair(q, q_target, optimizer, gamma, s, a, r, s2, d):
    with torch.no_grad():
        best = torch.max(q_target(s2), 1)
        y = r + best * gamma * ~d
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def averages_the_next_actions(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * (q_target(s2).sum(1) / q_target(s2).shape[1]).detach()
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def best_state_for_each_action(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).detach().amax(0)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def best_of_the_whole_batch(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * torch.max(q_target(s2)).item()
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def takes_the_second_of_the_pair(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).max(1)[1]
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def same_action_in_the_next_state(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2)[range(len(a)), a].detach()
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y))


@each_batch
def q_picks_the_next_action(q, q_target, optimizer, gamma, s, a, r, s2, d):
    choice = q(s2).max(1, keepdim=True)[1]
    y = r + gamma * (~d) * q_target(s2).gather(1, choice).squeeze(1)
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


@each_batch
def fills_zeros(q, q_target, optimizer, gamma, s, a, r, s2, d):
    following = torch.zeros(s.shape[0])
    with torch.no_grad():
        following[d.logical_not()] = q_target(s2).amax(1)[d.logical_not()]
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], r + gamma * following))


@each_batch
def moves_every_action(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, (q(s) - y[:, None]).pow(2).mean())


@each_batch
def moves_every_action_crosswise(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, nn.MSELoss()(q(s), y))


@each_batch
def greedy_prediction(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    prediction, _ = torch.max(q(s), dim=-1)
    return learn(optimizer, F.mse_loss(prediction, y))


@each_batch
def flat_index(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, F.mse_loss(torch.gather(q(s), -1, a), y))


@each_batch
def every_column(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, (q(s)[..., a] - y).square().mean())


@each_batch
def rows_of_the_actions(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, nn.MSELoss()(q(s).index_select(0, a), y))


@each_batch
def column_of_predictions(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, (q(s).gather(1, a[:, None]) - y).square().mean())


@each_batch
def column_of_maxima(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r[:, None] + gamma * (~d)[:, None] * q_target(s2).max(1, keepdim=True).values
    return learn(optimizer, F.mse_loss(q(s)[range(len(a)), a], y.detach()))


@each_batch
def adds_up(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, ((q(s)[range(len(a)), a] - y) ** 2).sum())


@each_batch
def huber(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, nn.HuberLoss()(q(s)[range(len(a)), a], y))


@each_batch
def absolute_error(q, q_target, optimizer, gamma, s, a, r, s2, d):
    y = r + gamma * (~d) * q_target(s2).amax(1).detach()
    return learn(optimizer, (q(s)[range(len(a)), a] - y).abs().mean())


def syncs_always(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        with torch.no_grad():
            for p, pt in zip(q.parameters(), q_target.parameters()):
                pt.copy_(p)
    return losses


def syncs_before_every_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        q_target.load_state_dict(q.state_dict())
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
    return losses


def copies_the_target_into_itself(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q_target.state_dict())
    return losses


def divides_instead_of_modulo(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for step, batch in enumerate(batches, 1):
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if step / sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def syncs_after_the_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    i = 0
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
        i += 1
    return losses


def syncs_one_late(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for i, batch in enumerate(batches):
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if i and i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def syncs_one_early(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses, i = [], 0
    for batch in batches:
        i += 1
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
    return losses


def waits_one_step_too_long(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses, waited = [], 0
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        waited = waited + 1 if waited < sync_every else 0
        if waited == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def makes_them_equal_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    q_target.load_state_dict(q.state_dict())
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def zero_is_a_multiple(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
    return losses


def always_ten(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for i, batch in enumerate(batches):
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if i % 10 == 9:
            q_target.load_state_dict(q.state_dict())
    return losses


def a_second_name(q, q_target, optimizer, batches, gamma, sync_every=10):
    target = q_target
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            target = q
    return losses


def shares_the_parameters(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.load_state_dict(q.state_dict(), assign=True)
    return losses


def a_new_copy_each_time(q, q_target, optimizer, batches, gamma, sync_every=10):
    target = copy.deepcopy(q_target)
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            target.load_state_dict(q.state_dict())
    return losses


def overwrites_the_learner(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            for p, pt in zip(q.parameters(), q_target.parameters()):
                p.data.copy_(pt.data)
    return losses


def soft_update(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses, tau = [], 0.005
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        with torch.no_grad():
            for p, pt in zip(q.parameters(), q_target.parameters()):
                pt.mul_(1 - tau).add_(tau * p)
    return losses


def soft_update_now_and_then(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            mixed = {
                name: 0.5 * q_target.state_dict()[name] + 0.5 * value
                for name, value in q.state_dict().items()
            }
            q_target.load_state_dict(mixed)
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


def copies_the_weight_and_not_the_bias(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) % sync_every == 0:
            q_target.weight.data.copy_(q.weight.data)
    return losses


def syncs_once_and_never_again(q, q_target, optimizer, batches, gamma, sync_every=10):
    losses = []
    for batch in batches:
        losses.append(learn(optimizer, mse(q, q_target, gamma, *batch)))
        if len(losses) == sync_every:
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


@each_batch
def clips_the_rewards(q, q_target, optimizer, gamma, s, a, r, s2, d):
    return learn(optimizer, mse(q, q_target, gamma, s, a, r.clamp(-1, 1), s2, d))


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
