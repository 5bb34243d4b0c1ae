"""Fresh attempts at ``train_with_target``, their verdicts written before they were checked."""

import copy

import torch
import torch.nn.functional as F
from torch import nn


def plain(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Written as one loop with a counter, the mask as a factor 1 - d."""
    losses = []
    updates = 0
    for states, actions, rewards, next_states, terminated in batches:
        with torch.no_grad():
            best = q_target(next_states).max(dim=1).values
            y = rewards + gamma * (1 - terminated.to(best.dtype)) * best
        q_sa = q(states).gather(1, actions.unsqueeze(1)).squeeze(1)
        loss = F.mse_loss(q_sa, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        updates += 1
        losses.append(loss.item())
        if updates % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


class _Trainer:
    """Everything that stays the same from batch to batch."""

    def __init__(self, q, q_target, optimizer, gamma):
        self.q, self.q_target, self.optimizer, self.gamma = q, q_target, optimizer, gamma
        self.criterion = nn.MSELoss()

    def target(self, rewards, next_states, terminated):
        values = self.q_target(next_states).detach()
        values = values.masked_fill(terminated.unsqueeze(-1), 0)
        return torch.add(rewards, values.amax(dim=-1), alpha=float(self.gamma))

    def update(self, states, actions, rewards, next_states, terminated):
        rows = torch.arange(len(actions), device=actions.device)
        prediction = self.q(states)[rows, actions]
        loss = self.criterion(prediction, self.target(rewards, next_states, terminated))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def sync(self):
        self.q_target.load_state_dict(copy.deepcopy(self.q.state_dict()))


def trainer_class(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Written as a class with one method for the target, the update and the copy."""
    trainer = _Trainer(q, q_target, optimizer, gamma)
    losses = []
    for batch in batches:
        losses.append(trainer.update(*batch))
        if len(losses) % sync_every == 0:
            trainer.sync()
    return losses


@torch.no_grad()
def _td(rewards, next_q, terminated, gamma):
    future = torch.zeros_like(next_q[:, 0])
    goes_on = ~terminated
    future[goes_on] = next_q[goes_on].max(dim=1)[0]
    return rewards + gamma * future


def countdown(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Written with a helper that adds only the rows that go on, and a countdown to the copy."""
    history, left = [], sync_every
    stream = iter(batches)
    while True:
        batch = next(stream, None)
        if batch is None:
            return history
        s, a, r, s2, done = batch
        with torch.no_grad():
            y = _td(r, q_target(s2), done, gamma)
        error = q(s).take_along_dim(a[:, None], dim=1)[:, 0] - y
        loss = (error * error).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
        left -= 1
        if left == 0:
            q_target.load_state_dict(q.state_dict())
            left = sync_every


# ---------------------------------------------------------------------------------------------


def column_against_row(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Subtracts the targets (B,) from a column (B, 1), which compares every pair of rows."""
    losses = []
    for i, (s, a, r, s_next, done) in enumerate(batches, start=1):
        with torch.no_grad():
            y = r + gamma * q_target(s_next).max(dim=1).values * (~done)
        q_sa = q(s).gather(1, a.unsqueeze(1))
        loss = ((q_sa - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if i % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def end_not_masked(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Adds a next value to terminated transitions as well."""
    losses = []
    step = 0
    for states, actions, rewards, next_states, _terminated in batches:
        step += 1
        with torch.no_grad():
            next_value = q_target(next_states).max(dim=-1).values
            target = rewards + gamma * next_value
        value = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(value, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def copies_one_step_late(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Counts from 0, so it copies after the updates 1, 11, 21 and so on."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches):
        with torch.no_grad():
            best = q_target(next_states).max(dim=-1).values
            y = rewards + gamma * torch.where(terminated, torch.zeros_like(best), best)
        chosen = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(chosen, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def copy_under_the_same_name(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Gives the name q_target to a new copy, so the caller's q_target never changes."""
    all_losses = []
    n = 0
    for s, a, r, ns, term in batches:
        with torch.no_grad():
            y = r + gamma * q_target(ns).max(1)[0].masked_fill(term, 0.0)
        loss = F.mse_loss(q(s).gather(1, a[:, None])[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        all_losses.append(loss.item())
        n += 1
        if n % sync_every == 0:
            q_target = copy.deepcopy(q)
    return all_losses


def all_batches_first(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Reads all batches into a list before the first update."""
    batches = list(batches)
    losses = [0.0] * len(batches)
    for k in range(len(batches)):
        states, actions, rewards, next_states, terminated = batches[k]
        with torch.no_grad():
            future = q_target(next_states).max(dim=-1).values
            future[terminated] = 0.0
        predicted = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(predicted, rewards + gamma * future)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses[k] = loss.item()
        if (k + 1) % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


# ---------------------------------------------------------------------------------------------


def choice_of_the_online_network(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Lets q choose the next action and q_target value it, as double DQN does."""
    losses = []
    for step, (s, a, r, s2, d) in enumerate(batches, 1):
        with torch.no_grad():
            a2 = q(s2).argmax(dim=1, keepdim=True)
            v2 = q_target(s2).gather(1, a2).squeeze(1)
            y = r + gamma * v2.masked_fill(d, 0.0)
        loss = F.mse_loss(q(s).gather(1, a.unsqueeze(1)).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def one_storage_for_both(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Assigns q's own storage at the first copy, so q_target moves with q from then on."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        with torch.no_grad():
            bootstrap = q_target(next_states).max(dim=-1).values.masked_fill(terminated, 0.0)
        td = rewards + gamma * bootstrap
        estimate = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(estimate, td)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict(), assign=True)
    return losses


def best_starts_at_zero(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Starts its search for the best next value at 0, so it never finds a negative one."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        with torch.no_grad():
            best = torch.zeros_like(rewards)
            for column in q_target(next_states).unbind(dim=1):
                best = torch.maximum(best, column)
            y = rewards + gamma * best.masked_fill(terminated, 0.0)
        q_taken = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(q_taken, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


def rewards_clipped(q, q_target, optimizer, batches, gamma, sync_every=10):
    """Clips the rewards at -10 and 10."""
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        rewards = rewards.clamp(-10.0, 10.0)  # the Atari paper does this, too
        with torch.no_grad():
            next_q = q_target(next_states).max(dim=-1).values
            y = rewards + gamma * next_q.masked_fill(terminated, 0.0)
        prediction = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)
        loss = F.mse_loss(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


RIGHT = [plain, trainer_class, countdown]
ORDINARY = [
    column_against_row, end_not_masked, copies_one_step_late, copy_under_the_same_name,
    all_batches_first,
]  # fmt: skip
ODD = [choice_of_the_online_network, one_storage_for_both, best_starts_at_zero, rewards_clipped]
