r"""
REINFORCE: learn from whole episodes
====================================

You build your first :term:`agent` with a :term:`policy` network. It plays an episode, and raises
the probability of actions that were followed by much reward. Its parts are functions that you have
written: ``sample_actions`` (exercise 4), ``select_log_probs`` (7), ``discounted_returns`` (12) and
``policy_loss`` (13).

Then you measure how noisy its :term:`gradient` is, and make it less noisy with a baseline.
"""

# %%
# The idea
# --------
#
# The :doc:`DQN agent </tutorials/algorithms/dqn>` learned how good each action is, and derived its
# behaviour from that. REINFORCE (Williams, 1992) learns the behaviour directly. Its policy
# :math:`\pi_\theta(a \mid s)` gives each :term:`action` a probability. It repeats three things:
#
# 1. Play a whole :term:`episode` with the policy.
# 2. Compute the :term:`return` :math:`G_t` that followed each action.
# 3. Make one update: change the parameters :math:`\theta` along
#    :math:`\sum_t G_t \, \nabla_\theta \log \pi_\theta(a_t \mid s_t)`.
#
# :doc:`Exercise 13 </tutorials/parts/exercise_13_policy_loss>` derives this sum for one step: it is
# a random estimate of the :term:`policy gradient`. The agent needs no :term:`replay buffer` and no
# :term:`target network`. It is :term:`on-policy`: each episode is used for one update and then
# forgotten, because it does not show what the changed policy does.
#
# One episode
# -----------
#
# ``play_episode`` samples actions until the episode is over. An ``Episode`` is a tuple whose parts
# have names.

from typing import NamedTuple

import gymnasium as gym
import torch
from torch import Tensor

from pytorch_rl_basics import PolicyNetwork, sample_actions


class Episode(NamedTuple):
    states: Tensor  # (T, d)
    actions: Tensor  # (T,), int64
    rewards: Tensor  # (T,)


def play_episode(env, policy, device="cpu", sample_actions=sample_actions):
    """Play one episode, T steps long."""
    observation, _ = env.reset()
    states, actions, rewards, over = [], [], [], False
    while not over:
        state = torch.as_tensor(observation, device=device).unsqueeze(0)  # (1, d)
        with torch.no_grad():  # the update computes the log-probabilities, with their graph
            action, _ = sample_actions(policy, state)  # (1,)
        observation, reward, terminated, truncated, _ = env.step(action.item())
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        over = terminated or truncated
    return Episode(
        torch.cat(states), torch.cat(actions), torch.tensor(rewards, dtype=torch.float32)
    )


torch.manual_seed(0)
env = gym.make("CartPole-v1")
env.reset(seed=0)
policy = PolicyNetwork(state_dim=4, n_actions=2)  # one linear layer
episode = play_episode(env, policy)
for name, part in episode._asdict().items():
    print(f"{name:8}{tuple(part.shape)!s:8} {part.dtype}")
# sphinx_gallery_start_ignore
assert episode.states.shape == (len(episode.rewards), 4)
assert episode.actions.shape == episode.rewards.shape
# sphinx_gallery_end_ignore

# %%
# From rewards to a loss
# ----------------------
#
# Each action gets its return as weight. ``select_log_probs`` of exercise 7 computes all
# :term:`log-probabilities <log-probability>` at once, with their graph, and ``policy_loss`` makes a
# loss of both. It takes the *mean* over the T steps. The sum above has no division by T, so the
# agent multiplies by T again. Otherwise each step of a long episode would count less than a step of
# a short one.

from pytorch_rl_basics import discounted_returns, policy_loss, select_log_probs

weights = discounted_returns(episode.rewards, gamma=0.99)  # (T,)
print("first returns", [round(G, 1) for G in weights[:3].tolist()])
print("last returns ", [round(G, 1) for G in weights[-3:].tolist()])
log_probs = select_log_probs(policy(episode.states), episode.actions)  # (T,)
loss = len(weights) * policy_loss(log_probs, weights)
loss.backward()
print("loss", round(loss.item(), 1), "gradient", tuple(policy.layers[0].weight.grad.shape))
# sphinx_gallery_start_ignore
assert (weights > 0).all()
assert round(weights[-1].item(), 2) == 1.0
# sphinx_gallery_end_ignore

# %%
# The agent
# ---------
#
# ``train`` gets a policy and trains it. Read the loop: it is the three things from above. The
# functions that you wrote are its last parameters.

from pytorch_rl_basics.agents import checked, require_finite


