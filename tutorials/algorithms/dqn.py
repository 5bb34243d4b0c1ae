r"""
DQN: your functions become an agent
===================================

You put together your first :term:`agent`. Two functions that you have written do most of its work:
``epsilon_greedy`` of exercise 3 acts, and ``train_with_target`` of exercise 8 learns. This page
adds what is between them: a memory, and a loop that acts.

Do exercises :doc:`3 </tutorials/exercises/exercise_3_epsilon_greedy>`,
:doc:`8 </tutorials/exercises/exercise_8_target_network>` and
:doc:`10 </tutorials/parts/exercise_10_td_target>` first.
"""

# %%
# The idea
# --------
#
# The :term:`Q-value` :math:`Q(s, a)` is the expected discounted :term:`return` after
# :term:`action` :math:`a` in :term:`state` :math:`s`. An agent that knows it takes the action with
# the highest value. DQN (Mnih et al., 2015) learns it with a network, in this cycle:
#
# 1. Act with :term:`epsilon-greedy`, for a few steps.
# 2. Store each :term:`transition` in a :term:`replay buffer`.
# 3. Draw a :term:`batch` from the buffer, and make one update towards the
#    :term:`TD targets <TD target>`, which the :term:`target network` computes.
#
# ``train_with_target`` already does the third part for as many batches as it gets. It takes one
# batch, uses it, and then takes the next. So the first two parts go into a *generator*, which acts
# between two batches:
#
# .. code-block:: text
#
#    train_with_target  --- asks for the next batch -->  act_and_sample
#       one update      <-- yields a batch -----------   four steps, stored in the buffer
#
# The replay buffer
# -----------------
#
# A buffer is a tensor for each part of a transition, with a row for each transition. It counts what
# has been pushed. The row of the next transition is this number modulo the capacity, so a full
# buffer overwrites its oldest row.

import torch


class ReplayBuffer:
    """Keep the last transitions, and draw batches of them."""

    def __init__(self, capacity, state_dim, device="cpu"):
        self.capacity, self.pushed = capacity, 0
        self.states = torch.zeros(capacity, state_dim, device=device)
        self.actions = torch.zeros(capacity, dtype=torch.int64, device=device)
        self.rewards = torch.zeros(capacity, device=device)
        self.next_states = torch.zeros(capacity, state_dim, device=device)
        self.terminated = torch.zeros(capacity, dtype=torch.bool, device=device)

    def push(self, state, action, reward, next_state, terminated):
        row = self.pushed % self.capacity  # after the last row comes the first
        self.states[row] = torch.as_tensor(state)
        self.actions[row] = action
        self.rewards[row] = reward
        self.next_states[row] = torch.as_tensor(next_state)
        self.terminated[row] = terminated
        self.pushed += 1

    def sample(self, batch_size):
        filled = min(self.pushed, self.capacity)
        rows = torch.randint(filled, (batch_size,))  # (B,), the same row may come twice
        columns = (self.states, self.actions, self.rewards, self.next_states, self.terminated)
        return tuple(column[rows] for column in columns)


# %%
# Test it on random data before an agent depends on it. A buffer for four transitions gets six. The
# reward of each is its number, and the next state is the state plus 1.

torch.manual_seed(0)
buffer = ReplayBuffer(capacity=4, state_dim=2)
for number in range(6):
    state = torch.randn(2)
    buffer.push(state, number % 2, number, state + 1, number == 5)
print("stored:", buffer.rewards.tolist())

states, actions, rewards, next_states, terminated = buffer.sample(100)
print("drawn: ", rewards.unique().tolist())
for part in (states, actions, rewards, next_states, terminated):
    print(tuple(part.shape), part.dtype)
assert buffer.rewards.tolist() == [4, 5, 2, 3]
assert torch.equal(next_states, states + 1)
assert torch.equal(actions, rewards.long() % 2)
assert torch.equal(terminated, rewards == 5)

