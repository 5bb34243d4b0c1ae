r"""
Exercise 2: A small network and its first gradients
===================================================

You build a network of two linear layers, send ten states through it, and ask
for the :term:`gradient` of its error. Then you look at the gradient itself:
most of its entries are small numbers, and some are exactly zero.
"""

# %%
# The task
# --------
# Two functions. The first makes the network:
#
# - ``build_mlp()`` returns a :class:`torch.nn.Module` that maps a
#   :term:`batch` of :term:`states <state>` with 4 features, through 64 hidden
#   units with ReLU, to 2 outputs. Ten states of shape (10, 4) give outputs of
#   shape (10, 2). No activation follows the last layer.
#
# The second measures it:
#
# - ``mse_backward(model, states, targets)`` returns the mean squared error
#   between the model's outputs and the targets, a 0-d tensor, and leaves the
#   gradient of every :term:`parameter` in its ``.grad``. It changes no
#   parameter.
#
# Try them on 10 random states of dimension 4 and random targets of shape
# (10, 2). Print the shape of the output. Then look into the gradient of the
# first layer's weight, and confirm that not all of it is zero.
#
# In RL, this is half of a :term:`critic`'s update, and half of DQN's: the other half,
# the :term:`optimizer`, reads the gradients that ``mse_backward`` leaves behind.

# %%
# Hints for ``build_mlp``:

# %%
# Your attempt
# ------------
#
# Write your own functions in place of their last lines, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hints.

from pytorch_rl_basics import check


def build_mlp():
    raise NotImplementedError


def mse_backward(model, states, targets):
    raise NotImplementedError


print(check(build_mlp))
print(check(mse_backward))

# %%
# .. exercise-hints:: build_mlp
#
# Hints for ``mse_backward``:
#
# .. exercise-hints:: mse_backward

# %%
# A typical wrong attempt at the second one adds the errors up instead of averaging them:


def summed(model, states, targets):
    loss = ((model(states) - targets) ** 2).sum()
    loss.backward()
    return loss


report = check(summed, "mse_backward")
print(report)
assert report.mistake == "sum-instead-of-mean"

# %%
# .. exercise-solution:: build_mlp mse_backward

# %%
# The rest of this page runs on your functions once they pass, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

build_mlp, caption = own_or_reference(build_mlp)
mse_backward, caption = own_or_reference(mse_backward)

# %%
# Ten states in, twenty numbers out
# ---------------------------------
# Build a fresh network with :func:`~pytorch_rl_basics.build_mlp` and send a batch
# through it.
#
# .. predict::
#    :after: weight:
#
#    The first layer is ``nn.Linear(4, 64)``. What shape has its weight?
#
#    - ``torch.Size([4, 64])``
#    - ``torch.Size([10, 64])``
#    - ``torch.Size([64, 4])``

import torch

torch.manual_seed(0)
model = build_mlp()
states = torch.randn(10, 4)
targets = torch.randn(10, 2)
print("output:", model(states).shape)

weight = model[0].weight  # of the first layer
print("weight:", weight.shape)
print("gradient before the backward pass:", weight.grad)

# %%
# .. predict-why::
#
#    - ``nn.Linear`` names its inputs first, but stores a row for each output, and transposes
#      the weight when it multiplies.
#    - The ten states are in the layer's output. Its weight does not know the batch.
#    - There is a row for each hidden unit, with a number for each of the 4 features.
#
# Before the backward pass there is no gradient. ``None`` is not zero: it says
# that nobody has asked yet. Now ask.

before = weight.detach().clone()
loss = mse_backward(model, states, targets)
print(f"loss: {loss:.3f}")
print("gradient:", weight.grad.shape)
print("not all zero:", weight.grad.any().item())
assert weight.grad.any()
assert torch.equal(weight, before)  # a gradient is not yet a step

# %%
# The gradient has the shape of the weight: one number for each of its 256
# entries, the slope of the loss in that direction. The weight is unchanged.
#
# Some entries are exactly zero
# -----------------------------
# "Not all zero" is the claim to check. "None is zero" would be wrong:

zero = weight.grad == 0  # (64, 4)
silent = zero.all(dim=1).nonzero().flatten().tolist()
print(f"{int(zero.sum())} of {zero.numel()} entries are exactly 0")
print("rows that are zero from end to end:", silent)

# sphinx_gallery_start_ignore
assert 0 < len(silent) < 10
assert int(zero.sum()) == 4 * len(silent)
# sphinx_gallery_end_ignore

# %%
# The zeros do not lie scattered. They fill whole rows, and a row is one hidden
# unit. The picture shows the size of every entry, with the matrix laid on its
# side, so that each column is one unit. Zero columns are orange and carry a
# mark.

import matplotlib.pyplot as plt
from matplotlib.colors import LogNorm