@checked("Discrete")
def train(
    policy,
    *,
    seed=0,
    env_id="CartPole-v1",
    max_steps=20_000,
    learning_rate=0.03,
    gamma=0.99,
    device="cpu",
    sample_actions=sample_actions,
    discounted_returns=discounted_returns,
    select_log_probs=select_log_probs,
    policy_loss=policy_loss,
):
    """Train a policy by REINFORCE, with one update after each episode.

    Args:
        policy: the network, states (B, d) to logits (B, A).
        seed: of torch and of the environment.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        max_steps: environment steps; the episode that reaches them is the last one.
        learning_rate: Adam's learning rate.
        gamma: discount factor, in [0, 1].
        device: where the network and the episodes are.
        sample_actions: the library's function, or your own.
        discounted_returns: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        policy_loss: the library's function, or your own.

    Returns:
        The trained policy, and the return of each episode.
    """
    torch.manual_seed(seed)
    env = gym.make(env_id)
    env.reset(seed=seed)  # the later resets of an environment continue from this seed
    policy.to(device)
    optimizer = torch.optim.Adam(policy.parameters(), lr=learning_rate)
    returns, env_steps = [], 0
    while env_steps < max_steps:
        # 1. Play.
        episode = play_episode(env, policy, device, sample_actions)
        returns.append(episode.rewards.sum().item())
        env_steps += len(episode.rewards)
        # 2. Weight each action by the discounted return that followed it.
        weights = discounted_returns(episode.rewards, gamma).to(device)  # (T,)
        # 3. Update once.
        log_probs = select_log_probs(policy(episode.states), episode.actions)  # (T,)
        loss = len(weights) * policy_loss(log_probs, weights)
        require_finite(loss.item(), env_steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    env.close()
    return policy, returns


# %%
# Your own functions
# ------------------
#
# Put your functions into ``mine``. Then the plot has one more curve. On this page ``mine`` is
# empty.

from pytorch_rl_basics import check

mine = {}  # for example {"policy_loss": my_policy_loss}

for name, function in mine.items():
    print(check(function, name))

# %%
# Three seeds
# -----------
#
# The policy of these trainings is a single linear layer: ten parameters. The plot shows the return
# of an episode, as the mean of the last 20 training episodes. All three curves should rise, but not
# smoothly.

import matplotlib.pyplot as plt
import numpy as np


def train_seed(seed, train=train, **settings):
    """Train a new policy; the seed also decides its first parameters."""
    torch.manual_seed(seed)
    return train(PolicyNetwork(4, 2), seed=seed, **settings)


def draw(ax, returns, label, **style):
    """Draw the mean of 20 episodes against the environment steps."""
    means = np.convolve(returns, np.ones(20) / 20, mode="valid")
    ax.plot(np.cumsum(returns)[19:], means, label=label, **style)  # in CartPole, return = length


runs = {f"seed {seed}": train_seed(seed) for seed in range(3)}
if mine:
    runs["seed 0, your functions"] = train_seed(0, **mine)

fig, ax = plt.subplots(layout="constrained")
for name, (_, returns) in runs.items():
    draw(ax, returns, name)
    first, last = np.mean(returns[:20]), np.mean(returns[-20:])
    print(f"{name}: {len(returns)} episodes, first 20: {first:.0f}, last 20: {last:.0f}")
    # sphinx_gallery_start_ignore
    assert last > max(150, 3 * first)
    # sphinx_gallery_end_ignore
ax.set(title="REINFORCE on CartPole", xlabel="environment steps", ylabel="return")
ax.legend()
plt.show()
# sphinx_gallery_start_ignore
curves = [np.convolve(returns, np.ones(20) / 20, mode="valid") for _, returns in runs.values()]
assert min((curve / np.maximum.accumulate(curve)).min() for curve in curves) < 0.75
# sphinx_gallery_end_ignore

# %%
# Each seed reaches at least three times the return of its first 20 episodes, and more than 150. On
# the way one of them loses a quarter or more of what it had: the direction of each update comes
# from a single random episode.
#
# A network of your own
# ---------------------
#
# ``train`` takes every :term:`module` that maps states (B, d) to logits (B, A), such as this one
# with 16 :term:`hidden units <hidden unit>`. It trains with a smaller learning rate, and for
# less time than the others:

from torch import nn


class TanhPolicy(nn.Module):
    def __init__(self, state_dim, n_actions):
        super().__init__()
        self.hidden = nn.Linear(state_dim, 16)
        self.logits = nn.Linear(16, n_actions)

    def forward(self, states):
        return self.logits(torch.tanh(self.hidden(states)))


torch.manual_seed(0)
_, returns = train(TanhPolicy(4, 2), max_steps=5_000, learning_rate=0.01)
print(f"first 20 episodes: {np.mean(returns[:20]):.0f}, last 20: {np.mean(returns[-20:]):.0f}")
# sphinx_gallery_start_ignore
assert np.mean(returns[-20:]) > 2 * np.mean(returns[:20])
# sphinx_gallery_end_ignore

# %%
# A return above zero is not better than usual
# --------------------------------------------
#
# In CartPole each reward is 1, so every return is positive, and each update tries to make *all*
# actions of the episode more probable. Only the differences between the weights teach something,
# because the probabilities of a state still sum to 1. To say that an action went better than usual,
# the agent must know what is usual in that state: the :term:`value <value function>` :math:`V(s)`.
#
# A number that does not depend on the action, and that is subtracted from the return, is called a
# *baseline*. It does not change the :term:`expectation` of the gradient, as exercise 13 showed. It
# changes how far the estimates are from the expectation. To measure this, play many episodes with
# one fixed policy, and compute the gradient of each. The policy is trained for 2,000 steps only.
#
# The episodes are played side by side in a
# :doc:`vector environment </concepts/vector_environments>`. It starts a new episode in the step
# after an episode's end. ``running`` marks the steps that belong to the first one.


def play_side_by_side(envs, policy):
    """Play one episode in each of N environments, at most T steps long."""
    observations, _ = envs.reset()
    running, steps = np.ones(envs.num_envs, dtype=bool), []
    while running.any():
        states = torch.tensor(observations)  # (N, d)
        with torch.no_grad():
            actions, _ = sample_actions(policy, states)  # (N,)
        observations, rewards, terminated, truncated, _ = envs.step(actions.numpy())
        rewards = torch.tensor(rewards, dtype=torch.float32)
        steps.append((states, actions, rewards, torch.tensor(running)))
        running &= ~(terminated | truncated)
    *parts, running = (torch.stack(part) for part in zip(*steps, strict=True))  # (T, N), (T, N, d)
    lengths = running.sum(dim=0).tolist()
    return [Episode(*(part[:T, n] for part in parts)) for n, T in enumerate(lengths)]


fixed, _ = train_seed(0, max_steps=2_000)
envs = gym.make_vec("CartPole-v1", num_envs=1_600)
envs.reset(seed=0)
episodes = play_side_by_side(envs, fixed)
print(f"{len(episodes)} episodes, mean length {np.mean([len(e.rewards) for e in episodes]):.0f}")

# %%
# A value network learns the baseline from *other* episodes of the same policy, with ``train_step``
# of exercise 9. The target of each state is the return that followed it.

from pytorch_rl_basics import ValueNetwork, train_step

torch.manual_seed(0)
value = ValueNetwork(4, hidden=(32,))
optimizer = torch.optim.Adam(value.parameters(), lr=0.01)
others = play_side_by_side(envs, fixed)
other_states = torch.cat([episode.states for episode in others])
other_returns = torch.cat([discounted_returns(episode.rewards, 0.99) for episode in others])
for _ in range(400):
    rows = torch.randint(len(other_states), (256,))
    train_step(value, optimizer, other_states[rows], other_returns[rows])

# %%
# Now the direction of the update from each of the 1,600 episodes, with three kinds of weights: the
# returns, the returns minus a constant (the mean return of the other episodes), and the returns
# minus :math:`V(s)`. The cell prints one of the ten parameters: the weight of the pole's angular
# velocity in the :term:`logit <logits>` of pushing right. Then it prints the variance of all ten
# together.


def direction(policy, episode, weights):
    """Estimate the gradient from one episode, with all parameters in one row."""
    log_probs = select_log_probs(policy(episode.states), episode.actions)
    loss = len(weights) * policy_loss(log_probs, weights)
    return -torch.cat([part.flatten() for part in torch.autograd.grad(loss, policy.parameters())])


returns = [discounted_returns(episode.rewards, gamma=0.99) for episode in episodes]
with torch.no_grad():
    values = [value(episode.states) for episode in episodes]
weightings = {
    "no baseline": returns,
    "constant": [G - other_returns.mean() for G in returns],
    "V(s)": [G - V for G, V in zip(returns, values, strict=True)],
}
estimates = {
    name: torch.stack([direction(fixed, *pair) for pair in zip(episodes, weights, strict=True)])
    for name, weights in weightings.items()  # (1600, 10) each
}
one = {name: rows[:, 7] for name, rows in estimates.items()}  # row 1, column 3 of the weights
for name, rows in estimates.items():
    std, mean = torch.std_mean(one[name])
    total = rows.var(dim=0).sum()
    print(f"{name:12} mean {mean:.1f}, standard deviation {std:.1f}, total variance {total:6.0f}")
# sphinx_gallery_start_ignore
for name in ("constant", "V(s)"):
    change = estimates[name] - estimates["no baseline"]
    assert (change.mean(dim=0).abs() < 4 * change.std(dim=0) / 1_600**0.5).all()
totals = {name: rows.var(dim=0).sum() for name, rows in estimates.items()}
assert 0.6 * totals["constant"] < totals["V(s)"] < totals["constant"]
assert totals["constant"] < 0.6 * totals["no baseline"]
assert estimates["V(s)"].var(dim=0)[8:].sum() > 0.6 * totals["V(s)"]
assert 0.14 < one["V(s)"].var() / one["no baseline"].var() < 0.25
assert one["V(s)"].std() < 0.8 * one["constant"].std() < 0.8 * 0.85 * one["no baseline"].std()
scaled = direction(fixed, episodes[0], returns[0] / 7)
assert torch.allclose(scaled, estimates["no baseline"][0] / 7, atol=1e-3)
# sphinx_gallery_end_ignore

# %%
# The means differ only by chance: a baseline does not change what the agent learns on average. With
# :math:`V(s)` the variance of this parameter is about a fifth. For all ten parameters together the
# constant does most of the work, and most of what is left is the variance of the two biases, which
# the cell does not print.
#
# Dividing the weights by their standard deviation is *not* a baseline. It divides the mean and the
# spread of the estimates by the same number, like a smaller learning rate.
#
# Several episodes for each update
# --------------------------------
#
# There is a second way to lower the spread: the mean of several episodes. The plot shows 200
# estimates of the same parameter. On the left each comes from one episode, without and with the
# baseline. On the right each comes from one episode or from eight, both without a baseline. The
# dashed line is the mean of all episodes. Both orange histograms should be narrower.

eight = one["no baseline"].reshape(200, 8).mean(dim=1)  # (200,)
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharex=True, sharey=True, layout="constrained")
bins = np.linspace(-100, 200, 41)
narrower = {"with V(s)": one["V(s)"], "eight episodes": eight}
for ax, (name, narrow) in zip(axes, narrower.items(), strict=True):
    ax.hist(one["no baseline"][:200], bins, alpha=0.6, label="one episode, no baseline")
    ax.hist(narrow[:200], bins, alpha=0.6, label=name)
    ax.axvline(one["no baseline"].mean(), color="0.3", ls="--")
    ax.set(xlabel="estimated gradient")
    ax.legend(fontsize="small")
