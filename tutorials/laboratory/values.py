"""
Silent bugs in values
=====================

Nine bugs of value learning that raise no error. For each, this page trains twelve critics with the
bug and twelve without it, on a small problem with known values. You see what the bug does to the
:term:`loss`, which you can always log, and to the values, which are unknown in a real problem.
"""

# %%
# The ridge
# ---------
#
# A walker stands on one of five cells in a row and steps to the left or to the right, by the toss
# of a coin. Every step pays 1. A walker that steps off either end falls: a :term:`termination`. A
# clock sends a walker home that has not fallen after six steps: a :term:`truncation`. What is a
# cell worth, with a :term:`discount factor` of 0.9?
#
# The value of a cell is 1, plus 0.9 times the mean value of its two neighbours, and a neighbour
# off the ridge is worth nothing. Those are five linear equations:

import torch

GAMMA, LIMIT = 0.9, 6
cells = torch.arange(5)
neighbours = ((cells[:, None] - cells).abs() == 1).float()  # (5, 5)
EXACT = torch.linalg.solve(torch.eye(5) - GAMMA * neighbours / 2, torch.ones(5))
print(EXACT)

# sphinx_gallery_start_ignore
assert torch.allclose(EXACT, EXACT.flip(0))
assert 5 < EXACT.max() < 6
assert 3 < EXACT.min() < 4
# sphinx_gallery_end_ignore

# %%
# Each of the twelve critics gets its own 32 walkers, which walk side by side. Each :term:`step` of
# theirs is a :term:`batch`. A walker that fell or was sent home starts again on a random cell.

from typing import NamedTuple

from torch import Tensor

RUNS = 12


class Batch(NamedTuple):
    """One step of the walkers; ``walk`` puts a first dimension of 12 before these shapes."""

    states: Tensor  # (B, 1), the position, from -1 to 1 on the ridge
    rewards: Tensor  # (B,)
    next_states: Tensor  # (B, 1), before any new start
    terminated: Tensor  # (B,), fell
    truncated: Tensor  # (B,), sent home by the clock


def position(cell):
    """Turn a cell's number into what the network sees, (..., 1)."""
    return ((cell - 2) / 2).unsqueeze(-1)


def walk(walkers=32, railings=False):
    """Yield one step after another, without end; nobody falls over railings."""
    shape = RUNS, walkers
    cell, clock = torch.randint(5, shape), torch.randint(LIMIT, shape)
    while True:
        next_cell = cell + 2 * torch.randint(2, shape) - 1
        next_cell = next_cell.clamp(0, 4) if railings else next_cell
        clock = clock + 1
        terminated = (next_cell < 0) | (next_cell > 4)
        truncated = (clock == LIMIT) & ~terminated
        yield Batch(
            states=position(cell),
            rewards=torch.ones(shape),
            next_states=position(next_cell),
            terminated=terminated,
            truncated=truncated,
        )
        over = terminated | truncated
        cell = torch.where(over, torch.randint(5, shape), next_cell)
        clock = clock.masked_fill(over, 0)


# %%
# A learner without a bug
# -----------------------
#
# The :term:`critic` is a small network. Its update calls three functions: what the critic predicts,
# what it should predict, and clearing the gradients. A bug replaces one of them.

from torch.func import functional_call, stack_module_state, vmap

from pytorch_rl_basics import build_mlp, td_target


def predict(critic, states):
    """Give the values of the states, (B,)."""
    return critic(states).squeeze(-1)  # (B, 1) -> (B,)


def targets(critic, batch):
    """Give the TD targets, (B,)."""
    with torch.no_grad():
        next_values = critic(batch.next_states)  # (B, 1)
    ended = batch.terminated  # (B,)
    return td_target(batch.rewards, ended, next_values, GAMMA)


def clear(optimizer):
    """Forget the gradients of the update before."""
    optimizer.zero_grad()


