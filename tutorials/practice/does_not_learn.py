r"""
My agent does not learn
=======================

The program raises no error, but the :term:`return` does not rise, or the :term:`loss` does not go down.
Make these eight checks, in this order. Then three broken agents go through them until each learns.
"""

# %%
# Eight checks, in this order
# ---------------------------
#
# If check 2 fails, checks 3 and 4 look for the reason. Fix it before check 5: what follows depends on it.
#
# 1. **Baselines**: the agent gets more than random actions, and more than a rule of one line.
# 2. **One batch**: each loss goes down if you repeat the update on one :term:`batch`.
# 3. **Shapes**: a loss has one entry per :term:`step` before you take its mean.
# 4. **X-ray**: :func:`~pytorch_rl_basics.xray` says "healthy" (:doc:`/tutorials/pitfalls/xray`).
# 5. **Values**: the :term:`critic` predicts the discounted returns (:doc:`/tutorials/laboratory/values`).
# 6. **Entropy**: the policy's :term:`entropy` falls slowly (:doc:`/tutorials/laboratory/policies`).
# 7. **A known-good environment**: the same code learns CartPole. If it does, and an agent of this site
#    fails in your environment, too, :doc:`test your environment </tutorials/practice/own_environment>`.
# 8. **One change at a time**: keep a change only if more :term:`seeds <seed>` learn with it.
#
# The broken agents are variants of this :doc:`A2C </tutorials/algorithms/actor_critic>` in CartPole, a
# known-good environment. ``losses`` returns one loss per step.

import numpy as np
import torch
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from torch import nn

from pytorch_rl_basics import PolicyNetwork, ValueNetwork, gae, sample_actions, select_log_probs
from pytorch_rl_basics.agents import vector_env


class Agent(nn.Module):
    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.actor, self.critic = PolicyNetwork(hidden=(64,)), ValueNetwork(hidden=(64,))
        self.optimizer = self.make_optimizer()
        self.envs = RecordEpisodeStatistics(vector_env("CartPole-v1", 32), buffer_length=50)
        self.observations, _ = self.envs.reset(seed=seed)
        self.valid = torch.ones(32, dtype=torch.bool)  # False: the next step is a reset

    def make_optimizer(self):
        actor, critic = self.actor.parameters(), self.critic.parameters()
        return torch.optim.Adam([{"params": actor, "lr": 0.01}, {"params": critic}], lr=0.03)

    def collect(self):  # 16 steps in each copy
        rows = []
        for _ in range(16):
            states = torch.tensor(self.observations)  # (32, 4)
            with torch.no_grad():
                actions, _ = sample_actions(self.actor, states)  # (32,)
            self.observations, *outcome, _ = self.envs.step(actions.numpy())
            rewards, terminated, truncated = map(torch.tensor, outcome)
            rows.append((self.valid, states, actions, rewards.float(), terminated, truncated))
            self.valid = ~(terminated | truncated)
        valid, states, actions, *outcome = map(torch.stack, zip(*rows, strict=True))
        with torch.no_grad():
            values = self.critic(torch.cat([states, torch.tensor(self.observations)[None]]))
        advantages = self.advantages(values, *outcome)  # (16, 32)
        return [part[valid] for part in (states, actions, advantages, advantages + values[:-1])]

    def advantages(self, values, rewards, terminated, truncated):
        flags = terminated, terminated | truncated
        return gae(rewards, values[:-1], values[1:], *flags, gamma=0.98, lam=0.95)

    def log_probs(self, states, actions):
        return select_log_probs(self.actor(states), actions)

    def losses(self, states, actions, advantages, targets):  # (B, 4), (B,), (B,), (B,)
        weights = (advantages - advantages.mean()) / advantages.std()
        actor = -self.log_probs(states, actions) * weights
        return actor, (self.critic(states) - targets).square()

    def update(self, batch):
        actor, critic = (loss.mean() for loss in self.losses(*batch))
        self.optimizer.zero_grad()
        (actor + critic).backward()
        self.optimizer.step()
        return actor.item(), critic.item()

    def learn(self):  # returns the mean return of 50 episodes after each of 40 updates
        updates = (self.update(self.collect()) for _ in range(40))
        return [np.mean(self.envs.return_queue) for _ in updates]


# %%
# Checks 1 to 6 as a function
# ---------------------------
#
# Change ``check_up`` to fit your agent. Its rule of one line pushes the cart to where the pole leans.

from pytorch_rl_basics import entropy, xray
from pytorch_rl_basics.agents import greedy_returns

rng = np.random.default_rng(0)
random = greedy_returns(lambda states: rng.integers(2, size=len(states)), "CartPole-v1", 100, 0)
rule = greedy_returns(lambda states: (states[:, 2] > 0).astype(int), "CartPole-v1", 100, 0)
print(f"random {random.mean():.0f}, one-line rule {rule.mean():.0f}")


