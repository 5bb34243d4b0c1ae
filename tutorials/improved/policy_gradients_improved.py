r"""
Policy gradients, improved
==========================

You turn :doc:`REINFORCE </tutorials/algorithms/reinforce>`,
:doc:`A2C </tutorials/algorithms/actor_critic>` and :doc:`PPO </tutorials/algorithms/ppo>` into three
settings of one faster agent. Three tables show what each detail is worth, over ten seeds.
"""

# %%
# One loss for all three
# ----------------------
#
# The three agents differ less than their names suggest. REINFORCE and A2C minimise ``policy_loss``,
# PPO minimises ``clipped_surrogate``. In the first step on a batch, the trained policy is still the
# one that acted, so every ratio is 1 and the two losses have the same gradient:

import torch

from pytorch_rl_basics import clipped_surrogate, policy_loss, select_log_probs

torch.manual_seed(0)
logits = torch.randn(6, 2, requires_grad=True)  # of 6 states, 2 actions
advantages = torch.randn(6)
log_probs = select_log_probs(logits, torch.randint(2, (6,)))  # (6,)
losses = (
    policy_loss(log_probs, advantages),
    clipped_surrogate(log_probs, log_probs.detach(), advantages, clip=0.2),
)
one, other = (torch.autograd.grad(loss, logits, retain_graph=True)[0] for loss in losses)
print(one[:, 0])
print(other[:, 0])
# sphinx_gallery_start_ignore
assert torch.allclose(one, other, atol=1e-6)
# sphinx_gallery_end_ignore

# %%
# One advantage for all three
# ---------------------------
#
# A2C and PPO compute their :term:`advantages <advantage>` by ``gae``, with a :term:`critic`. REINFORCE
# weighs each action by its :term:`return`. But without a critic all values are 0, and with
# :math:`\lambda = 1` ``gae`` then adds up all rewards to the end of the :term:`episode`: the return.

from pytorch_rl_basics import discounted_returns, gae

rewards = torch.tensor([[1.0], [0.0], [2.0], [1.0]])  # (4 steps, 1 environment)
no_values = torch.zeros(4, 1)
ended = torch.tensor([[False], [False], [False], [True]])
advantages = gae(rewards, no_values, no_values, ended, ended, gamma=0.9, lam=1.0).squeeze()
returns = discounted_returns(rewards.squeeze(), gamma=0.9)
print(advantages)
print(returns)
# sphinx_gallery_start_ignore
assert torch.allclose(advantages, returns)
# sphinx_gallery_end_ignore

