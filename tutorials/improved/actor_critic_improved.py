r"""
Actor-critic: learn before the episode ends
===========================================

You add a second network, the critic, which estimates what a state is worth. With it the agent
learns from pieces of episodes, and compares each action with what is usual in its state. This is
A2C, advantage actor-critic, with generalised advantage estimation (GAE).
"""

# %%
# The idea
# --------
#
# :doc:`REINFORCE </tutorials/algorithms/reinforce>` weighs each :term:`action` by the whole
# :term:`return` that followed, which is noisy and known only when the :term:`episode` is over. A
# :term:`critic` :math:`V(s)` learns to predict the return of a :term:`state`. After one step the
# TD error (temporal-difference error) shows whether the step went better than predicted:
#
# .. math:: \delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)
#
# It is a first estimate of the :term:`advantage`, and it is wrong where the critic is wrong. Adding
# the errors of later steps depends less on the critic, and brings back some of the noise. GAE takes
# a decaying sum. :math:`\lambda` sets how fast it decays:
#
# .. math:: A_t = \delta_t + \gamma \lambda \, \delta_{t+1} + (\gamma \lambda)^2 \delta_{t+2} + \dots
#
# The policy, now called the actor, follows the :term:`policy gradient` with :math:`A_t` as the
# weight, without the factor :math:`\gamma^t`, as in REINFORCE. The critic is trained by regression,
# with :math:`A_t + V(s_t)` as its target.

# %%
# The advantages: write them yourself
# -----------------------------------
#
# Write ``gae(rewards, values, next_values, terminated, done, gamma, lam)``, which returns every
# :math:`A_t`. ``values`` holds :math:`V(s_t)` and ``next_values`` holds :math:`V(s_{t+1})`. All
# five tensors and the result have the same shape: ``(T,)`` for T steps in a row, or ``(T, B)`` for
# the steps of B environments side by side.
#
# Two bool tensors mark the ends. Where ``terminated`` is true no state follows, so
# :math:`V(s_{t+1})` counts as 0. Where ``done`` is true the episode is over, by :term:`termination`
# or :term:`truncation`, and the sum stops: the next row belongs to another episode. It stops at the
# last row as well.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def my_gae(rewards, values, next_values, terminated, done, gamma, lam):
    raise NotImplementedError


print(check(my_gae, "gae"))

# %%
# When it passes, put it into ``mine`` below, and the agent trains with it.
#
# .. exercise-hints:: gae

# %%
# .. exercise-solution:: gae

# %%
# Your functions, if you have some
# --------------------------------
#
# The agent calls five functions of the library. Put your own into ``mine``, and it trains with
# them. On this page ``mine`` is empty.

from pytorch_rl_basics.exercises import EXERCISES

mine = {}  # for example {"gae": my_gae}

for name in mine.keys() & EXERCISES.keys():
    print(check(mine[name], name))

# %%
# Act
# ---
#
# Sixteen environments run side by side and never wait for each other. Each pass of ``rollouts``
# takes 64 steps in each of them, and the next pass continues from there.
#
# What happens when an episode ends depends on the environment's autoreset mode. Gymnasium has three
# since version 1.1 (``gymnasium.vector.AutoresetMode``):
#
# - ``NEXT_STEP``, the default, and the mode of all environments on this site: ``step`` returns the
#   last state of the episode, and the *next* step resets. That next step ignores its action and
#   belongs to no episode. ``valid`` is False there. So ``states[t + 1]`` is always the state that
#   followed ``states[t]``.
# - ``SAME_STEP``: the step that ends an episode also resets. ``states[t + 1]`` is then the first
#   state of the *next* episode, and the last one is in ``info["final_obs"]``. Code for this mode
#   must bootstrap from there.
# - ``DISABLED``: nothing resets by itself. You call ``reset`` for the environments that are done.
#
# The code below is for ``NEXT_STEP`` only.

import numpy as np