def learn(predict=predict, targets=targets, clear=clear, walk=walk, exact=EXACT):
    """Train twelve critics; give losses and distances to exact, (12, T), and values, (12, 5)."""
    torch.manual_seed(0)
    critics = [build_mlp(1, 32, 1) for _ in range(RUNS)]
    parameters, _ = stack_module_state(critics)  # name -> (12, ...)
    optimizer = torch.optim.Adam(parameters.values(), lr=1e-2, fused=True)

    def loss_and_values(parameters, batch):  # of one critic
        def critic(states):
            return functional_call(critics[0], parameters, (states,))

        with torch.no_grad():
            values = critic(position(cells)).squeeze(-1)  # (5,)
        errors = predict(critic, batch.states) - targets(critic, batch)
        return errors.square().mean(), values

    losses, distances = [], []
    for _, batch in zip(range(250), walk(), strict=False):
        loss, values = vmap(loss_and_values)(parameters, batch)  # (12,), (12, 5)
        clear(optimizer)
        loss.sum().backward()  # gives each critic the gradient of its own loss
        optimizer.step()
        losses.append(loss.detach())
        distances.append((values - exact).square().mean(dim=1).sqrt())
    return torch.stack(losses, dim=1), torch.stack(distances, dim=1), values


# %%
# ``learn`` trains all twelve critics at once. Each has its own first weights, its own walkers, and
# its own gradient. :func:`~torch.func.vmap` calls ``loss_and_values``, which is written for one
# critic, for all twelve: :doc:`/tutorials/practice/many_seeds` explains how.
#
# A learning curve here is the median of the twelve. The band around it is a 95 % interval for the
# median: it reaches from the third smallest to the third largest. A new training is above the true
# median with a probability of one half, like a coin that shows heads. So the band misses the median
# only if at most two of twelve coins show heads, or at most two show tails. That holds for every
# distribution.

import math

miss = 2 * sum(math.comb(RUNS, heads) for heads in range(3)) / 2**RUNS
print(f"the interval covers the median in {1 - miss:.1%} of cases")
assert 0.95 < 1 - miss < 0.97

# %%
# Now train twelve critics without a bug. Most figures below show them for comparison.

correct = learn()
_, distances, values = correct
print("exact  ", [round(value, 1) for value in EXACT.tolist()])
print("learned", [round(v, 1) for v in values.median(dim=0).values.tolist()])

# sphinx_gallery_start_ignore
assert distances[:, -1].median() < 0.8 < 4 < distances[:, 0].median() + 0.5
# sphinx_gallery_end_ignore

# %%
# Most figures of this page have two panels. The upper one shows the loss that you would log,
# averaged over ten updates. The lower one shows the root mean square distance between the learned
# and the exact values.

import matplotlib.pyplot as plt


def interval(results):
    """Give the 95 % interval for the median of twelve, (12, T): two rows, (2, T)."""
    return results.sort(dim=0).values[[2, -3]]


def draw(ax, curves, style, label):
    """Draw the median of twelve curves, (12, T), and its 95 % interval."""
    (line,) = ax.plot(curves.quantile(0.5, dim=0), style, label=label)
    low, high = interval(curves)
    ax.fill_between(range(len(low)), low, high, color=line.get_color(), alpha=0.25, lw=0)


def compare(bug, correct, bugged, scale="linear"):
    """Draw losses and distances, without the bug and with it."""
    fig, axes = plt.subplots(2, figsize=(6, 5), sharex=True, layout="constrained")
    for curves, style, label in (correct, "C0-", "correct"), (bugged, "C1--", bug):
        losses, distances, *_ = curves  # (12, T)
        draw(axes[0], losses.unfold(1, 10, 1).mean(dim=-1), style, label)
        draw(axes[1], distances, style, label)
    axes[0].set(title=f"The loss: {bug}", yscale=scale)
    axes[1].set(title="The distance to the exact values", yscale=scale)
    axes[1].set_xlabel("updates")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    plt.show()


# sphinx_gallery_start_ignore
def end(results):
    """Median loss over the last 50 updates, and distance at the end."""
    return results[0][:, -50:].mean(dim=1).median(), results[1][:, -1].median()


