r"""
Exercise 5: Write a training loop
=================================

You write the loop in which networks learn: compute a :term:`loss`, compute its gradients, update
the parameters, and repeat. You run it on random targets, and see what a falling loss shows and
what it does not.

Read :doc:`/concepts/training_step` first.
"""

# %%
# The task
# --------
# Write ``fit_random_targets(model, optimizer, steps=100, batch_size=32,
# log_every=20)``. In each of the ``steps`` steps
#
# 1. draw new random :term:`states <state>` of shape (32, 4) and new random
#    targets of shape (32, 2), both from :func:`torch.randn`;
# 2. make one update on the mean squared error between the model's outputs and
#    the targets;
# 3. in every twentieth step, print the loss and keep it.
#
# Return the kept losses as a list of Python floats: five of them for 100 steps.
#
# Below, the model is a :class:`~pytorch_rl_basics.QNetwork`, which maps 4 state
# features to 2 outputs through two hidden layers. The :term:`optimizer` is Adam
# with a :term:`learning rate` of 1e-3. Did the network learn anything, and how
# do you know?

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


def fit_random_targets(model, optimizer, steps=100, batch_size=32, log_every=20):
    raise NotImplementedError


print(check(fit_random_targets))

# %%
# .. exercise-hints:: fit_random_targets

# %%
# This wrong attempt returns the loss of every step. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def too_many(model, optimizer, steps=100, batch_size=32, log_every=20):
    return rl.fit_random_targets(model, optimizer, steps, batch_size, 1)


report = check(too_many, "fit_random_targets")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "every-loss-kept"

# %%
# .. exercise-solution:: fit_random_targets

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

fit_random_targets, caption = own_or_reference(fit_random_targets)

# %%
# A falling loss can be luck
# --------------------------
# This is one run, as in the task:

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
# The five numbers go up and down around 1. Does it mean anything if the last is
# below the first? The next cell calls the function 200 times with a learning
# rate of 0, so that no network learns. It counts how often the last loss is
# below the first.

from contextlib import redirect_stdout
from io import StringIO


def fell(model: QNetwork) -> bool:
    """Tell whether the loss fell although no parameter moved."""
    frozen = torch.optim.SGD(model.parameters(), lr=0.0)
    with redirect_stdout(StringIO()):  # hide the printed losses
        losses = fit_random_targets(model, frozen, steps=2, log_every=1)
    return losses[-1] < losses[0]


torch.manual_seed(0)
share = sum(fell(QNetwork()) for _ in range(200)) / 200
print(f"the loss fell in {share:.0%} of runs without learning")
assert 0.4 < share < 0.6

# %%
# It is about half of them. Each loss is computed on its own 32 states, so two
# losses of the same network differ by chance.
#
# The lowest loss that is possible
# --------------------------------
# Let :math:`y` be a target that does not depend on the state, and :math:`q` the
# network's output. The expected squared error is a sum of two parts:
#
# .. math::
#
#    \mathbb{E}\,(q - y)^2 =
#    \operatorname{Var}(y) + \mathbb{E}\,(q - \mathbb{E}\,y)^2
#
# The first part is the variance of the targets. No network can reduce it: it is
# the *floor* of the loss. The second part is the distance of the outputs from
# the mean of the targets, which training can reduce. For ``randn`` the mean is 0
# and the variance is 1, so the floor is 1. A new network is already near it,
# because its outputs are near 0:


def excess(model: QNetwork) -> float:
    """Measure how far the expected loss is above the floor of 1."""
    with torch.no_grad():
        return model(torch.randn(20_000, 4)).square().mean().item()


torch.manual_seed(0)
untrained = QNetwork()  # with the same seed as above: the same start
print(f"before training: {1 + excess(untrained):.3f}")
print(f"after training:  {1 + excess(model):.3f}")
print(f"standard deviation of the loss of one batch: {(2 / 64) ** 0.5:.2f}")

# sphinx_gallery_start_ignore
assert 0.01 < excess(untrained) - excess(model) < 0.035
# sphinx_gallery_end_ignore