from pytorch_rl_basics import (
    PolicyNetwork,
    ValueNetwork,
    gae,
    policy_loss,
    sample_actions,
    select_log_probs,
    train_step,
)
from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"CartPole-v1": torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])}


def rollouts(envs, seed, steps, policy, scale, sample_actions, record):
    """Act in N environments without end, and yield the experience in pieces of T steps."""
    observations, _ = envs.reset(seed=seed)
    states = torch.as_tensor(observations) * scale  # (N, d)
    resets = torch.zeros(envs.num_envs, dtype=torch.bool)  # (N,)
    while True:
        piece = []
        for _ in range(steps):
            with torch.no_grad():  # acting needs no graph
                actions, _ = sample_actions(policy, states)  # (N,)
            observations, *outcome, _ = envs.step(actions.numpy())
            rewards, terminated, truncated = map(torch.as_tensor, outcome)
            done = terminated | truncated
            step = (states, actions, rewards.float(), terminated, done)
            piece.append((*step, ~resets))
            record(rewards.numpy(), done.numpy(), ~resets.numpy())
            states, resets = torch.as_tensor(observations) * scale, done
        parts = zip(*piece, strict=True)
        before, *others = (torch.stack(part) for part in parts)
        # T + 1 states, (T + 1, N, d), and five tensors (T, N).
        yield torch.cat([before, states.unsqueeze(0)]), *others


# %%
# One piece, from an untrained policy:

torch.manual_seed(0)
untrained = PolicyNetwork(hidden=(64, 64))
envs = vector_env("CartPole-v1", num_envs=16)
print(envs.metadata["autoreset_mode"])
pieces = rollouts(
    envs,
    seed=0,
    steps=64,
    policy=untrained,
    scale=SCALES["CartPole-v1"],
    sample_actions=sample_actions,
    record=lambda *step: None,
)
states, actions, rewards, terminated, done, valid = next(pieces)
print("states ", tuple(states.shape))
print("actions", tuple(actions.shape))
print(f"{done.sum()} episodes ended, {(~valid).sum()} steps were resets")
# sphinx_gallery_start_ignore
assert states.shape == (65, 16, 4)
assert 0 <= done.sum() - (~valid).sum() <= 16
import gymnasium as gym

assert envs.metadata["autoreset_mode"] is gym.vector.AutoresetMode.NEXT_STEP
same_step = {"autoreset_mode": gym.vector.AutoresetMode.SAME_STEP}
other = gym.make_vec("CartPole-v1", 1, "sync", vector_kwargs=same_step)
other.reset(seed=0)
over = False
while not over:
    start, _, (over,), _, info = other.step(np.array([0]))
assert abs(start).max() <= 0.05, "the next episode's first state"
assert abs(info["final_obs"][0][2]) > 0.2, "the fallen pole"
# sphinx_gallery_end_ignore

# %%
# Judge
# -----
#
# :func:`~pytorch_rl_basics.gae` needs the values of all 65 states: the first 64 are those in which
# the agent acted, and the last 64 those that followed. Where ``terminated`` is True nothing
# follows. Where ``done`` is True the sum stops, because another episode begins.

critic = ValueNetwork(hidden=(64, 64))
with torch.no_grad():  # advantages are weights, not something to train
    values = critic(states)  # (65, 16)
now, following = values[:-1], values[1:]  # (64, 16) each
advantages = gae(rewards, now, following, terminated, done, 0.99, 0.95)
last = advantages[terminated].mean().item()
print("advantages", tuple(advantages.shape))
print(f"mean of all {advantages[valid].mean():.1f}, of last steps {last:.1f}")
# sphinx_gallery_start_ignore
assert advantages[valid].mean() > 5
assert 0.5 < last < 1.5
# sphinx_gallery_end_ignore

# %%
# The untrained critic predicts about 0 everywhere, so the advantages are about the sums of the
# rewards that follow, discounted by :math:`\gamma\lambda`. The last step of an episode has its
# reward of 1, and nothing after it.

