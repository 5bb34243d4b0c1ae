r"""
Exercise 5: A training loop
===========================

You write the loop that every agent's update is built on: predict, compare, go
backward, :term:`step`, and repeat. You run it on targets that are pure noise,
and learn what a falling :term:`loss` can tell you, and what it cannot.
"""

# %%
# The task
# --------
# Write ``fit_random_targets(model, optimizer, steps=100, batch_size=32,
# log_every=20)``. At each of ``steps`` steps
#
# 1. draw fresh random :term:`states <state>` of shape (32, 4) and fresh random
#    targets of shape (32, 2), both from :func:`torch.randn`;
# 2. make one update on the mean squared error between the model's outputs and
#    the targets;
# 3. at every twentieth step, print the loss and keep it.
#
# Return the kept losses as a list of Python floats: five of them for 100 steps.
# Call it with a :class:`~pytorch_rl_basics.QNetwork` and an Adam
# :term:`optimizer` with :term:`learning rate` 1e-3. Then answer: did the
# network learn anything, and how do you know?
#
# The loop of DQN is this one, with targets that mean something.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def fit_random_targets(model, optimizer, steps=100, batch_size=32, log_every=20):
    raise NotImplementedError


print(check(fit_random_targets))

# %%
# .. exercise-hints:: fit_random_targets

# %%
# A typical wrong attempt returns the loss of every step. The library's function can play its
# part:

import pytorch_rl_basics as rl


def too_many(model, optimizer, steps=100, batch_size=32, log_every=20):
    return rl.fit_random_targets(model, optimizer, steps, batch_size, 1)


report = check(too_many, "fit_random_targets")
print(report)
assert report.mistake == "every-loss-kept"

# %%
# .. exercise-solution:: fit_random_targets

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

fit_random_targets, caption = own_or_reference(fit_random_targets)

# %%
# One run
# -------
# A call of :func:`~pytorch_rl_basics.fit_random_targets`, as the task asks:

import torch

from pytorch_rl_basics import QNetwork

torch.manual_seed(0)
model = QNetwork()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
losses = fit_random_targets(model, optimizer)

# sphinx_gallery_start_ignore
assert len(losses) == 5
assert all(0.5 < loss < 1.6 for loss in losses)
# sphinx_gallery_end_ignore

# %%
# The five numbers go up and down around 1. Whether the last happens to be below
# the first is no verdict, as the next cell shows. It calls the same function
# 400 times on a network that never learns, because its learning rate is zero,
# and counts how often the last printed loss is below the first.

from contextlib import redirect_stdout
from io import StringIO


def fell(model: QNetwork) -> bool:
    """Tell whether the loss fell although no parameter moved."""
    frozen = torch.optim.SGD(model.parameters(), lr=0.0)
    with redirect_stdout(StringIO()):  # hide the printed losses
        losses = fit_random_targets(model, frozen, steps=2, log_every=1)
    return losses[-1] < losses[0]


torch.manual_seed(0)
share = sum(fell(QNetwork()) for _ in range(400)) / 400
print(f"the loss fell in {share:.0%} of runs without learning")
assert 0.4 < share < 0.6

# %%
# About half, as with a coin. Each loss is measured on its own 32 states, so two
# losses of the same network differ by luck alone. "The loss went down" is a
# weak claim while the targets are noisy.
#
# The floor
# ---------
# What is the lowest loss that any network could reach? Let :math:`y` be a
# target that has nothing to do with the state, and :math:`q` the network's
# answer. The expected squared error splits in two:
#
# .. math::
#
#    \mathbb{E}\,(q - y)^2 =
#    \operatorname{Var}(y) + \mathbb{E}\,(q - \mathbb{E}\,y)^2
#
# The first part is the noise, and no network can touch it. The second is how
# far the answers are from the mean of the targets, and it can be learned away.
# For ``randn`` the variance is 1, so the floor is 1. The network starts near
# it, because its first answers are close to the mean, 0:


def excess(model: QNetwork) -> float:
    """Measure how far the expected loss is above the floor of 1."""
    with torch.no_grad():
        return model(torch.randn(20_000, 4)).square().mean().item()


torch.manual_seed(0)
untrained = QNetwork()  # with the same seed as above: the same start
print(f"before training: {1 + excess(untrained):.3f}")
print(f"after training:  {1 + excess(model):.3f}")
print(f"luck of one batch of 32 × 2 targets: ± {(2 / 64) ** 0.5:.2f}")

# sphinx_gallery_start_ignore
assert 0.01 < excess(untrained) - excess(model) < 0.035
# sphinx_gallery_end_ignore

# %%
# So the training above did teach the network the one thing that there was to
# learn: to answer about 0. It was worth about two hundredths, in a loss
# that luck moves by almost two tenths. The printed losses cannot show it.
#
# Three kinds of targets
# ----------------------
# The same loop can behave in three ways, and the difference is in the targets
# alone. The next cell trains the same network on
#
# - **noise**: fresh targets from ``randn`` at every step, as above;
# - **a mean**: fresh targets from :func:`torch.rand`, uniform between 0 and 1.
#   They are noise around 1/2, their variance is 1/12;
# - **one batch**: 32 states and targets from ``randn``, drawn once and shown
#   at every step. There is no noise left, the floor is 0.
#
# It uses :func:`~pytorch_rl_basics.train_step`, which does one update and
# returns its loss.

from pytorch_rl_basics import train_step


