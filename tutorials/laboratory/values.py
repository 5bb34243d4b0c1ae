"""
Silent bugs in values
=====================

Seven bugs of value learning that raise nothing. Each is one line, trained with six seeds and
compared with the code without it, on a problem whose values are known exactly. So you see what
the bug does to the :term:`loss` that you log, and to the values that you cannot know elsewhere.
"""

# %%
# The ridge
# ---------
#
# A walker stands on one of five cells in a row and steps to the left or to the right, by the toss
# of a coin. Every step pays 1. A walker that steps off either end falls: a :term:`termination`. One
# that is still up after six steps is sent home by the clock: a :term:`truncation`. What is a
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
# Thirty-two walkers walk side by side. Each :term:`step` gives one :term:`batch`, and who fell or
# was sent home starts again somewhere on the ridge.

from typing import NamedTuple

from torch import Tensor


class Batch(NamedTuple):
    """One step of every walker."""

    states: Tensor  # (B, 1), the position, from -1 to 1 on the ridge
    rewards: Tensor  # (B,)
    next_states: Tensor  # (B, 1), before any new start
    terminated: Tensor  # (B,), fell
    truncated: Tensor  # (B,), sent home by the clock


def position(cell):
    """Turn a cell's number into what the network sees, (B, 1)."""
    return ((cell - 2) / 2).unsqueeze(-1)


def walk(walkers=32, railings=False):
    """Yield one batch after another, without end; nobody falls over railings."""
    cell, clock = torch.randint(5, (walkers,)), torch.randint(LIMIT, (walkers,))
    while True:
        next_cell = cell + 2 * torch.randint(2, (walkers,)) - 1
        next_cell = next_cell.clamp(0, 4) if railings else next_cell
        clock = clock + 1
        terminated = (next_cell < 0) | (next_cell > 4)
        truncated = (clock == LIMIT) & ~terminated
        yield Batch(
            states=position(cell),
            rewards=torch.ones(walkers),
            next_states=position(next_cell),
            terminated=terminated,
            truncated=truncated,
        )
        over = terminated | truncated
        cell = torch.where(over, torch.randint(5, (walkers,)), next_cell)
        clock = clock.masked_fill(over, 0)


# %%
# A learner without a bug
# -----------------------
#
# The :term:`critic` is a small network. Its update has three parts, each a function of its own, so
# that a bug can take the place of one: what it predicts, what it should predict, and clearing
# the gradients.

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


def learn(seed, predict=predict, targets=targets, clear=clear, walk=walk, exact=EXACT):
    """Train one critic; give its losses, distances to exact, and values."""
    torch.manual_seed(seed)
    critic = build_mlp(1, 32, 1)
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
    losses, distances = [], []
    for _, batch in zip(range(250), walk(), strict=False):
        errors = predict(critic, batch.states) - targets(critic, batch)
        loss = errors.square().mean()
        clear(optimizer)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            values = critic(position(cells)).squeeze(-1)  # (5,)
        distances.append((values - exact).square().mean().sqrt().item())
    return losses, distances, values.tolist()


# %%
# A learning curve here is the median of six seeds. The band around it is a 95 % interval for the
# median: it reaches from the smallest of the six to the largest. A new seed lies above the true
# median with a chance of one half, like a coin that shows heads. So the band misses the median only
# if all six coins show heads, or all show tails. That holds however the curves are spread.

SEEDS = 6
miss = 2 / 2**SEEDS
print(f"the interval covers the median in {1 - miss:.1%} of cases")
assert 0.95 < 1 - miss < 0.97

# %%
# Now the six critics without a bug. They are trained once, and drawn beside each bug below.


def repeat(learn, **parts):
    """Train once a seed; give each kind of result as one tensor."""
    results = [learn(seed, **parts) for seed in range(SEEDS)]
    return [torch.tensor(kind) for kind in zip(*results, strict=True)]


correct = repeat(learn)
_, distances, values = correct
print("exact  ", [round(value, 1) for value in EXACT.tolist()])
print("learned", [round(v, 1) for v in values.median(dim=0).values.tolist()])

# sphinx_gallery_start_ignore
assert distances[:, -1].median() < 0.8 < 4 < distances[:, 0].median() + 0.5
# sphinx_gallery_end_ignore

