"""
Seeding
=======

You set a seed, and every run still gives another curve. ``torch.manual_seed`` seeds torch's own
generator, and an RL program draws from half a dozen others.
"""

# %%
# The broken code
# ---------------
# A small agent learns CartPole from single episodes, with the functions of this site. It begins
# with ``torch.manual_seed``. Only if it gets an ``env_seed``, it seeds the environment as well.

import gymnasium as gym
import torch

from pytorch_rl_basics import (
    PolicyNetwork,
    discounted_returns,
    policy_loss,
    sample_actions,
)


def train(env_seed=None, episodes=25):
    """Give the lengths of the episodes on the way."""
    torch.manual_seed(0)
    env = gym.make("CartPole-v1")
    policy = PolicyNetwork()
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
    lengths = []
    for episode in range(episodes):
        state, _ = env.reset(seed=env_seed if episode == 0 else None)
        log_probs, rewards, ended = [], [], False
        while not ended:
            states = torch.as_tensor(state).unsqueeze(0)  # (1, 4)
            action, log_prob = sample_actions(policy, states)  # (1,)
            state, reward, terminated, truncated, _ = env.step(action.item())
            log_probs.append(log_prob)
            rewards.append(float(reward))
            ended = terminated or truncated
        returns = discounted_returns(rewards, gamma=0.99)  # (T,)
        loss = policy_loss(torch.cat(log_probs), returns - returns.mean())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        lengths.append(len(rewards))
    env.close()
    return lengths


broken = [train() for _ in range(2)]
fixed = [train(env_seed=0) for _ in range(2)]
print("torch alone:          the same run twice?", broken[0] == broken[1])
print("with the environment: the same run twice?", fixed[0] == fixed[1])
assert broken[0] != broken[1]
assert fixed[0] == fixed[1]

# %%
# The plot shows the lengths of the episodes. Without a seed, the environment takes one from the
# operating system, another one each time. So that you see here what the text says, the two upper
# runs are given two such seeds by hand, 1 and 2. The lower two are the fixed ones.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, figsize=(6, 4.8), sharex=True, layout="constrained")
panels = {
    "Two runs with torch.manual_seed alone": [train(1), train(2)],
    "Two runs with env.reset(seed=…) too": fixed,
}
for ax, (title, (first, second)) in zip(axes, panels.items(), strict=True):
    ax.plot(first, "C0-", lw=4, alpha=0.5, label="first run")
    ax.plot(second, "C1--", label="second run")
    ax.set(title=title, ylabel="steps")
axes[1].set_xlabel("episode")
axes[0].legend()
plt.show()

# %%
# The network starts with the same weights, and still the upper runs part at once: the
# :term:`environment` draws its first state from a generator of its own, and the first other state
# leads to another :term:`action`. The lower two are one run: the environment was seeded too, at
# the first ``reset`` and only there. Seeded at each reset, every :term:`episode` would begin in
# the same state.
#
# Why: nobody owns randomness
# ---------------------------
# Each library has a generator, and each has a seed of its own. The program below draws from nine
# sources. It is run twice for each way of seeding.

import random

import numpy as np
from torch.utils.data import DataLoader

ways = {
    "torch.manual_seed(7)": lambda env: torch.manual_seed(7),
    "np.random.seed(7)": lambda env: np.random.seed(7),
    "random.seed(7)": lambda env: random.seed(7),
    "env.reset(seed=7)": lambda env: env.reset(seed=7),
    "action_space.seed(7)": lambda env: env.action_space.seed(7),
}


def draws(seed):
    """Draw from nine sources after one way of seeding."""
    env = gym.make("CartPole-v1")
    seed(env)
    own_torch = torch.Generator()
    own_torch.seed()  # from the operating system
    state, _ = env.reset()
    return {
        "torch.rand": torch.rand(2).tolist(),
        "a new network": PolicyNetwork().layers[0].bias.tolist(),
        "DataLoader order": [int(i) for i in DataLoader(range(99), shuffle=True)],
        "own torch.Generator": torch.rand(2, generator=own_torch).tolist(),
        "np.random.rand": np.random.rand(2).tolist(),
        "np default_rng()": np.random.default_rng().random(2).tolist(),
        "random.random": random.random(),
        "the environment": state.tolist(),
        "action_space.sample": [env.action_space.sample() for _ in range(64)],
    }


def repeats(seed):
    """Say for each source whether two runs draw the same."""
    first, second = draws(seed), draws(seed)
    return {source: first[source] == second[source] for source in first}


table = {way: repeats(seed) for way, seed in ways.items()}

# %%
# A dot in the picture marks a draw that is the same in both runs.

sources = list(table["torch.manual_seed(7)"])
marks = torch.tensor([list(row.values()) for row in table.values()])  # (5, 9)