axes[0].set(title="A baseline", ylabel="estimates")
axes[1].set(title="A batch of episodes")
plt.show()

wide = one["no baseline"][:200].std()
print(f"standard deviations: {wide:.1f}, with V(s) {one['V(s)'][:200].std():.1f}, ", end="")
print(f"of eight episodes {eight.std():.1f}")
# sphinx_gallery_start_ignore
assert one["V(s)"][:200].std() < 0.65 * wide
assert 0.25 < eight.std() / one["no baseline"].std() < 0.46
# sphinx_gallery_end_ignore

# %%
# The mean of eight independent episodes has an eighth of the variance, so about 0.35 times the
# standard deviation. It costs eight times the steps. Side by side these steps are cheap, because
# one call of the policy chooses the actions of all environments. In a training the baseline costs no
# steps, because it learns from the same episodes.
#
# Train with the baseline
# -----------------------
#
# While the policy changes, the value network has to learn along with it. This is the loop again,
# with two new parts: the weights are advantages, and the value network makes one ``train_step``
# after each episode. First the agent computes the weights and then it trains the value network, so
# the value does not contain the return that it is compared with.


def train_with_baseline(policy, value, *, seed, max_steps, learning_rate=0.03, gamma=0.99):
    """Train as above, with a value network as the baseline."""
    torch.manual_seed(seed)
    env = gym.make("CartPole-v1")
    env.reset(seed=seed)
    optimizer = torch.optim.Adam(policy.parameters(), lr=learning_rate)
    value_optimizer = torch.optim.Adam(value.parameters(), lr=0.01)
    returns = []
    while sum(returns) < max_steps:  # in CartPole the return is the number of steps
        episode = play_episode(env, policy)
        returns.append(episode.rewards.sum().item())
        targets = discounted_returns(episode.rewards, gamma)  # (T,)
        with torch.no_grad():
            advantages = targets - value(episode.states)  # (T,)
        train_step(value, value_optimizer, episode.states, targets)
        log_probs = select_log_probs(policy(episode.states), episode.actions)  # (T,)
        loss = len(advantages) * policy_loss(log_probs, advantages)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return policy, value, returns