loss, distance = end(correct)
assert distance < 0.8
assert (correct[1][:, 0] > 3).all()
# sphinx_gallery_end_ignore

# %%
# A column against a row
# ----------------------
#
# The critic gives (B, 1), and the targets are (B,). The bug: nothing drops the last dimension.


def predict_column(critic, states):
    return critic(states)  # (B, 1)


column = learn(predict=predict_column)
compare("(B, 1) against (B,)", correct, column)

# sphinx_gallery_start_ignore
column_loss, column_distance = end(column)
assert 0.85 < column_loss / loss < 1.3
assert column_distance > 1.6 * distance
assert column_distance > 0.8
assert column[2].median(dim=0).values.std() < 0.3 < EXACT.std() / 2
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the loss is as expected, but the values stop improving early, when
# all states have the same value.
#
# :term:`Broadcasting` compares every prediction with every target. The best answer to all targets
# at once is their mean, so the critic learns one number. The loss does not show it: the targets are
# noisy, and here the noise is most of the loss, with the bug or without it.
#
# **How to notice:** compare the spread of the predicted values with that of the returns, and
# assert that both shapes are equal. :func:`~pytorch_rl_basics.train_step` does.
# :doc:`/concepts/batches_and_shapes` has the rules of broadcasting.

# %%
# No gradient stop in the target
# ------------------------------
#
# The target should be a constant. The bug: the value of the next state is computed with its graph.


def targets_with_graph(critic, batch):
    next_values = critic(batch.next_states)  # no torch.no_grad()
    ended = batch.terminated
    return td_target(batch.rewards, ended, next_values, GAMMA)


with_graph = learn(targets=targets_with_graph)
compare("gradient in target", correct, with_graph)

# sphinx_gallery_start_ignore
from pytorch_rl_basics import xray

critic, batch = build_mlp(1, 32, 1), Batch(*(part[0] for part in next(walk())))
for compute, found in (targets, "healthy"), (targets_with_graph, "gradient-into-the-target"):
    errors = predict(critic, batch.states) - compute(critic, batch)
    assert xray(errors.square().mean(), critic).names == [found]
graph_loss, graph_distance = end(with_graph)
assert graph_loss < 0.6 * loss
assert graph_distance > 3 * distance
assert (with_graph[2] < EXACT).float().mean() > 0.95
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the loss is smooth and *lower* than it should be, while the values
# stay far too small.
#
# The loss is the mean square of :math:`V(s) - r - \gamma V(s')`. With a :term:`gradient` on both
# sides, the critic can lower it in a second way: by making the two values more similar. The
# walker's next cell may be good or bad. No critic can predict which, and this noise is part of the
# loss. A critic that gives all cells similar, low values has less of it. Without the
# :term:`stop-gradient` you minimise the noise, too.
#
# **How to notice:** pass the loss to the :doc:`X-ray </tutorials/pitfalls/xray>`, which finds this
# bug. Do not choose between critics by their loss. Compare values with the :term:`returns <return>`
# that followed.
#
# **The fix:** compute the target under ``torch.no_grad()``, as ``targets`` does.

# %%
# GAE with its graph
# ------------------
#
# Actor-critic agents compute their :term:`advantages <advantage>` by :term:`GAE`, and the critic's
# loss is often written as the mean squared advantage. Its gradient is right only if
# :math:`A_t + V(s_t)`, the target, is a constant. The bug: ``gae`` gets values with their graph.
# Here a batch has five steps in a row of each walker.

from pytorch_rl_basics import gae


def rollouts():
    """Yield 120 batches, each with five steps in a row: (12, 5, B) or (12, 5, B, 1)."""
    batches = walk()
    for _ in range(120):
        steps = [next(batches) for _ in range(5)]
        yield Batch(*(torch.stack(parts, dim=1) for parts in zip(*steps, strict=True)))