# %%
# The figures of this page have two panels: above the loss that you would log, averaged over ten
# updates, and below what only a problem with a known answer can show, the root mean square
# distance of the values to the exact ones.

import matplotlib.pyplot as plt


def draw(ax, curves, style, label):
    """Draw the median over the seeds and its 95 % interval, of (6, T)."""
    (line,) = ax.plot(curves.quantile(0.5, dim=0), style, label=label)
    low, high, color = curves.amin(dim=0), curves.amax(dim=0), line.get_color()
    ax.fill_between(range(len(low)), low, high, color=color, alpha=0.25, lw=0)


def compare(bug, correct, bugged, scale="linear"):
    """Draw losses and distances, without the bug and with it."""
    fig, axes = plt.subplots(2, figsize=(6, 5), sharex=True, layout="constrained")
    for curves, style, label in (correct, "C0-", "correct"), (bugged, "C1--", bug):
        losses, distances, *_ = curves  # (6, T)
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


column = repeat(learn, predict=predict_column)
compare("(B, 1) against (B,)", correct, column)

# sphinx_gallery_start_ignore
column_loss, column_distance = end(column)
assert 0.85 < column_loss / loss < 1.3
assert column_distance > 1.6 * distance
assert column_distance > 0.8
assert column[2].median(dim=0).values.std() < 0.3 < EXACT.std() / 2
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the loss is the one that you expect, and the values stop
# improving early, at the point where all states have the same value.
#
# :term:`Broadcasting` compares every prediction with every target. The best answer to all targets
# at once is their mean, so the critic learns one number. The loss cannot tell you: the targets are
# noisy, and here the noise is most of the loss, with the bug or without it.
#
# **How to notice:** compare the spread of the predicted values with that of the returns, and
# assert that both shapes are equal. :func:`~pytorch_rl_basics.train_step` does.
# :doc:`/concepts/batches_and_shapes` has the rules of broadcasting.

# %%
# No gradient stop in the target
# ------------------------------
#
# The value of the next state is a number to reach. The bug: it is computed with its graph.


def targets_with_graph(critic, batch):
    next_values = critic(batch.next_states)  # no torch.no_grad()
    ended = batch.terminated
    return td_target(batch.rewards, ended, next_values, GAMMA)


with_graph = repeat(learn, targets=targets_with_graph)
compare("gradient in target", correct, with_graph)

# sphinx_gallery_start_ignore
from pytorch_rl_basics import xray

critic, batch = build_mlp(1, 32, 1), next(walk())
for compute, found in (targets, "healthy"), (targets_with_graph, "gradient-into-the-target"):
    errors = predict(critic, batch.states) - compute(critic, batch)
    assert xray(errors.square().mean(), critic).names == [found]
graph_loss, graph_distance = end(with_graph)
assert graph_loss < 0.6 * loss
assert graph_distance > 3 * distance
assert (with_graph[2] < EXACT).float().mean() > 0.95
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the loss is *lower* than it should be, and calm, while the values
# stay far too small.
#
# The loss is the mean square of :math:`V(s) - r - \gamma V(s')`. With a :term:`gradient` on both
# sides it can be lowered in a second way: bring the two values closer to each other. Where the
# next state is a matter of chance, this is not the same as being right. The walker's next cell
# may be good or bad, the difference is noise that no critic can predict, and a critic that values
# all cells alike and low has less of it. Without the :term:`stop-gradient` you minimise that noise
# too.
#
# **How to notice:** let the :doc:`X-ray </tutorials/pitfalls/xray>` look at the loss: it finds this
# bug. Do not choose between critics by their loss. Compare values with the :term:`returns <return>`
# that followed.

# %%
# No done mask
# ------------
#
# After a fall nothing follows. The bug: the value of a next state is added always.


def targets_without_mask(critic, batch):
    with torch.no_grad():
        next_values = critic(batch.next_states)  # (B, 1)
    ended = torch.zeros_like(batch.terminated)  # nobody ever falls
    return td_target(batch.rewards, ended, next_values, GAMMA)


no_mask = repeat(learn, targets=targets_without_mask)
compare("no done mask", correct, no_mask)

