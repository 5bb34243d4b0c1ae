r"""
Many seeds at once
==================

You train ten agents in one computation, first with ``torch.func.vmap`` and then with
``torch.baddbmm``. One training with one :term:`seed` shows what can happen. Ten show what usually
happens, but ten separate trainings cost ten times as much.
"""

# %%
# Why ten seeds
# -------------
#
# The seed decides the first weights, the starts of the episodes and the sampled actions. So the same
# agent learns faster with one seed than with another. A comparison of two agents needs the median of
# several seeds, and how far they spread. Ten show the spread. How many a comparison needs is on
# :doc:`/tutorials/practice/evaluate`.
#
# Where does the time of one training go? A policy with two hidden layers of 64 units multiplies 4,480
# weights with each state, which is little work. But each call of a PyTorch function has a fixed cost,
# too: it checks its arguments, reserves memory for the result and extends the graph. If ten agents
# share each call, they pay this cost once.
#
# Compute the losses of ten agents with vmap
# ------------------------------------------
#
# The ten agents have the same architecture and different parameters. ``stack_module_state`` stacks
# their parameters: each tensor gets a new first dimension of size 10.

import torch
from torch.func import functional_call, stack_module_state, vmap

from pytorch_rl_basics import PolicyNetwork, policy_loss, select_log_probs

torch.manual_seed(0)
networks = [PolicyNetwork(hidden=(64, 64)).double() for _ in range(10)]
parameters, _ = stack_module_state(networks)
for name, parameter in parameters.items():
    print(name, tuple(parameter.shape))

# sphinx_gallery_start_ignore
assert sum(p.dim() == 2 for p in networks[0].parameters()) == 3
assert sum(p.numel() for p in networks[0].parameters() if p.dim() == 2) == 4_480
assert all(len(parameter) == 10 for parameter in parameters.values())
# sphinx_gallery_end_ignore

# %%
# ``functional_call(network, parameters, (states,))`` calls a network with other parameters than its
# own. With it, the loss becomes a function of the parameters. It is written for one agent:


def loss_of_one(parameters, states, actions, advantages):  # (B, d), (B,), (B,)
    """Compute the policy loss of one agent, a 0-d tensor."""
    logits = functional_call(networks[0], parameters, (states,))  # (B, A)
    return policy_loss(select_log_probs(logits, actions), advantages)


# %%
# ``vmap`` makes a function for ten agents of it. Each argument gets a first dimension of size 10, and
# so does the result. Inside, the code still sees the shapes of one agent.

states = torch.randn(10, 32, 4, dtype=torch.float64)  # 32 states per agent
actions = torch.randint(2, (10, 32))
advantages = torch.randn(10, 32, dtype=torch.float64)
losses = vmap(loss_of_one)(parameters, states, actions, advantages)  # (10,)
print(losses.shape)

# %%
# ``backward`` needs one number, so take the sum. An agent's parameters appear in its own loss only. So
# the gradient of the sum with respect to them is the gradient of this agent's loss. Compare with ten
# separate ``backward`` calls:

losses.sum().backward()
largest = 0.0
for agent, network in enumerate(networks):
    logits = network(states[agent])
    policy_loss(select_log_probs(logits, actions[agent]), advantages[agent]).backward()
    for name, parameter in network.named_parameters():
        difference = (parameters[name].grad[agent] - parameter.grad).abs().max()
        largest = max(largest, difference.item())
print("equal to 1e-12:", largest < 1e-12)
# sphinx_gallery_start_ignore
assert largest < 1e-12
assert min(parameter.grad.abs().max() for parameter in networks[9].parameters()) > 1e-4
# sphinx_gallery_end_ignore

# %%
# The gradients are equal up to rounding, which is why this cell uses float64.
#
# A small class holds the stacked parameters. It maps the states of all agents to their outputs.


