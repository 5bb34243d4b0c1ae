r"""
Forgetting zero_grad
====================

Without ``zero_grad`` every update repeats all updates before it. No error is raised,
the loss falls at first, and then it swings and does not settle.
"""

# %%
# The broken code
# ---------------
# A :term:`critic` learns the values of 64 states. Its network is a single linear layer, and so are
# the values, so a loss of 0 can be reached. When ``clear`` is false, one line is missing from the
# loop.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import ValueNetwork

torch.manual_seed(0)
states = torch.randn(64, 4)  # (B, 4)
values = states @ torch.tensor([1.0, -2.0, 3.0, 0.5]) + 2.0  # (B,)


def train(optimizer_class, clear, **settings):
    """Return the losses, and the length of what is in .grad at each step."""
    torch.manual_seed(0)
    critic = ValueNetwork(hidden=())
    optimizer = optimizer_class(critic.parameters(), **settings)
    losses, lengths = [], []
    for _ in range(150):
        loss = F.mse_loss(critic(states), values)
        if clear:
            optimizer.zero_grad()  # the line that gets forgotten
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        gradients = [p.grad.flatten() for p in critic.parameters()]
        lengths.append(torch.cat(gradients).norm().item())
    return losses, lengths


# %%
# Run it without the line, once with plain gradient descent and once with Adam:

setups = {
    "SGD": (torch.optim.SGD, {"lr": 0.05}),
    "Adam": (torch.optim.Adam, {"lr": 0.1}),
}
broken, fixed = {}, {}
for name, (optimizer_class, settings) in setups.items():
    broken[name] = train(optimizer_class, clear=False, **settings)
    losses = broken[name][0]
    print(f"{name:4}", *[f"{loss:5.1f}" for loss in losses[::15]])

# sphinx_gallery_start_ignore
for losses, _ in broken.values():
    fall = min(losses[:50])
    assert fall < 0.3 * losses[0], "it looks healthy at first"
    assert max(losses[75:]) > 0.6 * losses[0], "then it swings back up"
# sphinx_gallery_end_ignore

# %%
# Each number is the loss 15 updates after the one before. That is the symptom: it comes down,
# goes up again, and never settles. Nothing was raised.
#
# Why
# ---
# ``backward()`` does not write the :term:`gradient` into ``.grad``. It *adds* it to what is
# there. Watch it on a single weight with the loss :math:`w^2 / 2`, whose gradient is :math:`w`
# itself, and whose minimum is at 0:


def descend(clear):
    """Print nine updates of one weight, and return weights and .grad."""
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.3)
    rows = []
    print("     w  gradient   .grad")
    for _ in range(9):
        weight = gradient = w.item()
        if clear:
            optimizer.zero_grad()
        (w**2 / 2).backward()
        optimizer.step()
        rows.append((weight, w.grad.item()))
        print(f"{weight:6.2f} {gradient:9.2f} {w.grad.item():7.2f}")
    return rows


swinging = descend(clear=False)

# sphinx_gallery_start_ignore
beyond = next(i for i, (weight, _) in enumerate(swinging) if weight < 0)
assert swinging[beyond][1] > 0, "beyond the minimum, .grad still points the old way"
assert min(weight for weight, _ in swinging) < -1
# sphinx_gallery_end_ignore

# %%
# As soon as ``w`` is below 0, its gradient is negative and should push it back up. But ``.grad``
# is the sum of all gradients so far, and that is still positive: the step goes on downwards. Only
# when the new gradients have outweighed the old ones does it turn. By then ``w`` is as far out on
# the other side as it was at the start.
#
# A sum of all past gradients has a name: momentum with a factor of 1, momentum that never fades.
# This is no figure of speech. The critic's loop with ``zero_grad`` and with that factor makes the
# same mistake:

never_fades, _ = train(torch.optim.SGD, clear=True, lr=0.05, momentum=1.0)
apart = (torch.tensor(never_fades) - torch.tensor(broken["SGD"][0])).abs()
print(f"largest difference of the losses: {apart.max():.6f}")
assert apart.max() < 1e-4

# %%
# So does a ball in a bowl without friction: it rolls to and fro, and never comes to rest.
#
# The fixed code
# --------------
# Clear the gradients once in each round, before ``backward()``. Now ``.grad`` is the gradient,
# and the weight walks to 0:

