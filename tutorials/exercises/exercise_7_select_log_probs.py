r"""
Exercise 7: The log-probability of an action
============================================

You pick, from each row of a table of log-probabilities, the entry of the action that was taken.
The code is short, and some wrong shapes in it raise no error.

Read :doc:`/concepts/training_step` first, and :doc:`/concepts/batches_and_shapes`
for the shapes.
"""

# %%
# The task
# --------
#
# A small network maps 4 state features to 2 :term:`logits`, one for each action. For a
# :term:`batch` of 8 states its output has shape ``(8, 2)``. The actions taken in these states are
# known: ``[0, 1, 0, 1, 0, 1, 0, 1]``.
#
# Write ``select_log_probs(logits, actions)``:
#
# - turn each row of ``logits``, shape ``(B, A)``, into log-probabilities, with
#   :func:`torch.nn.functional.log_softmax`,
# - pick from each row the entry of its action, with :func:`torch.gather`; ``actions`` is int64 and
#   has shape ``(B,)``,
# - return them in shape ``(B,)``, here ``(8,)``, with their :term:`computation graph`.
#
# The result is the term :math:`\log \pi(a \mid s)` of the :term:`policy gradient`.

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


def select_log_probs(logits, actions):
    raise NotImplementedError


print(check(select_log_probs))

# %%
# .. exercise-hints:: select_log_probs

# %%
# This wrong attempt returns a column, shape ``(B, 1)``. To keep the answer hidden, it calls the
# library's function:

import pytorch_rl_basics as rl


def column_of_log_probs(logits, actions):
    return rl.select_log_probs(logits, actions).unsqueeze(-1)


report = check(column_of_log_probs, "select_log_probs")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "column-not-squeezed"

# %%
# .. exercise-solution:: select_log_probs

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

select_log_probs, caption = own_or_reference(select_log_probs)

# %%
# One entry from each row
# -----------------------
#
# These are a policy with one linear layer, eight states, and the actions of the task:

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
# Which entries gather picks
# --------------------------
#
# The left panel shows all log-probabilities, with a row for each state and a column for each
# action. In each row the entry of the action is outlined. The right panel shows the result.

import matplotlib.pyplot as plt

columns = [select_log_probs(logits, torch.full((8,), action)) for action in (0, 1)]
log_probs = torch.stack(columns, dim=-1)  # (8, 2)


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
# In row 0 the action is 0, so the left entry is outlined and returned. Along dimension 1,
# :term:`gather` computes ``out[i, j] = table[i, index[i, j]]``: the row is the same, and the index
# is the column.
#
# The index needs two dimensions
# ------------------------------
#
# In that formula ``index`` has a row *and* a column. The actions have shape ``(8,)``, so gather
# raises an error:

try:
    log_probs.gather(1, actions)
except RuntimeError as error:
    print("RuntimeError:", error)

# %%
# So the actions need another dimension first, and the result has one dimension too many. The hints
# and the solution above show how to add and remove it.
#
# Can you do without ``gather``, and index the table as in NumPy?
#
# .. predict::
#    :given: `log_probs` is `(8, 2)`; `actions` is `(8,)`.
#
#    What shape does ``log_probs[:, actions]`` have?
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
#    - The colon does not pair row 0 with action 0, row 1 with action 1, and so on. A tensor of row
#      numbers in its place would.
#    - This is the shape that ``gather`` returns for an index of shape (8, 1). The colon selects
#      whole columns.
#    - The colon selects *all* rows, and each of them gives eight columns, one for each action.

# %%
# When the result is a column
# ---------------------------
#
# The wrong attempt above returned the right numbers in shape ``(8, 1)``. A policy-gradient loss
# multiplies them by the advantages, of shape ``(8,)``. By :term:`broadcasting` this gives a table:
# the log-probability of every state times the :term:`advantage` of every state.

column = selected.unsqueeze(-1)  # (8, 1)
advantages = torch.randn(8)
advantages = advantages - advantages.mean()  # centred: their mean is 0
print("right: ", (selected * advantages).shape)
print("column:", (column * advantages).shape)
assert (column * advantages).shape == (8, 8)