# %%
# The settings
# ------------
#
# So one agent is enough. What differs is how much experience goes into a batch, how often the batch
# is used, and whether there is a critic. All of it is in a dataclass:

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What one agent does differently from another."""

    max_steps: int  # environment steps to train for, over all environments
    num_envs: int = 16  # environments that run side by side
    steps: int | None = None  # of each environment between two updates; None: a whole episode
    epochs: int = 1  # how often each batch is used
    minibatch: int | None = None  # steps in each update; None: the whole batch
    critic_steps: int = 1  # critic steps for each actor step; 0: no critic, all values are 0
    hidden: tuple[int, ...] = (64, 64)  # sizes of the hidden layers, of actor and critic
    actor_rate: float = 0.005  # Adam's learning rate for the actor
    critic_rate: float = 0.005  # Adam's learning rate for the critic
    anneal: bool = True  # whether the actor's learning rate falls to 0 over the training
    gamma: float = 0.99  # discount factor, in [0, 1]
    lam: float = 0.95  # decay of the sum in GAE, in [0, 1]
    clip: float = 0.2  # how far a ratio of probabilities may leave 1
    normalise: bool = False  # whether advantages get mean 0 and standard deviation 1
    reward_scale: float = 0.1  # factor of the rewards
    scale_observations: bool = True  # whether observations are multiplied by SCALES
    entropy_weight: float = 0.0  # weight of the entropy bonus in the actor's loss
    max_norm: float | None = None  # longest gradient of the actor; longer ones are shortened


REINFORCE = Settings(
    max_steps=200_000,
    critic_steps=0,
    lam=1.0,
    hidden=(32,),
    actor_rate=0.02,
    normalise=True,
)
A2C = Settings(max_steps=150_000, num_envs=32, steps=32, critic_steps=4, critic_rate=0.01)
PPO = Settings(
    max_steps=100_000,
    num_envs=32,
    steps=64,
    epochs=5,
    minibatch=512,
    lam=0.98,
    normalise=True,
)

# %%
# Compared with the plain agents, these things are new:
#
# - **More environments** run side by side (:doc:`/concepts/vector_environments`): 16 in place of 1 for
#   REINFORCE, which takes one step on all 16 episodes, and 32 for A2C and PPO, in place of 16 and 8.
# - Actor and critic are **two networks with an optimizer each**, so no weight balances their losses,
#   and the critic can take more steps than the actor.
# - The **observations are scaled**: an angle of 0.1 rad is large and a position of 0.1 m is small,
#   but the network does not know that at the start.
# - The **rewards are a tenth** of CartPole's. With a reward of 1 at each step and
#   :math:`\gamma = 0.99`, a state is worth up to 1 / (1 - 0.99) = 100, and a critic that starts near
#   0 needs many steps to predict that. The best policy is the same.
# - The **learning rate of the actor falls to 0**.
#
# The whole agent
# ---------------
#
# ``rollouts`` collects experience, also the log-probabilities of the actions under the policy that
# took them, without a graph. The environments reset at the step after an episode's end; ``valid`` is
# False there. For REINFORCE it is False in all steps after an environment's first episode.

import numpy as np

from pytorch_rl_basics import PolicyNetwork, ValueNetwork, entropy, sample_actions, train_step
from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"CartPole-v1": torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])}


def rollouts(envs, seed, steps, policy, scale, sample_actions, record):
    """Yield experience: T steps of N environments, or an episode of each if steps is None."""
    observations, _ = envs.reset(seed=seed)
    valid = torch.ones(envs.num_envs, dtype=torch.bool)  # (N,)
    while True:
        piece = []
        while len(piece) < steps if steps else valid.any():
            states = torch.as_tensor(observations) * scale  # (N, d)
            with torch.no_grad():  # acting needs no graph
                actions, log_probs = sample_actions(policy, states)  # (N,)
            observations, *outcome, _ = envs.step(actions.numpy())
            rewards, terminated, truncated = map(torch.as_tensor, outcome)
            done = terminated | truncated
            ends = (terminated, done, valid)
            piece.append((states, actions, log_probs, rewards.float(), *ends))
            record(rewards.numpy(), done.numpy(), valid.numpy())
            valid = ~done if steps else valid & ~done
        before, *others = (torch.stack(part) for part in zip(*piece, strict=True))
        last = torch.as_tensor(observations) * scale  # (N, d)
        # T + 1 states, (T + 1, N, d), and six tensors (T, N).
        yield torch.cat([before, last.unsqueeze(0)]), *others
        if steps is None:  # start new episodes everywhere
            observations, _ = envs.reset()
            valid = torch.ones_like(valid)


def normalised(advantages):
    """Bring advantages to mean 0 and standard deviation 1."""
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


def train(
    seed,
    settings,
    *,
    env_id="CartPole-v1",
    sample_actions=sample_actions,
    select_log_probs=select_log_probs,
    clipped_surrogate=clipped_surrogate,
    gae=gae,
    entropy=entropy,
    train_step=train_step,
    watch=None,
):
    """Train a policy, and its critic if the settings have one.

    Args:
        seed: of torch and of the environments.
        settings: ``REINFORCE``, ``A2C``, ``PPO``, or your own.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        sample_actions: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        clipped_surrogate: the library's function, or your own.
        gae: the library's function, or your own.
        entropy: the library's function, or your own.
        train_step: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    arguments = dict(locals())
    torch.manual_seed(seed)
    envs = vector_env(env_id, settings.num_envs, actions="Discrete")
    state_dim = envs.single_observation_space.shape[0]
    n_actions = int(envs.single_action_space.n)
    scale = SCALES.get(env_id) if settings.scale_observations else None
    scale = torch.ones(state_dim) if scale is None else scale  # (d,)
    actor = PolicyNetwork(state_dim, n_actions, hidden=settings.hidden)
    critic = ValueNetwork(state_dim, hidden=settings.hidden)
    actor_adam = torch.optim.Adam(actor.parameters(), lr=settings.actor_rate, fused=True)
    critic_adam = torch.optim.Adam(critic.parameters(), lr=settings.critic_rate, fused=True)

    @torch.no_grad()
    def act_greedily(observations):
        return actor(torch.as_tensor(observations) * scale).argmax(-1).numpy()

    def update(states, actions, old_log_probs, advantages, targets):
        """Take one step of the actor, and those of the critic, on a minibatch of M steps."""
        logits = actor(states)  # (M, A)
        log_probs = select_log_probs(logits, actions)  # (M,)
        weights = normalised(advantages) if settings.normalise else advantages  # (M,)
        loss = clipped_surrogate(log_probs, old_log_probs, weights, settings.clip)
        if settings.entropy_weight:
            loss = loss - settings.entropy_weight * entropy(logits).mean()
        run.require_finite(loss.item())
        actor_adam.zero_grad()
        loss.backward()
        if settings.max_norm:
            torch.nn.utils.clip_grad_norm_(actor.parameters(), settings.max_norm)
        actor_adam.step()
        for _ in range(settings.critic_steps):
            run.require_finite(train_step(critic, critic_adam, states, targets))

    run = TrainingRun(act_greedily, arguments)
    with run.recording(settings.max_steps, watch):
        acting = (actor, scale, sample_actions, run.record)
        for piece in rollouts(envs, seed, settings.steps, *acting):
            states, actions, log_probs, rewards, terminated, done, valid = piece
            with torch.no_grad():  # (T + 1, N)
                values = critic(states) if settings.critic_steps else torch.zeros(states.shape[:2])
            advantages = gae(
                rewards * settings.reward_scale,
                values[:-1],
                values[1:],
                terminated,
                done,
                settings.gamma,
                settings.lam,
            )  # (T, N)
            targets = advantages + values[:-1]  # (T, N)
            parts = (states[:-1], actions, log_probs, advantages, targets)
            batch = [part[valid] for part in parts]  # B valid steps: (B, d) and four (B,)
            if settings.anneal:  # ever smaller steps
                left = max(0, 1 - run.env_steps / settings.max_steps)
                actor_adam.param_groups[0]["lr"] = settings.actor_rate * left
            size = settings.minibatch or len(actions.flatten())
            for _ in range(settings.epochs):
                for rows in torch.randperm(len(batch[0])).split(size):
                    if len(rows) > settings.normalise:  # one row has no standard deviation
                        update(*(part[rows] for part in batch))
            if run.env_steps >= settings.max_steps:
                break
    envs.close()
    return run


