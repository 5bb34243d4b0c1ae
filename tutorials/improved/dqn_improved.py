r"""
DQN, improved
=============

You turn the :doc:`plain DQN </tutorials/algorithms/dqn>` into a fast and reliable one, one change at
a time: targets over several steps, double Q-learning, a dueling network, prioritised replay, noisy
layers, and a target network that moves a little after every update. A table shows what each change
is worth, alone and together with the others.
"""

# %%
# Settings
# --------
#
# All numbers of the agent are in one frozen dataclass. ``replace(DQN, double=False)`` gives the same
# settings with one change.

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Settings:
    """What a training of DQN depends on, besides its seed."""

    max_steps: int = 24_000  # environment steps, over all environments
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
    double: bool = True  # whether the trained network chooses the next action
    dueling: bool = False  # whether the network adds a value and advantages
    priority: float = 0.0  # exponent of the TD errors in prioritised replay; 0 draws uniformly
    correction: float = 0.4  # exponent of the importance weights; 1 corrects fully
    noisy: bool = False  # whether noisy layers explore, instead of epsilon-greedy
    sync_every: int = 1  # updates between two moves of the target network
    tau: float = 0.04  # share of the way that it moves; 1 copies


DQN = Settings()

# %%
# Look further ahead
# ------------------
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
print("returns   ", returns)
print("terminated", ended)
print("usable    ", whole)
# sphinx_gallery_start_ignore
assert returns.tolist() == [1.75, 1.5, 1.5]
assert ended.tolist() == [False, True, False]
assert whole.tolist() == [True, True, False]
# sphinx_gallery_end_ignore

# %%
# Choose with one network, value with the other
# ---------------------------------------------
#
# The maximum of values with random errors is too high on average. Double Q-learning lets one network
# choose the next action, and takes its value from the other network.
#
# Here is a task where this decides (Sutton and Barto, 2018, example 6.7). The agent may stop, which
# is worth 0. Or it goes on to a place with ten actions, whose rewards are -0.1 on average, with a
# standard deviation of 1. 500 agents learn it side by side, each with tables instead of networks:


def share_that_goes_on(double, agents=500, episodes=200, rate=0.1):
    """Give the share of agents that go on, in each episode."""
    go = torch.zeros(2, agents)  # value of going on, by two tables
    actions = torch.zeros(2, agents, 10)  # value of the ten actions
    every, shares = torch.arange(agents), []
    for _ in range(episodes):
        table = torch.randint(2, (agents,)) if double else torch.zeros_like(every)  # it learns
        other = 1 - table if double else table
        ties = 1e-6 * torch.randn(11, agents)  # are broken at random
        worth, values = go.sum(0) + ties[0], actions.sum(0) + ties[1:].T  # (agents,), (agents, 10)
        goes_on = torch.where(torch.rand(agents) < 0.1, torch.rand(agents) < 0.5, worth > 0)
        taken = torch.where(
            torch.rand(agents) < 0.1, torch.randint(10, (agents,)), values.argmax(1)
        )
        rewards = torch.randn(agents) - 0.1
        best = actions[table, every].argmax(1)  # chosen by one table,
        targets = actions[other, every, best]  # valued by the other
        go[table, every] += rate * goes_on * (targets - go[table, every])
        actions[table, every, taken] += rate * goes_on * (rewards - actions[table, every, taken])
        shares.append(goes_on.float().mean().item())
    return shares


torch.manual_seed(0)
single, doubled = share_that_goes_on(double=False), share_that_goes_on(double=True)
print(
    f"go on in episodes 10 to 50: {np.mean(single[10:50]):.0%}, double: {np.mean(doubled[10:50]):.0%}"
)
# sphinx_gallery_start_ignore
assert np.mean(single[10:50]) > 0.75
assert np.mean(doubled[10:50]) < 0.45
# sphinx_gallery_end_ignore

# %%
# Most agents with one table believe in a gain that does not exist. In DQN the trained network
# chooses and the target network gives the value. The two are correlated, so the bias shrinks but
# does not vanish (van Hasselt et al., 2016).
#
# Explore with noisy layers
# -------------------------
#
# A *noisy* layer adds random noise to its weights at each call, so the best action changes from step
# to step. The layer learns how much noise there is, by the same loss. It can keep exploring where
# the values are uncertain, and no schedule for ε is needed. The noise is *factorised*: that of
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
# Value plus advantage
# --------------------
#
# A *dueling* network computes the value of the state and an :term:`advantage` of each action. The
# advantages' mean is subtracted, so the value is the mean of the Q-values. Each update of one action
# then also moves the value, which the other actions share.


