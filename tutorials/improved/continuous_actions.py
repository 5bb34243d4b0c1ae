r"""
Continuous actions
==================

You give PPO actions that are real numbers: the torque that swings a pendulum up. Only the policy
changes. The loss, the advantages and the critic are those of
:doc:`the page before </tutorials/improved/policy_gradients_improved>`.
"""

# %%
# A policy that gives a density
# -----------------------------
#
# CartPole has two actions, and the policy gives a probability for each. Pendulum's action is a
# torque between -2 and 2, so the policy gives a *density*: a Gaussian with a mean for each state
# (:doc:`/concepts/distributions`). Four things are new:
#
# - **Acting** draws from the Gaussian: mean plus standard deviation times noise.
# - **The log-probability** is the log-density, *summed* over the components of an action. Pendulum
#   has one component, a robot has several.
# - **The standard deviation** is a parameter of its own, one per component, the same in all states.
#   It starts at 1. The loss makes it smaller where precise actions pay.
# - **The entropy** follows from the standard deviations alone. It is the entropy of a density, so
#   it may be negative.

import math

import numpy as np
import torch
from torch import nn

from pytorch_rl_basics import PolicyNetwork


class GaussianActor(nn.Module):
    """Gives the mean of a Gaussian for each state, and has one standard deviation for all."""

    def __init__(self, state_dim, action_dim):
        super().__init__()
        self.mean = PolicyNetwork(state_dim, action_dim, hidden=(64, 64))
        self.log_std = nn.Parameter(torch.zeros(action_dim))

    def sample(self, states):
        """Draw an action for each state: (B, d) to actions (B, a) and log-densities (B,)."""
        noise = torch.randn(len(states), len(self.log_std))  # (B, a)
        actions = self.mean(states) + self.log_std.exp() * noise  # (B, a)
        return actions, self.log_prob(states, actions)

    def log_prob(self, states, actions):
        """Give the log-density of each action, (B, a) to (B,)."""
        z = (actions - self.mean(states)) / self.log_std.exp()  # (B, a)
        return -(z.square() / 2 + self.log_std + math.log(2 * math.pi) / 2).sum(-1)  # (B,)


# %%
# ``torch.distributions`` has this density, too. Both give the same numbers. There is one per
# action, as there is one log-probability per action in CartPole, so ``clipped_surrogate`` works as
# it is:

from torch.distributions import Independent, Normal

torch.manual_seed(0)
actor, states = GaussianActor(3, 2), torch.randn(4, 3)
actions, log_probs = actor.sample(states)
gaussian = Independent(Normal(actor.mean(states), actor.log_std.exp()), 1)  # sums over components
print(log_probs.detach())
print(gaussian.log_prob(actions).detach())
print("entropy", gaussian.entropy().detach())
# sphinx_gallery_start_ignore
assert torch.allclose(log_probs, gaussian.log_prob(actions), atol=1e-5)
assert (gaussian.entropy().diff() == 0).all()
assert (Normal(0.0, 0.1).entropy() < 0).all()
# sphinx_gallery_end_ignore

# %%
# The motor has limits
# --------------------
#
# A Gaussian has no limits, the motor has. The agent clips an action only when it *sends* it to the
# environment. What it stores, and computes log-densities of, is the number that it drew. If it
# stored the clipped one, all draws beyond a limit would get the log-density of the limit, and the
# ratio would not be the ratio of what was drawn. SAC does this in another way: it squashes the
# action by tanh and corrects the density
# (:doc:`exercise 17 </tutorials/parts/exercise_17_squashed_gaussian_log_prob>`).
#
# The whole agent
# ---------------
#
# Three things about Pendulum:
#
# - The network's action of -1 to 1 is stretched to the torque's range.
# - Observations and rewards are scaled. A pendulum that hangs gets about -10 at each step, which
#   adds up to -10 / (1 - 0.95) = -200, and the critic starts near 0.
# - Its :term:`episodes <episode>` never terminate. They are truncated after 200 steps, so every
#   target includes the value of the next state.

from dataclasses import dataclass, replace

from pytorch_rl_basics import ValueNetwork, clipped_surrogate, gae, train_step
from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"Pendulum-v1": torch.tensor([1.0, 1.0, 1 / 8])}  # the angular velocity reaches 8


