r"""
Exercise 8: Train with a target network
=======================================

You write the update of DQN: it moves a :term:`Q-value` towards a target that an older copy of the
network computes. Then you measure what the copy is good for, on a problem with a known answer.

Read :doc:`/habits` first.
"""

# %%
# The task
# --------
# Write ``train_with_target(q, q_target, optimizer, batches, gamma,
# sync_every=10)``.
#
# - ``q`` is the network that learns, and ``q_target`` is its copy, the
#   :term:`target network`. Both map states (B, d) to Q-values (B, A). Their
#   parameters are equal at the start.
# - ``batches`` yields tuples ``(states, actions, rewards, next_states,
#   terminated)`` of shapes (B, d), (B,), (B,), (B, d) and (B,). The actions are
#   int64, ``terminated`` is bool, the rest is float. ``batches`` may be a
#   generator: take one batch, use it, then take the next.
# - For each batch make one step of the :term:`optimizer` on the mean squared
#   error between :math:`Q(s, a)`, the value of the :term:`action` taken, and
#   the :term:`TD target` :math:`y` below.
# - No :term:`gradient` may flow into the target.
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
# Return the loss of each batch as a list of Python floats.

# %%
# Your attempt
# ------------
#
# Replace the last line of the function with your code, and run the cell. ``check`` then says
# whether the function is right. Until you write something, it gives the first hint.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def train_with_target(q, q_target, optimizer, batches, gamma, sync_every=10):
    raise NotImplementedError


print(check(train_with_target))

# %%
# .. exercise-hints:: train_with_target

# %%
# This wrong attempt copies the parameters after every step. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def copies_every_step(q, q_target, optimizer, batches, gamma, sync_every=10):
    return rl.train_with_target(q, q_target, optimizer, batches, gamma, 1)


report = check(copies_every_step, "train_with_target")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "synced-every-step"

# %%
# .. exercise-solution:: train_with_target

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

train_with_target, caption = own_or_reference(train_with_target)

# %%
# Copy a network
# --------------
# Two calls of :class:`~pytorch_rl_basics.QNetwork` give two different networks,
# because each draws its own random parameters. Copy the parameters first:

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
# One update, computed by hand
# ----------------------------
# Take two transitions with a :term:`reward` of 1. The second one ends the
# :term:`episode`.


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
# The second target is the reward alone, because nothing follows the end of an
# episode.
#
# Nine updates have been made. The copy must not have changed:

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
# Now make the networks equal again, and make 25 updates with ``sync_every=10``. The batches come
# from a generator. Before each batch, so after 0, 1, …, 24 updates, it compares the two networks.
#
# .. predict::
#
#    After how many updates are they equal?
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
#    - They are equal at the start. Each update changes ``q``, and a copy follows every tenth.
#    - The copies are right, but before the first update the networks are equal, too.
#    - This is a loop that counts from 0 and copies where ``step % 10 == 0``, so after updates 1, 11
#      and 21.
#
# A target without a reward
# -------------------------
# The next cell leaves the reward out: the target is :math:`Q_\text{target}(s')`
# alone. It trains for 200 steps with a copy every 10, and measures how much the
# outputs depend on the state:

from pytorch_rl_basics import train_step


def spread(q: QNetwork) -> float:
    """Standard deviation of the outputs over many states."""
    with torch.no_grad():
        return q(torch.randn(1000, 4)).std(dim=0).mean().item()


torch.manual_seed(0)
q, copy = QNetwork(), QNetwork()
copy.load_state_dict(q.state_dict())
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
before = spread(q)
for step in range(1, 201):
    states, next_states = torch.randn(32, 4), torch.randn(32, 4)
    targets = copy(next_states).detach()  # (32, 2), without a reward
    loss = train_step(q, optimizer, states, targets)
    if step % 10 == 0:
        copy.load_state_dict(q.state_dict())
print(f"spread over states: {before:.3f} before, {spread(q):.3f} after")
print(f"loss at the end: {loss:.4f}")
assert spread(q) < 0.2 * before

# sphinx_gallery_start_ignore
assert loss < 0.001
# sphinx_gallery_end_ignore

# %%
# The loss is almost 0, but the outputs hardly depend on the state any more: a
# constant is equal to its own copy. Only the reward brings information from the
# :term:`environment` into the targets.
#
# A problem with a known answer
# -----------------------------
# A corridor has five cells. In each cell the agent goes left or right. Leaving
# the corridor ends the episode, with a reward of 1 at the right end and 0 at
# the left end. It is the random walk of Sutton and Barto (2018, example 6.2),
# with a choice. Five cells and two actions give ten transitions, so one batch
# holds them all.

cell = torch.arange(5).repeat_interleave(2)  # (10,) 0 0 1 1 2 2 3 3 4 4
action = torch.arange(2).repeat(5)  # (10,) 0 is left, 1 is right
goes_to = cell + 2 * action - 1  # (10,) -1 and 5 are outside
reward = (goes_to == 5).float()
outside = (goes_to < 0) | (goes_to > 4)
next_cell = goes_to.clamp(0, 4)

