r"""
Exercise 10: The TD target
==========================

You compute the target of DQN: the reward plus the best value that can follow, if anything follows.

Read :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>` first.
"""

# %%
# The task
# --------
#
# An :term:`agent` made a step and received the :term:`reward` :math:`r`. What is its action worth?
# The reward counts, and so does everything that follows. The network's own values of the next
# state :math:`s'` stand for what follows; that is :term:`bootstrapping`. The :term:`TD target` is
#
# .. math:: r + \gamma \max_a Q(s', a)
#
# with the :term:`discount factor` :math:`\gamma`. After a :term:`termination` nothing follows, and
# the target is :math:`r`. Write ``td_target(rewards, terminated, next_q, gamma)``:
#
# - ``rewards``, shape ``(B,)``, and ``terminated``, bool, shape ``(B,)``, describe B steps.
# - ``next_q``, shape ``(B, A)``, has the values of the A actions in each next state.
# - Return the targets in shape ``(B,)``.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def td_target(rewards, terminated, next_q, gamma):
    raise NotImplementedError


print(check(td_target))

# %%
# .. exercise-hints:: td_target

# %%
# This wrong attempt takes no notice of ``terminated``. To keep the answer hidden, it calls the
# library's function, as if no step had ended an :term:`episode`:

import pytorch_rl_basics as rl


def endless(rewards, terminated, next_q, gamma):
    never = torch.zeros_like(terminated)
    return rl.td_target(rewards, never, next_q, gamma)


report = check(endless, "td_target")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "no-mask"

# %%
# .. exercise-solution:: td_target

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

td_target, caption = own_or_reference(td_target)

# %%
# Three ways to go on
# -------------------
#
# In the first of these steps the episode goes on. In the second one the pole falls. In the third
# one a time limit ends the episode: that is a :term:`truncation`, and ``terminated`` is False.

rewards = torch.ones(3)  # (B,)
terminated = torch.tensor([False, True, False])  # (B,)
next_q = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])  # (B, A)
targets = td_target(rewards, terminated, next_q, gamma=0.9)
print(targets)
assert torch.allclose(targets, torch.tensor([2.8, 1.0, 6.4]))

# %%
# The second target is the reward alone. The third one contains the value of the last state: the
# pole was still up, and only the recording ended there.
#
# A :term:`critic` has one value per state, shape ``(B, 1)``, instead of one per action. The largest
# of one value is that value:

critic_targets = td_target(rewards, terminated, next_q[:, :1], gamma=0.9)
print(critic_targets, critic_targets.shape)
assert torch.allclose(critic_targets, torch.tensor([1.9, 1.0, 5.5]))

# %%
# What the mask changes
# ---------------------
#
# Play one episode of CartPole with random actions. The pole falls at its end:

import gymnasium as gym
import numpy as np

env = gym.make("CartPole-v1")
env.action_space.seed(0)
state, _ = env.reset(seed=0)
observations, fallen = [state], False
while not fallen:
    state, _, fallen, _, _ = env.step(env.action_space.sample())
    observations.append(state)
states = torch.as_tensor(np.stack(observations[:-1]))  # (T, 4)
next_states = torch.as_tensor(np.stack(observations[1:]))  # (T, 4)
rewards = torch.ones(len(states))  # (T,)
terminated = torch.arange(1, len(states) + 1) == len(states)  # (T,)
print(len(states), "steps, the last ones:", terminated[-3:].tolist())
assert len(states) == 18

# %%
# A critic learns the values of these states with ``train_step`` of
# :doc:`exercise 9 </tutorials/parts/exercise_9_train_step>`, once with ``terminated`` and once
# without it. After each step the new values give new targets.

from pytorch_rl_basics import train_step

GAMMA = 0.9


def learn(terminated, updates=300):
    """Train a critic on the episode, and return its targets at the end."""
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.01)
    for _ in range(updates):
        with torch.no_grad():  # no gradient into the targets
            next_values = critic(next_states)  # (T, 1)
        targets = td_target(rewards, terminated, next_values, GAMMA)
        train_step(critic, optimizer, states, targets.unsqueeze(-1))
    return targets


with_mask = learn(terminated)
without = learn(torch.zeros_like(terminated))

# %%
# Each reward is 1, so the true value of a step can be added up: 1 for the last step, 1 + 0.9 for
# the one before, and so on, always below 1 / (1 - 0.9) = 10. The figure shows the targets along the
# episode on a logarithmic axis. With the mask they follow the true values. Without it they are far
# above 10.

import matplotlib.pyplot as plt

left = torch.arange(len(rewards), 0, -1)  # steps from here to the end
true = (1 - GAMMA**left) / (1 - GAMMA)
print(f"last step: {with_mask[-1]:.1f} with the mask, {without[-1]:.0f} without")
# sphinx_gallery_start_ignore
assert (with_mask - true).abs().max() < 0.2
assert with_mask[-1] == 1
assert without.min() > 20
# sphinx_gallery_end_ignore

fig, ax = plt.subplots()
ax.plot(without, "o-", color="C1", label="without the mask")
ax.plot(with_mask, "o-", color="C0", label="with the mask")
ax.plot(true, "--", color="C5", label="true values")
ax.set(title="TD targets along an episode", xlabel="step of the episode", ylabel="target")
ax.set_yscale("log")
ax.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()

# %%
# Without the mask, the last target contains the value of the state in which the pole has fallen. No
# step starts there, so no target ever corrects that value. It grows with the values of the states
# before it, and their targets grow with it.
#
# In RL
# -----
#
# - :doc:`DQN </tutorials/algorithms/dqn>` computes its targets with this function. ``next_q`` comes
#   from its :term:`target network`.
# - :doc:`SAC </tutorials/algorithms/sac>` uses it with values of shape ``(B, 1)``.
# - A truncated step needs the value of its own last state. :doc:`The laboratory
#   </tutorials/laboratory/values>` shows what goes wrong without it.
#
# Next: :doc:`DQN </tutorials/algorithms/dqn>`.