# %%
# Transitions 4 and 5 replaced 0 and 1. The parts of a drawn transition belong together, and they
# have the order, the shapes and the dtypes that ``train_with_target`` expects.
#
# Why a buffer? Successive steps are similar, and a batch of similar transitions gives a poor
# :term:`gradient`. A batch from the buffer mixes many episodes, and each transition is used several
# times. This is possible because DQN is :term:`off-policy`: the transitions may come from an older
# network and from random actions.
#
# Act between two updates
# -----------------------
#
# ``act_and_sample`` is the generator. Read it from top to bottom:
#
# - **Explore less and less.** ε falls from 1 to 0.05 over the first fifth of the steps, because at
#   first the network's values are random.
# - **Store termination, not truncation.** CartPole ends an episode after 500 steps. This
#   :term:`truncation` is stored with ``terminated=False``, so the target includes the value of the
#   next state.
# - **Store before the reset.** The next state of an episode's last transition is the state in which
#   the episode ended, and not the first one of the next episode.
# - **Update after every fourth step**, as in the paper, and not before 1,000 steps are stored.
#
# ``require_finite`` stops a training whose values have become infinite or NaN. ``checked``, further
# below, looks at the arguments of ``train`` before it begins: the environment, the device, and
# whether your functions take the right arguments.

from pytorch_rl_basics.agents import checked, greedy_returns, require_finite

LEARNING_STARTS = 1_000  # environment steps before the first update
STEPS_PER_UPDATE = 4


def act_and_sample(
    env, q, buffer, returns, epsilon_greedy, *, seed, max_steps, batch_size, device="cpu"
):
    """Act in the environment, and yield a batch after every four steps."""
    observation, _ = env.reset(seed=seed)
    episode_return = 0.0
    for step in range(max_steps):
        epsilon = max(0.05, 1 - step / (0.2 * max_steps))
        state = torch.as_tensor(observation, dtype=torch.float32, device=device)  # (d,)
        with torch.no_grad():  # acting needs no graph
            q_values = q(state.unsqueeze(0)).squeeze(0)  # (1, d) -> (1, A) -> (A,)
        action = epsilon_greedy(q_values, epsilon)
        next_observation, reward, terminated, truncated, _ = env.step(action)
        buffer.push(observation, action, reward, next_observation, terminated)
        episode_return += reward
        observation = next_observation
        if terminated or truncated:
            returns.append(episode_return)
            episode_return = 0.0
            observation, _ = env.reset()
        if step >= LEARNING_STARTS and step % STEPS_PER_UPDATE == 0:
            require_finite(q_values.sum().item(), step, "sum of the Q-values")
            yield buffer.sample(batch_size)


# %%
# A call of a generator function runs none of its lines. They run when somebody asks for the next
# batch:

import gymnasium as gym

from pytorch_rl_basics import QNetwork, epsilon_greedy

torch.manual_seed(0)
env, buffer, returns = gym.make("CartPole-v1"), ReplayBuffer(10_000, state_dim=4), []
batches = act_and_sample(
    env, QNetwork(), buffer, returns, epsilon_greedy, seed=0, max_steps=2_000, batch_size=128
)
print("after the call:       ", buffer.pushed, "steps")
states, actions, rewards, next_states, terminated = next(batches)
print("after the first batch:", buffer.pushed, "steps,", len(returns), "episodes")
assert buffer.pushed == 1_001
next(batches)
print("after the second:     ", buffer.pushed, "steps")
assert buffer.pushed == 1_005
print("states", tuple(states.shape), "terminated", terminated.sum().item(), "of", len(terminated))
# sphinx_gallery_start_ignore
assert terminated.any()
# sphinx_gallery_end_ignore

# %%
# The agent
# ---------
#
# ``train`` only connects the parts. It gets a network and trains it. The functions that you wrote
# are its last parameters, with the library's as default. ``fused=True`` computes a step of Adam in
# one call, which takes less time here.

import copy

from pytorch_rl_basics import train_with_target