def gae_with_graph(critic, batch):
    values = predict(critic, batch.states)  # (5, B), no torch.no_grad()
    next_values = predict(critic, batch.next_states)  # (5, B)
    ends = batch.terminated, batch.terminated | batch.truncated
    advantages = gae(batch.rewards, values, next_values, *ends, GAMMA, lam=0.95)
    return values + advantages  # so the loss is the mean squared advantage


def gae_targets(critic, batch):
    with torch.no_grad():
        return gae_with_graph(critic, batch)


correct_gae = learn(targets=gae_targets, walk=rollouts)
gae_graph = learn(targets=gae_with_graph, walk=rollouts)
compare("GAE with graph", correct_gae, gae_graph)
for name, runs in ("with its graph", gae_graph), ("correct", correct_gae):
    low, high = interval(runs[1][:, -1])  # of (12,)
    print(f"{name:14} distance {low:.2f} to {high:.2f}")

# sphinx_gallery_start_ignore
batch = Batch(*(part[0] for part in next(rollouts())))
for compute, found in (gae_targets, "healthy"), (gae_with_graph, "gradient-into-the-target"):
    errors = predict(critic, batch.states) - compute(critic, batch)
    assert xray(errors.square().mean(), critic).names == [found]
assert end(gae_graph)[0] < 0.85 * end(correct_gae)[0]
assert gae_graph[1][:, -1].min() > 1.5 * correct_gae[1][:, -1].max()
assert (gae_graph[2] < EXACT).float().mean() > 0.95
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** as in the section before: the loss is too low, and so are the
# values, in every training.
#
# An advantage is a sum of terms :math:`r + \gamma V(s') - V(s)`, one per step. Each has a value on
# both sides, so the critic again learns to make neighbouring values similar.
#
# **How to notice:** the :doc:`X-ray </tutorials/pitfalls/xray>` finds this bug as well. Or assert
# ``not advantages.requires_grad``.
#
# **The fix:** call the critic under ``torch.no_grad()`` before ``gae``, and once more with its graph
# for the loss. :doc:`The next page </tutorials/laboratory/policies>` shows what such advantages do
# in the *policy's* loss.

# %%
# No done mask
# ------------
#
# After a fall nothing follows. The bug: the target always includes the value of the next state.


def targets_without_mask(critic, batch):
    with torch.no_grad():
        next_values = critic(batch.next_states)  # (B, 1)
    ended = torch.zeros_like(batch.terminated)  # nobody ever falls
    return td_target(batch.rewards, ended, next_values, GAMMA)


no_mask = learn(targets=targets_without_mask)
compare("no done mask", correct, no_mask)

# sphinx_gallery_start_ignore
mask_loss, mask_distance = end(no_mask)
assert mask_loss < 0.8 * loss
assert mask_distance > 8 * distance
medians = no_mask[2].median(dim=0).values  # (5,)
assert medians.min() > 10
assert medians.std() < 0.1 * medians.mean()
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the values rise above every :term:`return` of an :term:`episode`, even
# above the value of an episode without end. The loss ends lower than the correct one.
#
# A reward of 1 forever is worth :math:`1 / (1 - 0.9) = 10`. No cell is worth more than 5.4.
# The critic is never trained on positions beyond the ridge. What it gives there is a guess, and the
# targets at the edges use this guess. The loss is small because the targets are easier to predict:
# if nobody ever falls, all cells are worth almost the same.
#
# **How to notice:** draw the largest predicted value beside the largest return. If it reaches
# :math:`r / (1 - \gamma)` or more, although episodes end, look at the mask.

# %%
# Truncation treated as termination
# ---------------------------------
#
# A walker that the clock sends home has not fallen, and more rewards would have followed. The bug:
# the target leaves them out.


def targets_cut(critic, batch):
    with torch.no_grad():
        next_values = critic(batch.next_states)  # (B, 1)
    ended = batch.terminated | batch.truncated
    return td_target(batch.rewards, ended, next_values, GAMMA)


cut = learn(targets=targets_cut)
compare("truncation ends", correct, cut)

