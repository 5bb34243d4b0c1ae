r"""
Exercise 4: Sample actions from a policy
========================================

You write the function that REINFORCE, A2C and PPO use to choose actions. It draws one action for
each :term:`state`, and also returns the :term:`log-probability` of each action drawn.

Read :doc:`/concepts/modules` and :doc:`/concepts/distributions` first.
"""

# %%
# The task
# --------
#
# A :term:`policy` network returns :term:`logits`: one number for each action. The larger the logit,
# the more likely the action. Here the network is a single linear layer, ``nn.Linear(4, 2)``: it
# maps 4 state features to 2 logits.
#
# Write ``sample_actions(policy, states)``. For a :term:`batch` of states of shape ``(8, 4)``:
#
# - turn the logits of each state into probabilities, by a :term:`softmax` over its actions,
# - draw one action for each state from these probabilities: 8 actions, int64, shape ``(8,)``,
# - compute the log-probability of each drawn action, shape ``(8,)``, connected to the policy's
#   parameters by its :term:`computation graph`,
# - return ``actions, log_probs``.
#
# Any batch size and any number of actions must work.

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


def sample_actions(policy, states):
    raise NotImplementedError


print(check(sample_actions))

# %%
# .. exercise-hints:: sample_actions

# %%
# This wrong attempt samples without a graph, so a loss made of its log-probabilities cannot train
# the policy. To keep the answer hidden, it calls the library's function:

import pytorch_rl_basics as rl


def without_a_graph(policy, states):
    with torch.no_grad():
        return rl.sample_actions(policy, states)


report = check(without_a_graph, "sample_actions")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "log-probs-without-a-graph"

# %%
# .. exercise-solution:: sample_actions

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

sample_actions, caption = own_or_reference(sample_actions)

# %%
# One action for each of eight states
# -----------------------------------
#
# The cell prints the actions, then their log-probabilities.

torch.manual_seed(0)
policy = nn.Linear(4, 2)
states = torch.randn(8, 4)  # (B, 4)

actions, log_probs = sample_actions(policy, states)
print(actions)
print(log_probs)
assert actions.shape == log_probs.shape == (8,)

# %%
# The log-probabilities have a ``grad_fn``, so autograd can compute gradients from them back to the
# weights of the policy. The actions have none: they are integers, and a random draw has no
# derivative. That is why policy-gradient methods need the log-probabilities.
#
# Check the distribution by counting
# ----------------------------------
#
# Repeat the eight states 5,000 times, sample them all in one call, and count how often each state
# got action 1. The bars should end at the horizontal marks, which are the softmax.

import matplotlib.pyplot as plt

many, _ = sample_actions(policy, states.repeat(5_000, 1))  # (40000,)
share = many.reshape(5_000, 8).float().mean(dim=0)  # (8,)
exact = F.softmax(policy(states), dim=-1)[:, 1].detach()  # (8,)

fig, ax = plt.subplots(layout="constrained")
ax.bar(range(8), share.numpy(), width=0.6, label="sampled, 5,000 each")
ax.plot(range(8), exact, "C1_", ms=26, mew=3, label="softmax")
ax.set(xlabel="state", ylabel="probability of action 1", ylim=(0, 1))
ax.set_xticks(range(8))
ax.grid(axis="x", visible=False)
ax.set_title("How often action 1 is drawn in eight states")
ax.legend(loc="upper left", ncols=2)
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

gap = (share - exact).abs().max().item()
print(f"largest gap: {gap:.3f}")
assert gap < 0.04  # over five standard errors of a share of 5,000
# sphinx_gallery_start_ignore
assert 0.765 < exact[7] < 0.775
assert 0.155 < exact[1] < 0.165
# sphinx_gallery_end_ignore

# %%
# The bars end at the marks, except for a small difference by chance. Each state has its own
# probabilities: this untrained policy takes action 1 in about 77 % of the draws in state 7 and in
# about 16 % of those in state 1. A policy that always took the larger logit would have bars of 0
# and 1 only, and would never explore.

