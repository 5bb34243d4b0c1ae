r"""
Worked example 2: A training step
=================================

You make one :term:`optimizer` step by hand, five lines, and look at what
each line changes. Then you find out which order of the lines matters, by
trying the wrong ones.
"""

# %%
# What goes in
# ------------
# A step needs a network, an optimizer that holds its parameters, a
# :term:`batch` of inputs, and the targets that the network should give for
# them. Here the batch is 8 random states of 4 features. The targets are
# random too, two for each state: this page is about the step, not about what
# is learned.

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
# To see what happens to the weights, keep an eye on three of them, in the last
# layer, and note where they stand.

weight = model.layers[-1].weight  # (2, 64)
before = weight.detach().clone()
print("weights: ", before[0, :3])
print("gradient:", weight.grad)

# %%
# The gradient is ``None``: no backward pass has been here yet.
#
# Line by line
# ------------
# **Line 1** forgets old gradients. There are none, so nothing changes now. In
# a loop this line runs before every backward pass.

optimizer.zero_grad()
print(weight.grad)

# %%
# **Line 2** is the forward pass. The predictions carry a ``grad_fn``, so the
# :term:`computation graph` behind them exists.

prediction = model(batch)  # (B, 2)
print(prediction.shape, type(prediction.grad_fn).__name__)

# %%
# **Line 3** compares predictions and targets, which gives one number: the
# :term:`loss`. :func:`torch.nn.functional.mse_loss` is the mean over all 16
# squared errors.

import torch.nn.functional as F

loss = F.mse_loss(prediction, targets)
print(loss)
assert torch.isclose(loss, ((prediction - targets) ** 2).sum() / 16)

# %%
# **Line 4** goes backward through the graph and fills the gradients. The
# weights do not move.

loss.backward()
print("gradient:", weight.grad[0, :3])
print("weights: ", weight.detach()[0, :3])
assert torch.equal(weight, before)

# %%
# **Line 5** moves the weights, each one against its gradient: compare the
# signs. The gradients stay where they are.

optimizer.step()
change = (weight - before).detach()
print("change:  ", change[0, :3])
print("gradient:", weight.grad[0, :3])
assert (change * weight.grad <= 0).all()
assert torch.allclose(change[0, :3].abs(), torch.tensor(0.001), rtol=0.01)

# %%
# The three gradients differ in size, but the three changes do not: all are
# about 0.001, the :term:`learning rate`. This is a trait of Adam, which
# divides by the size of the gradients it has seen. After the first step it
# has seen one.
#
# Was the step good? Predict again and compare:

after = F.mse_loss(model(batch), targets)
print(f"loss before {loss.item():.4f}, after {after.item():.4f}")
assert after < loss

# %%
# The loss is a little lower. The next step would begin with line 1, and now
# that line has something to do. It can turn the gradients into zeros, or take
# them away:

optimizer.zero_grad(set_to_none=False)
print(weight.grad[0, :3])
optimizer.zero_grad()
print(weight.grad)

# %%
# For the next backward pass both are the same: it starts from nothing. The
# second is the default, and saves the memory of the zeros.
#
# The same as a function
# ----------------------
# The library has these five lines as
# :func:`~pytorch_rl_basics.train_step`:

from pytorch_rl_basics import solution, train_step

print(solution("train_step"))

# %%
# Give it an untouched copy of the network and a fresh optimizer. Its result
# is the same to the last bit: the same loss, and the same weights.

twin = copy.deepcopy(start)
twin_optimizer = torch.optim.Adam(twin.parameters(), lr=1e-3)
print(train_step(twin, twin_optimizer, batch, targets), loss.item())

pairs = zip(model.parameters(), twin.parameters(), strict=True)
assert all(torch.equal(ours, theirs) for ours, theirs in pairs)

# %%
# Did you notice that it calls ``zero_grad()`` in another place than you did?
#
# What the order requires
# -----------------------
# Some of the order is forced: each of forward pass, loss and backward pass
# needs the result of the one before. The open question is where
# ``zero_grad``, ``backward`` and ``step`` may stand. Try it out: this
# function repeats them in any order, always on our one batch.


def train(order, steps=200):
    """Repeat the lines in this order, and give the loss of every step."""
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
# First, two orders that are right. ``zero_grad`` comes first in one of them
# and last in the other, where it cleans up for the next round.

right = train(["zero_grad", "backward", "step"])
cleaned_after = train(["backward", "step", "zero_grad"])
print(f"loss at the start {right[0]:.4f}, at the end {right[-1]:.4f}")
assert right == cleaned_after  # all 200 losses are the same
assert right[-1] < 0.1 * right[0]

# %%
# Then three that are wrong. Without ``zero_grad`` each backward pass *adds* to
# the gradients that are there, so every step goes along the sum of all
# gradients so far:

never_cleared = train(["backward", "step"])
print(f"at the end {never_cleared[-1]:.3f}")
print(f"highest in the second half {max(never_cleared[100:]):.3f}")
assert never_cleared[50] < 0.25 * never_cleared[0]  # still fine
assert max(never_cleared[100:]) > 0.5 * never_cleared[0]  # not any more

# %%
# Between ``backward`` and ``step``, ``zero_grad`` throws the new gradients
# away. The optimizer skips every parameter without a gradient, so nothing is
# ever learned:

wiped = train(["backward", "zero_grad", "step"])
print(f"lowest loss {min(wiped):.3f}, highest loss {max(wiped):.3f}")
assert len(set(wiped)) == 1  # the loss never changes

# %%
# And ``step`` between the forward pass and its ``backward`` changes weights
# that the backward pass still needs. PyTorch notices, in the second round,
# when there is a gradient to step along:

import textwrap

try:
    train(["step", "zero_grad", "backward"])
except RuntimeError as error:
    print(textwrap.fill(str(error).partition(":")[0], 60))

# %%
# Only this last mistake raises an error. The figure shows what the others
# look like from outside: the loss over 200 steps.

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
# For fifty steps the loop without ``zero_grad`` looks healthy, which is why
# the mistake is easily overlooked. Then it swings.
# :doc:`Forgetting zero_grad </tutorials/pitfalls/zero_grad>` tells why.
#
# So the rule is shorter than a fixed order of five lines:
#
# - ``zero_grad`` goes anywhere after the previous ``step`` and before this
#   ``backward``;
# - ``step`` comes after ``backward``, with nothing in between that clears the
#   gradients.
#
# Adding on purpose
# -----------------
# That gradients add up is useful when a batch is too large for memory. Go
# backward on its parts, one after the other, and step once. Divide each loss
# by the number of parts, because the loss of the whole batch is a mean:

parts = copy.deepcopy(start)
for states, wanted in zip(batch.chunk(2), targets.chunk(2), strict=True):
    part_loss = F.mse_loss(parts(states), wanted) / 2  # 4 states
    part_loss.backward()  # adds to what the first half left

whole = copy.deepcopy(start)
F.mse_loss(whole(batch), targets).backward()  # all 8 states

for one, other in zip(parts.parameters(), whole.parameters(), strict=True):
    assert torch.allclose(one.grad, other.grad, atol=1e-6)
print("The gradients of two halves add up to that of the whole batch.")

# %%
# In RL: the critic
# -----------------
# A :term:`critic` is trained by this very step. Its targets are not given,
# they are computed: the :term:`TD target` is the reward plus the discounted
# value of the next state, and after a :term:`termination` the reward alone.
# They are numbers to reach, so no gradient may flow into them:
# ``torch.no_grad()`` sees to that.

from pytorch_rl_basics import ValueNetwork, td_target

critic = ValueNetwork()  # (B, 4) -> (B,)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)

states, next_states = torch.randn(8, 4), torch.randn(8, 4)  # (B, 4)
rewards = torch.ones(8)  # (B,), one reward a step, as in CartPole
terminated = torch.arange(8) == 7  # (B,), the last one ended its episode
with torch.no_grad():
    next_values = critic(next_states).unsqueeze(-1)  # (B,) -> (B, 1)
    td_targets = td_target(rewards, terminated, next_values, gamma=0.99)

critic_loss = train_step(critic, critic_optimizer, states, td_targets)
print(f"loss before the step {critic_loss:.3f}")
assert td_targets[-1] == 1  # nothing follows a terminated step

# %%
# In RL: the policy
# -----------------
# A :term:`policy` should raise the :term:`return`, and an optimizer only
# lowers things. The way out is a minus sign. The direction in which the
# return rises is estimated by the gradient of the mean of
# :math:`\log \pi(a \mid s) \cdot A`. This is the :term:`policy gradient`. The
# loss is minus that mean, so descending on the loss is ascending on the
# return. The five lines stay the same.

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
# Now compare the log-probabilities before and after, once for the actions
# with a positive :term:`advantage` and once for the others:

new_log_probs = select_log_probs(policy(states), actions)  # (B,)
good = advantages > 0
for name, chosen in {"good": good, "bad": ~good}.items():
    change = (new_log_probs - log_probs)[chosen].mean().item()
    print(f"{name} actions: log-probability {change:+.4f} on average")
    assert change * advantages[chosen][0] > 0

# %%
# After one step the good actions are likelier on average, and the bad ones are
# rarer. With the plus sign it would be the other way round.
#
# Next, put the step into a loop yourself in
# :doc:`exercise 5 </tutorials/exercises/exercise_5_random_targets>`, or start
# smaller with the first gradients of a network in
# :doc:`exercise 2 </tutorials/exercises/exercise_2_mlp>`. The reading page is
# :doc:`the training step </concepts/training_step>`.
