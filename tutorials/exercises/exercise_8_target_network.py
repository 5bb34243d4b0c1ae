r"""
Exercise 8: A target network
============================

You write the update of DQN: a :term:`Q-value` moves towards a target that a
slower copy of the network computes. Then you measure, on a problem small enough
to solve exactly, what the copy is good for, and what it costs.
"""

# %%
# The task
# --------
# Write ``train_with_target(q, q_target, optimizer, batches, gamma,
# sync_every=10)``.
#
# - ``q`` is the network that learns, and ``q_target`` its copy, the
#   :term:`target network`. Both map states (B, d) to Q-values (B, A). The
#   caller hands them over with equal parameters.
# - ``batches`` yields tuples ``(states, actions, rewards, next_states,
#   terminated)`` of shapes (B, d), (B,), (B,), (B, d) and (B,). The actions are
#   int64, ``terminated`` is bool, the rest is float. Take one batch, use it,
#   take the next: ``batches`` may be a generator.
# - For each batch make one step of the :term:`optimizer` on the mean squared
#   error between :math:`Q(s, a)`, the value of the :term:`action` taken, and
#   the :term:`TD target` :math:`y` below.
# - No :term:`gradient` flows into the target.
# - After every ``sync_every`` steps, copy the parameters of ``q`` into
#   ``q_target``.
#
# With :math:`d = 1` where the transition terminated, and 0 elsewhere, the
# target is
#
# .. math::
#
#    y = r + \gamma \, (1 - d) \, \max_{a'} Q_\text{target}(s', a')
#
# Return the loss of each batch as a list of Python floats. This function, fed
# from a :term:`replay buffer`, is the learning half of DQN.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def train_with_target(q, q_target, optimizer, batches, gamma, sync_every=10):
    raise NotImplementedError


print(check(train_with_target))

# %%
# .. exercise-hints:: train_with_target

# %%
# A typical wrong attempt renews the copy after every step. The library's function can play its
# part:

import pytorch_rl_basics as rl


def impatient(q, q_target, optimizer, batches, gamma, sync_every=10):
    return rl.train_with_target(q, q_target, optimizer, batches, gamma, 1)


report = check(impatient, "train_with_target")
print(report)
assert report.mistake == "synced-every-step"

# %%
# .. exercise-solution:: train_with_target

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

train_with_target, caption = own_or_reference(train_with_target)

# %%
# Equal networks have to be made equal
# ------------------------------------
# Two calls of :class:`~pytorch_rl_basics.QNetwork` give two different networks,
# because each draws its own random parameters. Copy first:

import torch

from pytorch_rl_basics import QNetwork

torch.manual_seed(0)
q, q_target = QNetwork(), QNetwork()
state = torch.randn(1, 4)
print("two calls equal:", torch.equal(q(state), q_target(state)))
q_target.load_state_dict(q.state_dict())
print("after the copy: ", torch.equal(q(state), q_target(state)))

# sphinx_gallery_start_ignore
assert not torch.equal(q(state), QNetwork()(state))
assert torch.equal(q(state), q_target(state))
# sphinx_gallery_end_ignore

# %%
# One update by hand
# ------------------
# Two transitions are enough to see every part of the target. Both pay a
# :term:`reward` of 1. The second one ends the :term:`episode`.


states, next_states = torch.randn(2, 4), torch.randn(2, 4)
actions = torch.tensor([0, 1])
rewards = torch.ones(2)
terminated = torch.tensor([False, True])
batch = (states, actions, rewards, next_states, terminated)

with torch.no_grad():
    best = q_target(next_states).max(dim=-1).values  # (2,)
    y = torch.stack([1 + 0.9 * best[0], torch.tensor(1.0)])  # (2,)
    taken = torch.stack([q(states)[0, 0], q(states)[1, 1]])  # (2,)
print("best next values:", best)
print("targets:         ", y)

frozen_answer = q_target(state)
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
losses = train_with_target(q, q_target, optimizer, [batch] * 9, gamma=0.9)
by_hand = (taken - y).square().mean().item()
print(f"loss by hand {by_hand:.4f}, returned {losses[0]:.4f}")
assert abs(losses[0] - by_hand) < 1e-6