@dataclass(frozen=True)
class Settings:
    """The numbers that decide how PPO trains."""

    max_steps: int = 60_000  # environment steps to train for, over all environments
    num_envs: int = 16  # environments that run side by side
    steps: int = 128  # of each environment between two updates
    epochs: int = 10  # how often each batch is used
    minibatch: int = 512  # steps in each update
    actor_rate: float = 0.005  # Adam's learning rate for the actor
    critic_rate: float = 0.01  # Adam's learning rate for the critic
    anneal: bool = True  # whether both learning rates fall to 0 over the training
    gamma: float = 0.95  # discount factor, in [0, 1]
    lam: float = 0.95  # decay of the sum in GAE, in [0, 1]
    clip: float = 0.2  # how far a ratio of densities may leave 1
    reward_scale: float = 0.1  # factor of the rewards
    scale_observations: bool = True  # whether observations are multiplied by SCALES


PPO = Settings()


def rollouts(envs, seed, steps, actor, scale, record):
    """Act in N environments without end, and yield the experience in pieces of T steps."""
    space = envs.single_action_space
    middle, reach = (space.high + space.low) / 2, (space.high - space.low) / 2
    observations, _ = envs.reset(seed=seed)
    valid = torch.ones(envs.num_envs, dtype=torch.bool)  # (N,)
    while True:
        piece = []
        for _ in range(steps):
            states = torch.as_tensor(observations) * scale  # (N, d)
            with torch.no_grad():  # acting needs no graph
                actions, log_probs = actor.sample(states)  # (N, a), (N,)
            torques = actions.clamp(-1, 1).numpy() * reach + middle  # only what is sent is clipped
            observations, *outcome, _ = envs.step(torques)
            rewards, terminated, truncated = map(torch.as_tensor, outcome)
            done = terminated | truncated
            ends = (terminated, done, valid)
            piece.append((states, actions, log_probs, rewards.float(), *ends))
            record(rewards.numpy(), done.numpy(), valid.numpy())
            valid = ~done  # the step after an end only resets
        before, *others = (torch.stack(part) for part in zip(*piece, strict=True))
        last = torch.as_tensor(observations) * scale  # (N, d)
        yield torch.cat([before, last.unsqueeze(0)]), *others


def normalised(advantages):
    """Bring advantages to mean 0 and standard deviation 1."""
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