# sphinx_gallery_start_ignore
cut_loss, cut_distance = end(cut)
assert 0.5 < cut_loss / loss < 1.1
assert cut_distance > 2 * distance
missing = EXACT - cut[2].median(dim=0).values
assert (missing > 0.1 * EXACT).all()
assert missing[2] > 1.3 * missing[[0, 4]].max()
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** loss and values settle quickly and look healthy. But all values
# are too small, those of the best states the most.
#
# The critic does not see the clock. From the same cell an episode sometimes goes on and sometimes
# ends, so the critic learns the mean of both. The longer the episode would really go on, the more
# is lost.
#
# What does it cost? That depends on the task. Where all actions lose the same amount, the best one
# stays the best. Here is a task in which it does not. In each step the agent either leaves, gets 6,
# and the episode terminates. Or it stays and gets 1, and the clock still ends the episode after
# six steps. To stay forever is worth 10, so the agent should stay.


def values_of_staying(cut):
    """Learn the value of staying, next to that of leaving, 6: (12,)."""
    stay = torch.zeros(RUNS)
    for _ in range(300):
        truncated = torch.randint(LIMIT, (RUNS, 32)) == 0  # one step in six is the last
        ended = truncated & cut
        next_q = torch.stack([torch.full((RUNS,), 6.0), stay], dim=1)  # (12, 2)
        next_q = next_q.unsqueeze(1).expand(RUNS, 32, 2)  # the same for all 32 steps
        found = vmap(td_target)(torch.ones(RUNS, 32), ended, next_q, gamma=GAMMA)  # (12, 32)
        stay = stay + 0.1 * (found.mean(dim=1) - stay)
    return stay


choices = {}
for name, is_cut in ("truncation ends", True), ("correct", False):
    torch.manual_seed(0)
    stays = values_of_staying(is_cut)
    choices[name] = [10 if value > 6 else 6 for value in stays]
    print(f"{name:16} staying {stays.min():.1f} to {stays.max():.1f}, gets {choices[name]}")

# sphinx_gallery_start_ignore
assert choices == {"truncation ends": [6] * RUNS, "correct": [10] * RUNS}
assert abs(1 + GAMMA * 5 / 6 * 6 - 5.5) < 1e-6
# sphinx_gallery_end_ignore

# %%
# With the bug, staying seems to be worth 1 + 0.9 · 5/6 · 6 = 5.5: in one step of six, nothing seems
# to follow. So in every training the agent leaves, and gets 6 instead of 10.
#
# **How to notice:** change the time limit. The value of a state should not depend on it. In code,
# look for ``done = terminated or truncated`` on the way to a target.
#
# **The fix:** pass ``terminated`` alone to the target. :doc:`/cartpole` explains the two ends.

# %%
# Rewards shifted by one step
# ---------------------------
#
# A loop keeps the reward in a variable, and stores it before the call of ``step`` has given a new
# one. The bug: each transition is stored with the reward of the step *before* it.
#
# Where every step pays 1, this changes nothing. So in this section only one kind of step pays: off
# the right end. A cell near that end should be worth the most.


def walk_to_the_right(late):
    """Yield batches in which a fall off the right end pays 1; late rewards come a step later."""
    before = torch.zeros(RUNS, 32)
    for batch in walk():
        rewards = (batch.next_states > 1).squeeze(-1).float()  # (12, B)
        yield batch._replace(rewards=before if late else rewards)
        before = rewards


pays = torch.tensor([0.0, 0.0, 0.0, 0.0, 0.5])  # half the steps from cell 4 fall there
TO_THE_RIGHT = torch.linalg.solve(torch.eye(5) - GAMMA * neighbours / 2, pays)
on_time = learn(exact=TO_THE_RIGHT, walk=lambda: walk_to_the_right(late=False))
late = learn(exact=TO_THE_RIGHT, walk=lambda: walk_to_the_right(late=True))
medians = {
    name: runs[2].median(dim=0).values for name, runs in (("correct", on_time), ("shifted", late))
}
for name, values in {"exact": TO_THE_RIGHT, **medians}.items():
    print(f"{name:8}", [f"{value:.2f}" for value in values.tolist()])

