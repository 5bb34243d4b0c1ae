r"""
DQN: learn what each action is worth
====================================

You build an agent that estimates the value of every action and takes the best one. It learns from
stored transitions. Three functions are its parts: ``epsilon_greedy`` explores, ``td_target``
computes the targets, and ``polyak_update`` moves the target network.
"""

# %%
# The idea
# --------
#
# The :term:`Q-value` :math:`Q(s, a)` is the expected :term:`return` after taking
# :term:`action` :math:`a` in :term:`state` :math:`s` and the best actions from then on. An agent
# that knows it takes the action with the highest value. The Q-values of successive steps satisfy
#
# .. math:: Q(s, a) = \mathbb{E} \bigl[ r + \gamma \max_{a'} Q(s', a') \bigr]
#
# and DQN minimises the difference between the two sides. The right side is the :term:`TD target`.
# It comes from a copy of the network, the :term:`target network`, and no :term:`gradient` flows
# into it:
#
# .. math::
#
#    L = \frac{1}{B} \sum_i \bigl( Q(s_i, a_i) - y_i \bigr)^2, \qquad
#    y = r + \gamma \, (1 - \text{terminated}) \max_{a'} Q_{\text{target}}(s', a')
#
# In Mnih et al. (2015) the copy stays fixed for C updates, and then takes over all parameters of
# the network: a hard copy. That is what you write in
# :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`. The agent on this page has the
# same target and the same loss, with three changes, which come below:
#
# - The copy moves a little after *every* update (``polyak_update``).
# - One network chooses the best next action and the other one gives its value (``double``).
# - A target covers eight steps instead of one (``n_steps``).
#
# So this script has its own ``update`` and does not call ``train_with_target``.
#
# The transitions come from a :term:`replay buffer`. They may be old, and the agent may have
# explored when it collected them: DQN is :term:`off-policy`.

# %%
# The soft update: write it yourself
# ----------------------------------
#
# After each update the :term:`target network` moves by a share :math:`\tau` of the way towards the
# network that learns. With :math:`\theta` for every :term:`parameter` of one, and the same
# parameter of the other:
#
# .. math:: \theta_{\text{target}} \leftarrow (1 - \tau) \, \theta_{\text{target}} + \tau \, \theta
#
# Write ``polyak_update(model, target, tau)``, which does this to every parameter of ``target``, in
# place, and returns nothing; both are modules with parameters of the same shapes. ``model`` stays
# unchanged, and the update builds no :term:`computation graph`.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def my_polyak_update(model, target, tau):
    raise NotImplementedError


print(check(my_polyak_update, "polyak_update"))

# %%
# When it passes, put it into ``mine`` below, and the agent trains with it.
#
# .. exercise-hints:: polyak_update

# %%
# .. exercise-solution:: polyak_update

# %%
# Your functions, if you have some
# --------------------------------
#
# The agent calls three functions of the library. Put your own into ``mine``: the agent trains with
# them, and the plot has a second curve. On this page ``mine`` is empty.

from pytorch_rl_basics.exercises import EXERCISES

mine = {}  # for example {"epsilon_greedy": my_epsilon_greedy}

for name in mine.keys() & EXERCISES.keys():
    print(check(mine[name], name))

# %%
# Act
# ---
#
# Sixteen environments run side by side. One call of the network gives the Q-values of all
# sixteen states, and :func:`~pytorch_rl_basics.epsilon_greedy` then chooses for one row at a time.

from pytorch_rl_basics import QNetwork, epsilon_greedy

torch.manual_seed(0)
q = QNetwork(state_dim=4, n_actions=2, hidden=128)
with torch.no_grad():
    q_values = q(torch.randn(16, 4))  # (16, 2)
print([epsilon_greedy(row, epsilon=0.1) for row in q_values])

# %%
# Remember
# --------
#
# ``ReplayBuffer`` stores the latest transitions. When it is full, the newest replaces the oldest. A
# batch is drawn uniformly, with replacement. Here a buffer for four transitions gets six, one after
# the other:

from pytorch_rl_basics.replay import ReplayBuffer

buffer = ReplayBuffer(capacity=4, state_dim=1)
for number in range(6):
    state = torch.tensor([[float(number)]])  # (1, 1)
    action, reward, terminated = torch.tensor([0]), torch.ones(1), torch.tensor([False])
    buffer.add(state, action, reward, state + 1, terminated)
print("stored", buffer.states.flatten().tolist())
print("drawn ", buffer.sample(8)[0].flatten().tolist())
# sphinx_gallery_start_ignore
assert buffer.states.flatten().tolist() == [4.0, 5.0, 2.0, 3.0]
assert set(buffer.sample(99)[0].flatten().tolist()) == {2.0, 3.0, 4.0, 5.0}
# sphinx_gallery_end_ignore

# %%
# Look further ahead
# ------------------
#
# With one-step targets, the effect of a fall reaches one step further back each time the target
# network has caught up. So the agent stores :math:`n` steps as one, with the sum of their rewards:
#
# .. math:: r_t + \gamma r_{t+1} + \dots + \gamma^{n-1} r_{t+n-1}, \qquad s_t \to s_{t+n}
#
# and its target discounts what follows by :math:`\gamma^n`. ``join_steps`` works backwards
# through the last :math:`n` steps of all environments. A :term:`termination` among them ends the
# sum, and nothing follows it. After a :term:`truncation` among them the sum has too few steps for
# the discount :math:`\gamma^n`: such transitions are marked and left out.

import numpy as np


def join_steps(window, gamma):
    """Join the last n steps, each (rewards, terminated, truncated) of shape (N,)."""
    returns = np.zeros(len(window[0][0]))
    ended = cut = np.zeros(len(returns), dtype=bool)
    for k, (rewards, terminated, truncated) in enumerate(reversed(window)):
        done = terminated | truncated
        returns = rewards + gamma * np.where(done, 0.0, returns)
        ended = terminated | (ended & ~done)
        cut = np.where(done, truncated & ~terminated & (k > 0), cut)
    return returns, ended, ~cut


# %%
# Three steps of three environments. The first episode continues, the second terminates at its
# second step, the third is truncated there.

nothing = np.array([False, False, False])
window = [
    (np.ones(3), nothing, nothing),
    (np.ones(3), np.array([False, True, False]), np.array([False, False, True])),
    (np.array([1.0, 0.0, 0.0]), nothing, nothing),
]
returns, ended, whole = join_steps(window, gamma=0.5)
print("returns   ", returns)
print("terminated", ended)
print("usable    ", whole)
# sphinx_gallery_start_ignore
assert returns.tolist() == [1.75, 1.5, 1.5]
assert ended.tolist() == [False, True, False]
assert whole.tolist() == [True, True, False]
# sphinx_gallery_end_ignore

# %%
# The whole agent
# ---------------
#
# ``train`` joins the parts. The rewards are multiplied by :math:`1 - \gamma`, so that a pole that
# stands forever is worth exactly 1. The network starts with a value near 1 for every action
# (``optimism``), so it has to learn which actions let the pole fall.

import copy
from collections import deque

from pytorch_rl_basics import polyak_update, td_target
from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"CartPole-v1": torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])}