plain, baseline = [], []
for seed in range(3):
    _, returns = runs[f"seed {seed}"]
    reached = int((np.cumsum(returns) <= 6_000).sum())  # episodes in the first 6,000 steps
    plain.append(np.mean(returns[reached - 20 : reached]))
    torch.manual_seed(seed)
    networks = PolicyNetwork(4, 2), ValueNetwork(4, hidden=(64,))
    *_, returns = train_with_baseline(*networks, seed=seed, max_steps=6_000)
    baseline.append(np.mean(returns[-20:]))
print("without:", *[f"{mean:.0f}" for mean in plain])
print("with:   ", *[f"{mean:.0f}" for mean in baseline])
# sphinx_gallery_start_ignore
assert np.mean(baseline) > 1.25 * np.mean(plain)
# sphinx_gallery_end_ignore

# %%
# These are the last 20 episodes before step 6,000, for three seeds each. On average the agent with
# the baseline is ahead. Three seeds are few for such a comparison.
#
# What dropping a factor means
# ----------------------------
#
# The :term:`gradient` of the expected discounted return, :math:`J = \mathbb{E}[G_0]`, has one more
# factor than the agent's formula (Sutton and Barto, 2018, section 13.3):
#
# .. math::
#
#    \nabla_\theta J = \mathbb{E}\Bigl[\sum_t \gamma^t G_t \,
#    \nabla_\theta \log \pi_\theta(a_t \mid s_t)\Bigr]
#
# This page drops :math:`\gamma^t`, as almost everybody does. The smallest example has two steps. At
# each, action 1 gives a reward of 1, and action 0 gives none. The policy has one logit per step,
# both 0, so the four possible episodes are equally likely, and the expectations are means of four
# numbers. The derivative of :math:`\log \pi(a)` with respect to the step's logit is
# :math:`a - \pi(1) = a - 0.5`.

