r"""
A2C: learn from each step with a critic
=======================================

You train a second network next to the policy. It predicts what a state is worth, so the agent can
judge each action after one step, without waiting for the end of the episode.
"""

# %%
# The idea
# --------
#
# :doc:`REINFORCE </tutorials/algorithms/reinforce>` weighs each :term:`action` by the whole
# :term:`return` that followed it. That return is noisy, and it is known only when the
# :term:`episode` is over. A :term:`critic` :math:`V(s)` predicts the return from a :term:`state`.
# With a good critic, one step is enough to judge an action:
#
# .. math:: \delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)
#
# This :term:`TD error` compares what the agent expected before the step, :math:`V(s_t)`, with what
# it expects after it. If it is positive, the step went better than expected, so the action should
# become more probable. It is an estimate of the :term:`advantage`. The policy is called the actor
# now, and the algorithm is A2C, advantage actor-critic.
#
# An untrained critic, and three steps after which the pole fell:

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import PolicyNetwork, ValueNetwork

torch.manual_seed(0)
critic = ValueNetwork(hidden=(64, 64))


def td_errors(rewards, values, next_values, terminated, done, gamma, lam):
    """Judge each step by the next value alone: all (T, …); done and lam are not needed."""
    return rewards + gamma * next_values.masked_fill(terminated, 0.0) - values


states = torch.randn(4, 4)  # s_0 to s_3, (T + 1, d)
terminated = torch.tensor([False, False, True])  # nothing follows the last step
with torch.no_grad():
    values = critic(states)  # (T + 1,)
rewards = torch.ones(3)
errors = td_errors(rewards, values[:-1], values[1:], terminated, terminated, 0.99, 0.0)
print("values", values)
print("errors", errors)
# sphinx_gallery_start_ignore
assert values.abs().max() < 0.5 < errors.min()
# sphinx_gallery_end_ignore

# %%
# The untrained critic predicts about 0, so each reward of 1 is a good surprise. Its predictions
# improve when it learns. Its target is the sum of its prediction and the error, :math:`V(s_t) +
# \delta_t`, which is the :term:`TD target`.

# %%
# Act in many environments at once
# --------------------------------
#
# One environment gives one step at a time, and neighbouring steps are similar. Sixteen environments
# give a more varied :term:`batch`, and they cost little more than one. In each of them the agent
# takes 16 steps. Then it learns from these 256 steps, drops them, and continues where it stopped.
# Such a piece of experience is a :term:`rollout`:

from typing import NamedTuple

import numpy as np
from torch import Tensor

from pytorch_rl_basics import sample_actions
from pytorch_rl_basics.agents import vector_env

STEPS = 16  # T, the steps of each environment in a rollout


class Rollout(NamedTuple):
    """T steps of N environments, and the returns of the episodes that ended in them."""

    states: Tensor  # (T + 1, N, d): the last row is the state after the last step
    actions: Tensor  # (T, N), int64
    rewards: Tensor  # (T, N)
    terminated: Tensor  # (T, N), bool: nothing follows
    done: Tensor  # (T, N), bool: the episode ended, terminated or truncated
    valid: Tensor  # (T, N), bool: False where the step was a reset
    returns: list[float]


# %%
# When an episode ends, the environment returns its last state, and the *next* call of ``step``
# resets it, ignores the action and pays no reward. That next step belongs to no episode, so
# ``valid`` is False there, and the agent does not learn from it.
# :doc:`/concepts/vector_environments` shows this mode, next-step autoreset, and the others.


def rollouts(envs, actor, seed, device, sample_actions):
    """Act without end, and yield a Rollout after every STEPS steps of each environment."""
    observations, _ = envs.reset(seed=seed)  # (N, d)
    resets = np.zeros(envs.num_envs, dtype=bool)  # (N,)
    running = np.zeros(envs.num_envs)  # (N,), rewards of the current episodes
    while True:
        rows, returns = [], []
        for _ in range(STEPS):
            states = torch.as_tensor(observations, dtype=torch.float32, device=device)
            with torch.no_grad():  # acting needs no graph
                actions, _ = sample_actions(actor, states)  # (N,)
            step = envs.step(actions.cpu().numpy())
            observations, rewards, terminated, truncated, _ = step
            done = terminated | truncated  # (N,)
            rewards = rewards.astype(np.float32)
            rows.append((states, actions, rewards, terminated, done, ~resets))
            running += rewards
            returns += running[done].tolist()
            running[done] = 0
            resets = done  # the next step resets them
        states, actions, *others = zip(*rows, strict=True)
        last = torch.as_tensor(observations, dtype=torch.float32, device=device)
        others = (torch.as_tensor(np.stack(rows), device=device) for rows in others)
        yield Rollout(torch.stack([*states, last]), torch.stack(actions), *others, returns)