# %%
# One seed of each, and your functions
# ------------------------------------
#
# Train REINFORCE for 60,000 environment steps, A2C for 80,000 and PPO for 40,000, with one seed; the
# tables below have ten. ``train`` takes six functions as parameters. Put your own into ``mine``,
# and three more trainings use them. On this page ``mine`` is empty. REINFORCE has no critic and does
# not call ``train_step``. A setting calls ``entropy`` only if its ``entropy_weight`` is above 0.

from dataclasses import replace

from pytorch_rl_basics import check
from pytorch_rl_basics.agents import greedy_returns, plot_runs

mine = {}  # for example {"gae": my_gae}

for name, function in mine.items():
    print(check(function, name))

short = {
    "REINFORCE": replace(REINFORCE, max_steps=60_000),
    "A2C": replace(A2C, max_steps=80_000),
    "PPO": replace(PPO, max_steps=40_000),
}
runs = {name: train(0, settings) for name, settings in short.items()}
if mine:
    runs |= {f"{name}, yours": train(0, settings, **mine) for name, settings in short.items()}

# %%
# The plot shows the return of the training episodes, with sampled actions, as the mean of the last
# 50. All three curves should start near 20 and rise above 300. The numbers below it are the mean
# returns of 100 new episodes with the most probable actions, by the final policies.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
for (name, run), style in zip(runs.items(), ("-", "--", "-.", ":", ":", ":"), strict=False):
    plot_runs([run], ax, label=name, ls=style)
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("Policy gradients, improved, on CartPole")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="upper left")
plt.show()

for name, run in runs.items():
    final = greedy_returns(run.policy, "CartPole-v1", 100, seed=2000)
    print(f"{name:10} after {run.env_steps:,} steps: {final.mean():.0f}")
    # sphinx_gallery_start_ignore
    assert final.mean() >= 475
    assert 15 < np.mean(run.episode_returns[:50]) < 35
    assert np.mean(run.episode_returns[-50:]) > 300
    # sphinx_gallery_end_ignore

