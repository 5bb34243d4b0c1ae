r"""
DQN, improved
=============

You make the :doc:`plain DQN </tutorials/algorithms/dqn>` faster, and try six changes one at a time:
targets over several steps, double Q-learning, a dueling network, prioritised replay, noisy layers,
and a target network that moves a little after every update. A table shows what each change is
worth. Only the first one is in the agent that this page trains.
"""

# %%
# Settings
# --------
#
# All numbers of the agent are in one frozen dataclass. ``replace(DQN, double=True)`` gives the same
# settings with one change. ``DQN``, the agent that this page trains on CartPole, joins eight steps.
# The other changes are off: the table at the end shows no clear gain from them.

from dataclasses import asdict, dataclass, replace
from functools import partial


@dataclass(frozen=True)
class Settings:
    """What a training of DQN depends on, besides its seed."""

    max_steps: int = 32_000  # environment steps, over all environments
    num_envs: int = 16  # environments that run side by side
    learning_starts: int = 1_000  # environment steps before the first update
    updates: int = 2  # updates per step of the environments
    batch_size: int = 128  # transitions in an update
    hidden: int = 128  # units in each hidden layer
    learning_rate: float = 0.002  # Adam's, at the start
    anneal: bool = True  # whether the learning rate falls to 0 in a straight line
    gamma: float = 0.99  # discount factor
    explore_steps: int = 8_000  # epsilon falls from 1, and would reach 0 after these steps
    last_epsilon: float = 0.05  # the lowest epsilon
    capacity: int = 8_000  # transitions in the replay buffer
    scale_observations: bool = True  # whether observations are multiplied by SCALES
    n_steps: int = 8  # steps that are joined into one transition
    double: bool = False  # whether the trained network chooses the next action
    dueling: bool = False  # whether the network adds a value and advantages
    priority: float = 0.0  # exponent of the TD errors in prioritised replay; 0 draws uniformly
    correction: float = 0.4  # exponent of the importance weights; 1 corrects fully
    noisy: float = 0.0  # σ of noisy layers, which explore instead of epsilon-greedy; 0: none
    sync_every: int = 25  # updates between two moves of the target network
    tau: float = 1.0  # share of the way that it moves; 1 copies


DQN = Settings()

# %%
# N-step returns: look further ahead
# ----------------------------------
#
# With one-step targets, the effect of a fall reaches one step further back each time the
# :term:`target network` has caught up. So the agent stores :math:`n` steps as one, with the sum of
# their rewards:
#
# .. math:: r_t + \gamma r_{t+1} + \dots + \gamma^{n-1} r_{t+n-1}, \qquad s_t \to s_{t+n}
#
# and its :term:`TD target` discounts what follows by :math:`\gamma^n`. ``join_steps`` works
# backwards through the last :math:`n` steps of all environments. A :term:`termination` among them
# ends the sum, and nothing follows it. After a :term:`truncation` among them, the sum has too few
# steps for the discount :math:`\gamma^n`: such transitions are marked and left out.

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


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
print("returns", returns, "terminated", ended, "usable", whole)
# sphinx_gallery_start_ignore
assert returns.tolist() == [1.75, 1.5, 1.5]
assert ended.tolist() == [False, True, False]
assert whole.tolist() == [True, True, False]
# sphinx_gallery_end_ignore

# %%
# Double DQN: choose with one network, value with the other
# ---------------------------------------------------------
#
# The maximum of values with random errors is too high on average. Double Q-learning lets one network
# choose the next action, and takes its value from the other network.
#
# Here is a task where this decides (after Sutton and Barto, 2018, example 6.7). An agent may stop,
# which is worth 0, or go on to ten actions, whose rewards are -0.1 on average, with a standard
# deviation of 1. Each of 1,000 agents has two tables, each with the mean of 20 rewards per action:

torch.manual_seed(0)
tables = -0.1 + torch.randn(2, 1000, 10, 20).mean(dim=-1)  # (tables, agents, actions)
choice = tables[0].argmax(dim=-1, keepdim=True)  # (agents, 1)
one, double = tables[0].gather(-1, choice), tables[1].gather(-1, choice)  # (agents, 1) each
print(f"one table: value {one.mean():.2f}, {(one > 0).float().mean():.0%} go on")
print(f"double:    value {double.mean():.2f}, {(double > 0).float().mean():.0%} go on")
# sphinx_gallery_start_ignore
assert one.mean() > 0.2
assert (one > 0).float().mean() > 0.9
assert abs(double.mean() + 0.1) < 0.03
assert (double > 0).float().mean() < 0.4
# sphinx_gallery_end_ignore