# sphinx_gallery_start_ignore
mask_loss, mask_distance = end(no_mask)
assert mask_loss < 0.8 * loss
assert mask_distance > 8 * distance
assert (no_mask[2].median(dim=0).values > EXACT.max()).all()
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the values climb, past everything that an :term:`episode` pays, to
# that of a life without end. The loss ends lower than the correct one.
#
# A reward of 1 for ever is worth :math:`1 / (1 - 0.9) = 10`. No cell is worth more than 5.4.
# The critic is never trained on the fallen, so what it says about them continues what it
# says about the edge. The loss is small because the world has become predictable: if nobody ever
# falls, all cells are alike.
#
# **How to notice:** draw the largest predicted value beside the largest return. If it comes close
# to :math:`r / (1 - \gamma)`, although episodes end, look at the mask.

# %%
# Truncation treated as termination
# ---------------------------------
#
# A walker that the clock sends home still stood, and more would have followed. The bug: the
# target stops there as well.


def targets_cut(critic, batch):
    with torch.no_grad():
        next_values = critic(batch.next_states)  # (B, 1)
    ended = batch.terminated | batch.truncated
    return td_target(batch.rewards, ended, next_values, GAMMA)


cut = repeat(learn, targets=targets_cut)
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
# The critic does not see the clock. To it the same cell goes on at one time and ends at another,
# for no reason, so it learns the mean of both. The longer a state's future really is, the more of
# it is lost.
#
# **How to notice:** change the time limit. The value of a state should not depend on it. In code,
# look for ``done = terminated or truncated`` on the way to a target. :doc:`/cartpole` tells the
# two ends apart.

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
# all three, and counts the wrong transitions.
#
# What does it cost? The wrong transition of ``NEXT_STEP`` teaches that an episode goes on at a new
# start, after one step that pays nothing. First the ridge, with these transitions and without:


def with_resets(batches):
    """Yield batches with the steps that only reset, as NEXT_STEP gives them."""
    before = next(batches)
    for batch in batches:
        over = before.terminated | before.truncated
        nothing = torch.zeros(over.sum())
        no = nothing.bool()  # neither terminated nor truncated
        starts = batch.states[over]
        resets = Batch(before.next_states[over], nothing, starts, no, no)
        yield Batch(*map(torch.cat, zip(batch, resets, strict=True)))
        before = batch


ridge_with_resets = repeat(learn, walk=lambda: with_resets(walk()))
for name, runs in ("resets stored", ridge_with_resets), ("left out", correct):
    last = runs[1][:, -1]  # (6,)
    print(f"{name:14} distance {last.min():.2f} to {last.max():.2f}")

# sphinx_gallery_start_ignore
assert ridge_with_resets[1][:, -1].min() < correct[1][:, -1].max()
assert correct[1][:, -1].min() < ridge_with_resets[1][:, -1].max()
# sphinx_gallery_end_ignore

# %%
# The two intervals overlap: six seeds do not show a difference. Most episodes end in a fall
# there, and the done mask keeps the value of a fallen walker out of every target. That is not so
# where the clock ends episodes. So the ridge gets railings: nobody falls, every episode lasts six
# steps, and each cell is worth :math:`1 / (1 - 0.9) = 10`.


TEN = torch.full((5,), 10.0)
guarded = repeat(learn, exact=TEN, walk=lambda: walk(railings=True))
stored = repeat(learn, exact=TEN, walk=lambda: with_resets(walk(railings=True)))
compare("resets stored", guarded, stored)

# sphinx_gallery_start_ignore
walked = [batch for _, batch in zip(range(200), walk(), strict=False)]
falls, ends = (sum(b[kind].sum() for b in walked) for kind in (3, 4))
assert falls > 1.2 * ends
assert (guarded[1][:, -1] < 0.2).all()
assert (stored[1][:, -1] > 1.2).all()
assert ((stored[2].median(dim=0).values - 60 / 7).abs() < 0.1).all()
assert 20.5 < 2_000 / 94 < 21.5
assert end(stored)[0] > 5 * end(guarded)[0]
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the values settle below the right ones and stay there, in every
# seed. The loss settles too, higher than without the bug.
#
# One in seven of the stored transitions only resets and pays 0. So a step seems to pay 6/7 on
# average, and the values end at 6/7 of what they should be, 8.6. The longer the episodes, the
# smaller the share of resets. In the random CartPoles above it is 1 in 21.
#
# **How to notice:** count. Compare the number of stored transitions with the sum of the lengths of
# the episodes, or look for a reward that your environment never pays: CartPole pays 1 in every
# step, so a reward of 0 in the buffer is a reset. :doc:`/tutorials/algorithms/actor_critic` leaves
# the resets out by a mask, ``valid``.