# sphinx_gallery_start_ignore
assert interval(late[1][:, -1])[0] > 1.3 * interval(on_time[1][:, -1])[1]
assert medians["shifted"][4] < 0.5 * TO_THE_RIGHT[4]
assert set(medians["shifted"].topk(2).indices.tolist()) == {1, 2}
with torch.random.fork_rng():
    some = [batch for batch, _ in zip(walk_to_the_right(late=True), range(100), strict=False)]
paid, ends = (torch.stack([batch[i] for batch in some]).squeeze() for i in (1, 2))  # (100, 12, B)
assert paid[ends > 1].mean() < 0.3
assert paid[ends < -1].any()
assert end(late)[0] > 2 * end(on_time)[0]
# sphinx_gallery_end_ignore

# %%
# **What the values look like:** the cell at the right end has lost more than half of its value, and
# the best seem to be the middle one and its left neighbour. The loss is more than twice the correct one, but you would
# need the correct one to see that.
#
# The step that earns the reward is stored without it, and nothing follows that step. The reward
# comes with the first step of the walker's *next* episode, which starts on any cell. So every cell
# seems to be paid for being a start.
#
# **How to notice:** print the transitions of one episode, and compute each reward again from its
# state and action. Here most steps off the right end have no reward, and some off the left end have
# one. That cannot be right.
#
# **The fix:** store what *one* call of ``step`` returned, together with the state and the action
# that went into it.

# %%
# Autoreset: the step that resets, stored as a step
# -------------------------------------------------
#
# A vector environment runs several copies of an environment at once, and starts those whose
# episode has ended again by itself: *autoreset*. Since Gymnasium 1.0 it does so by default in the
# *next* call of ``step``. For a copy that has ended, that call ignores the action. It returns the
# first state of the new episode, a reward of 0, and ``terminated`` is false. The bug: this call is
# stored like any other, as a transition from the last state of one episode to the first state of
# the next.
#
# The other autoreset modes have a bug of the same kind. :doc:`/concepts/vector_environments` shows
# all three.
#
# What does it cost? The wrong transition of ``NEXT_STEP`` teaches that an episode goes on at a new
# start, after one step that pays nothing. First the ridge, with these transitions and without:


def with_resets(batches):
    """Yield random steps of those that NEXT_STEP gives, with those that only reset."""
    before = next(batches)
    for batch in batches:
        over = before.terminated | before.truncated  # (12, B)
        no = torch.zeros_like(over)  # neither terminated nor truncated
        resets = Batch(before.next_states, no.float(), batch.states, no, no)
        stored = torch.cat([torch.ones_like(over), over], dim=1)  # (12, 2B), all steps, some resets
        rows = torch.arange(RUNS).unsqueeze(1), stored.float().multinomial(32)  # (12, 1), (12, B)
        both = (torch.cat(parts, dim=1) for parts in zip(batch, resets, strict=True))
        yield Batch(*(part[rows] for part in both))
        before = batch


ridge_with_resets = learn(walk=lambda: with_resets(walk()))
for name, runs in ("resets stored", ridge_with_resets), ("left out", correct):
    low, high = interval(runs[1][:, -1])  # of (12,)
    print(f"{name:14} distance {low:.2f} to {high:.2f}")

# sphinx_gallery_start_ignore
assert ridge_with_resets[1][:, -1].min() < correct[1][:, -1].max()
assert correct[1][:, -1].min() < ridge_with_resets[1][:, -1].max()
# sphinx_gallery_end_ignore

# %%
# The two intervals overlap: twelve trainings do not show a difference. Most episodes end in a fall, and the
# done mask keeps the value of a fallen walker out of every target. An episode that the clock ends
# has no such mask. So the ridge gets railings: nobody falls, every episode lasts six
# steps, and each cell is worth :math:`1 / (1 - 0.9) = 10`.