# %%
# The mean of either is a single number, so there is no error. But the mean over the table is the
# mean log-probability times the mean advantage: it does not depend on which action had which
# advantage. If the mean advantage is 0, as here, the loss is 0 and so is its gradient. Then this
# agent does not learn.

right_loss = -(selected * advantages).mean()
wrong_loss = -(column * advantages).mean()
for name, loss in (("right", right_loss), ("column", wrong_loss)):
    (grad,) = torch.autograd.grad(loss, policy.weight, retain_graph=True)
    norm = grad.norm().item()
    print(f"{name:6}  loss {loss.item():7.4f}  gradient norm {norm:.4f}")
    # sphinx_gallery_start_ignore
    assert (grad.norm() < 1e-5) == (abs(loss) < 1e-5) == (name == "column")
    # sphinx_gallery_end_ignore

# %%
# The library's :func:`~pytorch_rl_basics.policy_loss` raises an error for such a pair:

import textwrap

from pytorch_rl_basics import policy_loss

try:
    policy_loss(column, advantages)
except ValueError as error:
    print(textwrap.fill(f"ValueError: {error}", 76))

# %%
# The figure subtracts targets in place of a product with advantages. Change one setting at a time,
# and predict the shape of the result before you see it.
#
# .. interactive:: shapes
#
#    These are the shapes for a table of shape (B, 2), an index of shape (B, 1) and targets of shape
#    (B,):
#
# The gradient with respect to the logits
# ---------------------------------------
#
# This is the gradient of one log-probability, that of state 2, with respect to all logits:

(grad,) = torch.autograd.grad(selected[2], logits, retain_graph=True)
print(grad)
assert grad[2].abs().min() > 0
assert grad[[0, 1, 3, 4, 5, 6, 7]].abs().max() == 0

# %%
# Only row 2 is not zero, because a log-probability depends on the logits of its own state only. In
# row 2 *both* entries are non-zero, because the probabilities of a row sum to 1: a step along the
# gradient raises the logit of the chosen action and lowers the other. Let :math:`z_j` be the logit
# of action :math:`j`, and :math:`[j = a]` be 1 for the chosen action and 0 for the others:
#
# .. math:: \frac{\partial \log \pi(a \mid s)}{\partial z_j} = [j = a] - \pi(j \mid s)

one_hot = F.one_hot(actions[2], num_classes=2)
print(one_hot - F.softmax(logits[2], dim=-1).detach())
assert torch.allclose(one_hot - F.softmax(logits[2], dim=-1), grad[2])

# %%
# Sample actions first, compare their log-probabilities later
# -----------------------------------------------------------
#
# ``sample_actions`` of :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>` draws new
# actions. ``select_log_probs`` takes actions that were drawn before. As long as the policy has not
# changed, both give the same log-probabilities:

from pytorch_rl_basics import sample_actions

with torch.no_grad():  # acting needs no graph
    taken, old_log_probs = sample_actions(policy, states)

new_log_probs = select_log_probs(policy(states), taken)
print(old_log_probs.requires_grad, new_log_probs.requires_grad)
print((new_log_probs - old_log_probs).exp())
assert torch.allclose(new_log_probs, old_log_probs)

# %%
# The last line is :math:`\pi_{\text{new}}(a \mid s) / \pi_{\text{old}}(a \mid s)`, the ratio in
# the loss of PPO. Before the first update it is 1. After an update of the policy the same actions
# have other probabilities, and the ratio is the factor by which they changed:

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
#   :doc:`A2C </tutorials/algorithms/actor_critic>` multiply each log-probability by a weight: a
#   return or an advantage. They compute it for a whole batch of past steps in one forward pass.
# - :doc:`PPO </tutorials/algorithms/ppo>` computes it again in every pass over a batch, while the
#   policy changes, and divides the new probability by the old one.
# - :doc:`DQN </tutorials/algorithms/dqn>` uses ``gather`` to pick the :term:`Q-value` of the action
#   taken, as in :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`.
# - :doc:`SAC </tutorials/algorithms/sac>` has continuous actions, which cannot be an index. It uses
#   the density of a Gaussian.
#
# Next: :doc:`/habits`, then
# :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`, the update of DQN.