def train(case: str, seed: int) -> tuple[QNetwork, list[float]]:
    """Train a fresh network on one kind of targets."""
    torch.manual_seed(seed)
    model = QNetwork()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    draw = torch.rand if case == "a mean" else torch.randn
    losses = []
    for step in range(100):
        if step == 0 or case != "one batch":
            states, targets = torch.randn(32, 4), draw(32, 2)
        losses.append(train_step(model, optimizer, states, targets))
    return model, losses


floors = {"noise": 1.0, "a mean": 1 / 12, "one batch": 0.0}
runs = {case: [train(case, seed) for seed in range(6)] for case in floors}
curves = {
    case: torch.tensor([losses for _, losses in results])  # (6, 100)
    for case, results in runs.items()
}

# %%
# The plot draws the loss of each step: the line is the mean of six seeds, the
# band reaches from the lowest to the highest. The dashed line is the floor.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 3, sharey=True, layout="constrained")
fig.suptitle("Loss of each step, for three kinds of targets")
for i, (ax, case) in enumerate(zip(axes, floors, strict=True)):
    loss = curves[case]
    x = range(1, 101)
    low, high = loss.min(dim=0).values, loss.max(dim=0).values
    ax.fill_between(x, low, high, color=f"C{i}", alpha=0.25, linewidth=0)
    ax.plot(x, loss.mean(dim=0), f"C{i}", lw=1.5, label="loss")
    ax.axhline(floors[case], color="0.2", ls="--", lw=1.5, label="floor")
    ax.set_title(case.capitalize())
    ax.set_xticks([0, 50, 100])
    ax.set_xlabel("step")
axes[0].set_ylabel("loss")
axes[0].legend(loc="lower center")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# And in numbers, the mean loss of the first and of the last twenty steps. Such
# a mean of six seeds still scatters by about 0.02 for the noise, so a measured
# loss can lie a little below the floor:

for case, loss in curves.items():
    first, last = loss[:, :20].mean(), loss[:, -20:].mean()
    print(f"{case:9s}: {first:.2f} → {last:.2f}, floor {floors[case]:.2f}")

# sphinx_gallery_start_ignore
start = {case: loss[:, :20].mean().item() for case, loss in curves.items()}
end = {case: loss[:, -20:].mean().item() for case, loss in curves.items()}
assert 0.015 < (2 / (64 * 20 * 6)) ** 0.5 < 0.025
assert abs(end["noise"] - 1) < 0.06
assert abs(start["noise"] - 1) < 0.06
assert end["a mean"] < 0.1 < 0.15 < start["a mean"]
assert curves["a mean"][:, 30:50].mean() < 1 / 12 + 0.02
assert end["one batch"] < 0.5 < 0.8 < start["one batch"]
# sphinx_gallery_end_ignore

# %%
# Noise stays at its floor. The mean is found within some thirty steps, and then
# the curve stays at its floor too: a loss that stops falling can mean that
# there is nothing more to learn. Only the single batch keeps falling.
#
# Ask for the loss on new states and new targets from ``randn``, of the networks
# trained on noise, of those trained on one batch, and of an answer that nobody
# trained: 0 everywhere.
#
# .. predict::
#    :after: lowest:
#
#    Which of them has the lowest loss on fresh data?
#
#    - ``one batch``
#    - ``noise``
#    - ``always 0``

import torch.nn.functional as F

torch.manual_seed(0)
states, targets = torch.randn(20_000, 4), torch.randn(20_000, 2)
fresh = {"always 0": targets.square().mean().item()}
with torch.no_grad():
    for case in ("noise", "one batch"):
        models = [model for model, _ in runs[case]]
        each = [F.mse_loss(model(states), targets) for model in models]
        fresh[case] = sum(each).item() / 6
for case, loss in fresh.items():
    print(f"{case:9s}: {loss:.3f} on fresh data")
print("lowest:", min(fresh, key=fresh.get))

# sphinx_gallery_start_ignore
assert fresh["one batch"] > 1.2
assert 0.97 < fresh["always 0"] < 1.03
assert 0 < fresh["noise"] - fresh["always 0"] < 0.1
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - Its loss fell the furthest, but on 32 states that it saw a hundred times. Their targets
#      were noise, and the network has memorised them.
#    - Training brought it near to 0, and no further: the noise of each batch still moves it about.
#    - The mean of the targets is the best that anyone can say about noise. No network gets below it.
#
# The best curve belongs to the worst network. To judge a training loop, do not
# ask whether the loss decreased. Ask
#
# - how far it is above the floor, or above a trivial answer such as the mean;
# - what it is on data that the network was not trained on;
# - and whether the answer is the same over several seeds.
#
# In RL
# -----
# - :doc:`DQN </tutorials/algorithms/dqn>` runs this loop on batches from
#   a :term:`replay buffer`. Its targets are
#   made by the network itself and move while it learns, so its loss may rise
#   while the agent gets better. The :term:`return` of the episodes is the
#   measure, not the loss.
# - The :term:`critic` of :doc:`A2C </tutorials/algorithms/actor_critic>` and
#   :doc:`PPO </tutorials/algorithms/ppo>` is fitted to noisy returns. Its floor is the variance of
#   the return from a state, which can be far from 0 while the policy is random.
# - Training on one small fixed batch is a good first test of new code. A loop
#   that cannot even memorise 32 pairs has a bug. It is not a test of learning.
#
# Next: targets that a copy of the network makes, in
# :doc:`/tutorials/exercises/exercise_8_target_network`. The single step is
# taken apart in :doc:`/concepts/training_step`, and the habit of using several
# seeds is in :doc:`/habits`.