# %%
# The second target is the bare reward: after the end nothing follows, so
# nothing is added. Without that mask the network would be told that a life goes
# on after its end.
#
# Nine updates have been made. Did they leave the copy alone?

gradients = [parameter.grad for parameter in q_target.parameters()]
print("copy unchanged:      ", torch.equal(q_target(state), frozen_answer))
print("copy has no gradient:", gradients == [None] * 6)
print("q has moved:         ", not torch.equal(q(state), frozen_answer))

# sphinx_gallery_start_ignore
assert torch.equal(q_target(state), frozen_answer)
assert gradients == [None] * 6
assert not torch.equal(q(state), frozen_answer)
# sphinx_gallery_end_ignore

# %%
# They did. Now make the networks equal again, and 25 updates with ``sync_every=10``. The batches
# come from a generator. It looks at both networks each time that it is asked for a batch, after 0,
# 1, …, 24 updates.
#
# .. predict::
#
#    After how many updates does it find them equal?
#
#    - ``[0, 10, 20]``
#    - ``[10, 20]``
#    - ``[0, 1, 11, 21]``


def watched(equal_after):
    """Yield 25 batches, and note when the copy equals q."""
    for updates in range(25):
        if torch.equal(q(state), q_target(state)):
            equal_after.append(updates)
        yield batch


equal_after = []
q_target.load_state_dict(q.state_dict())
train_with_target(q, q_target, optimizer, watched(equal_after), 0.9)
print(equal_after)

# sphinx_gallery_start_ignore
assert equal_after == [0, 10, 20]
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - They begin equal, each update moves ``q`` away, and after every tenth the copy catches up.
#    - The syncs are there, but the first batch is drawn before any update: the two are still equal.
#    - This is a loop that counts from 0 and syncs where ``step % 10 == 0``. It copies after
#      the first update, and is out of step from there on.
#
# While ``q`` learns, the copy keeps the parameters of the
# last sync, and no gradient reaches it.
#
# A target needs a reward
# -----------------------
# What if the target were only the copy's opinion, :math:`Q_\text{target}(s')`,
# without a reward? Then nothing in the loop comes from the world. Train on that
# for 200 steps, with a copy every 10, and look at how much the answers still
# depend on the state:

from pytorch_rl_basics import train_step


def spread(q: QNetwork) -> float:
    """Standard deviation of the answers over many states."""
    with torch.no_grad():
        return q(torch.randn(1000, 4)).std(dim=0).mean().item()


torch.manual_seed(0)
q, copy = QNetwork(), QNetwork()
copy.load_state_dict(q.state_dict())
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
before = spread(q)
for step in range(1, 201):
    states, next_states = torch.randn(32, 4), torch.randn(32, 4)
    opinion = copy(next_states).detach()  # (32, 2), no reward in it
    loss = train_step(q, optimizer, states, opinion)
    if step % 10 == 0:
        copy.load_state_dict(q.state_dict())
print(f"spread over states: {before:.3f} before, {spread(q):.3f} after")
print(f"loss at the end: {loss:.4f}")
assert spread(q) < 0.2 * before

# sphinx_gallery_start_ignore
assert loss < 0.001
# sphinx_gallery_end_ignore

# %%
# The loss is almost zero, and the network knows nothing: it has become a
# constant. To answer the same everywhere is the easiest way to agree with
# oneself. The reward is what ties the values to the world.
#
# A problem with a known answer
# -----------------------------
# A corridor has five cells. In each you go left or right. Leaving it at the
# right end pays 1, leaving it at the left end pays 0, and both end the episode.
# It is the random walk of Sutton and Barto (example 6.2), with a choice.
# Five cells and two actions make ten transitions, so one batch holds them all.

cell = torch.arange(5).repeat_interleave(2)  # (10,) 0 0 1 1 2 2 3 3 4 4
action = torch.arange(2).repeat(5)  # (10,) 0 is left, 1 is right
goes_to = cell + 2 * action - 1  # (10,) -1 and 5 are outside
reward = (goes_to == 5).float()
outside = (goes_to < 0) | (goes_to > 4)
next_cell = goes_to.clamp(0, 4)