# %%
# When the softmax has the wrong dimension
# ----------------------------------------
#
# Logits have shape ``(B, A)``: a row for each state, a column for each action. The probabilities
# of one state must sum to 1, so the softmax runs over each row: ``dim=-1``. With ``dim=0`` it runs
# over each column, across the states:

logits = policy(states).detach()  # (8, 2)
for dim in (-1, 0):
    probs = F.softmax(logits, dim=dim)
    print(f"dim={dim}:  columns sum to {probs.sum(dim=0).numpy().round(2)}")
    print(f"         rows sum to {probs.sum(dim=1).numpy().round(2)}")

# %%
# With ``dim=0`` the columns sum to 1 and the rows do not. There is no error, because
# :func:`torch.multinomial` accepts any non-negative weights and normalises each row itself. But the
# actions have the wrong distribution: it now depends on the other states in the batch. An agent
# that acts in one environment has a batch of one state.
#
# .. predict::
#    :after: dim=0:
#    :given: `logits` has a row for each state, with the logits of two actions.
#
#    The logits of one state have shape (1, 2). What does the softmax with ``dim=0`` make of them?
#
#    - ``tensor([[0.5000, 0.5000]])``
#    - ``tensor([[1., 1.]])``
#    - the same two numbers as ``dim=-1``

print("dim=-1:", F.softmax(logits[:1], dim=-1))
print("dim=0: ", F.softmax(logits[:1], dim=0))
# sphinx_gallery_start_ignore
assert F.softmax(logits[:1], dim=0).tolist() == [[1.0, 1.0]]
# sphinx_gallery_end_ignore

# %%
# .. predict-why::
#
#    - ``multinomial`` would turn the result into these probabilities, but the softmax does not: it
#      makes each column sum to 1, not the row.
#    - Each column holds one number, and the softmax of one number is 1.
#    - With ``dim=-1`` the row sums to 1. With ``dim=0`` each column does.
#
# Both actions have the same weight, so this agent acts at random, whatever its logits are.
# :doc:`The laboratory </tutorials/laboratory/policies>` shows the training of such an agent.
#
# Why log_softmax, and not the logarithm of a softmax
# ---------------------------------------------------
#
# In exact arithmetic :func:`torch.nn.functional.log_softmax` is the logarithm of the softmax. In
# float32 the two differ. The next cell computes the log-probability of an action whose logit is 10,
# and then 200, below the other one. It does so in both ways, each with its gradient.

for gap in (10.0, 200.0):
    pair = torch.tensor([0.0, gap], requires_grad=True)
    for name, log_probs_of in (
        ("log(softmax)", lambda z: F.softmax(z, dim=-1).log()),
        ("log_softmax", lambda z: F.log_softmax(z, dim=-1)),
    ):
        value = log_probs_of(pair)[0]
        (grad,) = torch.autograd.grad(value, pair)
        grad = grad.numpy().round(4)
        print(f"{gap:5.0f}  {name:12}  {value.item():8.3f}  {grad}")
        # sphinx_gallery_start_ignore
        if gap == 200 and name == "log(softmax)":
            assert value.item() == -float("inf")
            assert (grad != grad).all()  # nan, and so is whatever it is added to
        else:
            assert abs(value.item() + gap) < 1e-3
            assert (abs(grad) < 2).all()
        # sphinx_gallery_end_ignore

# %%
# At 200 the probability :math:`e^{-200}` is too small for float32 and becomes 0. Its logarithm is
# minus infinity and the gradient is ``nan``, so the next optimizer step would make the weights
# ``nan``. ``log_softmax`` subtracts the largest logit first and never computes the small
# probability. It gives -200 and a finite gradient.
#
# An action of probability 0 is never drawn. But PPO also computes the log-probability of actions
# that an older policy has drawn.

