r"""
REINFORCE: learn from whole episodes
====================================

You build the oldest policy-gradient agent out of four exercise functions, and train it, in
seconds, to keep a pole upright. It is the smallest agent of this section, and the other
policy-gradient agents improve on it.
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
# Actions with a high return should become likelier, and actions with a low one rarer. The
# :term:`policy gradient` theorem says that this direction raises the expected return:
#
# .. math::
#
#    \nabla_\theta J = \mathbb{E}\Bigl[\sum_t G_t \,
#    \nabla_\theta \log \pi_\theta(a_t \mid s_t)\Bigr]
#
# So the agent repeats three things: play, compute the returns, take one gradient step. Nothing in
# it estimates a value, and nothing is stored for later.

# %%
# Write them yourself
# -------------------
#
# Two parts of this agent belong to no numbered exercise, but you can write them all the same, and
# have them checked. The first takes a list or a tensor of T rewards and gives the T returns. The
# second takes log-probabilities and weights, both of shape ``(B,)``, and gives a loss, one number:
# its gradient, followed downwards, must be the formula above, averaged over the batch.

from pytorch_rl_basics import check


def my_discounted_returns(rewards, gamma):
    raise NotImplementedError


def my_policy_loss(log_probs, advantages):
    raise NotImplementedError


print(check(my_discounted_returns, "discounted_returns"))
print(check(my_policy_loss, "policy_loss"))

# %%
# Once one passes, put it into ``mine`` below, and the agent trains with it.
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
# The agent is built of four functions of the exercises. Put your own into ``mine``, and it
# trains with them. On this page ``mine`` is empty, so you see the library's functions at work.

from pytorch_rl_basics.exercises import EXERCISES

mine = {}  # for example {"policy_loss": my_policy_loss}

for name in mine.keys() & EXERCISES.keys():
    print(check(mine[name], name))

# %%
# Play
# ----
#
# Sixteen environments play side by side, one episode each. A vectorised environment takes 16
# actions and gives back 16 states, which is much cheaper than 16 single steps. An episode that is
# over waits for the others: ``alive`` marks the steps that count.
#
# The numbers in a CartPole state have different sizes. ``SCALES`` brings each to about 1.

import numpy as np
import torch

from pytorch_rl_basics import (
    PolicyNetwork,
    discounted_returns,
    policy_loss,
    sample_actions,
    select_log_probs,
)
from pytorch_rl_basics.runs import TrainingRun, vector_env

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
# CartPole every reward is 1, so all returns are positive, and every action would be pushed up.
# What matters is which actions did better than others. Subtracting the mean over the batch
# and dividing by the standard deviation says that: above zero is better than usual, below is worse.


def normalise(returns):
    """Bring a batch of returns to mean 0 and standard deviation 1."""
    return (returns - returns.mean()) / (returns.std() + 1e-8)


length = int(alive[:, 0].sum())
returns = discounted_returns(rewards[:length, 0], gamma=0.99)  # (length,)
print("first three returns", [round(G, 2) for G in returns[:3].tolist()])
print("last three returns ", [round(G, 2) for G in returns[-3:].tolist()])
assert round(returns[-1].item(), 2) == 1.0

# %%
# The last step of an episode earns its own reward and nothing else, so its return is 1. The early
# steps have the whole episode before them.

# %%
# The whole agent
# ---------------
#
# ``train`` joins the parts. The functions of the exercises are its keyword parameters. The loss is
# :func:`~pytorch_rl_basics.policy_loss` of the selected log-probabilities, its gradient the
# formula above.


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
    """Train REINFORCE; give the record of the training, with its policy."""
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
# Train five seeds on 100,000 environment steps each. The first question is what the policy is
# worth when the training is over. ``run.policy`` takes the likeliest action instead of sampling
# one, and plays 100 fresh episodes. An episode ends after 500 steps, and a mean of 475 counts as
# solved.

from pytorch_rl_basics.runs import greedy_returns

runs = [train(seed, max_steps=100_000) for seed in range(5)]
print(runs[0])
games = {"env_id": "CartPole-v1", "episodes": 100, "seed": 1000}
final = [greedy_returns(run.policy, **games).mean() for run in runs]
print("after training:", *[f"{mean:.0f}" for mean in final])
print(f"{sum(mean >= 475 for mean in final)} of 5 seeds solved")
# sphinx_gallery_start_ignore
assert sum(mean >= 475 for mean in final) >= 4
# sphinx_gallery_end_ignore

# %%
# These are the weights that the training ended with, not the best ones on the way.
#
# The curve shows the way there: the mean over the last 50 training episodes, with
# sampled actions. The line is the median of the five seeds, and the band reaches from the worst
# to the best. If ``mine`` holds functions, their curve stands beside it.

import matplotlib.pyplot as plt

from pytorch_rl_basics.runs import plot_runs

fig, ax = plt.subplots(layout="constrained")
plot_runs(runs, ax, label="REINFORCE, 5 seeds")
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
# This is the untrained network from above. It drops the pole at once, again and again.

from pytorch_rl_basics.runs import film
from pytorch_rl_basics.video import Video


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
# The agent is only as good as its parts. Here is a ``policy_loss`` whose minus sign was forgotten.
# It raises no error, and its shape is right:


def plus_policy_loss(log_probs, advantages):
    return (log_probs * advantages).mean()


print(check(plus_policy_loss, "policy_loss"))
wrong = train(0, max_steps=10_000, policy_loss=plus_policy_loss)
right = train(0, max_steps=10_000)
for name, run in (("without the minus", wrong), ("library's", right)):
    print(f"{name:18} {np.mean(run.episode_returns[-50:]):6.1f}")
# sphinx_gallery_start_ignore
assert np.mean(wrong.episode_returns[-50:]) < 15
assert np.mean(right.episode_returns[-50:]) > 60
# sphinx_gallery_end_ignore

# %%
# A pole that falls by itself stays up for about nine steps. The wrong agent has learned to get
# there: it descends where it should ascend, as
# :doc:`the minus sign </tutorials/pitfalls/minus_sign>` tells at length.
#
# Implementation details that matter
# ----------------------------------
#
# To see what a line of the script is worth, train without it: three seeds, 30,000 steps each.
# :doc:`The benchmark page </benchmark>` has whole trainings on more seeds, also without what the
# list below names.

without = {
    "as above": {},
    "returns not normalised": {"normalise": lambda returns: returns},
    "observations not scaled": {"scale": torch.ones(4)},
}
fig, ax = plt.subplots(layout="constrained")
reached = {}
styles = ["-", "--", "-."]
for (name, change), style in zip(without.items(), styles, strict=True):
    tries = [train(seed, max_steps=30_000, **change) for seed in range(3)]
    plot_runs(tries, ax, label=name, ls=style)
    reached[name] = np.mean([run.episode_returns[-32:] for run in tries])
    print(f"{name:24} last 32 episodes: {reached[name]:4.0f}")
ax.set_title("REINFORCE without one of its details")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="upper left", fontsize="small")
plt.show()
# sphinx_gallery_start_ignore
assert reached["as above"] > 1.2 * reached["observations not scaled"]
# sphinx_gallery_end_ignore

# %%
# - **Scale the observations** (``* scale`` in ``play_episodes``). An angle of 0.1 rad is a lot and
#   a position of 0.1 m is little, and the network cannot know. Without the scaling it learns
#   clearly slower.
# - **Normalise the returns** (``normalise``). The theorem allows any baseline that does not depend
#   on the action: it changes the noise of the gradient and not its mean. The :term:`optimizer`
#   here is Adam, which divides by the gradient's size anyway, so in this short training the
#   difference between the curves is within their bands. With plain gradient descent the learning
#   rate would depend on the returns' size.
# - **Take one step for each batch of episodes.** REINFORCE is :term:`on-policy`: after the step,
#   the episodes belong to another policy, and are thrown away.
# - **Lower the learning rate to zero** (``anneal``). Large steps find a good policy quickly,
#   and may leave it again. Small ones at the end are a precaution; on the seeds of the benchmark page
#   it stays either way.
# - **Termination and truncation.** A fallen pole is a :term:`termination`: nothing follows, and the
#   return ends rightly. At step 500 the episode is cut off, a :term:`truncation`, and the rewards
#   after it are missing from the returns. REINFORCE has no estimate of them: its last
#   returns before the limit are too small. What this amounts to:

endless = 1 / (1 - 0.99)
cut = discounted_returns([1.0] * 500, gamma=0.99)
for step in (0, 400, 499):
    print(f"step {step}: return {cut[step]:5.1f}, endless {endless:5.1f}")
# sphinx_gallery_start_ignore
assert cut[0] > 99
assert 60 < cut[400] < 65
# sphinx_gallery_end_ignore

# %%
# The first steps hardly notice. The last hundred look worse than they are, whichever action was
# taken. So the error adds noise, but prefers no action to the other. An agent that estimates
# values can do better, and :doc:`the next one </tutorials/algorithms/actor_critic>` does.
#
# What to read next
# -----------------
#
# - :doc:`Actor-critic </tutorials/algorithms/actor_critic>` replaces the whole return by an
#   estimate, and learns without waiting for an episode's end.
# - The paper: Williams (1992), *Simple statistical gradient-following algorithms for connectionist
#   reinforcement learning*, https://doi.org/10.1007/BF00992696. The policy gradient theorem
#   is in Sutton and Barto (2018), section 13.3.
# - The functions: :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>` and
#   :doc:`exercise 7 </tutorials/exercises/exercise_7_select_log_probs>`.