TEN = torch.full((5,), 10.0)
guarded = learn(exact=TEN, walk=lambda: walk(railings=True))
stored = learn(exact=TEN, walk=lambda: with_resets(walk(railings=True)))
compare("resets stored", guarded, stored)

# sphinx_gallery_start_ignore
walked = [batch for _, batch in zip(range(200), walk(), strict=False)]
falls, ends = (sum(b[kind].sum() for b in walked) for kind in (3, 4))
assert falls > 1.2 * ends
assert (guarded[1][:, -1] < 0.2).all()
assert (stored[1][:, -1] > 1.2).all()
assert ((stored[2].median(dim=0).values - 60 / 7).abs() < 0.1).all()
assert end(stored)[0] > 5 * end(guarded)[0]
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the values settle below the right ones and stay there, in every
# training. The loss settles too, higher than without the bug.
#
# One in seven of the stored transitions only resets and pays 0. So a step seems to pay 6/7 on
# average, and the values end at 6/7 of what they should be, 8.6. The longer the episodes, the
# smaller the share of resets.
#
# **How to notice:** count. Compare the number of stored transitions with the sum of the lengths of
# the episodes, or look for a reward that your environment never pays: CartPole pays 1 in every
# step, so a reward of 0 in the buffer is a reset.
#
# **The fix:** do not store these steps. :doc:`/tutorials/algorithms/actor_critic` leaves them out by
# a mask, ``valid``.

# %%
# Gradients accumulated
# ---------------------
#
# ``backward()`` adds to what is in ``.grad``. The bug: the loop never clears it.


def forget_to_clear(optimizer):
    pass  # no optimizer.zero_grad()


accumulated = learn(clear=forget_to_clear)
compare("never cleared", correct, accumulated)

# sphinx_gallery_start_ignore
swings = accumulated[1].median(dim=0).values
assert end(accumulated)[0] > 1.3 * loss
assert swings[20:].diff().sign().unique().numel() > 1
assert swings[30:].max() > 3
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** it swings. Loss and values run past the goal, come back,
# and run past it again.
#
# The sum of all earlier gradients acts as a momentum without friction. When the values are right,
# the sum still moves them on, until as many gradients have pointed back.
# :doc:`/tutorials/pitfalls/zero_grad` explains it, and the fix.
#
# **How to notice:** draw the length of the gradient. It should shrink as the loss does.

# %%
# A target network that is an alias
# ---------------------------------
#
# The critic above has no :term:`target network`, and does not need one: it learns about the policy
# that acts. The bug needs a problem in which actions are chosen, such as the corridor of
# :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`: five cells, leaving at the
# right end pays 1, :math:`\gamma = 0.99`, and ten transitions that make up one batch. The updates
# are those of :func:`~pytorch_rl_basics.train_with_target`, for twelve Q-networks at once. The bug
# is in how the second network is made.

import copy

from pytorch_rl_basics import QNetwork

cell = cells.repeat_interleave(2)  # (10,) 0 0 1 1 2 2 3 3 4 4
actions = torch.arange(2).repeat(5)  # (10,) 0 is left, 1 is right
next_cell = cell + 2 * actions - 1
rewards = (next_cell == 5).float()
outside = (next_cell < 0) | (next_cell > 4)

q_exact = torch.zeros(5, 2)
for _ in range(10):  # value iteration: five steps are the longest way out
    next_q = q_exact[next_cell.clamp(0, 4)]
    q_exact = td_target(rewards, outside, next_q, 0.99).view(5, 2)


def make_copy(q):
    return copy.deepcopy(q)


def make_alias(q):
    return q  # a second name for the same network


