r"""
Worked example 2: A training step
=================================

You make one :term:`optimizer` step line by line, and look at what each line
changes. Then you try the lines in the wrong order.
"""

# %%
# What a step needs
# -----------------
# A step needs a network, an optimizer that holds the network's parameters, a
# :term:`batch` of inputs, and the targets that the network should give for
# them. Here the batch is 8 random states of 4 numbers, with 2 random targets
# for each.

import copy

import torch

from pytorch_rl_basics import QNetwork

torch.manual_seed(0)
model = QNetwork()  # (B, 4) -> (B, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
batch = torch.randn(8, 4)  # (B, 4)
targets = torch.randn(8, 2)  # (B, 2)

start = copy.deepcopy(model)  # the untrained network, for later

# %%
# To see which line changes what, print three weights of the last layer and
# their gradient:

weight = model.layers[-1].weight  # (2, 64)
before = weight.detach().clone()
print("weights: ", before[0, :3])
print("gradient:", weight.grad)

# %%
# The gradient is ``None``, because there was no backward pass yet.
#
# The five lines
# --------------
# **Line 1** clears old gradients. There are none, so nothing changes now. In
# a loop it runs before every backward pass.

optimizer.zero_grad()
print(weight.grad)

# %%
# **Line 2** is the forward pass: it computes the predictions. They have a
# ``grad_fn``, so autograd has recorded their :term:`computation graph`.

prediction = model(batch)  # (B, 2)
print(prediction.shape, type(prediction.grad_fn).__name__)

# %%
# **Line 3** computes the :term:`loss`, one number.
# :func:`torch.nn.functional.mse_loss` is the mean of all 16 squared errors.

import torch.nn.functional as F

loss = F.mse_loss(prediction, targets)
print(loss)
assert torch.isclose(loss, ((prediction - targets) ** 2).sum() / 16)

# %%
# **Line 4** is the backward pass: it fills the gradients. The weights do not
# change.

loss.backward()
print("gradient:", weight.grad[0, :3])
print("weights: ", weight.detach()[0, :3])
assert torch.equal(weight, before)

# %%
# **Line 5** changes each weight against its gradient: compare the signs. The
# gradients stay.

optimizer.step()
change = (weight - before).detach()
print("change:  ", change[0, :3])
print("gradient:", weight.grad[0, :3])
assert (change * weight.grad <= 0).all()
assert torch.allclose(change[0, :3].abs(), torch.tensor(0.001), rtol=0.01)

# %%
# The three gradients have different sizes, and the three changes are all
# about 0.001, the :term:`learning rate`. The reason is Adam, which divides by
# the size of the gradients so far. At the first step there is only one.
#
# Predict again, and compare the losses:

after = F.mse_loss(model(batch), targets)
print(f"loss before {loss.item():.4f}, after {after.item():.4f}")
assert after < loss

# %%
# The loss is a little smaller. In the next step, line 1 has gradients to
# clear. It can set them to zero, or to ``None``:

optimizer.zero_grad(set_to_none=False)
print(weight.grad[0, :3])
optimizer.zero_grad()
print(weight.grad)

# %%
# ``None`` is the default. Both remove what the last backward pass left.
#
# The five lines as a function
# ----------------------------
# The package has them as :func:`~pytorch_rl_basics.train_step`, which returns
# the loss before the step as a Python number. You write it in
# :doc:`exercise 9 </tutorials/parts/exercise_9_train_step>`. On a copy of the
# untrained network it should do the same as the five lines above:

from pytorch_rl_basics import train_step

twin = copy.deepcopy(start)
twin_optimizer = torch.optim.Adam(twin.parameters(), lr=1e-3)
print(f"{train_step(twin, twin_optimizer, batch, targets):.4f} {loss.item():.4f}")

pairs = zip(model.parameters(), twin.parameters(), strict=True)
assert all(torch.allclose(ours, theirs, atol=1e-5) for ours, theirs in pairs)

# %%
# Which order is required
# -----------------------
# Forward pass, loss and backward pass have to follow each other, because each
# needs the result of the one before. Where can ``zero_grad``, ``backward`` and
# ``step`` be? This function repeats them in a given order, always on the same
# batch.


def train(order, steps=200):
    """Repeat the lines in this order, and return the loss of every step."""
    model = copy.deepcopy(start)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(steps):
        loss = F.mse_loss(model(batch), targets)
        losses.append(loss.item())
        for line in order:
            owner = loss if line == "backward" else optimizer
            getattr(owner, line)()
    return losses


# %%
# Two orders are right. ``zero_grad`` is first in one of them, and last in the
# other, where it clears the gradients for the next step.

right = train(["zero_grad", "backward", "step"])
cleared_after = train(["backward", "step", "zero_grad"])
print(f"loss at the start {right[0]:.4f}, at the end {right[-1]:.4f}")
assert right == cleared_after  # all 200 losses are the same
assert right[-1] < 0.1 * right[0]

# %%
# Three orders are wrong. Without ``zero_grad``, each backward pass *adds* to
# the gradients that are there, so every step uses the sum of all gradients so
# far:

never_cleared = train(["backward", "step"])
print(f"at the end {never_cleared[-1]:.3f}")
print(f"highest in the second half {max(never_cleared[100:]):.3f}")
assert never_cleared[50] < 0.25 * never_cleared[0]  # still fine
assert max(never_cleared[100:]) > 0.5 * never_cleared[0]  # not any more