# %%
# With this seed all three solve CartPole.
#
# What the details are worth
# --------------------------
#
# For :doc:`the benchmark page </benchmark>` each agent was trained as it is, and again with one
# change at a time, for its whole budget and on ten seeds. A seed solves CartPole if its final policy
# has a mean return of at least 475 in 100 new episodes. The *final return* is that mean. The *return
# in training* is the mean return of the training episodes, weighted by their lengths: the faster an
# agent learns, the higher it is. Both are means over the seeds, with a 95 % interval in
# brackets, which a :doc:`bootstrap </tutorials/practice/evaluate>` computes from the ten seeds. Read two
# rows as different if their intervals do not overlap.
#
# REINFORCE:
#
# .. worth: reinforce
#
# =======================  ========  ==============  ====================
# trained                    solved    final return    return in training
# =======================  ========  ==============  ====================
# as it is                 10 of 10  500 [500, 500]        453 [446, 460]
# four environments        10 of 10  500 [500, 500]        471 [456, 481]
# returns not normalised   10 of 10  500 [500, 500]        429 [408, 444]
# learning rate kept       10 of 10  500 [500, 500]        459 [454, 463]
# observations not scaled  10 of 10  497 [493, 500]        410 [402, 419]
# =======================  ========  ==============  ====================
#
# .. end of worth
#
# - **Scale the observations.** Without it REINFORCE learns more slowly. All ten seeds still solve
#   CartPole.
# - **Normalise the returns.** Without it the return in training is a little lower.
# - **Lower the learning rate to 0**, and **sixteen environments instead of four**: no difference
#   here. Sixteen cost fewer CPU seconds, because one call chooses sixteen actions.
#
# A2C:
#
# .. worth: a2c
#
# =========================  ========  ==============  ====================
# trained                      solved    final return    return in training
# =========================  ========  ==============  ====================
# as it is                   10 of 10  500 [500, 500]        397 [371, 420]
# λ = 0                       5 of 10  356 [259, 450]        240 [203, 280]
# λ = 1                      10 of 10  500 [500, 500]        396 [361, 426]
# one step of the critic      8 of 10  428 [319, 500]        345 [292, 388]
# rewards not scaled          5 of 10  336 [230, 437]        307 [242, 371]
# learning rate kept         10 of 10  500 [500, 500]        380 [341, 411]
# observations not scaled    10 of 10  500 [500, 500]        370 [339, 402]
# advantages normalised      10 of 10  500 [500, 500]        363 [323, 401]
# entropy bonus              10 of 10  500 [500, 500]        400 [363, 430]
# gradient at most 0.5 long  10 of 10  500 [500, 500]        394 [369, 416]
# =========================  ========  ==============  ====================
#
# .. end of worth
#
# - **Add up many errors** (:math:`\lambda = 0.95`). With :math:`\lambda = 0` the actor depends on the
#   critic alone, which is untrained at the start. Half of the seeds do not solve CartPole then.
#   :math:`\lambda = 1` is as good as 0.95 here.
# - **Scale the rewards.** Without it half of the seeds do not solve CartPole.
# - **Give the critic more steps than the actor.** With one critic step per actor step, two seeds of
#   ten end without a solution. The intervals still overlap, so ten seeds are too few to be sure.
# - **No difference here:** the falling learning rate, the scaled observations, normalised
#   advantages, a bonus of 0.01 for the :term:`entropy`, and a limit of 0.5 on the length of the
#   gradient. Many other programs have some of the last three. This agent has none.
#
# PPO:
#
# .. worth: ppo
#
# =========================  ========  ==============  ====================
# trained                      solved    final return    return in training
# =========================  ========  ==============  ====================
# as it is                   10 of 10  500 [500, 500]        429 [422, 436]
# no clip                     8 of 10  433 [339, 499]        288 [226, 352]
# one epoch                   5 of 10  413 [339, 477]        275 [234, 321]
# λ = 0                       1 of 10  202 [146, 282]        149 [109, 202]
# rewards not scaled          9 of 10  476 [429, 500]        385 [356, 413]
# learning rate kept         10 of 10  500 [500, 500]        430 [418, 439]
# observations not scaled    10 of 10  500 [500, 500]        425 [419, 430]
# advantages not normalised  10 of 10  500 [500, 500]        424 [410, 438]
# entropy bonus              10 of 10  500 [500, 500]        425 [417, 432]
# gradient at most 0.5 long  10 of 10  500 [500, 500]        430 [422, 438]
# =========================  ========  ==============  ====================
#
# .. end of worth
#
# - **Clip.** Without it the policy moves too far in five epochs, the agent learns less, and two of
#   ten seeds end without a solution.
# - **Use each batch five times.** With one epoch, half of the seeds do not solve CartPole in the same
#   number of environment steps.
# - **Add up many errors.** With :math:`\lambda = 0` only one seed of ten solves CartPole.
# - **Scale the rewards.** Without it PPO learns more slowly, and nine of ten seeds solve CartPole.
# - **No difference here:** the other five rows.
#
# What makes no difference on CartPole may make one on a task with more actions, longer episodes or
# larger networks. It is one change at a time, too: two details may replace each other.
#
# What to read next
# -----------------
#
# - Next: :doc:`Continuous actions </tutorials/improved/continuous_actions>`, PPO with a Gaussian
#   policy.
# - :doc:`/tutorials/practice/many_seeds` trains ten seeds in one computation.
# - The papers: Mnih et al. (2016), https://arxiv.org/abs/1602.01783; Schulman et al. (2016),
#   https://arxiv.org/abs/1506.02438, for GAE; Schulman et al. (2017),
#   https://arxiv.org/abs/1707.06347, for PPO.
# - Andrychowicz et al. (2021) measured such details on five robotics tasks,
#   https://arxiv.org/abs/2006.05990, and Huang et al. (2022) list 37 of PPO's.
