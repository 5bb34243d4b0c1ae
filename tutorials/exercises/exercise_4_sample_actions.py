r"""
Exercise 4: Sample from a policy
================================

You write the function by which REINFORCE, A2C and PPO act: it draws one action for each
:term:`state` from a network's outputs, and says how likely each draw was.
"""

# %%
# The task
# --------
#
# A :term:`policy` network gives :term:`logits`: one real number for each action, larger for a
# preferred one. Here it is as small as can be, ``nn.Linear(4, 2)``: 4 state features in, 2 logits
# out.
#
# Write ``sample_actions(policy, states)``. For a :term:`batch` of states of shape ``(8, 4)``:
#
# - turn the logits of each state into probabilities, by a :term:`softmax` over its actions,
# - draw one action for each state from these probabilities: 8 actions, int64, shape ``(8,)``,
# - compute the :term:`log-probability` of each drawn action, shape ``(8,)``, still connected to
#   the policy's parameters by its :term:`computation graph`,
# - return ``actions, log_probs``.
#
# Any batch size and any number of actions should work.
#
# Where it is used: REINFORCE, A2C and PPO collect every step of their experience like this, and
# the log-probabilities are what their losses are made of.

# %%
# Your attempt
# ------------
#
# Write your own function in place of the last line, run the cell, and read what the
# checker says. Until then it says that nothing was attempted, and gives the first hint.

from pytorch_rl_basics import check


def sample_actions(policy, states):
    raise NotImplementedError


print(check(sample_actions))

# %%
# .. exercise-hints:: sample_actions

# %%
# A typical wrong attempt takes the softmax over the batch:

import torch
import torch.nn.functional as F


def over_the_batch(policy, states):
    probs = F.softmax(policy(states), dim=0)
    actions = torch.multinomial(probs, 1)
    log_probs = probs.log().gather(1, actions)
    return actions.squeeze(-1), log_probs.squeeze(-1)


report = check(over_the_batch, "sample_actions")
print(report)
assert report.mistake == "softmax-over-the-batch"

# %%
# .. exercise-solution:: sample_actions

# %%
# The rest of this page runs on your function once it passes, and on the library's until then.
# Each figure says which.

from pytorch_rl_basics import own_or_reference

sample_actions, caption = own_or_reference(sample_actions)

# %%
# Eight states, eight actions
# ---------------------------
#
# The first tensor printed below holds the actions, the second their log-probabilities.

from torch import nn

torch.manual_seed(0)
policy = nn.Linear(4, 2)
states = torch.randn(8, 4)  # (B, 4)

actions, log_probs = sample_actions(policy, states)
print(actions)
print(log_probs)
assert actions.shape == log_probs.shape == (8,)

# %%
# The log-probabilities end in a ``grad_fn``: they can be differentiated, back to the weights of
# the policy. The actions cannot. They are integers, and the draw itself has no derivative. That
# is why a policy-gradient method keeps the log-probability of each action beside the action.
#
# Is it the right distribution?
# -----------------------------
#
# One draw for each state shows nothing about probabilities. Many draws do: repeat the eight states
# 5,000 times, sample them all in one call, and count how often each state got action 1. The bars
# should end at the horizontal marks, which are the softmax itself.

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
# They do, up to a gap that chance explains. Each state has its own coin: this untrained policy
# takes action 1 in about 77 % of the visits to state 7 and in about 16 % of those to state 1. A
# policy that took the larger logit instead would have bars of 0 and 1 only, and would never
# explore.

# %%
# Softmax over the wrong dimension
# --------------------------------
#
# Logits have shape ``(B, A)``: a row for each state, a column for each action. The probabilities
# of one state must sum to 1, so the softmax runs along the row, ``dim=-1``. With ``dim=0`` it runs
# down the column, across states:

logits = policy(states).detach()  # (8, 2)
for dim in (-1, 0):
    probs = F.softmax(logits, dim=dim)
    print(f"dim={dim}:  columns sum to {probs.sum(dim=0).numpy().round(2)}")
    print(f"         rows sum to {probs.sum(dim=1).numpy().round(2)}")