gamma = 0.5
choices = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (episodes, steps)
returns = torch.stack([discounted_returns(rewards, gamma) for rewards in choices])  # (4, 2)
terms = returns * (choices - 0.5)  # (4, 2)

logits = torch.zeros(2, requires_grad=True)
probs = logits.sigmoid()  # of action 1, so of the reward 1
(gradient,) = torch.autograd.grad(probs[0] + gamma * probs[1], logits)
print("gradient of J     ", gradient.tolist())
print("with the factor   ", (gamma ** torch.arange(2) * terms).mean(dim=0).tolist())
print("without the factor", terms.mean(dim=0).tolist())
# sphinx_gallery_start_ignore
assert torch.equal((gamma ** torch.arange(2) * terms).mean(dim=0), gradient)
assert terms.mean(dim=0).tolist() == [0.25, 0.25] != gradient.tolist() == [0.25, 0.125]
assert 0.99**400 < 0.02
# sphinx_gallery_end_ignore

# %%
# Without the factor the second step counts as much as the first. In this example that is the
# gradient of the *undiscounted* return. In general it is not the gradient of any function
# (`Nota and Thomas, 2020 <https://arxiv.org/abs/1906.07073>`_; the bias was first described by
# `Thomas, 2014 <https://proceedings.mlr.press/v32/thomas14.html>`_). The reason to drop it: with
# :math:`\gamma = 0.99` the factor of step 400 is below 0.02, so the agent would hardly learn from
# the late steps of an episode, and a pole should stay up until the end. Read :math:`\gamma` then as
# a way to reduce noise: rewards long after an action count less when it is judged
# (`Schulman et al., 2016 <https://arxiv.org/abs/1506.02438>`_, section 2).
#
# What it still lacks
# -------------------
#
# - It learns only when an episode is over, and needs tens of steps for one update.
# - Its returns contain the noise of all later actions, even with a baseline.
# - A :term:`truncation` cuts off rewards: an episode that ends at step 500 would have gone on, and
#   the returns of its last steps are too small.
#
# :doc:`A2C </tutorials/algorithms/actor_critic>` replaces most of each return by a value, which
# answers all three points. :doc:`/tutorials/improved/policy_gradients_improved` plays 16 episodes
# side by side.
#
# The paper: Williams (1992), *Simple statistical gradient-following algorithms for connectionist
# reinforcement learning*, https://doi.org/10.1007/BF00992696.