@checked("Discrete")
def train(
    q,
    *,
    seed=0,
    env_id="CartPole-v1",
    max_steps=15_000,
    capacity=10_000,
    batch_size=128,
    sync_every=40,
    learning_rate=0.001,
    gamma=0.99,
    device="cpu",
    epsilon_greedy=epsilon_greedy,
    train_with_target=train_with_target,
):
    """Train a Q-network by DQN.

    Args:
        q: the network, states (B, d) to Q-values (B, A).
        seed: of torch and of the environment.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        max_steps: environment steps.
        capacity: transitions in the replay buffer.
        batch_size: transitions in each update.
        sync_every: updates between two copies of the network into the target network.
        learning_rate: Adam's learning rate.
        gamma: discount factor, in [0, 1].
        device: where the network, the buffer and the batches are.
        epsilon_greedy: the library's function, or your own.
        train_with_target: the library's function, or your own.

    Returns:
        The trained network, and the return of each episode.
    """
    torch.manual_seed(seed)
    env = gym.make(env_id)
    q.to(device)
    q_target = copy.deepcopy(q)  # equal at the start
    optimizer = torch.optim.Adam(q.parameters(), lr=learning_rate, fused=True)
    buffer = ReplayBuffer(capacity, env.observation_space.shape[0], device)
    returns = []
    numbers = {"seed": seed, "max_steps": max_steps, "batch_size": batch_size, "device": device}
    batches = act_and_sample(env, q, buffer, returns, epsilon_greedy, **numbers)
    train_with_target(q, q_target, optimizer, batches, gamma, sync_every)
    env.close()
    return q, returns


# %%
# The generator does not know what happens to its batches, and ``train_with_target`` does not know
# where they come from. They share the network: each update changes how the generator acts next.
#
# A training from the inside
# --------------------------
#
# A function that you pass to ``train`` can also watch. ``watched`` puts a second generator around
# the first. Before each update it notes the highest :term:`Q-value` of a cart that stands still
# with its pole upright, by the network and by the target network.


def watch(batches, q, q_target, values):
    """Yield the batches, and note the value of the upright pole by both networks."""
    upright = torch.zeros(1, 4)
    for batch in batches:
        with torch.no_grad():
            values.append([network(upright).max().item() for network in (q, q_target)])
        yield batch


def watched(q, q_target, optimizer, batches, gamma, sync_every):
    batches = watch(batches, q, q_target, values)
    losses.extend(train_with_target(q, q_target, optimizer, batches, gamma, sync_every))


def train_seed(seed, **settings):
    """Train a new network; the seed also decides its first parameters."""
    torch.manual_seed(seed)
    return train(QNetwork(), seed=seed, **settings)


values, losses = [], []
first_run = train_seed(0, train_with_target=watched)
values, losses = torch.tensor(values), torch.tensor(losses)  # (updates, 2), (updates,)

# %%
# The left panel shows the first 240 updates. The network's value moves at every update. The target
# network's value stays the same for 40 updates, until a copy brings it to the network's. The right
# panel shows the whole training. Its dashed line is the discounted return of the agent's last
# episodes: with a reward of 1 at each of :math:`n` steps, :math:`1 + \gamma + \dots +
# \gamma^{n-1}`.

import matplotlib.pyplot as plt

_, returns = first_run
steps = sum(returns[-20:]) / 20  # in CartPole the return is the number of steps
real = (1 - 0.99**steps) / (1 - 0.99)

fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
left.plot(values[:240, 0], label="network")
left.plot(values[:240, 1], label="target network")
left.set(title="First 240 updates", xlabel="updates", ylabel="value of the upright pole")
left.legend()
right.plot(values[:, 0])
right.axhline(real, color="0.5", ls="--")
right.set(title="All updates", xlabel="updates")
plt.show()

print(f"value after 5 copies: {values[239, 0]:.1f}")
print(f"value at the end: {values[-1, 0]:.0f}, discounted return: {real:.0f}")
parts = [part.mean().item() for part in losses.chunk(6)]
print("mean loss in six parts of the training:", *[f"{loss:.2f}" for loss in parts])
# sphinx_gallery_start_ignore
changes = values[:240, 1].diff().nonzero().flatten()  # after updates 40, 80, …
assert changes.tolist() == [39, 79, 119, 159, 199]
assert 5 < values[239, 0] < 8
assert 0.75 * real < values[-1, 0] < 1.25 * real
assert max(parts) > 1.5 * parts[0]
assert parts[-1] < 0.5 * max(parts)
# sphinx_gallery_end_ignore

# %%
# Between two copies the network learns towards a target that does not move. Each copy raises the
# targets by about one more reward, so the value climbs stairs. At the end it is near the return that
# the agent really gets. :doc:`Exercise 8 </tutorials/exercises/exercise_8_target_network>` shows
# what happens without a copy.
#
# The :term:`loss` rises while the values grow, and falls when they come near the return. So a rising
# loss does not mean that the agent gets worse. Look at the returns.
#
# Three seeds
# -----------
#
# Another seed means other first parameters, other starts and other random actions. The plot shows
# the returns of three trainings. Each point is the mean of 20 training episodes, in which some
# actions are random. If you put your own functions into ``mine``, it has one more curve. On this
# page ``mine`` is empty.