# %%
# *Value iteration* computes the exact values :math:`Q^*`: it replaces a table of
# all values by their TD targets until it stops changing. The :term:`discount
# factor` is 0.99.

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
# Going right has the value :math:`0.99^k`, where :math:`k` steps follow. Going
# left costs two more steps, so its value is a little lower. In the first cell
# going left ends the episode without a reward.
#
# With and without a copy
# -----------------------
# A network learns these ten values with ``train_with_target``. Its input is the
# position in the corridor, a number from 0 to 1. Three runs differ in
# ``sync_every`` only:
#
# - **never synced**: a number larger than the number of updates;
# - **every 10**: a copy after every tenth update;
# - **no copy**: with ``sync_every=1`` the target always comes from the network
#   itself.
#
# The batches come from a generator, which also measures the distance of ``q`` to
# the exact values before each batch. This needs a function that takes the
# batches one at a time: with a list of all batches, the distance would be the
# same at every update.

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
        optimizer = torch.optim.Adam(q.parameters(), lr=1e-2, fused=True)  # fused: faster
        distances = []
        batches = corridor(q, features, gamma, distances)
        train_with_target(q, q_target, optimizer, batches, gamma, sync)
        curves.append(distances)
    return torch.tensor(curves)


def make_network():
    """A Q-network with one input."""
    return QNetwork(state_dim=1)


position = torch.linspace(0, 1, 5).unsqueeze(-1)  # (5, 1)
ways = {"never synced": UPDATES + 1, "every 10": 10, "no copy": 1}
curves = {}
for way, sync in ways.items():
    curves[way] = learn(make_network, position, 0.99, sync, seeds=5)

# %%
# The plot shows the root mean square distance to the exact values, on a
# logarithmic scale. The line is the median of five seeds, and the band is from
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
# - Never synced, the network learns the outputs of an untrained copy. It stays
#   far from the exact values.
# - With a copy every 10 updates, all five seeds come close to them.
# - Without a copy, the median is closer for the first 35 updates. Then the values
#   grow. At the end all five seeds are wrong by more than a hundred, although no
#   exact value is larger than 1.
#
# The reason is that the cells share parameters. If an update raises the value of
# one cell, the network also raises the values of the cells near it. If one of
# them is the next state, the target rises as well, and the next update raises
# both again. With a copy the target stays the same for ten updates, so the
# network can reach it. A copy that is only a second name for the same network
# has no effect: see :doc:`the laboratory </tutorials/laboratory/values>`.
#
# When the copy does not help
# ---------------------------
# Change one thing at a time. First use a discount factor of 0.9. Then use a table
# in place of the network, with one :term:`parameter` for each of the ten values.


def make_table():
    """Ten Q-values that share no parameter, for cells in one-hot form."""
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
# With a discount factor of 0.9 the values stay near the exact ones in both ways,
# and they are closer with the copy. In the table no value changes another, so it
# needs no copy: it is closer to the exact values without one.
#
# So a copy makes the training stable where states share parameters, but its
# targets are older. It must also be old enough. Copy every two updates, in the
# corridor with 0.99:

often = learn(make_network, position, 0.99, 2, seeds=3)[:, -1]
print(f"median distance to Q* with a copy every 2: {often.median():.2f}")

# sphinx_gallery_start_ignore
assert often.median() > 0.5
# sphinx_gallery_end_ignore

# %%
# Two updates are too few for the network to reach a target. How old should the
# copy be? Try 5 and 50 as well. The figure shows runs with one seed for several
# values of ``sync_every`` and of the discount factor.
#
# .. interactive:: lag
#
#    The distance to Q* at the end:
#
# In RL
# -----
# - The original DQN (Mnih et al., 2015) trains in this way on batches from a
#   :term:`replay buffer`, with a copy every 10,000 updates.
# - :doc:`DQN </tutorials/algorithms/dqn>` on this site calls this function. Its batches come from a
#   generator, which acts in the environment between two updates.
# - :doc:`SAC </tutorials/algorithms/sac>` moves its target networks a little after each update
#   instead, with :func:`~pytorch_rl_basics.polyak_update`.
# - Shared parameters, :term:`bootstrapping` and :term:`off-policy` data together
#   can make values diverge. Sutton and Barto (2018, section 11.3) call them the
#   deadly triad. The corridor has all three: its batches contain every action
#   equally often, whatever ``q`` prefers. A2C and PPO also bootstrap, but with
#   :term:`on-policy` data, and use no copy.
# - The mask is for :term:`termination`. An episode that a time limit ends is a
#   :term:`truncation`: its last state has a future, and the target includes it.
#
# Next: :doc:`/concepts/devices`. After it come the parts of the agents, each in front of the agent
# that needs it. :doc:`Exercise 9 </tutorials/parts/exercise_9_train_step>` and
# :doc:`exercise 10 </tutorials/parts/exercise_10_td_target>` take this function apart, and then
# :doc:`DQN </tutorials/algorithms/dqn>` uses it.
