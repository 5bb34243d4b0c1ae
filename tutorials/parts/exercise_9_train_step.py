r"""
Exercise 9: One training step
=============================

You write the step that trains a network to predict: compare its predictions with targets, and
change the :term:`parameters <parameter>` a little.

Read :doc:`/concepts/training_step` first. :doc:`Worked example 2
</tutorials/worked_examples/example_2_training_step>` looks at each line of such a step.
"""

# %%
# The task
# --------
#
# In reinforcement learning, the targets of a network come from experience: rewards that the
# :term:`agent` received. A training step moves the predictions towards them.
#
# Write ``train_step(model, optimizer, batch, targets)``:
#
# - ``batch`` has shape ``(B, d)``. The model's predictions and ``targets`` have the same shape, for
#   example ``(B, 2)``.
# - Make one step of the :term:`optimizer` on the mean squared error.
# - Return the :term:`loss` as a Python ``float``: the one *before* the parameters changed.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def train_step(model, optimizer, batch, targets):
    raise NotImplementedError


print(check(train_step))

# %%
# .. exercise-hints:: train_step

# %%
# This wrong attempt makes the step with the library's function, and then computes the loss that it
# returns:

import pytorch_rl_basics as rl


def late_loss(model, optimizer, batch, targets):
    rl.train_step(model, optimizer, batch, targets)
    errors = model(batch) - targets
    return errors.square().mean().item()


report = check(late_loss, "train_step")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "loss-after-the-update"

# %%
# It trains as well as the right one. But its loss is smaller than the one whose gradients were
# used, and it pays for a second forward pass.
#
# .. exercise-solution:: train_step

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import QNetwork, own_or_reference

train_step, caption = own_or_reference(train_step)

# %%
# One step
# --------
#
# A network, a batch of 32 states and random targets. One step returns the loss that we measure
# before it. Measured again, the loss is lower:

torch.manual_seed(0)
model = QNetwork()  # (B, 4) -> (B, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batch = torch.randn(32, 4)  # (B, 4)
targets = torch.randn(32, 2)  # (B, 2)


@torch.no_grad()
def measure(model):
    return F.mse_loss(model(batch), targets).item()


before = measure(model)
returned = train_step(model, optimizer, batch, targets)
after = measure(model)
print(f"measured {before:.4f}, returned {returned:.4f}")
print(f"measured again: {after:.4f}")
assert abs(before - returned) < 1e-6
assert after < before

# %%
# The result is a plain number, so a list of losses needs little memory. A list of loss tensors
# would keep the :term:`computation graph` of every step.
#
# The step, repeated
# ------------------
#
# One step changes little. The figure shows the loss over 100 steps on the same batch, for three
# :term:`learning rates <learning rate>`. With 0.01 the loss falls slowly, with 0.1 it falls further,
# and with 1.4 it jumps up and down.

import matplotlib.pyplot as plt


def losses_of(lr, steps=100):
    torch.manual_seed(0)
    model = QNetwork()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return [train_step(model, optimizer, batch, targets) for _ in range(steps)]


curves = {lr: losses_of(lr) for lr in (0.01, 0.1, 1.4)}
fig, ax = plt.subplots()
for lr, losses in curves.items():
    rises = (torch.tensor(losses).diff() > 0).sum().item()
    print(f"learning rate {lr}: last loss {losses[-1]:.2f}, it rose {rises} times")
    ax.plot(losses, label=f"learning rate {lr}")
    # sphinx_gallery_start_ignore
    assert (rises > 0) == (lr == 1.4)
    # sphinx_gallery_end_ignore
ax.set(title="Loss before each of 100 steps", xlabel="step", ylabel="loss", ylim=(0, 2))
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# All three curves begin at the same point: the first result is the loss of the untrained network.
# The gradient points downhill only near the current parameters. A step that is too long ends on the
# other side of the valley, where the loss can be higher.
#
# Here the targets stay the same. In reinforcement learning they change while the network learns, as
# the next exercise shows.
#
# In RL
# -----
#
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>` trains its baseline with this function.
# - The :term:`critic` of :doc:`A2C </tutorials/algorithms/actor_critic>` and
#   :doc:`PPO </tutorials/algorithms/ppo>` has the same loss. They add the policy's loss to it, and
#   make one step for both.
# - :doc:`DQN </tutorials/algorithms/dqn>` makes the same step on the value of the action taken, and
#   leaves the values of the other actions alone.
#
# Next: :doc:`exercise 10 </tutorials/parts/exercise_10_td_target>`, the targets of DQN.
