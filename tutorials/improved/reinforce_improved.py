r"""
REINFORCE: learn from whole episodes
====================================

You build a policy-gradient agent out of four exercise functions, and train it to keep a pole
upright. It is the smallest agent of this section. The other policy-gradient agents add to it.
"""

# %%
# The idea
# --------
#
# The :term:`policy` :math:`\pi_\theta(a \mid s)` is a network with parameters :math:`\theta`. It
# plays an :term:`episode`. Every :term:`action` is then followed by a :term:`return`, the
# discounted sum of the :term:`rewards <reward>` that came after it:
#
# .. math:: G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots
#
# A step along the :term:`policy gradient` raises the probability of actions that were followed by
# a high return, and with it the expected return of an episode, :math:`J = \mathbb{E}[G_0]`:
#
# .. math::
#
#    \nabla_\theta J = \mathbb{E}\Bigl[\sum_t \gamma^t G_t \,
#    \nabla_\theta \log \pi_\theta(a_t \mid s_t)\Bigr]
#
# In practice the factor :math:`\gamma^t` is dropped, here as well, and the agent follows
#
# .. math::
#
#    \mathbb{E}\Bigl[\sum_t G_t \, \nabla_\theta \log \pi_\theta(a_t \mid s_t)\Bigr]
#
# A section below shows what dropping the factor changes. The agent repeats three things: play an
# episode, compute the returns, take one gradient step. It estimates no values, and it stores no
# episode for later.

# %%
# Write them yourself
# -------------------
#
# Two parts of this agent belong to no numbered exercise. You can write and check them as well:
#
# - ``discounted_returns(rewards, gamma)`` takes a list or a tensor of T rewards and returns the T
#   returns as a tensor.
# - ``policy_loss(log_probs, advantages)`` takes log-probabilities and their weights, both of shape
#   ``(B,)``, and returns a loss, a 0-d tensor. Minimising it must follow the second formula above,
#   averaged over the batch.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def my_discounted_returns(rewards, gamma):
    raise NotImplementedError


def my_policy_loss(log_probs, advantages):
    raise NotImplementedError


print(check(my_discounted_returns, "discounted_returns"))
print(check(my_policy_loss, "policy_loss"))

# %%
# When a function passes, put it into ``mine`` below, and the agent trains with it.
#
# Hints for ``my_discounted_returns``:
#
# .. exercise-hints:: discounted_returns

# %%
# Hints for ``my_policy_loss``:
#
# .. exercise-hints:: policy_loss

# %%
# .. exercise-solution:: discounted_returns policy_loss

# %%
# Your functions, if you have some
# --------------------------------
#
# The agent calls four functions of the exercises. Put your own into ``mine``, and it trains with
# them. On this page ``mine`` is empty, so the agent trains with the library's functions.

from pytorch_rl_basics.exercises import EXERCISES

mine = {}  # for example {"policy_loss": my_policy_loss}

for name in mine.keys() & EXERCISES.keys():
    print(check(mine[name], name))

# %%
# Play
# ----
#
# Sixteen environments run side by side and play one episode each. A vectorised environment takes
# 16 actions and returns 16 states in one call (:doc:`the benchmark page </benchmark>` shows what
# that saves). An environment whose episode is over waits for the others: ``alive`` marks the steps
# that count.
#
# The four numbers in a CartPole state have different sizes. ``SCALES`` brings each to about 1.

import numpy as np

from pytorch_rl_basics import (
    PolicyNetwork,
    discounted_returns,
    policy_loss,
    sample_actions,
    select_log_probs,
)
from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"CartPole-v1": torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])}


def play_episodes(envs, policy, scale, sample_actions, record):
    """Play one episode in each of N environments, at most T steps long."""
    observations, _ = envs.reset()
    running = np.ones(envs.num_envs, dtype=bool)
    steps = []
    while running.any():
        states = torch.as_tensor(observations) * scale  # (N, d)
        with torch.no_grad():  # acting needs no graph
            actions, _ = sample_actions(policy, states)  # (N,)
        observations, rewards, *ends, _ = envs.step(actions.numpy())
        alive = torch.as_tensor(running.copy())  # (N,)
        steps.append((states, actions, torch.as_tensor(rewards), alive))
        done = np.logical_or(*ends)  # terminated or truncated
        record(rewards, done, running)
        running &= ~done
    # Four tensors of shape (T, N) or (T, N, d).
    return [torch.stack(parts) for parts in zip(*steps, strict=True)]


# %%
# An untrained policy shows the shapes. Its longest episode decides T:

torch.manual_seed(0)
envs = vector_env("CartPole-v1", num_envs=16)
envs.reset(seed=0)
untrained = PolicyNetwork(hidden=(32,))
states, actions, rewards, alive = play_episodes(
    envs, untrained, SCALES["CartPole-v1"], sample_actions, lambda *step: None
)
print("states ", tuple(states.shape))
print("rewards", tuple(rewards.shape))
print("episode lengths", alive.sum(dim=0).tolist())
# sphinx_gallery_start_ignore
assert states.shape[1:] == (16, 4)
assert alive.sum() < alive.numel()
# sphinx_gallery_end_ignore

# %%
# Weigh
# -----
#
# :func:`~pytorch_rl_basics.discounted_returns` turns the rewards of each episode into returns. In
# CartPole every reward is 1, so all returns are positive, and each step of the agent would raise
# the probability of every action that it took. ``normalise`` therefore subtracts the mean of the
# batch, and divides by its standard deviation:


def normalise(returns):
    """Bring a batch of returns to mean 0 and standard deviation 1."""
    return (returns - returns.mean()) / (returns.std() + 1e-8)


lengths = alive.sum(dim=0).tolist()
episodes = [discounted_returns(rewards[:T, n], gamma=0.99) for n, T in enumerate(lengths)]
print("first three returns", [round(G, 2) for G in episodes[0][:3].tolist()])
print("last three returns ", [round(G, 2) for G in episodes[0][-3:].tolist()])
weights = normalise(torch.cat(episodes)).split(lengths)  # 16 tensors, one for each episode
first, last = (torch.stack([weight[t] for weight in weights]) for t in (0, -1))
print(f"mean weight of first steps {first.mean():+.1f}, of last steps {last.mean():+.1f}")
# sphinx_gallery_start_ignore
assert round(episodes[0][-1].item(), 2) == 1.0
assert first.mean() > 0.5
assert (last < -0.5).all()
# sphinx_gallery_end_ignore

# %%
# Nothing follows the last step, so its return is its reward, 1. The first steps have the whole
# episode before them. That is why a first step has a positive weight on average and every last
# step a negative one, whatever action was taken: a weight above 0 does *not* say that the action
# was better than usual in its state. To compare an action with what is usual in its state, the
# agent needs an estimate of that state's value. The
# :doc:`actor-critic agent </tutorials/algorithms/actor_critic>` has one.
#
# What the two halves of ``normalise`` do to the gradient:
#
# - A number that does not depend on the action is called a baseline. Subtracting one does not
#   change the expected gradient (Sutton and Barto, 2018, section 13.4). The mean of the batch is
#   almost one, but not quite: it contains the action's own return.
# - Dividing by the standard deviation is not a baseline. It changes the size of all weights by one
#   common factor, and so the length of the step.

# %%
# What dropping the factor changes
# --------------------------------
#
# The smallest example has two steps. At each, action 1 gives a reward of 1, and action 0 gives
# none. The policy has one logit per step, both 0, so the four possible episodes are equally
# likely, and the expectations above are means of four numbers. The derivative of
# :math:`\log \pi(a)` with respect to the step's logit is :math:`a - \pi(1) = a - 0.5`.

gamma = 0.5
actions = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (episodes, steps)
returns = torch.stack([discounted_returns(rewards, gamma) for rewards in actions])  # (4, 2)
terms = returns * (actions - 0.5)  # (4, 2)

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

# %%
# The whole agent
# ---------------
#
# ``train`` joins the parts. The functions of the exercises are its keyword parameters. The loss is
# :func:`~pytorch_rl_basics.policy_loss` of the selected log-probabilities and the weights.