def train(
    seed,
    settings=PPO,
    *,
    env_id="Pendulum-v1",
    clipped_surrogate=clipped_surrogate,
    gae=gae,
    train_step=train_step,
    watch=None,
):
    """Train PPO with a Gaussian policy.

    Args:
        seed: of torch and of the environments.
        settings: ``PPO``, or your own.
        env_id: the environment, as Gymnasium names it; its actions must be continuous.
        clipped_surrogate: the library's function, or your own.
        gae: the library's function, or your own.
        train_step: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    arguments = dict(locals())
    torch.manual_seed(seed)
    envs = vector_env(env_id, settings.num_envs, actions="Box")
    space = envs.single_action_space
    middle, reach = (space.high + space.low) / 2, (space.high - space.low) / 2
    state_dim, action_dim = envs.single_observation_space.shape[0], len(reach)
    scale = SCALES.get(env_id) if settings.scale_observations else None
    scale = torch.ones(state_dim) if scale is None else scale  # (d,)
    actor, critic = GaussianActor(state_dim, action_dim), ValueNetwork(state_dim, hidden=(64, 64))
    actor_adam = torch.optim.Adam(actor.parameters(), lr=settings.actor_rate, fused=True)
    critic_adam = torch.optim.Adam(critic.parameters(), lr=settings.critic_rate, fused=True)

    @torch.no_grad()
    def act_greedily(observations):
        means = actor.mean(torch.as_tensor(observations) * scale)
        return means.clamp(-1, 1).numpy() * reach + middle

    def update(states, actions, old_log_probs, advantages, targets):
        """Take one step of the actor and one of the critic, on a minibatch of M steps."""
        log_probs = actor.log_prob(states, actions)  # (M,)
        weights = normalised(advantages)  # (M,)
        loss = clipped_surrogate(log_probs, old_log_probs, weights, settings.clip)
        run.require_finite(loss.item())
        actor_adam.zero_grad()
        loss.backward()
        actor_adam.step()
        run.require_finite(train_step(critic, critic_adam, states, targets))

    run = TrainingRun(act_greedily, arguments)
    with run.recording(settings.max_steps, watch):
        for piece in rollouts(envs, seed, settings.steps, actor, scale, run.record):
            states, actions, log_probs, rewards, terminated, done, valid = piece
            with torch.no_grad():
                values = critic(states)  # (T + 1, N)
            advantages = gae(
                rewards * settings.reward_scale,
                values[:-1],
                values[1:],
                terminated,
                done,
                settings.gamma,
                settings.lam,
            )  # (T, N)
            parts = (states[:-1], actions, log_probs, advantages, advantages + values[:-1])
            batch = [part[valid] for part in parts]  # B valid steps
            if settings.anneal:  # ever smaller steps
                left = max(0, 1 - run.env_steps / settings.max_steps)
                actor_adam.param_groups[0]["lr"] = settings.actor_rate * left
                critic_adam.param_groups[0]["lr"] = settings.critic_rate * left
            for _ in range(settings.epochs):
                for rows in torch.randperm(len(batch[0])).split(settings.minibatch):
                    if len(rows) > 1:  # one row has no standard deviation
                        update(*(part[rows] for part in batch))
            if run.env_steps >= settings.max_steps:
                break
    envs.close()
    return run


# %%
# A short run, and your functions
# -------------------------------
#
# Train one seed for 30,000 environment steps, half of the settings' budget. ``train``
# takes three functions as parameters. Put your own into ``mine``, and a second training uses them. On
# this page ``mine`` is empty.

from pytorch_rl_basics import check
from pytorch_rl_basics.agents import greedy_returns, plot_runs

mine = {}  # for example {"gae": my_gae}

for name, function in mine.items():
    print(check(function, name))

short = replace(PPO, max_steps=30_000)
runs = {"PPO": train(0, short)}
if mine:
    runs["with your functions"] = train(0, short, **mine)

# %%
# The plot shows the return of the training episodes, with sampled actions, as the mean of the last
# 16. A policy that does not learn stays near -1,200. The curve should start there and rise. The
# number below it is the mean return of 100 new episodes without noise: the policy takes the mean of
# the Gaussian. It should be better than the curve's end, because the standard deviation is still
# large.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
for (name, run), style in zip(runs.items(), ("-", "--"), strict=False):
    plot_runs([run], ax, label=name, window=16, ls=style)
ax.axhline(-200, color="0.5", ls=":", lw=1.5)
ax.set_title("PPO on Pendulum: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

run = runs["PPO"]
final = greedy_returns(run.policy, "Pendulum-v1", 100, seed=2000)
print(f"after {run.env_steps:,} steps: {final.mean():.0f}")
# sphinx_gallery_start_ignore
assert final.mean() >= -300
start, end = (np.mean(run.episode_returns[rows]) for rows in (slice(16), slice(-16, None)))
assert start < -1_000
assert start + 250 < end < final.mean() - 100, (start, end)
# sphinx_gallery_end_ignore

# %%
# The policy has learned to swing the pendulum up. The swing itself costs return, so even the best
# policy does not get 0.
#
# What it takes to solve Pendulum
# -------------------------------
#
# On this site a seed solves Pendulum if its final policy has a mean return of at least -200 in 100
# new episodes. For :doc:`the benchmark page </benchmark>` the agent was trained for its whole
# budget of 60,000 steps, and again with one change at a time, on ten seeds:
#
# .. worth: ppo_pendulum
#
# =======================  ========  ====================  ====================
# trained                    solved          final return    return in training
# =======================  ========  ====================  ====================
# as it is                 10 of 10     -169 [-178, -160]     -508 [-525, -492]
# no clip                   0 of 10  -1259 [-1387, -1134]  -1294 [-1378, -1212]
# one epoch                 0 of 10  -1125 [-1153, -1096]  -1188 [-1199, -1176]
# γ = 0.99                  9 of 10     -185 [-229, -158]     -661 [-684, -639]
# learning rate kept        7 of 10     -208 [-252, -170]     -500 [-510, -488]
# rewards not scaled       10 of 10     -171 [-180, -162]     -667 [-692, -645]
# observations not scaled   9 of 10     -178 [-206, -159]     -439 [-459, -421]
# =======================  ========  ====================  ====================
#
# .. end of worth
#
# Without the clip, or with one epoch instead of ten, the agent does not learn in this budget.
# Without scaled rewards, or with :math:`\gamma = 0.99`, it learns more slowly. With the observations as
# they are, it learns a little faster: the scaling that helps REINFORCE on CartPole does not help here.
#
# :doc:`The benchmark page </benchmark>` also says how many CPU seconds and environment steps this
# agent and SAC need until they solve Pendulum.
#
# What to read next
# -----------------
#
# - Next: :doc:`exercise 17 </tutorials/parts/exercise_17_squashed_gaussian_log_prob>`, and then
#   :doc:`SAC </tutorials/algorithms/sac>`, which needs fewer environment steps for continuous
#   actions.
# - CleanRL's `PPO for continuous actions
#   <https://docs.cleanrl.dev/rl-algorithms/ppo/#ppo_continuous_actionpy>`_ has more details, with a
#   link to the line of each.