class Stack:
    """N networks of one architecture, called as one."""

    def __init__(self, networks):
        self.networks = networks
        self.parameters, _ = stack_module_state(networks)  # (N, ...) each

    def __call__(self, states):
        """Map states (N, B, d) to the outputs of the networks, (N, B, ...)."""

        def call_one(parameters, states):
            return functional_call(self.networks[0], parameters, (states,))

        return vmap(call_one)(self.parameters, states)

    def separate(self):
        """Copy the parameters back to the N networks, and give these."""
        for n, network in enumerate(self.networks):
            network.load_state_dict({name: p[n] for name, p in self.parameters.items()})
        return self.networks


# %%
# Unequal numbers of steps
# ------------------------
#
# In 32 :term:`steps <step>` of 32 environments, an agent whose episodes end often has more resets than
# another one, so it has fewer valid steps. A tensor cannot have rows of unequal length. So all agents
# keep all rows, and a mask ``valid`` (1 or 0) marks those that count. Every mean becomes a masked mean.
# These functions are again written for one agent. Its loss is ``clipped_surrogate``, as in
# :doc:`/tutorials/improved/policy_gradients_improved`.

from pytorch_rl_basics import clipped_surrogate


def masked_mean(numbers, valid):  # (B,), (B,)
    """Average the valid numbers; 0 if none is valid."""
    return (numbers * valid).sum() / valid.sum().clamp(min=1)


def normalised(advantages, valid):  # (B,), (B,)
    """Bring the valid advantages to mean 0 and standard deviation 1."""
    centred = advantages - masked_mean(advantages, valid)
    variance = (centred.square() * valid).sum() / (valid.sum() - 1).clamp(min=1)
    return centred / (variance.sqrt() + 1e-8)


def actor_loss(logits, actions, old_log_probs, advantages, valid, clip):
    """Compute the loss of one actor: logits (B, A), and four tensors (B,)."""
    log_probs = select_log_probs(logits, actions)  # (B,)
    mean = clipped_surrogate(log_probs, old_log_probs, advantages * valid, clip)  # of all B rows
    return mean * len(valid) / valid.sum().clamp(min=1)


def critic_loss(values, targets, valid):  # (B,) each
    """Compute the mean squared error of one critic."""
    return masked_mean((values - targets).square(), valid)


# %%
# A learning rate for each agent
# ------------------------------
#
# The agents reach the end of their training at different times, so their learning rates differ, too.
# Adam has one learning rate for a whole tensor of parameters. But the length of its step is
# proportional to the learning rate. So ``take_step`` lets Adam take the whole step, and ``lerp`` then
# moves each agent only a share of the way from its old parameters. A share of 0 freezes an agent.


def take_step(adam, losses, share):
    """Take one optimizer step for N agents: losses (N,), share of the learning rate (N,)."""
    adam.zero_grad()
    losses.sum().backward()
    parameters = adam.param_groups[0]["params"]
    old = [parameter.detach().clone() for parameter in parameters]
    adam.step()
    with torch.no_grad():
        for parameter, before in zip(parameters, old, strict=True):
            weights = share.view(-1, *[1] * (parameter.dim() - 1))  # (N, 1, ...)
            parameter.copy_(before.lerp(parameter, weights))


# %%
# The record of ten trainings
# ---------------------------
#
# One vector environment has 10 · 32 copies: the first 32 belong to the first agent, and so on.
# ``Records`` counts the steps and the returns of each agent. It ignores an agent that has taken its
# ``max_steps``, while the others go on.

import numpy as np

from pytorch_rl_basics.agents import TrainingRun