def train(
    seed,
    *,
    max_steps=16_000,
    env_id="CartPole-v1",
    num_envs=16,
    learning_starts=1_000,
    explore_steps=8_000,
    last_epsilon=0.05,
    capacity=3_000,
    updates=2,
    batch_size=128,
    learning_rate=0.002,
    gamma=0.99,
    n_steps=8,
    tau=0.1,
    optimism=1.0,
    double=True,
    anneal=True,
    scale=None,
    epsilon_greedy=epsilon_greedy,
    td_target=td_target,
    polyak_update=polyak_update,
    watch=None,
):
    """Train DQN.

    Args:
        seed: of torch and of the environments.
        max_steps: environment steps to train for, over all environments.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        num_envs: environments that run side by side.
        learning_starts: environment steps before the first update.
        explore_steps: epsilon falls from 1 so fast that it would reach 0 after this many steps.
        last_epsilon: the lowest epsilon.
        capacity: transitions in the replay buffer.
        updates: updates in each step of the environments.
        batch_size: transitions in each update.
        learning_rate: Adam's learning rate.
        gamma: discount factor, in [0, 1].
        n_steps: steps that are joined into one transition.
        tau: share of the way that the target network moves after each update.
        optimism: Q-value that the network starts from: the bias of its last layer.
        double: whether the trained network chooses the next action (double DQN).
        anneal: whether the learning rate falls to 0 over the last quarter.
        scale: factor of each observation, shape (d,); that of ``SCALES``, or 1, if None.
        epsilon_greedy: the library's function, or your own.
        td_target: the library's function, or your own.
        polyak_update: the library's function, or your own.
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
    q = QNetwork(state_dim, int(envs.single_action_space.n), hidden=128)
    nn.init.constant_(q.layers[-1].bias, optimism)
    q_target = copy.deepcopy(q)
    optimizer = torch.optim.Adam(q.parameters(), lr=learning_rate, fused=True)
    buffer = ReplayBuffer(capacity, state_dim)
    window = deque(maxlen=n_steps)

    @torch.no_grad()
    def act_greedily(observations):
        return q(torch.as_tensor(observations) * scale).argmax(-1).numpy()

    def update():
        states, actions, returns, next_states, terminated = buffer.sample(batch_size)
        with torch.no_grad():  # the target is a number to reach
            next_q = q_target(next_states)  # (B, A)
            if double:  # q chooses the action, q_target values it
                choice = q(next_states).argmax(dim=1, keepdim=True)  # (B, 1)
                next_q = next_q.gather(1, choice)  # (B, 1)
            targets = td_target(returns, terminated, next_q, gamma**n_steps)  # (B,)
        chosen = q(states).gather(1, actions.unsqueeze(1)).squeeze(1)  # (B,)
        loss = F.mse_loss(chosen, targets)
        run.require_finite(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        polyak_update(q, q_target, tau)

    run = TrainingRun(act_greedily, settings)
    observations, _ = envs.reset(seed=seed)
    states = torch.as_tensor(observations) * scale  # (N, d)
    valid = np.ones(num_envs, dtype=bool)  # False at the step that only resets
    with run.recording(max_steps, watch):
        while run.env_steps < max_steps:
            epsilon = max(last_epsilon, 1 - run.env_steps / explore_steps)
            with torch.no_grad():
                actions = [epsilon_greedy(row, epsilon) for row in q(states)]
            result = envs.step(np.array(actions))
            observations, rewards, terminated, truncated, _ = result
            next_states = torch.as_tensor(observations) * scale
            outcome = (rewards * (1 - gamma), terminated, truncated)
            window.append((states, torch.tensor(actions), valid, outcome))
            if len(window) == n_steps:
                first_states, first_actions, first_valid, _ = window[0]
                returns, ended, whole = join_steps([step[-1] for step in window], gamma)
                keep = torch.as_tensor(first_valid & whole)  # (N,)
                buffer.add(
                    first_states[keep],
                    first_actions[keep],
                    torch.as_tensor(returns, dtype=torch.float32)[keep],
                    next_states[keep],
                    torch.as_tensor(ended)[keep],
                )
            done = terminated | truncated
            run.record(rewards, done, valid)
            states, valid = next_states, ~done
            if run.env_steps >= learning_starts:
                if anneal:  # in the last quarter: ever smaller steps
                    left = max(0, 1 - run.env_steps / max_steps)
                    optimizer.param_groups[0]["lr"] = learning_rate * min(1, 4 * left)
                for _ in range(updates):
                    update()
    envs.close()
    return run


# %%
# It learns, and stays
# --------------------
#
# Train three seeds. Every 2,000 steps the agent is tested on ten new :term:`episodes <episode>`
# with greedy actions, from which it does not learn. An episode ends after 500 steps, and a mean of
# 475 counts as solved.

from pytorch_rl_basics.agents import greedy_returns


def train_and_examine(seed, **settings):
    """Train, and return the run and the greedy returns after every 2,000 steps."""
    exams = []

    def watch(run):  # train calls it every 1,000 steps
        if run.env_steps // 1000 % 2 == 0:
            returns = greedy_returns(run.policy, "CartPole-v1", 10, seed=1000)
            exams.append(returns.mean())

    return train(seed, watch=watch, **settings), exams


runs, exams = zip(*[train_and_examine(seed) for seed in range(3)], strict=True)
print(runs[0])
games = {"env_id": "CartPole-v1", "episodes": 100, "seed": 2000}
final = [greedy_returns(run.policy, **games).mean() for run in runs]
print("after training:", *[f"{mean:.0f}" for mean in final])
print(f"{sum(mean >= 475 for mean in final)} of 3 seeds solved")
# sphinx_gallery_start_ignore
assert sum(mean >= 475 for mean in final) >= 2
# sphinx_gallery_end_ignore

# %%
# Each number is the mean return of 100 new episodes, with the weights that the training ended with.
# The curve shows the tests during the training. The line is the median of the three seeds, and the
# band reaches from the worst to the best.

import matplotlib.pyplot as plt


def plot_exams(ax, exams, label, style):
    """Draw the median of some seeds' tests, and the band from the worst to the best."""
    steps = 2000 * np.arange(1, len(exams[0]) + 1)
    (line,) = ax.plot(steps, np.median(exams, axis=0), style, label=label)
    low, high = np.min(exams, axis=0), np.max(exams, axis=0)
    ax.fill_between(steps, low, high, color=line.get_color(), alpha=0.2, lw=0)
    ax.set(xlabel="environment steps", ylabel="greedy return", ylim=(0, 520))


