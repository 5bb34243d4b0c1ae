r"""
A2C, improved
=============

You make the :doc:`plain A2C </tutorials/algorithms/actor_critic>` more reliable: the critic takes
more steps than the actor, and the rewards are scaled. A table shows what each change is worth.
"""

# %%
# What this page adds
# -------------------
#
# The :term:`advantages <advantage>` are those of the plain agent, computed by :term:`GAE`. These
# things are new:
#
# - The :term:`critic` takes four steps for each step of the actor (``critic_steps``). Each is a
#   ``train_step`` of :doc:`exercise 9 </tutorials/parts/exercise_9_train_step>`. So actor and critic
#   have an optimizer each, and there is no weight between their losses.
# - The rewards are a tenth of those of CartPole (``reward_scale``).
# - A :term:`rollout` has 64 steps of each environment.
# - The observations are scaled (``SCALES``), and the actor's learning rate falls to 0 over the
#   training (``anneal``).
#
# There is no :term:`entropy` bonus, and no limit on the length of the gradient.
#
# What is each of them worth? For :doc:`the benchmark page </benchmark>` the agent was trained again,
# without one detail at a time, for its whole budget of 150,000 steps, on five seeds. An
# :term:`episode` ends after 500 steps. A seed solves CartPole if its final policy has a mean return
# of at least 475 in 100 new episodes:
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
# For :math:`\lambda` there is more to see at the start. The benchmark also trained ten seeds of each
# for 20,000 steps only. A point is the mean return of a seed's last 30 episodes:

import matplotlib.pyplot as plt
import numpy as np

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
#   :math:`\lambda = 1` the agent learns at least as well.
# - **Give the critic more steps than the actor.** With one critic step per rollout, no seed ends with
#   a solution. The actor takes one step only, because after it the data belong to another policy.
# - **Make the rewards small.** With a reward of 1 at each step and :math:`\gamma = 0.99`, a state is
#   worth up to 1 / (1 - 0.99) = 100, and a network that starts near 0 needs many steps to predict
#   that. With 0.1 it is worth up to 10. The best policy is the same.
# - **Scale the observations** and **lower the actor's learning rate to zero**: no difference in the
#   final policy.
#
# The whole agent
# ---------------
#
# As in the plain agent, the environments reset at the step after an episode's end, and ``valid`` is
# False there. The advantages are computed without a graph.
# :doc:`The laboratory </tutorials/laboratory/values>` shows what each of the two mistakes costs.

import torch

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
# One seed, and your functions
# ----------------------------
#
# Train one seed for 100,000 environment steps; the table above has five. The agent takes five
# functions as parameters. Put your own into ``mine``, and a second training uses them. On this page
# ``mine`` is empty.

from pytorch_rl_basics import check
from pytorch_rl_basics.agents import greedy_returns, plot_runs

mine = {}  # for example {"gae": my_gae}

for name, function in mine.items():
    print(check(function, name))

runs = {"A2C, improved": train(0, max_steps=100_000)}
if mine:
    runs["with your functions"] = train(0, max_steps=100_000, **mine)

# %%
# The plot shows the return of the training episodes, with sampled actions, as the mean of the last
# 50. It should rise from about 20 to more than 400. The number below it is the mean return of 100
# new episodes with the most probable actions, by the final policy.

fig, ax = plt.subplots(layout="constrained")
for (name, run), style in zip(runs.items(), ("-", "--"), strict=False):
    plot_runs([run], ax, label=name, ls=style)
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("A2C, improved, on CartPole: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

run = runs["A2C, improved"]
final = greedy_returns(run.policy, "CartPole-v1", 100, seed=2000)
print(f"after {run.env_steps:,} steps: {final.mean():.0f}")
# sphinx_gallery_start_ignore
assert final.mean() >= 475
assert 15 < np.mean(run.episode_returns[:50]) < 30
assert np.mean(run.episode_returns[-50:]) > 400
# sphinx_gallery_end_ignore

# %%
# This seed solves CartPole.
#
# What to read next
# -----------------
#
# - Next: :doc:`exercise 16 </tutorials/parts/exercise_16_clipped_surrogate>`, and then
#   :doc:`PPO </tutorials/algorithms/ppo>`, which takes several actor steps on each rollout.
# - The papers: Mnih et al. (2016), https://arxiv.org/abs/1602.01783, for the actor-critic with many
#   environments; Schulman et al. (2016), https://arxiv.org/abs/1506.02438, for GAE.