class Records:
    """The records of N agents with E environments each."""

    def __init__(self, agents, num_envs, max_steps):
        self.runs = [TrainingRun(policy=None) for _ in range(agents)]
        self.returns = np.zeros((agents, num_envs))
        self.steps = np.zeros((agents, 1), dtype=int)
        self.max_steps = max_steps

    def record(self, rewards, done, valid):
        """Add one step of all environments, three arrays (N * E,)."""
        rewards, done, valid = (x.reshape(self.returns.shape) for x in (rewards, done, valid))
        counts = valid & (self.steps < self.max_steps)  # (N, E)
        self.returns += rewards * counts
        self.steps += counts.sum(axis=1, keepdims=True)
        for agent, env in np.argwhere(done & counts):
            run = self.runs[agent]
            run.episode_returns.append(float(self.returns[agent, env]))
            run.episode_ends.append(int(self.steps[agent, 0]))
            self.returns[agent, env] = 0

    def left(self):
        """Give the share of the training that each agent has before it, (N,)."""
        return torch.tensor(1 - self.steps[:, 0] / self.max_steps).clamp(min=0).float()


# %%
# Train ten agents
# ----------------
#
# ``rollouts`` is that of :doc:`/tutorials/improved/policy_gradients_improved`. The settings have the
# same names. Those that are equal in its three agents are left out.
# ``rollouts`` sees one policy and 320 environments. It need not know that there are ten agents.

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What one agent does differently from another."""

    max_steps: int  # environment steps of each agent, over its environments
    num_envs: int = 32  # environments of each agent
    steps: int | None = 32  # of each environment between two updates; None: a whole episode
    epochs: int = 1  # how often each batch is used
    minibatch: int | None = None  # steps in each update; None: the whole batch
    critic_steps: int = 4  # critic steps for each actor step; 0: no critic, all values are 0
    hidden: tuple[int, ...] = (64, 64)  # sizes of the hidden layers, of actor and critic
    actor_rate: float = 0.005  # Adam's learning rate for the actor; it falls to 0
    critic_rate: float = 0.01  # Adam's learning rate for the critic
    gamma: float = 0.99  # discount factor, in [0, 1]
    lam: float = 0.95  # decay of the sum in GAE, in [0, 1]
    clip: float = 0.2  # how far a ratio of probabilities may leave 1
    normalise: bool = False  # whether advantages get mean 0 and standard deviation 1
    reward_scale: float = 0.1  # factor of the rewards


SCALE = torch.tensor([1 / 2.4, 1 / 2, 1 / 0.2, 1 / 2])


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


# %%
# The training itself is that of one agent, with a first dimension more. A batch has the shape (N, B),
# and ``rows`` picks other rows for each agent: its valid ones in random order, then the others.
# ``gae`` takes any number of dimensions after the first.

from functools import partial

from pytorch_rl_basics import ValueNetwork, gae, sample_actions
from pytorch_rl_basics.agents import vector_env


def train_many(seeds, settings, stack=Stack):
    """Train N agents at once.

    Args:
        seeds: one per agent, of its first weights.
        settings: of all agents.
        stack: makes one network of N: ``Stack``, or a class with the same methods.

    Returns:
        The N records, with the policies that were learned.
    """
    n, num_envs = len(seeds), settings.num_envs
    actors, critics = [], []
    for seed in seeds:
        torch.manual_seed(seed)
        actors.append(PolicyNetwork(hidden=settings.hidden))
        critics.append(ValueNetwork(hidden=settings.hidden))
    actor, critic = stack(actors), stack(critics)
    actor_adam = torch.optim.Adam(actor.parameters.values(), settings.actor_rate, fused=True)
    critic_adam = torch.optim.Adam(critic.parameters.values(), settings.critic_rate, fused=True)
    loss_of_actors = vmap(partial(actor_loss, clip=settings.clip))
    records = Records(n, num_envs, settings.max_steps)

    def policy(states):  # (N * E, d) to (N * E, A)
        return actor(states.unflatten(0, (n, -1))).flatten(0, 1)

    def by_agent(part):  # (T, N, E, ...) to (N, T * E, ...)
        return part.transpose(0, 1).flatten(1, 2)

    envs = vector_env("CartPole-v1", n * num_envs)
    acting = (policy, SCALE, sample_actions, records.record)
    for piece in rollouts(envs, seeds[0], settings.steps, *acting):
        piece = [part.unflatten(1, (n, -1)) for part in piece]  # (T, N, E, ...)
        states, actions, log_probs, rewards, terminated, done, valid = piece
        values = torch.zeros(states.shape[:3])  # (T + 1, N, E)
        if settings.critic_steps:
            with torch.no_grad():
                values = critic(by_agent(states)).unflatten(1, (-1, num_envs)).transpose(0, 1)
        rewards = rewards * settings.reward_scale
        factors = (settings.gamma, settings.lam)
        advantages = gae(rewards, values[:-1], values[1:], terminated, done, *factors)
        parts = (states[:-1], actions, log_probs, advantages, advantages + values[:-1], valid)
        parts = [by_agent(part) for part in parts]  # (N, B, ...)
        valid, agents, left = parts[-1], torch.arange(n).unsqueeze(1), records.left()
        longest = int(valid.sum(dim=1).max())
        for _ in range(settings.epochs):
            order = (torch.rand(valid.shape) + ~valid).argsort(dim=1, stable=True)[:, :longest]
            for rows in order.split(settings.minibatch or longest, dim=1):  # (N, M)
                batch = [part[agents, rows] for part in parts]  # (N, M, ...)
                states, actions, old_log_probs, weights, targets, valid_rows = batch
                mask = valid_rows.float()
                if settings.normalise:
                    weights = vmap(normalised)(weights, mask)
                losses = loss_of_actors(actor(states), actions, old_log_probs, weights, mask)
                share = left * (mask.sum(dim=1) > 1)  # one row has no standard deviation
                take_step(actor_adam, losses, share)
                for _ in range(settings.critic_steps):
                    losses = vmap(critic_loss)(critic(states), targets, mask)
                    take_step(critic_adam, losses, (share > 0).float())
        if not left.any():
            break
    envs.close()
    for run, network in zip(records.runs, actor.separate(), strict=True):
        run.policy = partial(act_greedily, network)
        run.env_steps = settings.max_steps
    return records.runs


@torch.no_grad()
def act_greedily(network, observations):
    """Take the most probable actions: observations (n, d) to actions (n,)."""
    return network(torch.as_tensor(observations) * SCALE).argmax(dim=-1).numpy()


# %%
# All agents draw their actions from one random generator. So each of the ten is a training like any
# other, but it is not the same training as a separate one with its seed.
#
# Train ten A2C agents for 20,000 steps each. A thin line is one agent; each point is the mean of its
# last 50 episodes. The thick line is the median of the ten, and the band reaches from the lowest to
# the highest. All lines should rise from below 35, to different heights.

import matplotlib.pyplot as plt

from pytorch_rl_basics.agents import plot_runs

runs = train_many(range(10), Settings(max_steps=20_000))

fig, ax = plt.subplots(layout="constrained")
plot_runs(runs, ax, color="C1", lw=3, label="median of ten")
for run in runs:
    plot_runs([run], ax, color="C0", lw=0.8)
ax.set_title("Ten A2C agents on CartPole: return while learning")
ax.set(xlabel="environment steps of each agent", ylabel="return of an episode")
ax.legend(loc="upper left")
plt.show()

last = [np.mean(run.episode_returns[-50:]) for run in runs]
print(
    f"last 50 episodes: worst {min(last):.0f}, median {np.median(last):.0f}, best {max(last):.0f}"
)
# sphinx_gallery_start_ignore
first = [np.mean(run.episode_returns[:50]) for run in runs]
assert 15 < min(first) < max(first) < 35
assert min(last) > 2 * max(first)
assert max(last) > 1.2 * min(last)
# sphinx_gallery_end_ignore

# %%
# The same with fewer calls
# -------------------------
#
# ``vmap`` is general: it goes through the function operation by operation and looks up for each one
# how to do it with a dimension more. That is work in every call. These networks need only one
# operation with a dimension more, the linear layer: N matrix products of states (B, d) with weights
# (d, h). ``torch.bmm`` does N products in one call, and ``torch.baddbmm`` also adds the bias. Write
# the call yourself, and nothing else of the training changes:

from torch import nn


class Batched(Stack):
    """N networks of linear layers and activations, without ``vmap``."""

    def __call__(self, states):
        """Map states (N, B, d) to the outputs of the networks, (N, B, ...)."""
        outputs = states
        for name, layer in self.networks[0].layers.named_children():
            if isinstance(layer, nn.Linear):
                weight = self.parameters[f"layers.{name}.weight"]  # (N, h, d)
                bias = self.parameters[f"layers.{name}.bias"].unsqueeze(1)  # (N, 1, h)
                outputs = torch.baddbmm(bias, outputs, weight.mT)  # weight.mT: (N, d, h)
            else:
                outputs = layer(outputs)
        return outputs.squeeze(-1)  # a critic's (N, B, 1) becomes (N, B)


one, other = Stack(networks), Batched(networks)
for stack in (one, other):
    stack(states).square().sum().backward()
largest = max(
    (one.parameters[name].grad - other.parameters[name].grad).abs().max().item()
    for name in one.parameters
)
print("equal to 1e-12:", largest < 1e-12)
# sphinx_gallery_start_ignore
assert largest < 1e-12
assert one.parameters["layers.0.weight"].grad.abs().max() > 1
# sphinx_gallery_end_ignore

# %%
# The gradients are equal, so ``train_many(seeds, settings, Batched)`` trains the same agents.
#
# :doc:`The benchmark </benchmark>` measured both. The table has the CPU time of ten agents as a
# multiple of that of one. The trainings have the settings and the whole budget of
# :doc:`/tutorials/improved/policy_gradients_improved`:
#
# .. worth: many
#
# ============================  ======  =========
# ten agents                      vmap    baddbmm
# ============================  ======  =========
# choose actions for 32 states     7.8        4.2
# one update on 1,024 steps       11.7        8.7
# a whole training, REINFORCE      3.2        1.6
# a whole training, A2C            5.4        4.5
# a whole training, PPO            5.3        4.3
# ============================  ======  =========
#
# .. end of worth
#
# Thirty agents of each algorithm were trained together, and thirty separately. A rank test finds no
# difference between their results: :doc:`/benchmark` has the numbers.
#
# Where it stops paying
# ---------------------
#
# - **Large batches.** Choosing actions for 32 states is mostly fixed cost. An update on 1,024 steps
#   is mostly arithmetic, and ten agents have ten times as much of it. REINFORCE gains most: it has no
#   critic, takes one step per batch, and its network is small.
# - **Waiting.** REINFORCE plays whole episodes. Its ten agents wait for the longest of 160 episodes,
#   where one agent waits for the longest of 16. An agent that is done waits for the others, too.
# - **Code that vmap cannot run.** Inside ``vmap`` a tensor stands for the tensors of all agents, so it
#   has no single value. ``.item()``, ``.tolist()`` and an ``if`` on a tensor fail:


def clamped(loss):
    """Limit a loss to 1, in a way that needs its value."""
    return loss if loss < 1 else torch.ones_like(loss)


try:
    vmap(clamped)(torch.tensor([0.5, 2.0]))
except RuntimeError as error:
    print(error)

# %%
# The fix is an operation on tensors. Here it is ``clamp``:

print(vmap(lambda loss: loss.clamp(max=1))(torch.tensor([0.5, 2.0])))

# %%
# What to read next
# -----------------
#
# - The PyTorch documentation has a tutorial on
#   `model ensembling <https://docs.pytorch.org/tutorials/intermediate/ensembling.html>`__ with ``vmap``.
# - Henderson et al. (2018), *Deep reinforcement learning that matters*,
#   https://arxiv.org/abs/1709.06560, on what a comparison of few seeds is worth.