class Network(nn.Module):
    """Map states (B, d) to Q-values (B, A)."""

    def __init__(self, state_dim, n_actions, hidden=128, dueling=True, noisy=False):
        super().__init__()
        linear = NoisyLinear if noisy else nn.Linear
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
print("Q-values:", network(states).detach().numpy().round(3).tolist())
print("mean:    ", network(states).mean(1).detach().numpy().round(3))
print("value:   ", network.value(network.body(states)).squeeze(1).detach().numpy().round(3))
# sphinx_gallery_start_ignore
value = network.value(network.body(states)).squeeze(1)
torch.testing.assert_close(network(states).mean(1), value)
# sphinx_gallery_end_ignore

# %%
# Draw what surprises
# -------------------
#
# Prioritised replay draws a :term:`transition` with a probability :math:`p_i` that grows with the
# size of its last :term:`TD error`. This changes the expected gradient, so the loss of each
# transition is multiplied by an importance weight :math:`(n p_i)^{-\beta}`, where :math:`n` is the
# number of transitions stored. With :math:`\beta = 1` the weighted mean is the mean of a uniform
# draw again. A new transition gets the highest priority, so that it is drawn soon. The buffer is the
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
# steps of all action sequences, so one in 4,094 leads to the reward. How many updates until the
# Q-values are right?


def updates_needed(priority, length=11):
    """Count updates of a table until its mean squared error is below 0.001."""
    buffer = PrioritisedBuffer(2 ** (length + 1), state_dim=1)
    for place in range(length):
        count = 2 ** (length - 1 - place)  # sequences that get here, for each action
        here, end = torch.full((count, 1), float(place)), place == length - 1
        for action in (0, 1):
            last = torch.full((count,), action == 0 or end)
            rewards = torch.full((count,), float(action == 1 and end))
            buffer.add(here, torch.full((count,), action), rewards, here + 1, last)
    q, true = torch.zeros(length + 1, 2), 0.9 ** torch.arange(length - 1, -1, -1)
    for update in range(1, 20_001):
        rows, weights, batch = buffer.sample(32, correction=0.4)
        states, actions, rewards, next_states, terminated = batch
        targets = td_target(rewards, terminated, q[next_states[:, 0].long()], 0.9)
        errors = targets - q[states[:, 0].long(), actions]
        q[states[:, 0].long(), actions] += 0.25 * weights * errors
        buffer.priorities[rows] = (errors.abs() + 1e-3) ** priority
        if ((q[:length, 1] - true) ** 2).mean() < 1e-3:
            return update


from pytorch_rl_basics import epsilon_greedy, polyak_update, td_target

needed = {
    name: updates_needed(priority) for name, priority in (("uniform", 0), ("prioritised", 0.6))
}
print(needed)
# sphinx_gallery_start_ignore
assert needed["uniform"] > 2 * needed["prioritised"]
# sphinx_gallery_end_ignore

# %%
# Follow the network: hard or soft
# --------------------------------
#
# A *hard* target network copies the trained one every :math:`N` updates. A *soft* one moves a share
# :math:`\tau` of the way after each update (``polyak_update`` of :doc:`exercise 11
# </tutorials/parts/exercise_11_polyak_update>`). With :math:`\tau = 1/N` both follow equally far in
# :math:`N` updates, but the soft one never jumps. ``sync_every`` and ``tau`` give both. Here the
# network is one weight, which grows by 1 per update:

trained, hard, soft = (nn.Linear(1, 1, bias=False) for _ in range(3))
for weight in (trained.weight, hard.weight, soft.weight):
    nn.init.zeros_(weight)
behind = []
for update in range(1, 301):
    trained.weight.data += 1
    polyak_update(trained, soft, 1 / 25)
    if update % 25 == 0:
        polyak_update(trained, hard, 1.0)
    behind.append([(trained.weight - net.weight).item() for net in (hard, soft)])

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
for lag, label in zip(zip(*behind, strict=True), ("hard, N = 25", "soft, τ = 1/25"), strict=True):
    ax.plot(lag, label=label)
ax.set(title="How far the target network is behind", xlabel="updates", ylabel="updates")
ax.legend()
plt.show()
# sphinx_gallery_start_ignore
assert [lag for lag, _ in behind[-25:]] == [*range(1, 25), 0]
assert abs(behind[-1][1] - 24) < 0.01
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
        settings: the numbers, see ``Settings``.
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
            if run.env_steps >= s.learning_starts:
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