# %%
# The whole agent
# ---------------
#
# The actor's loss is :func:`~pytorch_rl_basics.policy_loss`, the one of REINFORCE. The critic
# learns by :func:`~pytorch_rl_basics.train_step`, the regression step of
# :doc:`worked example 2 </tutorials/worked_examples/example_2_training_step>`.


def train(
    seed,
    *,
    max_steps=150_000,
    env_id="CartPole-v1",
    num_envs=16,
    steps=64,
    actor_rate=0.005,
    critic_rate=0.01,
    critic_steps=4,
    anneal=True,
    reward_scale=0.1,
    gamma=0.99,
    lam=0.95,
    scale=None,
    sample_actions=sample_actions,
    select_log_probs=select_log_probs,
    policy_loss=policy_loss,
    gae=gae,
    train_step=train_step,
    watch=None,
):
    """Train an actor and its critic.

    Args:
        seed: of torch and of the environments.
        max_steps: environment steps to train for, over all environments.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        num_envs: environments that run side by side.
        steps: steps of each environment between two updates.
        actor_rate: Adam's learning rate for the actor.
        critic_rate: Adam's learning rate for the critic.
        critic_steps: updates of the critic for each update of the actor.
        anneal: whether the actor's learning rate falls to 0 over the training.
        reward_scale: factor of the rewards that advantages and targets are computed from.
        gamma: discount factor, in [0, 1].
        lam: decay of the sum in GAE, in [0, 1].
        scale: factor of each observation, shape (d,); that of ``SCALES``, or 1, if None.
        sample_actions: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        policy_loss: the library's function, or your own.
        gae: the library's function, or your own.
        train_step: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    settings = dict(locals())
    torch.manual_seed(seed)
    envs = vector_env(env_id, num_envs, actions="Discrete")
    if scale is None:
        scale = SCALES.get(env_id, torch.tensor(1.0))
    state_dim = envs.single_observation_space.shape[0]
    n_actions = int(envs.single_action_space.n)
    actor = PolicyNetwork(state_dim, n_actions, hidden=(64, 64))
    critic = ValueNetwork(state_dim, hidden=(64, 64))
    actor_adam = torch.optim.Adam(actor.parameters(), lr=actor_rate)
    critic_adam = torch.optim.Adam(critic.parameters(), lr=critic_rate)

    @torch.no_grad()
    def act_greedily(observations):
        return actor(torch.as_tensor(observations) * scale).argmax(-1).numpy()

    run = TrainingRun(act_greedily, settings)
    with run.recording(max_steps, watch):
        acting = (actor, scale, sample_actions, run.record)
        for piece in rollouts(envs, seed, steps, *acting):
            states, actions, rewards, terminated, done, valid = piece
            # Judge every step by the critic.
            with torch.no_grad():
                values = critic(states)  # (T + 1, N)
            advantages = gae(
                rewards * reward_scale,
                values[:-1],
                values[1:],
                terminated,
                done,
                gamma,
                lam,
            )  # (T, N)
            targets = (advantages + values[:-1])[valid]  # (B,)
            states, actions = states[:-1][valid], actions[valid]  # (B, d), (B,)
            # One step of the actor.
            log_probs = select_log_probs(actor(states), actions)
            loss = policy_loss(log_probs, advantages[valid])
            run.require_finite(loss.item())
            actor_adam.zero_grad()
            loss.backward()
            if anneal:  # ever smaller steps
                left = max(0, 1 - run.env_steps / max_steps)
                actor_adam.param_groups[0]["lr"] = actor_rate * left
            actor_adam.step()
            # A few steps of the critic.
            for _ in range(critic_steps):
                error = train_step(critic, critic_adam, states, targets)
                run.require_finite(error)
            if run.env_steps >= max_steps:
                break
    envs.close()
    return run


# %%
# It learns, and stays
# --------------------
#
# Train three seeds on 100,000 environment steps each, then test the policy that each training ended
# with: the mean return of 100 new episodes with the most likely actions. 475 counts as solved.

from pytorch_rl_basics.agents import greedy_returns

runs = [train(seed, max_steps=100_000) for seed in range(3)]
print(runs[0])
games = {"env_id": "CartPole-v1", "episodes": 100, "seed": 1000}
final = [greedy_returns(run.policy, **games).mean() for run in runs]
print("after training:", *[f"{mean:.0f}" for mean in final])
print(f"{sum(mean >= 475 for mean in final)} of 3 seeds solved")
# sphinx_gallery_start_ignore
assert sum(mean >= 475 for mean in final) >= 2
# sphinx_gallery_end_ignore

# %%
# The curve shows the training: the mean return of the last 50 training episodes, with sampled
# actions. The line is the median of the three seeds, and the band reaches from the worst to the
# best.

import matplotlib.pyplot as plt

from pytorch_rl_basics.agents import plot_runs

fig, ax = plt.subplots(layout="constrained")
plot_runs(runs, ax, label="A2C, 3 seeds")
if mine:
    your_runs = [train(seed, max_steps=100_000, **mine) for seed in range(3)]
    plot_runs(your_runs, ax, label="with your functions", ls="--")
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("A2C on CartPole: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

# %%
# Before and after
# ----------------
#
# The untrained actor first:

from pytorch_rl_basics.agents import Video, film


@torch.no_grad()
def act_untrained(observations):
    states = torch.as_tensor(observations) * SCALES["CartPole-v1"]
    return untrained(states).argmax(-1).numpy()


before = Video(
    film(act_untrained, "CartPole-v1", seconds=4),
    "Before training: the pole falls over within a second, in every episode.",
    fps=25,
)
before

# %%
# And the actor of seed 0 after its training:

after = Video(
    film(runs[0].policy, "CartPole-v1", seconds=4),
    "After training: the pole stays upright while the cart makes small moves.",
    fps=25,
)
# sphinx_gallery_start_ignore
assert max(len(before.data), len(after.data)) <= 40_000
assert greedy_returns(act_untrained, "CartPole-v1", 100, seed=0).max() <= 50
# sphinx_gallery_end_ignore
after

# %%
# A function with a mistake
# -------------------------
#
# This ``gae`` ignores :term:`termination`: it adds the critic's value of the state in which the
# pole has fallen, although nothing follows there:


def wrong_gae(rewards, values, next_values, terminated, done, gamma, lam):
    never = torch.zeros_like(terminated)
    return gae(rewards, values, next_values, never, done, gamma, lam)


means = {}
for name, function in (("wrong_gae", wrong_gae), ("library's", gae)):
    tries = [train(seed, max_steps=15_000, gae=function) for seed in range(3)]
    means[name] = [np.mean(run.episode_returns[-30:]) for run in tries]
    print(f"{name:10} last 30:", *[f"{mean:4.0f}" for mean in means[name]])
# sphinx_gallery_start_ignore
assert np.mean(means["wrong_gae"]) < 0.75 * np.mean(means["library's"])
assert max(max(run.episode_returns) for run in tries) < 500, "no truncation"
# sphinx_gallery_end_ignore

# %%
# Each row has three seeds. The wrong agent raises no error. It learns something, but on average
# less than the right one.
#
# The opposite mistake, to take a :term:`truncation` for a termination, would have cost nothing in
# these short trainings: no episode reached the limit of 500 steps, so none was truncated.
# :doc:`The laboratory </tutorials/laboratory/values>` shows both mistakes on a smaller problem.
#
# Implementation details, measured
# --------------------------------
#
# What is a detail of the script worth? For :doc:`the benchmark page </benchmark>` the agent was
# trained again, without one detail at a time, for its whole budget of 150,000 steps, on five seeds.
# The trainings above are shorter and have three, so that this page runs in less than a minute. The
# table counts the seeds whose final policy solves CartPole:
#
# =======================  ======  ===================
# trained                  solved  median final return
# =======================  ======  ===================
# as it is                 5 of 5  500
# λ = 0                    3 of 5  500
# λ = 1                    5 of 5  500
# one step of the critic   0 of 5  156
# learning rate kept       5 of 5  500
# rewards not scaled       3 of 5  476
# observations not scaled  5 of 5  500
# =======================  ======  ===================
#
# :math:`\lambda = 1`, the kept learning rate and the observations as they are make no difference to
# the final policy on this task. For :math:`\lambda` there is more to see at the start. The
# benchmark also trained ten seeds of each for 20,000 steps only. These are the mean returns of
# their last 30 episodes, with a point for each seed:

STARTS = {
    "λ = 0.95": [173, 185, 202, 169, 175, 201, 263, 180, 181, 209],
    "λ = 0.0": [10, 17, 25, 10, 11, 36, 12, 12, 10, 11],
    "λ = 1.0": [209, 248, 266, 164, 262, 172, 225, 198, 250, 219],
}
fig, ax = plt.subplots(figsize=(6, 2.4), layout="constrained")
for name, means in STARTS.items():
    ax.plot(means, [name] * len(means), "o", alpha=0.7)
ax.set(title="A2C after 20,000 steps", xlabel="return of an episode")
ax.invert_yaxis()
plt.show()
# sphinx_gallery_start_ignore
usual, none, all_errors = STARTS.values()
assert max(none) < 60
assert min(usual + all_errors) > 120
assert np.mean(all_errors) > np.mean(usual)
# sphinx_gallery_end_ignore

# %%
# - **Add up many errors** (``lam=0.95``). With :math:`\lambda = 0` the actor depends on the critic
#   alone, which is untrained at the start, and in 20,000 steps the agent hardly learns. With
#   :math:`\lambda = 1` the sum reaches to the end of the piece, and the agent learns at least as
#   well.
# - **Give the critic more steps than the actor** (``critic_steps``). With one critic step per piece
#   no seed ends with a solution. The actor takes one step only, because after it the data belong to
#   another policy.
# - **Make the rewards small** (``reward_scale``). With a reward of 1 at each step and
#   :math:`\gamma = 0.99` a state is worth up to 1 / (1 - 0.99) = 100, and a network that starts near
#   0 needs many steps to predict that. With 0.1 it is worth up to 10. The best policy is the same.
# - **Scale the observations** (``* scale``) and **lower the actor's learning rate to zero**
#   (``anneal``). No difference in the final policy.
# - **Bootstrap at a truncation, not at a termination** (``terminated`` and ``done`` in ``gae``).
#   When a fallen pole ends the episode, nothing follows. When step 500 ends it, the pole still
#   stands, and the critic's value replaces the rest. The wrong function above shows what the
#   mistake at a termination costs.
# - **Leave out the resets** (``valid``). The step after an episode's end belongs to no episode,
#   and its reward of 0 would teach the critic a value that no state has.
# - **No gradient into the advantages** (``torch.no_grad()`` around ``critic``). They are the
#   weights of the actor's loss. :func:`~pytorch_rl_basics.policy_loss` detaches them as well:
#   :doc:`the laboratory </tutorials/laboratory/policies>` shows why.
#
# Two parts that you meet in other implementations are missing here: an :term:`entropy` bonus in the
# actor's loss (Mnih et al., 2016, section 4), and a limit on the length of the gradient
# (``max_grad_norm`` in stable-baselines3).
#
# What to read next
# -----------------
#
# - :doc:`PPO </tutorials/algorithms/ppo>` takes several actor steps on each piece.
# - The papers: Mnih et al. (2016), https://arxiv.org/abs/1602.01783, for the actor-critic with many
#   environments; Schulman et al. (2016), https://arxiv.org/abs/1506.02438, for GAE.
# - The functions: :doc:`exercise 7 </tutorials/exercises/exercise_7_select_log_probs>`, and
#   :doc:`worked example 2 </tutorials/worked_examples/example_2_training_step>` for the critic's
#   step.