size = weight.grad.abs().T  # (4, 64)
fig, ax = plt.subplots(layout="constrained", figsize=(6.0, 2.9))
image = ax.imshow(
    size.where(size > 0, torch.nan).numpy(),
    aspect="auto",
    norm=LogNorm(vmin=1e-4),
    cmap=plt.get_cmap("Blues").with_extremes(bad="C1"),
)
ax.plot(silent, [-0.75] * len(silent), "vC1", clip_on=False)
ax.set_title("Size of the first gradient, zero units in orange", pad=16)
ax.set_xlabel("hidden unit (row of the weight)")
ax.set_ylabel("state feature")
ax.set_yticks(range(4))
ax.grid(False)
fig.colorbar(image, label="|gradient|")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# The reason is the ReLU. It passes positive numbers on and turns the rest into
# zero, and where it gives zero its slope is zero too. So a unit that is
# negative for one state learns nothing from that state, and a unit that is
# negative for all ten learns nothing from this batch. Those units are exactly
# the zero rows:

with torch.no_grad():
    hidden = model[0](states)  # (10, 64), before the ReLU
never_on = (hidden <= 0).all(dim=0).nonzero().flatten().tolist()
print("units that are off for all ten states:", never_on)
assert never_on == silent

# %%
# Such a unit is often called dead. After one batch that is too strong a word,
# because other states may switch it on. Ask a thousand new ones:

with torch.no_grad():
    on = (model[0](torch.randn(1000, 4)) > 0).float().mean(dim=0)  # (64,)
for unit in silent:
    print(f"unit {unit}: on for {on[unit]:.0%} of 1000 new states")

# sphinx_gallery_start_ignore
assert all(0 < on[unit] < 0.5 for unit in silent)
# sphinx_gallery_end_ignore

# %%
# Each of them is on for some states, fewer than half, and none of those was
# among the ten. In a network just initialised that is common and harmless. A
# unit that stays off for every state that the agent will ever meet gets no
# gradient at all.
#
# How often does it happen?
# -------------------------
# One network is an anecdote. Take 200 fresh ones for each of several batch
# sizes, and count two things: the share of hidden units with a zero row, and
# the share of networks with at least one.


def zero_rows(batch_size: int) -> int:
    """Count the hidden units that get no gradient in a fresh network."""
    model = build_mlp()
    states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
    mse_backward(model, states, targets)
    return int((model[0].weight.grad == 0).all(dim=1).sum())


torch.manual_seed(0)
sizes = [1, 3, 10, 30, 100]
rows = torch.tensor([[zero_rows(n) for _ in range(200)] for n in sizes])
units = rows.float().mean(dim=1) / 64  # (5,)
networks = (rows > 0).float().mean(dim=1)  # (5,)
for n, u, k in zip(sizes, units, networks, strict=True):
    print(f"batch of {n:3d}: {u:6.1%} of units, {k:4.0%} of networks")

# sphinx_gallery_start_ignore
assert 0.45 < units[0] < 0.55
assert networks[0] == 1
assert 0.01 < units[2] < 0.05
assert 0.6 < networks[2] < 0.85
assert units[4] < 0.005
assert networks[4] < 0.25
# sphinx_gallery_end_ignore

# %%
# The two shares, drawn:

fig, ax = plt.subplots(layout="constrained")
ax.plot(sizes, 100 * networks, "o-", label="networks with a zero row")
ax.plot(sizes, 100 * units, "s--", label="units with a zero row")
ax.set_xscale("log")
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.set_title("Zero rows in the first gradient of fresh networks")
ax.set_xlabel("states in the batch")
ax.set_ylabel("share (%)")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# A single state reaches about half of the units: each is on or off, with even
# odds. With ten states only a few units in a hundred are left out, but there
# are 64 of them, so most networks have at least one. With a hundred states
# zero rows are rare. If a check of your own asks for a gradient without any
# zero, it will fail most of the time on ten states, and nothing will be wrong.
#
# In RL
# -----
# - Networks like ``build_mlp`` are the Q-network of
#   :doc:`DQN </tutorials/algorithms/dqn>`, the :term:`policy` of
#   :doc:`REINFORCE </tutorials/algorithms/reinforce>` and the critic of
#   :doc:`A2C </tutorials/algorithms/actor_critic>` and
#   :doc:`PPO </tutorials/algorithms/ppo>`. Only the meaning of the outputs
#   differs: :term:`Q-values <Q-value>`, :term:`logits` or a value.
# - The mean squared error of ``mse_backward`` trains the critics of A2C, PPO
#   and SAC, and in its simplest form DQN. There the targets are not random but
#   :term:`returns <return>` or :term:`TD targets <TD target>`.
# - Looking at gradients is a way to find bugs. If a parameter's ``.grad`` is
#   still ``None`` after the backward pass, the loss does not depend on it: it
#   was detached, or never used. If all of a layer's gradient is zero, nothing
#   flows through it. A few zero rows are neither.
#
# Next: turn the gradient into a step in
# :doc:`/tutorials/worked_examples/example_2_training_step`, and repeat the step
# in :doc:`/tutorials/exercises/exercise_5_random_targets`. The modules behind
# the network are explained in :doc:`/concepts/modules`.