# %%
# The same with torch.distributions
# ---------------------------------
#
# :class:`torch.distributions.Categorical` can do the same: ``sample()`` draws actions, and
# ``log_prob()`` gives their log-probabilities. They are equal to yours:

from torch.distributions import Categorical

distribution = Categorical(logits=policy(states))
print(distribution.log_prob(actions))
assert torch.allclose(distribution.log_prob(actions), log_probs)

# %%
# How a policy gradient changes the probabilities
# -----------------------------------------------
#
# A step along the gradient of a log-probability makes that action more likely. To see it, start
# from the same policy for each state, and take one small step that minimises
# :func:`~pytorch_rl_basics.policy_loss` with an :term:`advantage` of 1.
#
# Three calls make a step: ``zero_grad()`` clears the old gradients, ``backward()`` computes the new
# ones, and ``step()`` of the :term:`optimizer` changes each parameter a little *against* the gradient
# of the :term:`loss`. This loss is minus the log-probability times the advantage, so the
# log-probability rises. The next concept page, :doc:`/concepts/training_step`, explains the calls.
#
# The actions stay as they were drawn. After each step
# :func:`~pytorch_rl_basics.select_log_probs` computes their log-probabilities again. You write it
# in :doc:`exercise 7 </tutorials/exercises/exercise_7_select_log_probs>`.

import copy

from pytorch_rl_basics import policy_loss, select_log_probs


def follow(i, advantage, steps):
    """Probability of the action drawn in state i, after 0, 1, … steps."""
    state, action = states[i : i + 1], actions[i : i + 1]  # a batch of one
    learner = copy.deepcopy(policy)
    optimizer = torch.optim.SGD(learner.parameters(), lr=0.05)
    path = []
    for _ in range(steps + 1):
        log_prob = select_log_probs(learner(state), action)  # (1,)
        path.append(log_prob.exp().item())
        optimizer.zero_grad()
        policy_loss(log_prob, torch.tensor([advantage])).backward()
        optimizer.step()
    return path


for i, action in enumerate(actions.tolist()):
    before, after = follow(i, advantage=1.0, steps=1)
    print(f"state {i}, action {action}: {before:.3f} -> {after:.3f}")
    assert after > before

# %%
# All eight probabilities rise. The direction comes from the advantage. The plot shows the
# probability of the action drawn in state 0 over 40 steps: it should rise with an advantage of +1,
# and fall with -1.

up, down = follow(0, 1.0, steps=40), follow(0, -1.0, steps=40)

fig, ax = plt.subplots(layout="constrained")
ax.plot(up, "C0-", label="advantage +1")
ax.plot(down, "C1--", label="advantage -1")
ax.set(xlabel="steps", ylabel="probability of the action", ylim=(0, 1))
ax.set_title("Steps up and down the gradient of log π")
ax.legend(loc="center right")
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

assert up == sorted(up)
assert down == sorted(down, reverse=True)

# %%
# This is the idea of the :term:`policy gradient`: it raises the probability of actions that went
# better than expected, and lowers the probability of actions that went worse.

# %%
# In RL
# -----
#
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>` and
#   :doc:`A2C </tutorials/algorithms/actor_critic>` call this function at every step: REINFORCE with
#   one state, A2C with one state for each of several environments. They keep the actions, and
#   compute the log-probabilities with their graph in the update, as in exercise 7.
# - :doc:`PPO </tutorials/algorithms/ppo>` also stores the log-probabilities, as numbers without a
#   graph. In the update it compares them with those of the changed policy.
# - :doc:`SAC </tutorials/algorithms/sac>` has continuous actions, and samples them from a Gaussian.
# - :doc:`DQN </tutorials/algorithms/dqn>` has no policy network. It uses
#   :doc:`epsilon-greedy </tutorials/exercises/exercise_3_epsilon_greedy>`.
#
# Next: :doc:`/concepts/training_step`, then
# :doc:`exercise 5 </tutorials/exercises/exercise_5_random_targets>`, which trains a network.