fig, ax = plt.subplots(figsize=(6, 5), layout="constrained")
across, down = marks.nonzero(as_tuple=True)
ax.plot(across, down, "C0o", ms=12)
ax.set_xticks(range(len(ways)), list(ways), rotation=35, ha="right")
ax.set_yticks(range(len(sources)), sources)
ax.set(xlim=(-0.5, 4.5), ylim=(8.5, -0.5))
ax.set_title("Which draws repeat after which seed")
ax.set(xlabel="what is seeded", ylabel="what is drawn")
plt.show()

# sphinx_gallery_start_ignore
covered = [[s for s in sources if row[s]] for row in table.values()]
assert covered == [
    ["torch.rand", "a new network", "DataLoader order"],
    ["np.random.rand"],
    ["random.random"],
    ["the environment"],
    ["action_space.sample"],
]
# sphinx_gallery_end_ignore

# %%
# - ``torch.manual_seed`` covers what torch draws: numbers, the weights of a new network, dropout,
#   the order of a :class:`~torch.utils.data.DataLoader`, on the CPU and on every GPU.
# - Each of the other seeds covers one source. The environment and its action space have one each.
# - Two rows are empty. A generator that you make yourself, with :class:`torch.Generator` or
#   :func:`numpy.random.default_rng`, follows no global seed. Give it one where you make it.
#
# The fixed code
# --------------
# One function for the start of every program:


def seed_everything(env, seed=7):
    """Seed all generators that are not your own; give the first state."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    env.action_space.seed(seed)
    state, _ = env.reset(seed=seed)
    return state


everything = repeats(seed_everything)
print("still different:", [name for name in sources if not everything[name]])
assert sum(everything.values()) == len(sources) - 2

# %%
# A vector environment takes one seed for all its environments. What it does with it depends on the
# kind. With ``vectorization_mode="sync"`` or ``"async"`` each environment has a generator of its
# own, and their seeds count on from yours. CartPole's own kind, which ``gym.make_vec`` gives by
# default and the agents of this site use, draws for all environments from one generator:

third, _ = gym.make("CartPole-v1").reset(seed=9)
for mode in ("sync", None):
    three = gym.make_vec("CartPole-v1", num_envs=3, vectorization_mode=mode)
    two = gym.make_vec("CartPole-v1", num_envs=2, vectorization_mode=mode)
    states, fewer = three.reset(seed=7)[0], two.reset(seed=7)[0]  # (3, 4), (2, 4)
    print(type(three.unwrapped).__name__)
    print("  the third one has seed 9:       ", np.array_equal(states[2], third))
    print("  the first two are as without it:", np.array_equal(states[:2], fewer))

    # sphinx_gallery_start_ignore
    counts_on = type(three.unwrapped).__name__ == "SyncVectorEnv"
    assert counts_on or type(three.unwrapped).__name__ == "CartPoleVectorEnv"
    assert np.array_equal(states[2], third) == counts_on
    assert np.array_equal(states[:2], fewer) == counts_on
    # sphinx_gallery_end_ignore

# %%
# With one generator for all, another number of environments is another run from the first state on.

# %%
# What no seed covers
# -------------------
# **The order of the draws.** All of torch's draws come from one sequence. One more of them, and
# all that follow are others. Here a critic is built before the policy, and not used:

from pytorch_rl_basics import ValueNetwork

torch.manual_seed(7)
alone = PolicyNetwork().layers[0].bias
torch.manual_seed(7)
critic = ValueNetwork()
after_critic = PolicyNetwork().layers[0].bias
print(alone.tolist(), after_critic.tolist())
assert not torch.equal(alone, after_critic)

# %%
# So two versions of an agent with one seed are no fairer a comparison than with two seeds. If one
# part must not be moved by the others, give it a generator of its own.
#
# **The order of the additions.** Floating-point sums depend on it:

big = torch.tensor([1e8])
print("left to right:", (big + 1 - big).item())
print("another order:", (big - big + 1).item())
assert (big + 1 - big).item() == 0.0
assert (big - big + 1).item() == 1.0

# %%
# Several threads, a GPU, another version of torch or another machine may add up in another order. The
# last digit changes, at some step an action changes, and from there on the run is another one. On
# one machine, :func:`torch.use_deterministic_algorithms` asks torch for operations that always give
# the same bits, and raises where there are none. PyTorch `does not promise
# <https://docs.pytorch.org/docs/stable/notes/randomness.html>`__ equal results across versions,
# platforms, or CPU and GPU.
#
# How to notice it next time
# --------------------------
# - **What you see:** the same script, another curve.
# - **What to print:** one number from each source, right after seeding. The first that differs
#   between two runs names the generator.
# - **What to assert**, in a test: two short runs are equal, as on this page.

assert train(env_seed=0, episodes=3) == train(env_seed=0, episodes=3)

# %%
# A seed makes a run repeatable, to find a bug in it. It makes no result true: for that, run ten
# seeds or more and draw an interval, as :doc:`the laboratory </tutorials/laboratory/values>` does.