def train(
    seed,
    *,
    max_steps=200_000,
    env_id="CartPole-v1",
    num_envs=16,
    learning_rate=0.02,
    anneal=True,
    gamma=0.99,
    scale=None,
    normalise=normalise,
    sample_actions=sample_actions,
    discounted_returns=discounted_returns,
    select_log_probs=select_log_probs,
    policy_loss=policy_loss,
    watch=None,
):
    """Train REINFORCE on whole episodes.

    Args:
        seed: of torch and of the environments.
        max_steps: environment steps to train for, over all environments.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        num_envs: environments that run side by side.
        learning_rate: Adam's learning rate.
        anneal: whether the learning rate falls to 0 over the training.
        gamma: discount factor, in [0, 1].
        scale: factor of each observation, shape (d,); that of ``SCALES``, or 1, if None.
        normalise: maps the returns (B,) to the weights of the actions (B,).
        sample_actions: the library's function, or your own.
        discounted_returns: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        policy_loss: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    settings = dict(locals())
    torch.manual_seed(seed)
    envs = vector_env(env_id, num_envs, actions="Discrete")
    envs.reset(seed=seed)
    if scale is None:
        scale = SCALES.get(env_id, torch.tensor(1.0))
    state_dim = envs.single_observation_space.shape[0]
    n_actions = int(envs.single_action_space.n)
    policy = PolicyNetwork(state_dim, n_actions, hidden=(32,))
    optimizer = torch.optim.Adam(policy.parameters(), lr=learning_rate)

    @torch.no_grad()
    def act_greedily(observations):
        return policy(torch.as_tensor(observations) * scale).argmax(-1).numpy()

    run = TrainingRun(act_greedily, settings)
    with run.recording(max_steps, watch):
        while run.env_steps < max_steps:
            # Play one episode in each environment.
            states, actions, rewards, alive = play_episodes(
                envs, policy, scale, sample_actions, run.record
            )
            # Weigh each action by what followed it.
            returns = torch.zeros_like(rewards)  # (T, N)
            for env, length in enumerate(alive.sum(dim=0).tolist()):
                episode = rewards[:length, env]
                returns[:length, env] = discounted_returns(episode, gamma)
            weights = normalise(returns[alive])  # (B,)
            # One step on all B actions that were taken.
            log_probs = select_log_probs(policy(states[alive]), actions[alive])
            loss = policy_loss(log_probs, weights)
            run.require_finite(loss.item())
            optimizer.zero_grad()
            loss.backward()
            if anneal:  # ever smaller steps
                left = max(0, 1 - run.env_steps / max_steps)
                optimizer.param_groups[0]["lr"] = learning_rate * left
            optimizer.step()
    envs.close()
    return run


# %%
# It learns, and stays
# --------------------
#
# Train three seeds on 100,000 environment steps each, then test the policy that the training ended
# with. ``run.policy`` takes the most likely action instead of sampling one, and plays 100 new
# episodes. An episode ends after 500 steps, and a mean of 475 counts as solved: that is the reward
# threshold that Gymnasium gives for CartPole-v1.

from pytorch_rl_basics.agents import greedy_returns

runs = [train(seed, max_steps=100_000) for seed in range(3)]
print(runs[0])
games = {"env_id": "CartPole-v1", "episodes": 100, "seed": 1000}
final = [greedy_returns(run.policy, **games).mean() for run in runs]
print("after training:", *[f"{mean:.0f}" for mean in final])
print(f"{sum(mean >= 475 for mean in final)} of 3 seeds solved")
# sphinx_gallery_start_ignore
assert sum(mean >= 475 for mean in final) >= 2
assert envs.spec.reward_threshold == 475
# sphinx_gallery_end_ignore

# %%
# The curve shows the training: the mean return of the last 50 training episodes, with sampled
# actions. The line is the median of the three seeds, and the band reaches from the worst to the
# best. If ``mine`` contains functions, the plot has a second curve for them.

import matplotlib.pyplot as plt

from pytorch_rl_basics.agents import plot_runs

fig, ax = plt.subplots(layout="constrained")
plot_runs(runs, ax, label="REINFORCE, 3 seeds")
if mine:
    your_runs = [train(seed, max_steps=100_000, **mine) for seed in range(3)]
    plot_runs(your_runs, ax, label="with your functions", ls="--")
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("REINFORCE on CartPole: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

# %%
# Before and after
# ----------------
#
# This is the untrained network from above. It drops the pole in every episode.

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
# And this is the policy of seed 0 after its training:

after = Video(
    film(runs[0].policy, "CartPole-v1", seconds=4),
    "After training: the pole stays upright while the cart makes small moves.",
    fps=25,
)
# sphinx_gallery_start_ignore
assert max(len(before.data), len(after.data)) <= 40_000
worst = greedy_returns(act_untrained, "CartPole-v1", 100, seed=0)
assert worst.max() <= 50, "within a second"
# sphinx_gallery_end_ignore
after

# %%
# A function with a mistake
# -------------------------
#
# Here is a ``policy_loss`` with the wrong sign. It raises no error, and its shape is right:


def wrong_sign(*batch):
    return -policy_loss(*batch)


print(check(wrong_sign, "policy_loss"))
wrong = train(0, max_steps=10_000, policy_loss=wrong_sign)
right = train(0, max_steps=10_000)
for name, run in (("wrong sign", wrong), ("library's", right)):
    print(f"{name:10} last 50 episodes: {np.mean(run.episode_returns[-50:]):5.1f}")
# sphinx_gallery_start_ignore
assert np.mean(wrong.episode_returns[-50:]) < 15
assert np.mean(right.episode_returns[-50:]) > 60
# sphinx_gallery_end_ignore

# %%
# The wrong agent minimises the return: at the end it drops the pole in about nine steps, as fast as
# it can. :doc:`Forgetting the minus sign </tutorials/pitfalls/minus_sign>` explains this mistake.
#
# Implementation details, measured
# --------------------------------
#
# What is a detail of the script worth? For :doc:`the benchmark page </benchmark>` the agent was
# trained again, without one detail at a time, for its whole budget of 200,000 steps, on five seeds.
# The trainings above are shorter and have three, so that this page runs in less than a minute. The
# table counts the seeds whose final policy solves CartPole:
#
# =======================  ======  ===================
# trained                  solved  median final return
# =======================  ======  ===================
# as it is                 5 of 5  500
# returns not normalised   5 of 5  500
# learning rate kept       5 of 5  500
# observations not scaled  5 of 5  500
# =======================  ======  ===================
#
# None of the three changes the final policy on this task. They could still change how fast the
# agent learns. For two of them the benchmark also trained ten seeds, for 30,000 steps only. These
# are the mean returns of their last 32 episodes, with a point for each seed:

STARTS = {
    "as it is": [252, 218, 294, 219, 212, 213, 316, 243, 254, 251],
    "returns not normalised": [188, 214, 195, 176, 269, 353, 268, 271, 319, 209],
    "observations not scaled": [250, 185, 143, 175, 227, 153, 114, 231, 131, 90],
}
fig, ax = plt.subplots(figsize=(6, 2.4), layout="constrained")
for name, means in STARTS.items():
    ax.plot(means, [name] * len(means), "o", alpha=0.7)
ax.set(title="REINFORCE after 30,000 steps", xlabel="return of an episode")
ax.invert_yaxis()
plt.show()
# sphinx_gallery_start_ignore
whole, raw, unscaled = STARTS.values()
assert np.mean(whole) > 1.3 * np.mean(unscaled)
assert 0.9 < np.mean(whole) / np.mean(raw) < 1.1
# sphinx_gallery_end_ignore

# %%
# - **Scale the observations** (``* scale`` in ``play_episodes``). An angle of 0.1 rad is large and
#   a position of 0.1 m is small, but the network starts without this knowledge. Without the scaling
#   the agent learns more slowly here. After the whole budget there is no difference.
# - **Normalise the returns** (``normalise``). No difference: the two means are within a tenth of
#   each other. The :term:`optimizer` here is Adam, which ignores a constant scale of the loss.
#   Plain gradient descent does not: its steps would grow with the size of the returns.
# - **Lower the learning rate to zero** (``anneal``). No difference in the final policy.
# - **Take one step per batch of episodes.** REINFORCE is :term:`on-policy`: after the step the
#   policy is another one, and the old episodes no longer show what *it* does.
# - **Termination and truncation.** When the pole falls, a :term:`termination`, nothing follows, and
#   the return is complete. At step 500 the episode is cut off, a :term:`truncation`, and the
#   rewards after it are missing from the returns. REINFORCE has no estimate of them, so its last
#   returns before the limit are too small. How much is missing:

endless = 1 / (1 - 0.99)
cut = discounted_returns([1.0] * 500, gamma=0.99)
for step in (0, 400, 499):
    print(f"step {step}: return {cut[step]:5.1f}, endless {endless:5.1f}")
# sphinx_gallery_start_ignore
assert cut[0] > 99
assert 60 < cut[400] < 65
# sphinx_gallery_end_ignore

# %%
# The first steps lose almost nothing. The last hundred lose a third or more, whichever action was
# taken. An agent that estimates values can add what is missing:
# :doc:`the next one </tutorials/algorithms/actor_critic>` does.
#
# What to read next
# -----------------
#
# - :doc:`Actor-critic </tutorials/algorithms/actor_critic>` replaces the whole return by an
#   estimate, and learns before the episode ends.
# - The paper: Williams (1992), *Simple statistical gradient-following algorithms for connectionist
#   reinforcement learning*, https://doi.org/10.1007/BF00992696. The policy gradient theorem is in
#   Sutton and Barto (2018), section 13.2, and REINFORCE, with :math:`\gamma^t`, in section 13.3.
# - The functions: :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>` and
#   :doc:`exercise 7 </tutorials/exercises/exercise_7_select_log_probs>`.