fig, ax = plt.subplots(layout="constrained")
plot_exams(ax, exams, "DQN, 3 seeds", "o-")
if mine:
    yours = [train_and_examine(seed, **mine)[1] for seed in range(3)]
    plot_exams(ax, yours, "with your functions", "s--")
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("DQN on CartPole: greedy return during training")
ax.set_xticks(range(0, 16_001, 4000))
ax.legend(loc="lower right")
plt.show()

exams = np.array(exams)  # (3, 8)
early = (exams[:, :6] >= 475).any(axis=1)  # up to step 12,000
falls = (exams[:, :-1] - exams[:, 1:]).max(axis=1)  # from one test to the next
print(f"above the mark by step 12,000: {early.sum()} of 3 seeds")
print("largest fall between two tests:", falls.round().tolist())
# sphinx_gallery_start_ignore
assert early.sum() >= 2
assert falls.max() > 100
# sphinx_gallery_end_ignore

# %%
# A policy can get much worse again in the middle of the training: one update changes the values of
# many states, also of those whose values were right. That is why the policy is tested again at the
# end.
#
# Before and after
# ----------------
#
# This is the network of seed 1 before it has learned anything. It always pushes the same way, and
# drops the pole in every episode. Not every random network does: that of seed 2 keeps it up for
# more than 100 steps on average.

from pytorch_rl_basics.agents import Video, film

untrained = train(1, max_steps=0).policy
before = Video(
    film(untrained, "CartPole-v1", seconds=4),
    "Before training: the pole falls within a quarter of a second, every time.",
    fps=25,
)
before

# %%
# And this is the network of seed 0 after its training:

after = Video(
    film(runs[0].policy, "CartPole-v1", seconds=4),
    "After training: the pole stays upright.",
    fps=25,
)
# sphinx_gallery_start_ignore
assert max(len(before.data), len(after.data)) <= 40_000
assert greedy_returns(untrained, "CartPole-v1", 100, seed=0).max() <= 12, "a quarter of a second"
states = np.random.default_rng(0).uniform(-0.05, 0.05, (1000, 4)).astype(np.float32)
assert len(set(untrained(states).tolist())) == 1
lucky = train(2, max_steps=0).policy
assert greedy_returns(lucky, "CartPole-v1", 100, seed=0).mean() > 100
# sphinx_gallery_end_ignore
after