def learn_corridor(make_target):
    """Train twelve Q-networks; give losses and distances to the exact values, (12, T)."""
    torch.manual_seed(0)
    networks = [QNetwork(state_dim=1) for _ in range(RUNS)]
    q, _ = stack_module_state(networks)  # name -> (12, ...)
    q_target = make_target(q)
    optimizer = torch.optim.Adam(q.values(), lr=1e-2, fused=True)

    def loss_and_distance(q, q_target):  # of one Q-network
        with torch.no_grad():
            next_values = functional_call(networks[0], q_target, (position(next_cell),))  # (10, 2)
        td_targets = td_target(rewards, outside, next_values, 0.99)  # (10,)
        values = functional_call(networks[0], q, (position(cells),))  # (5, 2)
        errors = values.flatten() - td_targets  # (10,), in the order of the transitions
        distance = (values.detach() - q_exact).square().mean().sqrt()
        return errors.square().mean(), distance

    losses, distances = [], []
    for update in range(1, 151):
        loss, distance = vmap(loss_and_distance)(q, q_target)  # (12,), (12,)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        losses.append(loss.detach())
        distances.append(distance)
        if update % 10 == 0:
            with torch.no_grad():
                for name in q:
                    q_target[name].copy_(q[name])
    return torch.stack(losses, dim=1), torch.stack(distances, dim=1)


copied, alias = learn_corridor(make_copy), learn_corridor(make_alias)
compare("alias", copied, alias, scale="log")

# sphinx_gallery_start_ignore
from pytorch_rl_basics import train_with_target

torch.manual_seed(0)
networks = [QNetwork(state_dim=1) for _ in range(RUNS)]
for number, make_target, runs in (0, make_copy, copied), (11, make_alias, alias):
    q = copy.deepcopy(networks[number])
    optimizer = torch.optim.Adam(q.parameters(), lr=1e-2)
    batches = [(position(cell), actions, rewards, position(next_cell), outside)] * 25
    alone = train_with_target(q, make_target(q), optimizer, batches, gamma=0.99)
    torch.testing.assert_close(torch.tensor(alone), runs[0][number, :25], rtol=1e-3, atol=1e-4)
assert torch.allclose(q_exact[:, 1], 0.99 ** torch.arange(4.0, -1, -1))
assert end(copied)[1] < 0.2
assert (alias[1][:, -1] > 10).all()
assert alias[1][:, 8].median() < copied[1][:, 8].median()
assert copied[0][:, -1].median() < 0.01 < 10 < alias[0][:, -1].median()
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** at first the agent with the bug is *ahead*. Then its values grow far
# beyond every possible return, in every training, and the loss grows with them.
#
# No value is larger than 1 in this corridor. But each update that raises a value raises the
# next target too, so the target moves away before it is reached. Exercise 8 explains
# it, and shows when it is harmless.
#
# **How to notice:** right after a sync the two networks must agree, and one update later they
# must not.
#
# **The fix:** ``copy.deepcopy``. :doc:`/concepts/modules` tries four ways to copy a network, two of
# which do not copy it.

# %%
# What each bug has learned
# -------------------------
#
# The last figure shows the values of the ridge at the end of the trainings, as the median of twelve. The bars are the 95 % intervals.

learned = {
    "correct": ("C0o-", correct),
    "(B, 1) against (B,)": ("C1s--", column),
    "gradient in target": ("C2v-.", with_graph),
    "no done mask": ("C3^:", no_mask),
    "truncation ends": ("C4d--", cut),
}
fig, ax = plt.subplots(figsize=(6, 4.6), layout="constrained")
ax.plot(cells, EXACT, "k", lw=6, alpha=0.2, label="exact")
for bug, (style, (_, _, values)) in learned.items():
    middle = values.quantile(0.5, dim=0)  # (12, 5) -> (5,)
    bars = (interval(values) - middle).abs()  # (2, 5)
    ax.errorbar(cells, middle, bars, fmt=style, capsize=3, label=bug)
ax.set(title="Learned values of the ridge", xlabel="cell", ylabel="value")
ax.set_xticks(cells.tolist())
fig.legend(loc="outside lower center", ncols=2, fontsize="small")
plt.show()

# %%
# Each bug changes the values in its own way: all equal, too low, too high, or too low where they
# should be highest.
#
# If you suspect one of these bugs in your own agent, do what this page does: make a problem with
# five states, solve it exactly, and run your code on it.
# :doc:`The next page </tutorials/laboratory/policies>` does the same with policies.