# %%
# So the network did learn something: its outputs came nearer to 0. This reduced
# the expected loss by about 0.02. The loss of one batch differs by almost 0.2 by
# chance, so the printed losses cannot show it.
#
# Three kinds of targets
# ----------------------
# The next cell trains the same network on three kinds of targets:
#
# - **noise**: new targets from ``randn`` in every step, as above;
# - **a mean**: new targets from :func:`torch.rand`, uniform between 0 and 1.
#   Their mean is 1/2 and their variance is 1/12;
# - **one batch**: 32 states and targets from ``randn``, drawn once and used
#   in every step. Each state keeps its targets, so the floor is 0.
#
# The cell uses :func:`~pytorch_rl_basics.train_step`, which makes one update and
# returns the loss.

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
# The plot shows the loss of each step. The line is the mean of six seeds, and the
# band is from the lowest to the highest. The dashed line is the floor.

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
# The next cell prints the mean loss of the first and of the last twenty steps.
# For the noise, such a mean has a standard deviation of about 0.02, so it can be
# a little below the floor:

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
assert (curves["one batch"][:, -1] < 0.7 * curves["one batch"][:, 0]).all()
# sphinx_gallery_end_ignore

# %%
# On noise the loss stays at its floor. With a mean to learn, it reaches its floor
# after about thirty steps and stays there: a loss that stops falling can mean
# that there is nothing more to learn. On one batch the loss keeps falling.
#
# Now draw new states and new targets from ``randn``, and compute the loss on them
# of three answers: the networks trained on noise, the networks trained on one
# batch, and the number 0 for every state.
#
# .. predict::
#    :after: lowest:
#
#    Which of them has the lowest loss on new data?
#
#    - ``one batch``
#    - ``noise``
#    - ``always 0``

torch.manual_seed(0)
states, targets = torch.randn(20_000, 4), torch.randn(20_000, 2)
fresh = {"always 0": targets.square().mean().item()}
with torch.no_grad():
    for case in ("noise", "one batch"):
        models = [model for model, _ in runs[case]]
        each = [F.mse_loss(model(states), targets) for model in models]
        fresh[case] = sum(each).item() / 6
for case, loss in fresh.items():
    print(f"{case:9s}: {loss:.3f} on new data")
print("lowest:", min(fresh, key=fresh.get))

# sphinx_gallery_start_ignore
assert fresh["one batch"] > 1.2
assert 0.97 < fresh["always 0"] < 1.03
assert 0 < fresh["noise"] - fresh["always 0"] < 0.1
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - Its loss fell the most, but on 32 states that it saw a hundred times. It has memorised their
#      targets, which were noise.
#    - Its outputs are near 0, but not equal to 0: each update still follows the noise of its batch.
#    - The mean of the targets is the best answer to noise. No network has a lower expected loss.
#
# The networks whose loss fell the most are the worst on new data. So to judge a
# training loop, do not only ask whether the loss decreased. Ask
#
# - how far it is above the floor, or above a simple answer such as the mean;
# - what the loss is on data that the network was not trained on;
# - whether the result is the same for several seeds.
#
# In RL
# -----
# - :doc:`DQN </tutorials/algorithms/dqn>` runs this loop on batches from
#   a :term:`replay buffer`. Its targets change while it learns, since it computes
#   them with a network. So the loss does not show how good the agent is: measure
#   the :term:`return` of its episodes.
# - The :term:`critic` of :doc:`A2C </tutorials/algorithms/actor_critic>` and
#   :doc:`PPO </tutorials/algorithms/ppo>` learns estimates of the return, which
#   are noisy. The floor of its loss is their variance.
# - One fixed batch is a test for new code. On this page the loss on one batch fell
#   for all six seeds. If yours does not fall, look for a bug in the loop.
#
# Next: :doc:`exercise 6 </tutorials/exercises/exercise_6_sum_gradient>`, about
# the gradient of a sum. More about several seeds is in :doc:`/habits`.