# %%
# Nearly all agents with one table believe in a gain that does not exist. In DQN the trained network
# chooses and the target network gives the value. The two are correlated, so the bias shrinks but
# does not vanish (van Hasselt et al., 2016).
#
# Explore with noisy layers
# -------------------------
#
# A *noisy* layer adds random noise to its weights at each call, so the best action changes from step
# to step. The layer learns how much noise there is, by the same loss, and no schedule for ε is
# needed. The noise is *factorised*: that of
# weight :math:`w_{ij}` is :math:`\sigma_{ij}\, f(\varepsilon_i)\, f(\varepsilon_j)` with
# :math:`f(x) = \operatorname{sign}(x) \sqrt{|x|}`, so a layer draws one number per input and per
# output, instead of one per weight.


class NoisyLinear(nn.Linear):
    """A linear layer with new noise on its weights at each call, until ``eval()``."""

    def __init__(self, inputs, outputs, sigma=0.5):
        super().__init__(inputs, outputs)
        self.weight_sigma = nn.Parameter(torch.full((outputs, inputs), sigma / inputs**0.5))
        self.bias_sigma = nn.Parameter(torch.full((outputs,), sigma / inputs**0.5))

    def forward(self, x):  # (B, inputs) -> (B, outputs)
        if not self.training:  # eval() sets it to False
            return super().forward(x)
        noise = torch.randn(self.in_features + self.out_features)
        noise = noise.sign() * noise.abs().sqrt()
        of_inputs, of_outputs = noise.split([self.in_features, self.out_features])
        weight = self.weight + self.weight_sigma * torch.outer(of_outputs, of_inputs)
        return F.linear(x, weight, self.bias + self.bias_sigma * of_outputs)


layer, features = NoisyLinear(4, 2), torch.ones(1, 4)
for mode in ("train", "eval"):
    getattr(layer, mode)()
    print(f"{mode}:", *[layer(features).detach().numpy().round(2) for _ in range(2)])
# sphinx_gallery_start_ignore
assert torch.equal(layer(features), layer(features))
layer.train()
assert not torch.equal(layer(features), layer(features))
# sphinx_gallery_end_ignore

# %%
# Two calls differ in train mode, and are equal after ``eval()``. The greedy policy uses the latter.
#
# Dueling networks: value plus advantage
# --------------------------------------
#
# A *dueling* network computes the value of the state and an :term:`advantage` of each action. The
# advantages' mean is subtracted, so the value is the mean of the Q-values. Each update of one action
# then also moves the value, which the other actions share.


class Network(nn.Module):
    """Map states (B, d) to Q-values (B, A)."""

    def __init__(self, state_dim, n_actions, hidden=128, dueling=True, noisy=0.0):
        super().__init__()
        linear = partial(NoisyLinear, sigma=noisy) if noisy else nn.Linear
        first, second = nn.Linear(state_dim, hidden), linear(hidden, hidden)
        self.body = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
        self.advantages = linear(hidden, n_actions)
        self.value = linear(hidden, 1) if dueling else None

    def forward(self, states):
        features = self.body(states)  # (B, d) -> (B, h)
        advantages = self.advantages(features)  # (B, A)
        if self.value is None:  # then they are the Q-values
            return advantages
        return self.value(features) + advantages - advantages.mean(-1, keepdim=True)  # (B, A)


network, states = Network(state_dim=4, n_actions=2), torch.randn(3, 4)
value = network.value(network.body(states)).squeeze(1)  # (B, 1) -> (B,)
print("mean of the Q-values:", network(states).mean(1).detach().numpy().round(3))
print("value:               ", value.detach().numpy().round(3))
# sphinx_gallery_start_ignore
torch.testing.assert_close(network(states).mean(1), value)
# sphinx_gallery_end_ignore