import numpy as np

from pytorch_rl_basics import check

mine = {}  # for example {"epsilon_greedy": my_epsilon_greedy}

runs = {"seed 0": first_run, "seed 1": train_seed(1), "seed 2": train_seed(2)}
for name, function in mine.items():
    print(check(function, name))
if mine:
    runs["seed 0, your functions"] = train_seed(0, **mine)

fig, ax = plt.subplots(layout="constrained")
for name, (_, returns) in runs.items():
    means = np.convolve(returns, np.ones(20) / 20, mode="valid")
    ax.plot(np.cumsum(returns)[19:], means, label=name)
    print(f"{name}: {len(returns)} episodes, first 20: {means[0]:.0f}, last 20: {means[-1]:.0f}")
ax.set(title="DQN on CartPole", xlabel="environment steps", ylabel="return, mean of 20 episodes")
ax.legend()
# sphinx_gallery_thumbnail_number = 2
plt.show()
# sphinx_gallery_start_ignore
for seed in range(3):
    _, returns = runs[f"seed {seed}"]
    torch.manual_seed(seed)
    q = QNetwork()
    act = {"policy": lambda states, q=q: q(torch.as_tensor(states)).argmax(1).numpy()}
    untrained = greedy_returns(**act, env_id="CartPole-v1", episodes=20, seed=0).mean()
    assert np.mean(returns[-20:]) > max(150, 3 * untrained)
    means = np.convolve(returns, np.ones(20) / 20, mode="valid")
    assert 400 > means.max() > means[-1]
    assert np.mean(returns[:20]) < 35
# sphinx_gallery_end_ignore

# %%
# At first ε is near 1, and the pole falls soon. Then all three agents learn to keep it up for more
# than 150 steps. Their means stay below the 500 steps at which an episode ends, and do not only
# rise.
#
# A network of your own
# ---------------------
#
# ``train`` takes every :term:`module` that maps states (B, d) to Q-values (B, A). This one has one
# wide hidden layer. It trains for 8,000 steps.

from torch import nn


class WideQ(nn.Module):
    def __init__(self, state_dim, n_actions):
        super().__init__()
        self.hidden = nn.Linear(state_dim, 256)
        self.values = nn.Linear(256, n_actions)

    def forward(self, states):
        return self.values(torch.relu(self.hidden(states)))


torch.manual_seed(0)
q, returns = train(WideQ(4, 2), max_steps=8_000)
print(f"first 20 episodes: {np.mean(returns[:20]):.0f}, last 20: {np.mean(returns[-20:]):.0f}")
# sphinx_gallery_start_ignore
assert np.mean(returns[-20:]) > 2 * np.mean(returns[:20])
# sphinx_gallery_end_ignore

# %%
# Other settings to try:
#
# - ``sync_every=10`` and ``sync_every=1_000`` copy more often and more rarely. To see the
#   values, write it into the call of ``train_seed`` in the section "A training from the inside", and
#   run that cell and the next one again.
# - ``capacity=1_000`` forgets sooner.
# - For 500 episodes instead of a number of steps, write ``if len(returns) == 500: return`` where an
#   episode ends, and choose ``max_steps=100_000``. ε then falls over 20,000 steps.
# - ``train(QNetwork(6, 3), env_id="Acrobot-v1")``: a state of 6 numbers, and 3 actions.
#
# What it still lacks
# -------------------
#
# Three things can be better. You write the first one next, and
# :doc:`the improved DQN </tutorials/improved/dqn_improved>` has all three:
#
# - Right after a copy all targets jump. A target network that moves a little after *every* update
#   changes them smoothly: :doc:`exercise 11 </tutorials/parts/exercise_11_polyak_update>`.
# - The effect of a fall on the targets reaches one step further back with each copy. Targets over
#   several steps are faster.
# - The maximum of values with random errors is too high on average. In *double* DQN one network
#   chooses the next action, and the other one gives its value.