def check_up(kind, seed):
    agent = kind(seed)
    batch = agent.collect()
    actor, critic = agent.losses(*batch)
    report = xray(actor.mean() + critic.mean(), agent, agent.optimizer)
    losses = np.round([agent.update(batch) for _ in range(50)], 1) + 0.0  # (50, 2)
    agent = kind(seed)  # a new one, which collects a batch for each update
    curve = agent.learn()
    got = np.mean([(1 - 0.98**length) / 0.02 for length in agent.envs.return_queue])  # discounted
    left = entropy(agent.actor(agent.collect()[0])).mean().item()  # at most 0.69
    value = agent.critic(torch.tensor(agent.envs.reset(seed=seed)[0])).mean().item()
    found = {
        "1 return": (curve[-1] > rule.mean(), f"{curve[-1]:.0f}"),
        "2 actor": (losses[-1, 0] < losses[0, 0], f"from {losses[0, 0]} to {losses[-1, 0]}"),
        "2 critic": (losses[-1, 1] < losses[0, 1], f"from {losses[0, 1]} to {losses[-1, 1]}"),
        "3 shapes": (actor.shape == critic.shape, f"{[*actor.shape]} and {[*critic.shape]}"),
        "4 X-ray": (report.names == ["healthy"], ", ".join(report.names)),
        "5 values": (0.5 < value / got < 2, f"{value:.0f}, and the agent gets {got:.0f}"),
        "6 entropy": (left > 0.1, f"{left:.2f}"),
    }
    for name, (passed, result) in found.items():
        print(f"{name:11}{'passes' if passed else 'FAILS':8}{result}")
    return curve, [name for name, (passed, _) in found.items() if not passed]


# %%
# The loss does not go down: a shape
# ----------------------------------
#
# The first agent picks its :term:`log-probabilities <log-probability>` by hand:


class First(Agent):
    def log_probs(self, states, actions):
        return self.actor(states).log_softmax(dim=-1).gather(1, actions.unsqueeze(1))


broken = {"first": check_up(First, seed=1)}

# %%
# Check 2 fails: the actor's loss stays at 0. Check 3 shows why. ``gather`` gives (B, 1), and the product
# with weights (B,) :term:`broadcasts <broadcasting>` to (B, B). So the loss is the product of two
# means, and the mean weight is 0. The X-ray names the same fault. Add ``.squeeze(1)``, or take
# ``select_log_probs``. Then the agent is ``Agent``:

fixed = {"first": check_up(Agent, seed=1)}

# %%
# One network does not move: an optimizer
# ---------------------------------------
#
# The second agent makes an actor of its own. So far, its size is the same:


class Second(Agent):
    def __init__(self, seed):
        super().__init__(seed)
        self.actor = PolicyNetwork(hidden=(64,))


broken["second"] = check_up(Second, seed=2)

# %%
# Check 2 fails for the actor again, but the shapes are right. Check 4 says why: the :term:`optimizer`
# holds the parameters of the first actor, which is no longer used. Make it after the networks:


class SecondFixed(Second):
    def __init__(self, seed):
        super().__init__(seed)
        self.optimizer = self.make_optimizer()


fixed["second"] = check_up(SecondFixed, seed=2)

# %%
# The values are too high: two flags
# ----------------------------------
#
# The third agent gives ``gae`` another flag:


class Third(Agent):
    def advantages(self, values, rewards, terminated, truncated):
        flags = truncated, terminated | truncated
        return gae(rewards, values[:-1], values[1:], *flags, gamma=0.98, lam=0.95)


broken["third"] = check_up(Third, seed=3)

# %%
# Checks 5 and 6 fail. Take the first: the values are too high. When the pole falls, ``terminated``
# is True and ``truncated`` is not. So the target adds the value of a next state, as if the
# :term:`episode` went on, and falling costs nothing. With ``terminated``, the agent is ``Agent``. The
# plot shows all three agents, before and after.

fixed["third"] = check_up(Agent, seed=3)

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
for number, name in enumerate(broken):
    ax.plot(fixed[name][0], color=f"C{number}", label=f"{name}, fixed")
    ax.plot(broken[name][0], "--", color=f"C{number}", label=f"{name}, broken")
ax.set(title="Each agent learns after its fix", xlabel="update", ylabel="mean return")
ax.legend()
plt.show()
# sphinx_gallery_start_ignore
assert [failed for _, failed in fixed.values()] == [[], [], []]
assert broken["first"][1] == ["1 return", "2 actor", "3 shapes", "4 X-ray"]
assert broken["second"][1] == ["1 return", "2 actor", "4 X-ray"]
assert broken["third"][1] == ["1 return", "5 values", "6 entropy"]
assert broken["third"][0][-1] + 5 < random.mean() < rule.mean() - 10
assert min(curve[-1] for curve, _ in fixed.values()) > 2 * rule.mean()
# sphinx_gallery_end_ignore

# %%
# Here one seed shows each fix. The tests of this site train these agents with four more seeds.
# :doc:`/tutorials/practice/evaluate` says how many you need. Andy Jones has more checks, and very small
# environments for them: `Debugging RL <https://andyljones.com/posts/rl-debugging.html>`_ (2021).