# %%
# Prioritised replay: draw transitions with large errors more often
# -----------------------------------------------------------------
#
# Prioritised replay draws a :term:`transition` with a probability :math:`p_i` that grows with the
# size of its last :term:`TD error`. This changes the expected gradient, so the loss of each
# transition is multiplied by an importance weight :math:`(n p_i)^{-\beta}`, where :math:`n` is the
# number of transitions stored. With :math:`\beta = 1` the expected weighted mean is the mean of all
# stored transitions. The code also divides by the largest weight of the batch, so that no loss grows. A new transition gets the highest priority, so that it is drawn soon. The buffer is the
# library's, plus a column of priorities.

from pytorch_rl_basics.replay import ReplayBuffer


class PrioritisedBuffer(ReplayBuffer):
    """Draw each transition with a probability proportional to its priority."""

    def __init__(self, capacity, state_dim):
        super().__init__(capacity, state_dim)
        self.priorities = torch.zeros(capacity)  # 0: an empty row is never drawn
        self.added = 0

    def add(self, states, *parts):
        super().add(states, *parts)
        rows = (self.added + torch.arange(len(states))) % self.capacity
        self.priorities[rows] = self.priorities.max() if self.added else 1.0
        self.added += len(states)

    def sample(self, batch_size, correction):
        rows = torch.multinomial(self.priorities, batch_size, replacement=True)  # (B,)
        probs = self.priorities[rows] / self.priorities.sum()
        weights = (len(self) * probs) ** -correction  # (B,)
        columns = (self.states, self.actions, self.rewards, self.next_states, self.terminated)
        return rows, weights / weights.max(), [column[rows] for column in columns]


# %%
# A task where it decides (after Schaul et al., 2016): a path of eleven places. One action goes on,
# the other one ends the episode, and only the end of the path gives a reward. The buffer has the
# steps of all action sequences, so one step in 4,094 gets the reward. How many updates does a table
# need?

from pytorch_rl_basics import epsilon_greedy, polyak_update, td_target


def updates_needed(priority, length=11, gamma=0.9):
    """Count updates until the mean squared error of the good action's values is below 0.001."""
    buffer = PrioritisedBuffer(2 ** (length + 1), state_dim=1)
    places = torch.arange(length).repeat_interleave(2 ** torch.arange(length).flip(0))  # (2047,)
    for action in (0, 1):
        goal = (places == length - 1) & (action == 1)
        here, actions = places[:, None].float(), torch.full_like(places, action)
        buffer.add(here, actions, goal.float(), here + 1, goal | (action == 0))
    q, true = torch.zeros(length + 1, 2), gamma ** torch.arange(length).flip(0)
    for update in range(1, 10_001):
        rows, weights, (states, actions, *result) = buffer.sample(32, correction=0.4)
        rewards, next_states, terminated = result
        targets = td_target(rewards, terminated, q[next_states[:, 0].long()], gamma)
        errors = targets - q[states[:, 0].long(), actions]
        q[states[:, 0].long(), actions] += 0.25 * weights * errors
        buffer.priorities[rows] = (errors.abs() + 1e-3) ** priority
        if ((q[:length, 1] - true) ** 2).mean() < 1e-3:
            return update


uniform, prioritised = updates_needed(priority=0), updates_needed(priority=0.6)
print(f"updates: uniform {uniform:,}, prioritised {prioritised:,}")
# sphinx_gallery_start_ignore
assert uniform > 1.5 * prioritised
# sphinx_gallery_end_ignore

# %%
# Follow the network: hard or soft
# --------------------------------
#
# A *hard* target network copies the trained one every :math:`N` updates. A *soft* one moves a share
# :math:`\tau` of the way after each update (``polyak_update`` of :doc:`exercise 11
# </tutorials/parts/exercise_11_polyak_update>`), so it never jumps. ``sync_every`` and ``tau`` give
# both. How old are they with :math:`\tau = 1/N`? Here the network is one weight, which grows by 1
# per update:

hard = soft = 0.0
behind = []
for weight in range(1, 301):
    soft += (weight - soft) / 25
    if weight % 25 == 0:
        hard = weight
    behind.append((weight - hard, weight - soft))