# %%
# One rollout of an untrained actor:

torch.manual_seed(0)
untrained = PolicyNetwork(hidden=(64, 64))
envs = vector_env("CartPole-v1", num_envs=16)
pieces = rollouts(envs, untrained, 0, "cpu", sample_actions)
rollout = next(pieces)
for name, field in rollout._asdict().items():
    print(f"{name:10}", field if name == "returns" else tuple(field.shape))
print(f"{rollout.done.sum()} episodes ended, {(~rollout.valid).sum()} steps were resets")
# sphinx_gallery_start_ignore
assert rollout.states.shape == (17, 16, 4)
assert 0 <= rollout.done.sum() - (~rollout.valid).sum() <= 16
assert len(rollout.returns) == rollout.done.sum() > 0
# sphinx_gallery_end_ignore

# %%
# The whole agent
# ---------------
#
# Each rollout is used for one update. It makes three :term:`losses <loss>` into one:
#
# - the actor's: :func:`~pytorch_rl_basics.policy_loss` with the advantages as weights,
# - the critic's: the mean squared error to its targets, times ``value_weight``,
# - minus the mean :term:`entropy`, times ``entropy_weight``, so that the actor keeps trying other
#   actions. The weight is 0 here: a later page measures what the bonus is worth.
#
# Before the optimizer's step, :func:`torch.nn.utils.clip_grad_norm_` scales the gradient down if it
# is longer than ``max_norm``. The default, infinity, leaves it as it is.
#
# The parameter ``gae`` takes the function that estimates the advantages. One such function is
# ``td_errors`` above.

import math

from pytorch_rl_basics import entropy, gae, policy_loss, select_log_probs
from pytorch_rl_basics.agents import checked, require_finite

GAMMA = 0.98  # discount factor
LAM = 0.98  # λ, explained below


@checked("Discrete")
def train(
    actor,
    critic,
    *,
    seed=0,
    env_id="CartPole-v1",
    num_envs=16,
    max_steps=60_000,
    learning_rate=0.005,
    value_weight=0.5,
    entropy_weight=0.0,
    max_norm=math.inf,
    device="cpu",
    sample_actions=sample_actions,
    select_log_probs=select_log_probs,
    policy_loss=policy_loss,
    gae=gae,
    entropy=entropy,
):
    """Train an actor and a critic.

    Args:
        actor: maps states (B, d) to logits (B, A); it is trained in place.
        critic: maps states (…, d) to values (…); it is trained in place.
        seed: of torch and of the environments.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        num_envs: environments that run side by side.
        max_steps: environment steps to train for, over all environments.
        learning_rate: Adam's, for both networks.
        value_weight: weight of the critic's loss.
        entropy_weight: weight of the mean entropy, which is subtracted from the loss.
        max_norm: the gradient of all parameters is scaled down to this length if it is longer.
        device: where the networks and the tensors are.
        sample_actions: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        policy_loss: the library's function, or your own.
        gae: the library's function, or your own.
        entropy: the library's function, or your own.

    Returns:
        The actor, the critic, and the return of each episode of the training.
    """
    torch.manual_seed(seed)
    networks = nn.ModuleList([actor, critic]).to(device)
    optimizer = torch.optim.Adam(networks.parameters(), lr=learning_rate)
    envs = vector_env(env_id, num_envs)
    returns = []
    pieces = rollouts(envs, actor, seed, device, sample_actions)
    for env_steps in range(0, max_steps, num_envs * STEPS):
        # Act.
        rollout = next(pieces)
        returns += rollout.returns
        # Judge each step. Advantages and targets are numbers to learn from: no graph.
        with torch.no_grad():
            values = critic(rollout.states)  # (T + 1, N)
        now, following = values[:-1], values[1:]  # (T, N)
        ends = rollout.terminated, rollout.done
        advantages = gae(rollout.rewards, now, following, *ends, GAMMA, LAM)  # (T, N)
        targets = advantages + now  # (T, N)
        # Keep the steps that are no resets, in one batch.
        valid = rollout.valid
        states, actions = rollout.states[:-1][valid], rollout.actions[valid]  # (B, d), (B,)
        advantages, targets = advantages[valid], targets[valid]  # (B,)
        # Learn.
        logits = actor(states)  # (B, A)
        actor_loss = policy_loss(select_log_probs(logits, actions), advantages)
        critic_loss = F.mse_loss(critic(states), targets)
        bonus = entropy(logits).mean()
        loss = actor_loss + value_weight * critic_loss - entropy_weight * bonus
        require_finite(loss.item(), env_steps + num_envs * STEPS)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(networks.parameters(), max_norm)
        optimizer.step()
    envs.close()
    return actor, critic, returns


# %%
# A short training with one-step errors
# -------------------------------------
#
# Four seeds, 12,000 environment steps each, with ``td_errors``. The numbers are the mean returns
# of the last 20 training episodes:


def new_networks(seed):
    """Make a policy and a critic that share nothing."""
    torch.manual_seed(seed)
    return PolicyNetwork(hidden=(64, 64)), ValueNetwork(hidden=(64, 64))


def short_runs(**settings):
    """Train four seeds for 12,000 steps; give the mean of the last 20 returns of each."""
    runs = [train(*new_networks(s), seed=s, max_steps=12_000, **settings) for s in range(4)]
    return [float(np.mean(returns[-20:])) for *_, returns in runs]


results = {"one-step errors": short_runs(gae=td_errors)}
print([round(mean) for mean in results["one-step errors"]])

# %%
# These returns are lower than at the start of the training. The critic still predicts too little,
# so nearly every error is positive: whichever action was taken becomes more probable, until the
# actor pushes in one direction only.
#
# Add up the errors
# -----------------
#
# The errors of the following steps know more about the consequences of an action. :term:`GAE`, the
# function of exercise 14, adds them with decreasing weights:
#
# .. math:: A_t = \delta_t + \gamma \lambda \, \delta_{t+1} + (\gamma \lambda)^2 \delta_{t+2} + \dots
#
# With :math:`\lambda = 0` only the first remains. The same four seeds with :math:`\lambda = 0.98`:

results["GAE"] = short_runs()
print([round(mean) for mean in results["GAE"]])
# sphinx_gallery_start_ignore
some = rollout.rewards, *torch.randn(2, 16, 16), rollout.terminated, rollout.done, GAMMA
assert torch.allclose(gae(*some, 0.0), td_errors(*some, 0.0))
assert min(results["GAE"]) > 1.5 * max(results["one-step errors"])
*_, returns = train(*new_networks(0), max_steps=1000, gae=td_errors)
assert max(results["one-step errors"]) < 15 < np.mean(returns[:20])
# sphinx_gallery_end_ignore

# %%
# Every seed has learned more than the best one with one-step errors.
#
# Three seeds
# -----------
#
# Now the full training. The plot shows the return of each training episode, averaged over the last
# 20 episodes, with a line for each seed. We expect all three to rise, but not smoothly: the
# estimates are noisy, and nothing limits how far one update moves the policy.

import matplotlib.pyplot as plt

from pytorch_rl_basics.agents import greedy_returns


def greedy(actor):
    """Turn an actor into a function from observations (N, d) to the most probable actions."""

    @torch.no_grad()
    def act(observations):
        states = torch.as_tensor(observations, device=next(actor.parameters()).device)
        return actor(states).argmax(-1).cpu().numpy()

    return act


def moving_mean(returns):
    """Average each return with the 19 before it."""
    return np.convolve(returns, np.ones(20) / 20, "valid")


fig, ax = plt.subplots(layout="constrained")
test = {"env_id": "CartPole-v1", "episodes": 20, "seed": 1000}  # new episodes
final, curves = [], []
for seed in range(3):
    actor, critic, returns = train(*new_networks(seed), seed=seed)
    final.append(greedy_returns(greedy(actor), **test).mean())
    curves.append(moving_mean(returns))
    ax.plot(curves[-1], label=f"seed {seed}")
ax.set(title="A2C on CartPole: three seeds", xlabel="episode", ylabel="mean return of 20 episodes")
ax.legend()
plt.show()
before = greedy_returns(greedy(untrained), **test).mean()
print(f"untrained {before:.0f}, trained", *[f"{mean:.0f}" for mean in final])
# sphinx_gallery_start_ignore
assert min(final) >= 150
assert min(final) >= 3 * before
assert curves[0].max() - curves[0][curves[0].argmax() :].min() > 100
# sphinx_gallery_end_ignore

# %%
# All three rise, but not smoothly: seed 0 later falls more than 100 below its best mean return. An
# update that goes too far spoils the policy, and then also the data that the next update learns from.
#
# The printed numbers are the mean returns of 20 new episodes with the most probable actions. Each
# of the three policies gets at least 150, and at least three times as much as the untrained one.
#
# Entropy bonus and gradient clipping
# -----------------------------------
#
# Many programs have one or both; here they are ``entropy_weight`` and ``max_norm``. The bonus is meant
# for tasks with rare rewards, and clipping for batches with a huge gradient. On CartPole neither
# makes a clear difference: :doc:`Policy gradients, improved
# </tutorials/improved/policy_gradients_improved>` has the table, with ten seeds.

# %%
# A network of your own: one trunk for both
# -----------------------------------------
#
# Actor and critic look at the same state, so they can share their hidden layers, the trunk, and
# have one output layer each, the heads. This saves computation where the trunk is large, such as a
# convolution over images. ``train`` needs two modules. Here both hold the *same* trunk, and
# :class:`torch.nn.ModuleList` gives its parameters to the optimizer once:


class Head(nn.Module):
    """Put an output layer on a trunk: states (B, d) to (B, outputs), or to (B,) for 1 output."""

    def __init__(self, trunk, outputs):
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(64, outputs)

    def forward(self, states):
        outputs = self.head(self.trunk(states))
        return outputs.squeeze(-1) if self.head.out_features == 1 else outputs


def shared_networks(seed):
    """Make a policy and a critic with the same hidden layers."""
    torch.manual_seed(seed)
    trunk = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh())
    return Head(trunk, 2), Head(trunk, 1)


# %%
# The trunk gets the sum of two gradients. These are their lengths for the first rollout:

actor, critic = shared_networks(0)
states, valid = rollout.states[:-1][rollout.valid], rollout.valid
steps = rollout.rewards, torch.zeros(16, 16), torch.zeros(16, 16)  # V is about 0 at the start
advantages = gae(*steps, rollout.terminated, rollout.done, GAMMA, LAM)[valid]
losses = {
    "actor": policy_loss(select_log_probs(actor(states), rollout.actions[valid]), advantages),
    "critic": F.mse_loss(critic(states), advantages),
}
lengths = {}
for name, loss in losses.items():
    gradients = torch.autograd.grad(loss, actor.trunk.parameters())
    lengths[name] = torch.cat([one.flatten() for one in gradients]).norm().item()
    print(f"{name:6} {lengths[name]:.2f}")
# sphinx_gallery_start_ignore
assert lengths["critic"] > 5 * lengths["actor"]
# sphinx_gallery_end_ignore

# %%
# The critic's is many times as long, so the trunk would serve the critic. With separate networks
# this does not matter: each parameter gets the gradient of one loss only, and Adam ignores a
# constant scale. With a shared trunk ``value_weight`` must make the two comparable. Three trainings
# of 16,000 steps with the usual weight, and three with a small one:

for weight in (0.5, 0.005):
    means = []
    for seed in range(3):
        run = train(*shared_networks(seed), seed=seed, max_steps=16_000, value_weight=weight)
        means.append(float(np.mean(run[2][-20:])))
    print(f"value_weight {weight:<5}  last 20 episodes:", *[f"{mean:4.0f}" for mean in means])
    # sphinx_gallery_start_ignore
    results[weight] = means
assert min(results[0.005]) > 1.2 * max(results[0.5])
# sphinx_gallery_end_ignore

# %%
# The worst seed with the small weight is better than the best with 0.5. Where rewards are scaled so
# that values are about 1, a weight of 0.5 is fine.

# %%
# How others do it
# ----------------
#
# The defaults of stable-baselines3 2.9. CleanRL has no A2C script any more: A2C is PPO with one
# epoch, one minibatch and no normalised advantages (Huang et al., 2022,
# https://arxiv.org/abs/2205.09123).
#
# ========================  ==================  =================
# setting                   this page           stable-baselines3
# ========================  ==================  =================
# steps in a rollout        16                  5
# optimizer                 Adam                RMSprop
# learning rate             0.005               0.0007
# γ                         0.98                0.99
# λ                         0.98                1
# weight of critic's loss   0.5                 0.5
# weight of entropy         0                   0
# longest gradient          no limit            0.5
# networks for vectors      separate            separate
# activation                tanh                tanh
# initial weights           PyTorch's           orthogonal
# at a truncation           bootstraps          bootstraps
# ========================  ==================  =================
#
# Both networks of stable-baselines3 have two hidden layers of 64 units, as here. For images it
# shares the convolutions.

# %%
# Your own functions
# ------------------
#
# Each function of exercises 4, 7, 13, 14 and 15 is a parameter of ``train``. Put yours into
# ``mine``, and the agent trains with it. On this page ``mine`` is empty, so nothing happens.

from pytorch_rl_basics import check

mine = {}  # for example {"gae": my_gae, "entropy": my_entropy}

for name, function in mine.items():
    print(check(function, name))
if mine:
    *_, returns = train(*new_networks(0), max_steps=20_000, **mine)
    print(f"with your functions, last 20 episodes: {np.mean(returns[-20:]):.0f}")

# %%
# What is missing
# ---------------
#
# - Each rollout is used for one update. :doc:`PPO </tutorials/algorithms/ppo>` uses it for several,
#   with a loss that slows how far they move the policy.
# - :doc:`The improved A2C </tutorials/improved/policy_gradients_improved>` solves CartPole. It gives
#   the critic more updates than the actor and scales the rewards.
#
# The sources: Mnih et al. (2016), https://arxiv.org/abs/1602.01783, which has the asynchronous form
# A3C and the entropy bonus; Schulman et al. (2016), https://arxiv.org/abs/1506.02438, for GAE;
# Sutton and Barto (2018), section 13.5, for the actor-critic with one-step errors.
