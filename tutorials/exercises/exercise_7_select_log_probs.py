r"""
Exercise 7: The log-probability of an action
============================================

You pick, from each row of a table of log-probabilities, the entry of the action that was
taken. It is little code, and shapes can go wrong in it without an error.
"""

# %%
# The task
# --------
#
# A small network maps 4 state features to 2 action :term:`logits`. Given a :term:`batch` of states
# of shape ``(8, 4)``, its logits have shape ``(8, 2)``. The actions taken in these states are
# known: ``[0, 1, 0, 1, 0, 1, 0, 1]``.
#
# Write ``select_log_probs(logits, actions)``:
#
# - turn each row of ``logits``, shape ``(B, A)``, into log-probabilities, with
#   :func:`torch.nn.functional.log_softmax`,
# - pick from each row the entry of its action, with :func:`torch.gather`; ``actions`` is int64, of
#   shape ``(B,)``,
# - return them in shape ``(B,)``, here ``(8,)``, with their :term:`computation graph`.
#
# Where it is used: this is the term :math:`\log \pi(a \mid s)` of the :term:`policy gradient`.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def select_log_probs(logits, actions):
    raise NotImplementedError


print(check(select_log_probs))

# %%
# .. exercise-hints:: select_log_probs

# %%
# A typical wrong attempt gives ``gather`` the actions as they are:

import torch.nn.functional as F


def flat_index(logits, actions):
    return F.log_softmax(logits, dim=-1).gather(1, actions)


report = check(flat_index, "select_log_probs")
print(report)
assert report.mistake == "index-without-its-second-dimension"

# %%
# .. exercise-solution:: select_log_probs

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

select_log_probs, caption = own_or_reference(select_log_probs)

# %%
# Eight rows, eight entries
# -------------------------
#
# A linear policy, eight states, and the actions of the task:

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(4, 2)
states = torch.randn(8, 4)  # (B, 4)
actions = torch.tensor([0, 1, 0, 1, 0, 1, 0, 1])  # (B,)

logits = policy(states)  # (B, 2)
selected = select_log_probs(logits, actions)  # (B,)
print(selected.shape)
print(selected)
assert selected.shape == (8,)

# %%
# Which entry gather picks, drawn
# -------------------------------
#
# On the left is the whole table of log-probabilities, a row for each state and a column for each
# action. The outlined entry of each row is the one that its action names: since the actions
# alternate, so do the outlines. On the right is what comes back.

import matplotlib.pyplot as plt

log_probs = F.log_softmax(logits, dim=-1)  # (8, 2)


def draw_table(ax, table):
    """Show a (B, A) tensor as colours and numbers."""
    image = table.detach().numpy()
    ax.imshow(image, aspect="auto", vmin=-2, vmax=0, alpha=0.35)
    for row, values in enumerate(table.tolist()):
        for column, value in enumerate(values):
            ax.text(column, row, f"{value:.2f}", ha="center", va="center")
    ax.grid(visible=False)


fig, (left, right) = plt.subplots(1, 2, sharey=True, width_ratios=[2, 1])
draw_table(left, log_probs)
draw_table(right, selected.unsqueeze(-1))
for row, column in enumerate(actions.tolist()):
    corner = (column - 0.47, row - 0.45)
    box = plt.Rectangle(corner, 0.94, 0.9, fill=False, ec="C1", lw=4)
    left.add_patch(box)
left.set(title="Log-probs (8, 2), picks outlined")
left.set(xlabel="action", ylabel="state")
left.set(xticks=[0, 1], yticks=range(8))
right.set(title="Result (8,)", xlabel="log π(a | s)", xticks=[])
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# Read row 0: its action is 0, so the left entry is outlined and returned. In symbols,
# :term:`gather` along dimension 1 computes ``out[i, j] = log_probs[i, index[i, j]]``: the row
# stays, and the index says which column.
#
# The index needs two dimensions
# ------------------------------
#
# In that formula ``index`` has a row *and* a column number, like ``log_probs``. The actions have
# shape ``(8,)``, and gather refuses them:

try:
    log_probs.gather(1, actions)
except RuntimeError as error:
    print("RuntimeError:", error)

# %%
# ``unsqueeze(-1)`` makes a column of them, gather returns a column, and ``squeeze(-1)`` drops the
# dimension again.

index = actions.unsqueeze(-1)
column = log_probs.gather(1, index)
print(tuple(actions.shape), tuple(index.shape), tuple(column.shape))
assert torch.equal(column.squeeze(-1), selected)

# %%
# NumPy users know another way: index with a row number and a column number for each entry. It
# gives the same tensor, and the same gradient.

rows = torch.arange(8)
print(log_probs[rows, actions].shape)
assert torch.equal(log_probs[rows, actions], selected)
# sphinx_gallery_start_ignore
weights = torch.arange(8.0)
by_gather = torch.autograd.grad(selected @ weights, logits, retain_graph=True)[0]
by_index = torch.autograd.grad(log_probs[rows, actions] @ weights, logits, retain_graph=True)[0]
assert torch.allclose(by_gather, by_index)
# sphinx_gallery_end_ignore

# %%
# Are the row numbers needed? ``log_probs[:, actions]`` looks close.
#
# .. predict::
#
#    What shape has it?
#
#    - ``torch.Size([8])``
#    - ``torch.Size([8, 1])``
#    - ``torch.Size([8, 8])``