# %%
# If ``zero_grad`` is between ``backward`` and ``step``, it removes the new
# gradients. The optimizer skips every parameter without a gradient, so
# nothing is learned:

wiped = train(["backward", "zero_grad", "step"])
print(f"lowest loss {min(wiped):.3f}, highest loss {max(wiped):.3f}")
assert len(set(wiped)) == 1  # the loss never changes

# %%
# If ``step`` is between the forward pass and its ``backward``, it changes
# weights that the backward pass still needs. PyTorch raises an error in the
# second round, the first one in which ``step`` finds a gradient:

import textwrap

try:
    train(["step", "zero_grad", "backward"])
except RuntimeError as error:
    print(textwrap.fill(str(error).partition(":")[0], 60))

# %%
# Only this order raises an error. The figure shows the loss over 200 steps
# for the others.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
ax.plot(right, "C0-", label="right")
ax.plot(never_cleared, "C1--", label="missing")
ax.plot(wiped, "C2:", label="between backward and step")
ax.set(
    title="Loss with zero_grad right, missing, misplaced",
    xlabel="step",
    ylabel="loss",
    ylim=(0, 2),
)
ax.legend()
plt.show()

# %%
# In the first fifty steps, the loss without ``zero_grad`` falls as well,
# so the mistake is easy to miss. Then it goes up and down.
# :doc:`Forgetting zero_grad </tutorials/pitfalls/zero_grad>` explains why.
#
# The rule:
#
# - Call ``zero_grad`` after the previous ``step`` and before this
#   ``backward``.
# - Call ``step`` after ``backward``, and clear no gradients in between.
#
# Train on a batch in parts
# -------------------------
# Sometimes you want gradients to add up: when a batch is too large for the
# memory. Call ``backward`` on its parts, one after the other, and ``step``
# once. Divide each loss by the number of parts, because the loss of the whole
# batch is a mean:

parts = copy.deepcopy(start)
for states, part_targets in zip(batch.chunk(2), targets.chunk(2), strict=True):
    part_loss = F.mse_loss(parts(states), part_targets) / 2  # 4 states
    part_loss.backward()  # adds to what the first half left

whole = copy.deepcopy(start)
F.mse_loss(whole(batch), targets).backward()  # all 8 states

for one, other in zip(parts.parameters(), whole.parameters(), strict=True):
    assert torch.allclose(one.grad, other.grad, atol=1e-6)
print("The gradients of two halves add up to that of the whole batch.")

# %%
# Train a critic
# --------------
# A :term:`critic`, a network that predicts :term:`returns <return>`, is
# trained by this step. Its targets are computed. The :term:`TD target` is the
# reward plus the discounted value of the next state, and after a
# :term:`termination` the reward alone. No gradient may flow into it, so it is
# computed under ``torch.no_grad()``.

from pytorch_rl_basics import ValueNetwork, td_target

critic = ValueNetwork()  # (B, 4) -> (B,)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)

states, next_states = torch.randn(8, 4), torch.randn(8, 4)  # (B, 4)
rewards = torch.ones(8)  # (B,), one reward per step, as in CartPole
terminated = torch.arange(8) == 7  # (B,), the last one ended its episode
with torch.no_grad():
    next_values = critic(next_states).unsqueeze(-1)  # (B,) -> (B, 1)
    td_targets = td_target(rewards, terminated, next_values, gamma=0.99)

critic_loss = train_step(critic, critic_optimizer, states, td_targets)
print(f"loss before the step {critic_loss:.3f}")
assert td_targets[-1] == 1  # nothing follows a terminated step

# %%
# Train a policy
# --------------
# A :term:`policy` should get a higher :term:`return`, and an optimizer makes
# numbers smaller. So the loss has a minus sign: it is minus the mean of
# :math:`\log \pi(a \mid s) \cdot A`, where :math:`\log \pi(a \mid s)` is the
# :term:`log-probability` of the action taken and :math:`A` its
# :term:`advantage`. The step is the same, with this loss in line 3.

from pytorch_rl_basics import PolicyNetwork, policy_loss, select_log_probs

policy = PolicyNetwork()  # (B, 4) -> logits (B, 2)
policy_optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
actions = torch.arange(8) % 2  # (B,), 0 1 0 1 ...
advantages = torch.where(actions == 1, 1.0, -1.0)  # (B,), 1 was better

log_probs = select_log_probs(policy(states), actions)  # (B,)
loss = policy_loss(log_probs, advantages)
policy_optimizer.zero_grad()
loss.backward()
policy_optimizer.step()

# %%
# Compare the log-probabilities before and after, for the actions with a
# positive advantage and for the others:

new_log_probs = select_log_probs(policy(states), actions)  # (B,)
good = advantages > 0
for name, chosen in {"good": good, "bad": ~good}.items():
    change = (new_log_probs - log_probs)[chosen].mean().item()
    print(f"{name} actions: log-probability {change:+.4f} on average")
    assert change * advantages[chosen][0] > 0

# %%
# After one step the good actions are more probable on average, and the bad
# ones less. With a plus sign it would be the other way round.
#
# Next: :doc:`exercise 5 </tutorials/exercises/exercise_5_random_targets>`,
# where you put the step into a loop.