# %%
# The exact values come from value iteration: apply the TD target to a table of
# all values until it stops changing. Here the :term:`discount factor` is 0.99.

from pytorch_rl_basics import td_target


def solve(gamma: float) -> torch.Tensor:
    """Compute Q* of the corridor, shape (5, 2), by value iteration."""
    table = torch.zeros(5, 2)
    for _ in range(20):
        y = td_target(reward, outside, table[next_cell], gamma)  # (10,)
        table = y.view(5, 2)
    return table


print(solve(0.99))

# sphinx_gallery_start_ignore
assert torch.allclose(solve(0.99)[:, 1], 0.99 ** torch.arange(4, -1, -1))
assert torch.allclose(solve(0.99)[1:, 0], 0.99 * solve(0.99)[:-1, 1])
# sphinx_gallery_end_ignore

# %%
# Going right is worth :math:`0.99^k` with :math:`k` more steps to the exit.
# Going left is a detour of two steps and worth a little less; from the first
# cell it leads out, and is worth nothing.
#
# With and without a copy
# -----------------------
# A network that sees only its position in the corridor, a number from 0 to 1,
# learns these ten values with ``train_with_target``. Three ways differ in
# ``sync_every`` alone:
#
# - **never synced**: a number larger than the number of updates;
# - **every 10 updates**;
# - **no copy**: with ``sync_every=1`` the copy is renewed after each update, so
#   the target always comes from the network itself.
#
# The batches come from a generator. It runs between two updates, and uses the
# occasion to measure the distance of ``q`` to the exact values. In DQN the
# generator would step the :term:`environment` there. That works because the
# batches are taken one at a time: had they been collected in a list first, the
# distance would be the same at every update.

import torch.nn.functional as F

UPDATES = 150


def corridor(q, features, gamma, distances):
    """Yield the ten transitions, and note how far q is from Q*."""
    exact = solve(gamma)
    batch = (features[cell], action, reward, features[next_cell], outside)
    for _ in range(UPDATES):
        with torch.no_grad():
            distances.append(F.mse_loss(q(features), exact).sqrt().item())
        yield batch


def learn(make_q, features, gamma, sync, seeds):
    """Train fresh networks; return their distances to Q*, (seeds, 150)."""
    curves = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        q, q_target = make_q(), make_q()
        q_target.load_state_dict(q.state_dict())
        optimizer = torch.optim.Adam(q.parameters(), lr=1e-2)
        distances = []
        batches = corridor(q, features, gamma, distances)
        train_with_target(q, q_target, optimizer, batches, gamma, sync)
        curves.append(distances)
    return torch.tensor(curves)


def make_network():
    """A Q-network that sees one number."""
    return QNetwork(state_dim=1)


position = torch.linspace(0, 1, 5).unsqueeze(-1)  # (5, 1)
ways = {"never synced": UPDATES + 1, "every 10": 10, "no copy": 1}
curves = {}
for way, sync in ways.items():
    curves[way] = learn(make_network, position, 0.99, sync, seeds=5)

# %%
# The plot shows the root mean square distance to the exact values, on a
# logarithmic scale: the line is the median of five seeds, the band reaches from
# the best to the worst.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
x = range(UPDATES)
styles = {"never synced": "C2:", "every 10": "C0-", "no copy": "C1--"}
for way, curve in curves.items():
    low, high = curve.min(dim=0).values, curve.max(dim=0).values
    (line,) = ax.plot(x, curve.median(dim=0).values, styles[way], label=way)
    ax.fill_between(x, low, high, color=line.get_color(), alpha=0.2)
ax.set_yscale("log")
ax.set_title("Distance to Q* in the corridor, discount 0.99")
ax.set_xlabel("updates")
ax.set_ylabel("distance to Q*")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# sphinx_gallery_start_ignore
end = {way: curve[:, -1] for way, curve in curves.items()}
assert (end["never synced"] > 0.5).all()
assert (end["every 10"] < 0.2).all()
assert end["every 10"].median() < 0.05
assert (end["no copy"] > 100).all()
assert curves["no copy"][:, 35].median() < curves["every 10"][:, 35].median()
assert curves["no copy"][:, 60].median() > curves["every 10"][:, 60].median()
# sphinx_gallery_end_ignore

