r"""
Exercise 2: Build a network and compute its gradients
=====================================================

You build a small neural network, apply it to ten states, and compute the :term:`gradient` of its
error. Then you look at that gradient and explain why some of its entries are zero.

Read :doc:`/concepts/batches_and_shapes` and :doc:`/concepts/modules` first.
"""

# %%
# The task
# --------
# A neural network is a chain of *layers*. A linear layer multiplies its input by a matrix, the
# *weight*, and adds a vector, the *bias*. An *activation* changes each number by itself: ReLU
# replaces negative numbers by 0. The numbers between input and output are the *hidden units*.
#
# Write two functions. The first builds a network:
#
# - ``build_mlp()`` returns a :class:`torch.nn.Module` that maps :term:`states <state>` with
#   4 features to 2 outputs. It has one hidden layer of 64 units, with ReLU after it. No activation
#   follows the last layer. A :term:`batch` of ten states, shape (10, 4), gives outputs of shape
#   (10, 2).
#
# The second computes the error and its gradients:
#
# - ``mse_backward(model, states, targets)`` returns the mean squared error between the model's
#   outputs and the targets, a 0-d tensor. It leaves the gradient of every :term:`parameter` in the
#   parameter's ``.grad``, and changes no parameter.
#
# Below they are applied to 10 random states and random targets of shape (10, 2). Confirm that the
# gradient of the first layer's weight is not all zero.

# %%
# Your attempt
# ------------
#
# Replace the last line of each function with your code, and run the cell. ``check`` then says
# whether the function is right. Until you write something, it gives the first hint.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def build_mlp():
    raise NotImplementedError


def mse_backward(model, states, targets):
    raise NotImplementedError


print(check(build_mlp))
print(check(mse_backward))

# %%
# Hints for ``build_mlp``:
#
# .. exercise-hints:: build_mlp
#
# Hints for ``mse_backward``:
#
# .. exercise-hints:: mse_backward

# %%
# This wrong attempt has an activation after the last layer. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def relu_at_the_end():
    return nn.Sequential(rl.build_mlp(), nn.ReLU())


report = check(relu_at_the_end, "build_mlp")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "relu-at-the-end"

# %%
# .. exercise-solution:: build_mlp mse_backward

# %%
# The rest of this page uses your functions if they pass, and the library's if they do not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

build_mlp, caption = own_or_reference(build_mlp)
mse_backward, caption = own_or_reference(mse_backward)

# %%
# Shapes of the output and of the weight
# --------------------------------------
# Build a network and apply it to a batch of ten states.
#
# .. predict::
#    :after: weight:
#    :given: `build_mlp()` returns a network with 4 inputs and 2 outputs.
#
#    The first layer is ``nn.Linear(4, 64)``. What is the shape of its weight?
#
#    - ``torch.Size([4, 64])``
#    - ``torch.Size([10, 64])``
#    - ``torch.Size([64, 4])``

torch.manual_seed(0)
model = build_mlp()
states = torch.randn(10, 4)
targets = torch.randn(10, 2)
print("output:", model(states).shape)

first = next(part for part in model.modules() if isinstance(part, nn.Linear))
weight = first.weight
print("weight:", weight.shape)
print("gradient before the backward pass:", weight.grad)

# %%
# .. predict-why::
#
#    - ``nn.Linear`` takes the number of inputs first, but its weight has a row for each output.
#    - This is the shape of the layer's output for ten states. The weight does not depend on the
#      batch.
#    - There is a row for each hidden unit, with a number for each of the 4 features.
#
# Before the backward pass ``weight.grad`` is ``None``: no gradient has been computed yet.

before = weight.detach().clone()
loss = mse_backward(model, states, targets)
print(f"loss: {loss:.3f}")
print("gradient:", weight.grad.shape)
print("not all zero:", weight.grad.any().item())
assert weight.grad.any()
assert torch.equal(weight, before)  # a gradient is not yet a step

# %%
# The gradient has the shape of the weight. Each of its 256 entries says how the loss changes when
# that entry of the weight changes by a little. The weight itself is unchanged.
#
# Why some entries are exactly zero
# ---------------------------------
# Not all entries are zero, but some are:

zero = weight.grad == 0  # (64, 4)
silent = zero.all(dim=1).nonzero().flatten().tolist()
print(f"{int(zero.sum())} of {zero.numel()} entries are exactly 0")
print("rows with zeros only:", silent)

# sphinx_gallery_start_ignore
assert 0 < len(silent) < 10
assert int(zero.sum()) == 4 * len(silent)
# sphinx_gallery_end_ignore

# %%
# All zeros are in these rows, and each row belongs to one hidden unit. The picture shows the size
# of every entry, with one column for each unit. The zero columns are orange and have a mark above.

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
# The reason is ReLU. Where its input is negative its output is 0, and so is its slope. A unit that
# is negative for one state gets no gradient from that state. A unit that is negative for all ten
# states gets no gradient from this batch. Those units are the zero rows:

with torch.no_grad():
    hidden = first(states)  # (10, 64), before the ReLU
never_on = (hidden <= 0).all(dim=0).nonzero().flatten().tolist()
print("units that are 0 for all ten states:", never_on)
assert never_on == silent

# %%
# A unit that is 0 for every state in the data is called *dead*: its weights get no gradient at all.
# These units are not dead. Try a thousand new states:

with torch.no_grad():
    on = (first(torch.randn(1000, 4)) > 0).float().mean(dim=0)  # (64,)
for unit in silent:
    print(f"unit {unit}: above 0 for {on[unit]:.0%} of 1000 new states")

# sphinx_gallery_start_ignore
assert all(0 < on[unit] < 0.5 for unit in silent)
# sphinx_gallery_end_ignore

# %%
# How often zero rows happen
# --------------------------
# Build 200 networks for each of several batch sizes. Count two things: the share of hidden units
# with a zero row, and the share of networks with at least one zero row.


def zero_rows(batch_size: int) -> int:
    """Count the hidden units that get no gradient in a new network."""
    model = build_mlp()
    first = next(part for part in model.modules() if isinstance(part, nn.Linear))
    states, targets = torch.randn(batch_size, 4), torch.randn(batch_size, 2)
    mse_backward(model, states, targets)
    return int((first.weight.grad == 0).all(dim=1).sum())


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
# The figure shows both shares:

fig, ax = plt.subplots(layout="constrained")
ax.plot(sizes, 100 * networks, "o-", label="networks with a zero row")
ax.plot(sizes, 100 * units, "s--", label="units with a zero row")
ax.set_xscale("log")
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.set_title("Zero rows in the first gradient of new networks")
ax.set_xlabel("states in the batch")
ax.set_ylabel("share (%)")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# With a single state about half of the units get no gradient. With ten states it is a few units in
# a hundred. There are 64 units, so most networks have at least one. With a hundred states few
# networks have any. So a few zero rows are no sign of a bug: a test of your own that allows none
# would fail for most of these networks at ten states.
#
# In RL
# -----
# - The agents on this site use such networks, with one or two hidden layers. The outputs are
#   :term:`Q-values <Q-value>` in :doc:`DQN </tutorials/algorithms/dqn>`, :term:`logits` in
#   :doc:`REINFORCE </tutorials/algorithms/reinforce>`, and a value in the :term:`critic` of
#   :doc:`A2C </tutorials/algorithms/actor_critic>` and :doc:`PPO </tutorials/algorithms/ppo>`.
# - The critics of A2C, PPO and SAC and the Q-network of DQN are trained with the mean squared
#   error. Their targets are not random: they are estimates of the :term:`return`, such as
#   :term:`TD targets <TD target>`. An :term:`optimizer` then changes the parameters against the
#   gradients that ``mse_backward`` leaves.
# - Gradients help to find bugs. If ``.grad`` is still ``None`` after the backward pass, the loss
#   does not depend on that parameter. If a layer's whole gradient is zero, no gradient passes
#   through that layer.
#
# Next: :doc:`exercise 3 </tutorials/exercises/exercise_3_epsilon_greedy>`, which chooses an action
# from a network's outputs.