# %%
# Gradients accumulated
# ---------------------
#
# ``backward()`` adds to what is in ``.grad``. The bug: nobody clears it.


def forget_to_clear(optimizer):
    pass  # no optimizer.zero_grad()


accumulated = repeat(learn, clear=forget_to_clear)
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
# The sum of all earlier gradients is a momentum without friction. When the values are right, the
# gradients of the way there still push on, until as many have pointed back.
# :doc:`/tutorials/pitfalls/zero_grad` has more on it.
#
# **How to notice:** draw the length of the gradient. It should shrink as the loss does.

# %%
# A target network that is an alias
# ---------------------------------
#
# The critic above has no :term:`target network`, and does not need one: it learns about the walk
# that it takes. The bug needs a problem in which actions are chosen, such as the corridor of
# :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`: five cells, leaving at the
# right end pays 1, :math:`\gamma = 0.99`, and ten transitions that make up one batch. The
# library's :func:`~pytorch_rl_basics.train_with_target` does the updates. The bug is in how its
# second network is made.

import copy

from pytorch_rl_basics import QNetwork, train_with_target

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


def learn_corridor(seed, make_target):
    """Train one Q-network; give its losses and distances to the exact values."""
    torch.manual_seed(seed)
    q = QNetwork(state_dim=1)
    q_target = make_target(q)
    optimizer = torch.optim.Adam(q.parameters(), lr=1e-2)
    distances = []

    def batches():
        for _ in range(150):
            with torch.no_grad():
                errors = q(position(cells)) - q_exact
            distances.append(errors.square().mean().sqrt().item())
            yield position(cell), actions, rewards, position(next_cell), outside

    losses = train_with_target(q, q_target, optimizer, batches(), gamma=0.99)
    return losses, distances


copied = repeat(learn_corridor, make_target=make_copy)
alias = repeat(learn_corridor, make_target=make_alias)
compare("alias", copied, alias, scale="log")

# sphinx_gallery_start_ignore
assert torch.allclose(q_exact[:, 1], 0.99 ** torch.arange(4.0, -1, -1))
assert end(copied)[1] < 0.2
assert (alias[1][:, -1] > 10).all()
assert alias[1][:, 8].median() < copied[1][:, 8].median()
assert copied[0][:, -1].median() < 0.01 < 10 < alias[0][:, -1].median()
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** at first the bug is *ahead*. Then the values run away, seed after
# seed, past anything that the problem can pay, and the loss explodes with them.
#
# No value is larger than 1 in this corridor. But each update that raises a value raises the
# next target too, so the target moves away before it is reached. Exercise 8 goes through
# it, and shows when it is harmless.
#
# **How to notice:** right after a sync the two networks must agree, and one update later they
# must not. :doc:`/concepts/modules` has four ways to keep a network as it is, of which two do not.

# %%
# What each bug has learned
# -------------------------
#
# Back to the ridge. The last figure shows the five values at the end of training, median over
# six seeds. The bars are the 95 % intervals.

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
    middle = values.quantile(0.5, dim=0)  # (6, 5) -> (5,)
    bars = torch.stack([middle - values.amin(dim=0), values.amax(dim=0) - middle])  # (2, 5)
    ax.errorbar(cells, middle, bars, fmt=style, capsize=3, label=bug)
ax.set(title="What the critics say about the ridge", xlabel="cell", ylabel="value")
ax.set_xticks(cells.tolist())
fig.legend(loc="outside lower center", ncols=2, fontsize="small")
plt.show()

# %%
# Flat, shrunk, endless or short of breath: each bug leaves a shape of its own. The critic whose
# gradients pile up has none; what it says depends on when you stop it.
#
# If you suspect one of these bugs in your own agent, do what this page does: make a problem with
# five states, solve it exactly, and hand it to your code.
# :doc:`The next page </tutorials/laboratory/policies>` does the same to policies.