# %%
# - Never synced, the network learns to repeat what an untrained copy says. It
#   stops far from the exact values.
# - With a copy renewed every 10 updates, all five seeds come close.
# - Without a copy, the network is ahead for some forty updates. Then one
#   seed after the other runs away. At the end it is wrong by more than a
#   hundred, though no exact value is larger than 1.
#
# The reason is that cells share parameters. Raise the value of one cell, and the
# network raises its neighbours too. If the neighbour is the next state, the
# target has just risen as well, so the next update raises both again. A copy
# breaks the circle: for ten updates the target stands still, and the network has
# time to reach it. A copy that is only a second name for the network ends the
# same way: :doc:`the laboratory </tutorials/laboratory/values>` shows it.
#
# When it matters less
# --------------------
# One plot in which the copy is vital does not prove that it always is. Change
# one thing at a time: first the discount factor, to 0.9, then the network, for
# a table with one :term:`parameter` for each of the ten values.

from torch import nn


def make_table():
    """Ten Q-values that share nothing, for cells in one-hot form."""
    return nn.Linear(5, 2, bias=False)


setups = {
    "network, 0.90": (make_network, position, 0.9),
    "table, 0.99": (make_table, torch.eye(5), 0.99),
}
results = {"network, 0.99": (curves["every 10"], curves["no copy"])}
for setup, arguments in setups.items():
    results[setup] = [learn(*arguments, sync, seeds=3) for sync in (10, 1)]

print(f"median distance to Q* after {UPDATES} updates")
print(f"{'':13s} {'every 10':>9s} {'no copy':>9s}")
for setup, (with_copy, without) in results.items():
    a, b = with_copy[:, -1].median(), without[:, -1].median()
    print(f"{setup:13s} {a:9.2f} {b:9.2f}")

# sphinx_gallery_start_ignore
with_copy, without = (curve[:, -1] for curve in results["network, 0.90"])
assert (without < 0.4).all()
assert with_copy.median() < without.median()
with_copy, without = (curve[:, -1] for curve in results["table, 0.99"])
assert (without < with_copy).all()
# sphinx_gallery_end_ignore

# %%
# With a discount factor of 0.9 nothing runs away: the echo is damped. The copy
# still leaves the network closer to the exact values. In the table no value
# moves another, there is no echo at all, and the copy only costs time: the
# values are nearer to the exact ones without it.
#
# So a target network is a trade. It buys stability where states share
# parameters, and pays with targets that are out of date. And not every copy is
# good enough. Renew it every two updates, in the corridor with 0.99:

often = learn(make_network, position, 0.99, 2, seeds=3)[:, -1]
print(f"median distance to Q* with a copy every 2: {often.median():.2f}")

# sphinx_gallery_start_ignore
assert often.median() > 0.5
# sphinx_gallery_end_ignore

# %%
# That network never had the time to reach a target before it moved. Try 5, 20
# and 50 as well: where does it run away, and where is it slow?
#
# In RL
# -----
# - :doc:`DQN </tutorials/algorithms/dqn>` calls this update with batches
#   from a :term:`replay buffer`. Sharing
#   parameters, :term:`bootstrapping` and :term:`off-policy` data together are
#   what can make it diverge: Sutton and Barto (2018) call the three the deadly
#   triad (section 11.3). The corridor has all three, since its batches contain
#   every action equally often, whatever ``q`` prefers.
# - The DQN of Mnih et al. (2015) renews the copy every 10,000 updates, not ten.
#   How long is long enough depends on the problem.
# - :doc:`SAC </tutorials/algorithms/sac>` has target networks for its critics. It does not copy
#   them now and then but moves them a little after each update:
#   :func:`~pytorch_rl_basics.polyak_update`.
# - The mask is for :term:`termination`. An episode that is cut off by a time
#   limit is a :term:`truncation`: its last state has a future, and the target
#   adds it.
# - A2C and PPO bootstrap too, with no copy: their data is :term:`on-policy`.
#
# Next: :doc:`/tutorials/exercises/exercise_3_epsilon_greedy`, which chooses the
# actions that DQN learns from. How a gradient is kept out of a target is
# explained in :doc:`/concepts/tensors_and_gradients`.