means = np.mean(behind[-25:], axis=0)
print(f"updates behind: hard {means[0]:.1f} on average, soft {means[1]:.1f}")
# sphinx_gallery_start_ignore
assert means[0] == 12
assert abs(means[1] - 24) < 0.01
assert [lag for lag, _ in behind[-25:]] == [*range(1, 25), 0]
# sphinx_gallery_end_ignore

# %%
# The hard copy is 0 to 24 updates old, 12 on average. The soft one stays 24 behind.
#
# The whole agent
# ---------------
#
# The rewards are multiplied by :math:`1 - \gamma`, so that a pole that stands forever is worth 1.
# Sixteen environments run side by side. They reset at the step after an episode's end
# (:doc:`/concepts/vector_environments`), and ``valid`` keeps these steps out of the buffer.
# ``mse_loss`` with ``reduction="none"`` returns one loss per transition, which the weights multiply
# before the mean. ``train`` returns a record of the training: ``run.policy`` acts greedily, and
# ``run.episode_returns`` has the return of each training episode.

import copy
from collections import deque

from pytorch_rl_basics.agents import TrainingRun, vector_env

SCALES = {"CartPole-v1": torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])}


def train(
    seed,
    settings=DQN,
    *,
    env_id="CartPole-v1",
    epsilon_greedy=epsilon_greedy,
    td_target=td_target,
    polyak_update=polyak_update,
    watch=None,
):
    """Train DQN.

    Args:
        seed: of torch and of the environments.
        settings: ``DQN``, or your own.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        epsilon_greedy: the library's function, or your own.
        td_target: the library's function, or your own.
        polyak_update: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    s = settings
    torch.manual_seed(seed)
    envs = vector_env(env_id, s.num_envs, actions="Discrete")
    scale = SCALES.get(env_id, torch.tensor(1.0)) if s.scale_observations else torch.tensor(1.0)
    state_dim, n_actions = envs.single_observation_space.shape[0], envs.single_action_space.n
    q = Network(state_dim, int(n_actions), s.hidden, s.dueling, s.noisy)
    q_target = copy.deepcopy(q)
    optimizer = torch.optim.Adam(q.parameters(), lr=s.learning_rate, fused=True)
    buffer = PrioritisedBuffer(s.capacity, state_dim)
    window = deque(maxlen=s.n_steps)
    updates = 0

    @torch.no_grad()
    def act_greedily(observations):
        q.eval()  # noisy layers use their means
        actions = q(torch.as_tensor(observations) * scale).argmax(-1).numpy()
        q.train()
        return actions

    def update():
        batch = buffer.sample(s.batch_size, s.correction)
        rows, weights, (states, actions, returns, next_states, terminated) = batch
        with torch.no_grad():  # the target is a number to reach
            next_q = q_target(next_states)  # (B, A)
            if s.double:  # q chooses the action, q_target values it
                choice = q(next_states).argmax(dim=1, keepdim=True)  # (B, 1)
                next_q = next_q.gather(1, choice)  # (B, 1)
            targets = td_target(returns, terminated, next_q, s.gamma**s.n_steps)  # (B,)
        chosen = q(states).gather(1, actions.unsqueeze(1)).squeeze(1)  # (B,)
        loss = (weights * F.mse_loss(chosen, targets, reduction="none")).mean()
        run.require_finite(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        errors = (targets - chosen.detach()).abs()  # (B,)
        buffer.priorities[rows] = (errors + 1e-3) ** s.priority  # 1 if the exponent is 0

    run = TrainingRun(act_greedily, {"seed": seed} | asdict(s))
    observations, _ = envs.reset(seed=seed)
    states = torch.as_tensor(observations) * scale  # (N, d)
    valid = np.ones(s.num_envs, dtype=bool)  # False at the step that only resets
    with run.recording(s.max_steps, watch):
        while run.env_steps < s.max_steps:
            epsilon = 0.0 if s.noisy else max(s.last_epsilon, 1 - run.env_steps / s.explore_steps)
            with torch.no_grad():
                actions = [epsilon_greedy(row, epsilon) for row in q(states)]
            observations, rewards, terminated, truncated, _ = envs.step(np.array(actions))
            next_states = torch.as_tensor(observations) * scale
            outcome = (rewards * (1 - s.gamma), terminated, truncated)
            window.append((states, torch.tensor(actions), valid, outcome))
            if len(window) == s.n_steps:
                first_states, first_actions, first_valid, _ = window[0]
                returns, ended, whole = join_steps([step[-1] for step in window], s.gamma)
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
            if len(buffer) and run.env_steps >= s.learning_starts:
                if s.anneal:
                    left = max(0.0, 1 - run.env_steps / s.max_steps)
                    optimizer.param_groups[0]["lr"] = s.learning_rate * left
                for _ in range(s.updates):
                    update()
                    updates += 1
                    if updates % s.sync_every == 0:
                        polyak_update(q, q_target, s.tau)
    envs.close()
    return run


# %%
# One seed, and your functions
# ----------------------------
#
# Train one seed for 16,000 environment steps, half of the settings' budget. The agent takes three
# functions as parameters. Put your own into ``mine``, and a second training uses them. On this page
# ``mine`` is empty.
#
# ``look`` is called every 1,000 steps. At some of these it lets the greedy policy act in 20 episodes
# of at most 1,000 steps. It keeps the Q-value of each of the first 500 steps, and the discounted
# return that followed. ``train`` passes its network to ``polyak_update``, so a function in its place
# can keep the network for ``look``.

import gymnasium as gym
import matplotlib.pyplot as plt

from pytorch_rl_basics import check
from pytorch_rl_basics.agents import greedy_returns, plot_runs


def values_and_returns(q, episodes=20, gamma=0.99):
    """Act greedily; give Q-values and the returns that followed, each of shape (points,)."""
    envs = gym.make_vec("CartPole-v1", num_envs=episodes, max_episode_steps=1_000)
    states, _ = envs.reset(seed=1)
    running, values = np.ones(episodes, dtype=bool), []
    returns = np.zeros((1_001, episodes))
    for _ in range(1_000):
        with torch.no_grad():
            best = q(torch.as_tensor(states) * SCALES["CartPole-v1"]).max(dim=1)  # two of (N,)
        values.append(np.where(running, best.values, np.nan))
        states, _, terminated, truncated, _ = envs.step(best.indices.numpy())
        running &= ~(terminated | truncated)
    for t in range(999, -1, -1):  # each step of an episode has the reward 1 - gamma
        returns[t] = np.where(np.isnan(values[t]), 0.0, 1 - gamma + gamma * returns[t + 1])
    values = np.stack(values[:500])  # (500, N)
    stepped = ~np.isnan(values)
    return values[stepped], returns[:500][stepped]


def keep(q, q_target, tau):
    networks[:] = [q]
    polyak_update(q, q_target, tau)


def look(run):
    if run.env_steps // 1_000 in (2, 4, 16):
        points[run.env_steps // 1_000] = values_and_returns(networks[0])


mine = {}  # for example {"polyak_update": my_polyak_update}

for name, function in mine.items():
    print(check(function, name))

short, networks, points = replace(DQN, max_steps=16_000), [], {}
runs = {"DQN, improved": train(0, short, polyak_update=keep, watch=look)}
if mine:
    runs["with your functions"] = train(0, short, **mine)

# %%
# The plot shows the return of the training episodes, as the mean of the last ten. It should be low
# at first, while most actions are random. The dotted line is at 475. The number below the plot is
# the mean return of 100 new episodes with greedy actions, by the final network.

fig, ax = plt.subplots(layout="constrained")
for (name, run), style in zip(runs.items(), ("-", "--"), strict=False):
    plot_runs([run], ax, label=name, window=10, ls=style)
ax.axhline(475, color="0.5", ls=":", lw=1.5)
ax.set_title("DQN, improved, on CartPole: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

run = runs["DQN, improved"]
final = greedy_returns(run.policy, "CartPole-v1", 100, seed=2000)
print(f"after {run.env_steps:,} steps: {final.mean():.0f}")
# sphinx_gallery_start_ignore
assert final.mean() >= 475
assert np.mean(run.episode_returns[:10]) < 50
# sphinx_gallery_end_ignore

# %%
# This seed solves CartPole.
#
# Are the Q-values too high?
# --------------------------
#
# Each point is a step of the greedy policy. Above the line, its Q-value is higher than the return
# that followed, below it is lower.

fig, axes = plt.subplots(1, 3, figsize=(8, 3), sharey=True, layout="constrained")
for ax, (thousands, (values, followed)) in zip(axes, points.items(), strict=True):
    ax.plot(followed, values, ".", ms=3)
    ax.plot([0, 1], [0, 1], color="0.3", lw=1)
    ax.set(title=f"{thousands},000 steps", xlabel="return that followed")
    print(f"{thousands},000 steps: Q-value {values.mean():.2f}, return {followed.mean():.2f}")
axes[0].set_ylabel("Q-value")
plt.show()
# sphinx_gallery_start_ignore
gaps = [(values - followed).mean() for values, followed in points.values()]
assert gaps[0] < -0.3
assert gaps[0] < gaps[1] < -0.3
assert abs(gaps[2]) < 0.05
assert points[2][1].mean() > 0.95
assert 1 - 2_000 / short.explore_steps == 3 / 4
# sphinx_gallery_end_ignore

# %%
# With this seed, the greedy policy keeps the pole up already after 2,000 steps: the returns that
# followed are near 1. The curve above is still low there, because three of four training actions are
# random.
#
# In the beginning the Q-values are far too low: the network starts with values near 0, and each
# update raises them only as far as the target network's values allow. At the end the two means
# differ by less than 0.05. There is no overestimation for double Q-learning to correct.
#
# What each change is worth
# -------------------------
#
# For :doc:`the benchmark page </benchmark>` each row was trained with ten seeds, for the whole budget
# of 32,000 steps. The page's DQN, "as it is", joins eight steps. The *base* is the same with one-step
# targets. Each row below it adds one change to the base, and "all together" has every change of this
# page. An :term:`episode` ends after 500 steps. A seed counts as solved if its final policy has a mean
# return of at least 475 in 100 new episodes. The *final return* is that mean. The *return in training*
# is the mean return of the training episodes, weighted by their lengths. Both are means over the
# seeds, with a 95 % interval in brackets, which a :doc:`bootstrap </tutorials/practice/evaluate>`
# computes from the ten seeds. Read two rows as different if their intervals do not overlap.
#
# .. worth: dqn
#
# =================  ========  ==============  ====================
# trained              solved    final return    return in training
# =================  ========  ==============  ====================
# as it is           10 of 10  498 [495, 500]        396 [373, 416]
# the base            5 of 10  404 [323, 471]        244 [196, 290]
# base, double        5 of 10  402 [322, 471]        278 [247, 304]
# base, dueling       7 of 10  409 [316, 500]        248 [201, 295]
# base, prioritised   7 of 10  422 [324, 495]        284 [252, 312]
# base, noisy         4 of 10  273 [159, 392]        183 [127, 239]
# base, soft copies   5 of 10  359 [258, 450]        272 [236, 306]
# all together        2 of 10  254 [156, 358]        173 [116, 232]
# =================  ========  ==============  ====================
#
# .. end of worth
#
# - **Join eight steps.** This change makes the difference: without it five of ten seeds end solved,
#   with it all ten.
# - No other single change is clearly better than the base, and none is clearly worse. Ten seeds show
#   only large differences: :doc:`/tutorials/practice/evaluate`.
# - **All together** learns less than the page's DQN, although it joins eight steps, too.
#
# Prioritised replay and double Q-learning make the difference in the small tasks above. A change that helps in one
# task may do nothing in another one, or harm: measure it in yours, with several seeds.
#
# What to read next
# -----------------
#
# - The papers: Mnih et al. (2015), https://doi.org/10.1038/nature14236; van Hasselt et al. (2016) on
#   double DQN, https://arxiv.org/abs/1509.06461; Wang et al. (2016) on dueling networks,
#   https://arxiv.org/abs/1511.06581; Schaul et al. (2016) on prioritised replay,
#   https://arxiv.org/abs/1511.05952; Fortunato et al. (2018) on noisy layers,
#   https://arxiv.org/abs/1706.10295; and Hessel et al. (2018), which measures all of them together
#   on Atari games, https://arxiv.org/abs/1710.02298.
# - Next: :doc:`exercise 12 </tutorials/parts/exercise_12_discounted_returns>`, the first part of
#   :doc:`REINFORCE </tutorials/algorithms/reinforce>`, which learns a policy instead of values.