walking = descend(clear=True)

# sphinx_gallery_start_ignore
assert all(weight == grad for weight, grad in walking)
assert 0 < walking[-1][0] < 0.1
# sphinx_gallery_end_ignore

# %%
# And the critic? The figure has the two losses in its upper panels. The lowest shows the length
# of what is in ``.grad`` when Adam takes its step.

for name, (optimizer_class, settings) in setups.items():
    fixed[name] = train(optimizer_class, clear=True, **settings)

import matplotlib.pyplot as plt

fig, axes = plt.subplots(3, sharex=True, layout="constrained")
fig.set_size_inches(6, 7.2)
panels = [("SGD", 0, "loss"), ("Adam", 0, "loss"), ("Adam", 1, "length")]
for ax, (name, column, ylabel) in zip(axes, panels, strict=True):
    ax.plot(broken[name][column], "C1--", label="without zero_grad")
    ax.plot(fixed[name][column], "C0-", label="with zero_grad")
    what = ["Loss", "Length of .grad"][column]
    ax.set(title=f"{what}, {name}", ylabel=ylabel)
axes[1].legend(loc="upper left")
axes[-1].set_xlabel("update")
plt.show()

# sphinx_gallery_start_ignore
for losses, _ in fixed.values():
    assert losses[-1] < 0.001 * losses[0]
assert max(broken["Adam"][0]) > broken["Adam"][0][0], "ever wider"
lengths = {"broken": broken["Adam"][1], "fixed": fixed["Adam"][1]}
assert lengths["broken"][-1] > 10 * lengths["broken"][0]
assert lengths["fixed"][-1] < lengths["fixed"][0] / 10
# sphinx_gallery_end_ignore

# %%
# With ``zero_grad`` both losses fall to 0 and stay there. Without it SGD swings back nearly to
# where it began, and Adam goes beyond. The lowest panel tells why: the length of the gradient
# should shrink with the loss, and instead what is in ``.grad`` has grown more than tenfold.
#
# Cleared, and still not clean
# ----------------------------
# Any place after the previous ``step()`` and before this ``backward()`` will do, as
# :doc:`the training step </concepts/training_step>` shows, as long as no *other* ``backward()``
# comes between. In an actor-critic like SAC one does. The policy's loss runs through the critic,
# and so it leaves gradients in the critic too:

torch.manual_seed(0)
actor, critic = nn.Linear(4, 1), nn.Linear(5, 1)
critic_optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)


def judge(actions):
    """Return the critic's values of the actions, (B,)."""
    return critic(torch.cat([states, actions], dim=-1)).squeeze(-1)


with torch.no_grad():
    actions = actor(states)  # (B, 1)
F.mse_loss(judge(actions), values).backward()
critic_optimizer.step()
critic_optimizer.zero_grad()  # right after the step: is that early enough?

actor_loss = -judge(actor(states)).mean()
actor_loss.backward()
print("left in the critic by the actor's loss:", critic.bias.grad)
assert critic.bias.grad.item() == -1.0

# %%
# The critic's next update would add this to its own gradient, and raise the value of every action.
# The one place where ``zero_grad`` is always right is directly *before* ``backward()``:


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


loss = F.mse_loss(judge(actions), values)
(alone,) = torch.autograd.grad(loss, critic.bias, retain_graph=True)
update(critic_optimizer, loss)
print("this update's own gradient:", alone)
print("what it has used:          ", critic.bias.grad)
assert torch.equal(critic.bias.grad, alone)

# %%
# How to notice it next time
# --------------------------
# - **What you see:** the loss falls, then swings. With Adam the swings can grow.
# - **What to print:** the length of the gradients, at every update. It should come down with the
#   loss. Here, without ``zero_grad``, it went up.
# - **What to assert**, while you look for the bug, in the line above ``backward()``:

critic_optimizer.zero_grad()
assert all(p.grad is None for p in critic.parameters())

# %%
# Gradients that add up are not always a mistake. A large batch can go through in parts, if each
# loss is divided by their number and ``zero_grad`` is called once for all of them:
# :doc:`worked example 2 </tutorials/worked_examples/example_2_training_step>` does it.