print(log_probs[:, actions].shape)
# sphinx_gallery_start_ignore
assert log_probs[:, actions].shape == (8, 8)
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - The colon does not pair row 0 with action 0, row 1 with action 1. Only ``rows`` does that.
#    - This is the shape that ``gather`` gives for an index of shape (8, 1). Here each row gets the
#      whole index.
#    - The colon means *all* rows, and each of them gives eight columns, one for each action.

# %%
# The column that was not squeezed
# --------------------------------
#
# Leave out the last ``squeeze(-1)``, and every number is right but the shape is ``(8, 1)``. The
# next line of a policy-gradient method multiplies by the advantages, of shape ``(8,)``. By
# :term:`broadcasting`, that gives a table: every state's log-probability times the
# :term:`advantage` of every state, its own and all the others.

advantages = torch.randn(8)
advantages = advantages - advantages.mean()  # centred: their mean is 0
print("squeezed:", (selected * advantages).shape)
print("column:  ", (column * advantages).shape)
assert (column * advantages).shape == (8, 8)

# %%
# The mean of either is a single number, so nothing raises. But the mean over the table is the mean
# log-probability times the mean advantage, and which action earned which advantage has cancelled
# out. With advantages that were centred, as above, it is zero, and so is its gradient: this agent
# does not learn at all.

right_loss = -(selected * advantages).mean()
wrong_loss = -(column * advantages).mean()
for name, loss in (("squeezed", right_loss), ("column", wrong_loss)):
    (grad,) = torch.autograd.grad(loss, policy.weight, retain_graph=True)
    norm = grad.norm().item()
    print(f"{name:8}  loss {loss.item():7.4f}  gradient norm {norm:.4f}")
    # sphinx_gallery_start_ignore
    assert (grad.norm() < 1e-5) == (abs(loss) < 1e-5) == (name == "column")
    # sphinx_gallery_end_ignore

# %%
# The library's :func:`~pytorch_rl_basics.policy_loss` refuses such a pair and says what to do:

import textwrap

from pytorch_rl_basics import policy_loss

try:
    policy_loss(column, advantages)
except ValueError as error:
    print(textwrap.fill(f"ValueError: {error}", 76))

# %%
# Where the gradient goes
# -----------------------
#
# Take the log-probability of one state, number 2, and ask for its gradient with respect to all
# the logits:

(grad,) = torch.autograd.grad(selected[2], logits, retain_graph=True)
print(grad)
assert grad[2].abs().min() > 0
assert grad[[0, 1, 3, 4, 5, 6, 7]].abs().max() == 0

# %%
# Only row 2 is not zero: a state's log-probability depends on its own logits and on nobody else's.
# In row 2 *both* entries are non-zero, though only one was picked, because the softmax ties them
# together. To raise the chosen action's share, its logit goes up and the other goes down. The
# two entries are the chosen action as a one-hot vector, minus the probabilities:
#
# .. math:: \frac{\partial \log \pi(a \mid s)}{\partial z_j} = [j = a] - \pi(j \mid s)

one_hot = F.one_hot(actions[2], num_classes=2)
print(one_hot - F.softmax(logits[2], dim=-1).detach())
assert torch.allclose(one_hot - F.softmax(logits[2], dim=-1), grad[2])

# %%
# First act, then score
# ---------------------
#
# :doc:`Exercise 4 </tutorials/exercises/exercise_4_sample_actions>` and this one are two halves of
# one thing. There, ``sample_actions`` *acts*: it draws the actions. Here, ``select_log_probs``
# *scores* actions already taken. While the policy is unchanged, the two agree:

from pytorch_rl_basics import sample_actions

with torch.no_grad():  # acting needs no graph
    taken, old_log_probs = sample_actions(policy, states)

new_log_probs = select_log_probs(policy(states), taken)
print(old_log_probs.requires_grad, new_log_probs.requires_grad)
print((new_log_probs - old_log_probs).exp())
assert torch.allclose(new_log_probs, old_log_probs)

# %%
# The last line is :math:`\pi_{\text{new}}(a \mid s) / \pi_{\text{old}}(a \mid s)`, the ratio in
# PPO's loss. It starts at 1. After one update of the policy the old actions have new
# probabilities, and the ratio says by what factor they changed:

optimizer = torch.optim.SGD(policy.parameters(), lr=0.5)
policy_loss(new_log_probs, advantages).backward()
optimizer.step()

with torch.no_grad():
    ratio = (select_log_probs(policy(states), taken) - old_log_probs).exp()
print(ratio)
assert not torch.allclose(ratio, torch.ones(8), atol=0.01)

# %%
# In RL
# -----
#
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>` and
#   :doc:`A2C </tutorials/algorithms/actor_critic>` multiply each selected log-probability by a
#   return or an advantage. The actions may come back from a list of past steps: scoring the whole
#   batch at once takes one forward pass.
# - :doc:`PPO </tutorials/algorithms/ppo>` uses the function for both sides of its ratio, and
#   passes over the same actions several times while the policy moves: see
#   :func:`~pytorch_rl_basics.clipped_surrogate`.
# - :doc:`DQN </tutorials/algorithms/dqn>` does the same selection without the log-softmax:
#   ``q_values.gather(1, …)`` picks the :term:`Q-value` of the action taken, as in
#   :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`.
# - :doc:`SAC </tutorials/algorithms/sac>` has continuous actions, which are no index into a row.
#   It scores them by a density: :func:`~pytorch_rl_basics.squashed_gaussian_log_prob`.
#
# Next: :doc:`Sample from a policy </tutorials/exercises/exercise_4_sample_actions>`, the half that
# acts. For more on ``(B, 1)`` against ``(B,)``:
# :doc:`Batches and shapes </concepts/batches_and_shapes>`.