# %%
# A function with a mistake
# -------------------------
#
# The usual mistake in
# :doc:`exercise 3 </tutorials/exercises/exercise_3_epsilon_greedy>` explores when the agent should
# exploit, and exploits when it should explore. It returns valid actions and raises no error:


def inverted(q_values, epsilon):
    return epsilon_greedy(q_values, 1 - epsilon)


report = check(inverted, "epsilon_greedy")
print(report)
assert report.mistake == "inverted-rule"

# %%
# Now it drives the agent for 8,000 steps. Each point is the mean of the last ten training episodes.

from pytorch_rl_basics.agents import plot_runs

wrong = train(0, max_steps=8_000, epsilon_greedy=inverted)

fig, ax = plt.subplots(layout="constrained")
plot_runs(runs[:1], ax, label="library's epsilon_greedy", window=10)
plot_runs([wrong], ax, label="inverted", window=10, ls="--")
ax.set_title("DQN with two rules for acting")
ax.set(xlabel="environment steps", ylabel="return while learning")
ax.set(xlim=(0, 8_000), ylim=(0, 350))
ax.legend(loc="upper left")
plt.show()
# sphinx_gallery_start_ignore
by_then = np.searchsorted(runs[0].episode_ends, 8_000)
assert np.mean(runs[0].episode_returns[:by_then][-10:]) > 60
assert np.mean(wrong.episode_returns[-10:]) < 50
# sphinx_gallery_end_ignore

# %%
# The right rule explores less and less, and in the end its returns are high. The inverted rule
# explores more and more: it ends with random actions, and random actions drop the pole. Its targets
# are right, and DQN is off-policy, so the network can learn even from this experience. Look at the
# returns while learning, and not at the greedy policy only, to notice the mistake.
#
# Implementation details, measured
# --------------------------------
#
# What is a detail of the script worth? For :doc:`the benchmark page </benchmark>` the agent was
# trained again, without one detail at a time, for its whole budget of 16,000 steps, on five seeds.
# The trainings above have three, so that this page runs in less than a minute. The table
# counts the seeds whose final policy solves CartPole:
#
# =======================  ======  ===================
# trained                  solved  median final return
# =======================  ======  ===================
# as it is                 5 of 5  500
# one-step targets         2 of 5  178
# no double Q              4 of 5  500
# no optimism              5 of 5  500
# nothing forgotten        3 of 5  500
# learning rate kept       5 of 5  500
# observations not scaled  4 of 5  499
# =======================  ======  ===================
#
# - **Join steps** (``join_steps``). With ``n_steps=1`` the target is that of the formula above, and
#   three of five seeds do not end with a solution.
# - **Forget old transitions** (``capacity``). The rewards of eight joined steps are those of the
#   policy that took them. After many updates they say little about the present policy. Try
#   ``capacity=100_000`` to keep everything: two of five seeds do not end with a solution.
# - **Start optimistic** (``optimism``) and **lower the learning rate at the end** (``anneal``). No
#   difference in the final policy on this task.
# - **Use double Q-learning** (``double``) and **scale the observations** (``SCALES``). Without the
#   one or the other, one seed of five does not end with a solution. Five seeds are too few to tell
#   this from chance.
#
# **Move the target network** (``polyak_update`` with ``tau``). The target network moves a tenth of
# the way at each update. The benchmark compared it with one that is never updated, with one-step
# targets (``n_steps=1``), on ten seeds and 8,000 steps. These are the mean returns of the last ten
# training episodes, with a point for each seed:

STARTS = {
    "τ = 0.1": [100, 85, 179, 151, 84, 99, 92, 150, 104, 59],
    "τ = 0.0": [11, 10, 23, 39, 10, 36, 14, 9, 19, 39],
}
fig, ax = plt.subplots(figsize=(6, 2), layout="constrained")
for name, means in STARTS.items():
    ax.plot(means, [name] * len(means), "o", alpha=0.7)