# %%
# With ``dim=0`` the columns sum to 1 and the rows do not. Nothing raises:
# :func:`torch.multinomial` takes any non-negative weights and scales each row itself. So actions
# come out, from the wrong distribution, and what one state does depends on which other states
# share its batch. It is worst in a batch of one, which is how an agent acts in one environment.
#
# .. predict::
#    :after: dim=0:
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
#    - A fair coin is what comes of it in the end, but these numbers were never made to sum to 1
#      along the row.
#    - Each column holds one number, and a softmax over one number is 1.
#    - With one state there is one row, but ``dim=0`` still normalises each column by itself.
#
# The agent now tosses a fair coin, whatever the network says.
# :doc:`The laboratory </tutorials/laboratory/policies>` has the curve of an agent with this mistake.
#
# Extreme logits
# --------------
#
# The logarithm of the softmax and :func:`torch.nn.functional.log_softmax` are the same function on
# paper. In float32 they are not. Here is the log-probability of an action whose logit lies 10 and
# then 200 below the other one, computed both ways, each with its gradient.

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
# At 200 the probability :math:`e^{-200}` is smaller than any float32 number and rounds to 0, and
# its logarithm is minus infinity. The gradient is ``nan``, and one optimizer step later so are the
# weights. ``log_softmax`` subtracts the largest logit first and never forms the small probability,
# so it gives -200 and a finite gradient.

# %%
# An action of probability 0 is never drawn, so you may not meet this while you sample. You meet it
# when you score an action that an *older* policy took, as PPO does, and in the :term:`entropy`,
# which sums over all actions.

# %%
# The same with torch.distributions
# ---------------------------------
#
# :class:`torch.distributions.Categorical` bundles the steps: ``sample()`` draws, ``log_prob()``
# scores. Given ``logits=``, it works with log-probabilities as well, and its numbers are yours.

from torch.distributions import Categorical

distribution = Categorical(logits=policy(states))
print(distribution.log_prob(actions))
assert torch.allclose(distribution.log_prob(actions), log_probs)

# %%
# Both are good ways to write it. Many published agents use ``Categorical``.
#
# What the gradient of log π does
# -------------------------------
#
# The gradient of a log-probability points to parameters under which that action is more likely.
# To see it, take one small step for each state in turn, always from the same policy: up the
# gradient, which is *down* the loss :func:`~pytorch_rl_basics.policy_loss` with an
# :term:`advantage` of 1.
#
# The action is fixed now, and only its probability changes. It is scored anew after each step by
# :func:`~pytorch_rl_basics.select_log_probs`, which you write in
# :doc:`exercise 7 </tutorials/exercises/exercise_7_select_log_probs>`.

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
# All eight go up. Note what decided the direction: not whether the action was good, only that it
# was taken. The advantage supplies the judgement. The plot follows the action drawn in state 0 for
# 40 steps, with an advantage of +1 and of -1: the first curve should rise, the second fall.

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
# The same action, the same gradient, and the sign of the advantage turns it around. This is the
# :term:`policy gradient` in one picture: make likelier what went better than expected, and rarer
# what went worse.

# %%
# In RL
# -----
#
# - :doc:`REINFORCE </tutorials/algorithms/reinforce>`, in its simplest form, calls this at every
#   step of an :term:`episode`, with a batch of one state, and keeps the log-probabilities with
#   their graph until the episode's returns are known.
# - :doc:`A2C </tutorials/algorithms/actor_critic>` calls it with one state for each of its
#   parallel environments.
# - :doc:`PPO </tutorials/algorithms/ppo>` samples under :class:`torch.no_grad` and stores the
#   log-probabilities as plain numbers, the *old* ones. During the update it scores the stored
#   actions again.
# - :doc:`SAC </tutorials/algorithms/sac>` samples too, from a squashed Gaussian, because its
#   actions are continuous: see :func:`~pytorch_rl_basics.squashed_gaussian_log_prob`.
# - :doc:`DQN </tutorials/algorithms/dqn>` has no policy network. It acts by
#   :doc:`epsilon-greedy </tutorials/exercises/exercise_3_epsilon_greedy>`.
#
# Exercises 4 and 7 are the two halves of one thing. This one *acts*: it chooses actions and
# reports their log-probabilities. Exercise 7 *scores*: it is given the actions, because they were
# taken before. The second half of ``sample_actions`` is exercise 7.
#
# Next: :doc:`The log-probability of an action </tutorials/exercises/exercise_7_select_log_probs>`.
# For the shapes: :doc:`Batches and shapes </concepts/batches_and_shapes>`.