ax.set(title="DQN after 8,000 steps", xlabel="return of an episode")
ax.invert_yaxis()
plt.show()
# sphinx_gallery_start_ignore
moving, stuck = STARTS.values()
assert max(stuck) < 60
assert np.mean(moving) > 3 * np.mean(stuck)
# sphinx_gallery_end_ignore

# %%
# The agent whose target network moves learns more. The other target network gives the values of an
# untrained network for all that follows the next step. So the agent sees a fall one step ahead,
# when it is too late to prevent it.
#
# **Why double Q-learning** (``double``). Take two actions that are worth 0, and two networks whose
# estimates have independent random errors. The highest estimate of one network is too high on
# average. When one network chooses the action and the other one gives its value, the mean is right:

noise = torch.randn(2, 100_000, 2)  # networks, states, actions
choice = noise[0].argmax(dim=1, keepdim=True)
print(f"highest estimate of one: {noise[1].amax(dim=1).mean():.2f}")
print(f"valued by the other:     {noise[1].gather(1, choice).mean().abs():.2f}")
# sphinx_gallery_start_ignore
assert 0.5 < noise[1].amax(dim=1).mean() < 0.62
assert noise[1].gather(1, choice).mean().abs() < 0.02
# sphinx_gallery_end_ignore

# %%
# In the agent the two networks are correlated, so the bias shrinks but does not vanish (van Hasselt
# et al., 2016). Whether it helps here, five seeds are too few to tell.
#
# **Treat truncation and termination differently** (``ended`` in ``buffer.add``). A pole that still
# stands at step 500 is worth 1. This is the target of the last eight steps, and what it would be if
# the truncation were taken for a fall:

last_rewards, standing = torch.tensor([1 - 0.99**8]), torch.tensor([[1.0]])
for ended in (False, True):
    target = td_target(last_rewards, torch.tensor([ended]), standing, 0.99**8)
    print(f"terminated={ended}: {target.item():.2f}")
resets = sum(len(run.episode_returns) for run in runs)
print(f"{resets} resets in three trainings")
# sphinx_gallery_start_ignore
assert round(target.item(), 2) == 0.08
assert resets > 100
# sphinx_gallery_end_ignore

# %%
# The same states would get a value of 1 in the middle of an episode and of 0.08 at its end.
#
# **Leave out the resets** (``valid``). The environments reset at the step after an episode's end
# (:doc:`A2C </tutorials/algorithms/actor_critic>` explains this autoreset mode). That step leads
# from one episode into the next, from a fallen pole to an upright one, so it is not stored.
#
# **No gradient into the target** (:class:`torch.no_grad` in ``update``). Without it:

states, q_target = torch.randn(128, 4), copy.deepcopy(q)
targets = 0.99 * q_target(states).amax(dim=1)  # (128,), with a graph
F.mse_loss(q(states).amax(dim=1), targets).backward()
useless = sum(part.grad.numel() for part in q_target.parameters())
print(f"{useless:,} gradients in the target network")
# sphinx_gallery_start_ignore
assert useless == sum(part.numel() for part in q_target.parameters())
# sphinx_gallery_end_ignore

# %%
# The optimizer of ``train`` does not have the target network's parameters, so here this would only
# waste time. An optimizer that has both would also move the target towards the prediction.
#
# What to read next
# -----------------
#
# - The papers: Mnih et al. (2015), *Human-level control through deep reinforcement learning*,
#   https://doi.org/10.1038/nature14236; van Hasselt et al. (2016) on double DQN,
#   https://arxiv.org/abs/1509.06461; and Hessel et al. (2018), which measures such details on
#   Atari games, https://arxiv.org/abs/1710.02298.
# - :doc:`SAC </tutorials/algorithms/sac>` uses the same buffer and targets for actions that are
#   numbers.
# - The functions: :doc:`exercise 3 </tutorials/exercises/exercise_3_epsilon_greedy>` and
#   :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>`.
