r"""
PPO: several small steps on the same data
=========================================

You see what too large a step does to a policy, then three losses for several steps on the same
data, and build the agent around the third: proximal policy optimisation.

Do exercise :doc:`16 </tutorials/parts/exercise_16_clipped_surrogate>` and :doc:`A2C
</tutorials/algorithms/actor_critic>` first.
"""

# %%
# Too large a step
# ----------------
#
# An agent collects its own data, so a bad policy also collects bad data. The smallest example is a
# bandit: no :term:`states <state>`, three actions (arms), and a noisy :term:`reward` for each pull.
# The mean rewards are 0, 0.5 and 1. The policy has three :term:`logits`, and learns from four pulls
# at a time:

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import policy_loss, sample_actions

ARMS = torch.tensor([0.0, 0.5, 1.0])


def play(learning_rate, seed=0, updates=200):
    """Learn a bandit; give the probabilities of the arms before each update, (updates, 3)."""
    torch.manual_seed(seed)
    logits = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.SGD([logits], lr=learning_rate)
    history = []
    for _ in range(updates):
        history.append(F.softmax(logits.detach(), dim=-1))
        no_states = torch.zeros(4, 1)
        arms, log_probs = sample_actions(lambda states: logits.expand(4, 3), no_states)  # (4,)
        rewards = ARMS[arms] + torch.randn(4)
        loss = policy_loss(log_probs, rewards - rewards.mean())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.stack(history)


# %%
# The figure shows the probability of each arm, with a small and with a large :term:`learning rate`.
# Watch the right panel: there, the first four pulls decide.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 3), layout="constrained")
histories = {rate: play(rate) for rate in (0.3, 50.0)}
for ax, (rate, history) in zip(axes, histories.items(), strict=True):
    for arm in range(3):
        ax.plot(history[:, arm], label=f"arm with mean {ARMS[arm]:.1f}")
    ax.set(title=f"learning rate {rate:g}", xlabel="update")
axes[0].set(ylabel="probability")
axes[0].legend()
plt.show()
# sphinx_gallery_start_ignore
small, large = histories.values()
assert small[-1, 2] > 0.9
assert (large[1:, 1] > 0.999).all()
assert large[-1, 2] < 1e-4
# sphinx_gallery_end_ignore

for rate in (0.3, 50.0):
    best = [play(rate, seed, updates=100)[-1, 2] > 0.5 for seed in range(10)]
    print(f"learning rate {rate:g}: {sum(best)} of 10 seeds find the best arm")
    # sphinx_gallery_start_ignore
    assert sum(best) == 10 if rate < 1 else 2 <= sum(best) <= 8, best
# sphinx_gallery_end_ignore

# %%
# With the small rate the best arm gets more and more probable. With the large rate the first update
# makes the policy certain of the second best arm, and it never comes back. It no longer pulls the
# best arm, so no data can show that it is better. And where a probability is nearly 1, the gradient
# of the log-probability is nearly 0. Other seeds are luckier, but not all of them.
#
# Supervised learning recovers from a step that was too large, because its data stay the same. An
# agent may not. So the size of a step of the *policy* must be limited.

# %%
# Three losses for the same data
# ------------------------------
#
# :doc:`A2C </tutorials/algorithms/actor_critic>` takes one step on a :term:`rollout` and drops it,
# because it belongs to the policy before the step. PPO takes several, and corrects for the
# difference by the ratio of the probabilities:
#
# .. math::
#
#    \rho_t(\theta) =
#    \frac{\pi_\theta(a_t \mid s_t)}{\pi_{\text{old}}(a_t \mid s_t)}
#
# The surrogate objective is the mean of :math:`\rho_t A_t`: actions with a positive
# :term:`advantage` become more probable, the others less. Nothing in it says when to stop. Two
# limits have been proposed:
#
# - a penalty: subtract :math:`\beta` times the KL divergence from the old policy, a number that is
#   0 for equal distributions and grows with their difference (:doc:`/concepts/distributions`),
# - the clip of exercise 16, :func:`~pytorch_rl_basics.clipped_surrogate`: no gradient for a ratio
#   that has already moved further than ``clip`` in the direction that its advantage asks for.
#
# The three as functions of the new and old logits of all actions, (B, A):

from pytorch_rl_basics import clipped_surrogate, select_log_probs


def kl_divergence(old_logits, logits):
    """Compare two policies in the same states: (B, A) each, to the mean KL, a 0-d tensor."""
    old, new = F.log_softmax(old_logits, dim=-1), F.log_softmax(logits, dim=-1)  # (B, A)
    return (old.exp() * (old - new)).sum(dim=-1).mean()


def unclipped(logits, old_logits, actions, advantages):
    new, old = select_log_probs(logits, actions), select_log_probs(old_logits, actions)  # (B,)
    return -((new - old).exp() * advantages).mean()


def penalised(logits, old_logits, actions, advantages, beta=3.0):
    surrogate = unclipped(logits, old_logits, actions, advantages)
    return surrogate + beta * kl_divergence(old_logits, logits)


def clipped(logits, old_logits, actions, advantages):
    new, old = select_log_probs(logits, actions), select_log_probs(old_logits, actions)  # (B,)
    return clipped_surrogate(new, old, advantages, 0.2)


# %%
# Each loss gets the same 512 states, actions and advantages (made up here) and the same initial
# policy, and takes 60 steps of Adam on all of them. The figure draws the KL divergence from the old
# policy before each step. We expect it to be smaller with a limit:

import copy

from pytorch_rl_basics import PolicyNetwork

torch.manual_seed(0)
start = PolicyNetwork(hidden=(64, 64))
states = torch.randn(512, 4)
with torch.no_grad():
    old_logits = start(states)  # (512, 2)
    actions, _ = sample_actions(start, states)
advantages = torch.randn(512) + torch.where(actions == (states[:, 2] > 0), 1.0, -1.0)

divergences = {}
fig, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
for loss_of in (unclipped, penalised, clipped):
    policy, name = copy.deepcopy(start), loss_of.__name__
    adam = torch.optim.Adam(policy.parameters(), lr=0.003)
    divergences[name] = []
    for _ in range(60):
        logits = policy(states)
        divergences[name].append(kl_divergence(old_logits, logits).item())
        loss = loss_of(logits, old_logits, actions, advantages)
        adam.zero_grad()
        loss.backward()
        adam.step()
    ax.plot(divergences[name], label=name)
ax.set(title="How far each loss moves the policy", xlabel="steps", ylabel="KL from the old policy")
ax.legend()
plt.show()
# sphinx_gallery_start_ignore
assert all(values[0] < 1e-6 for values in divergences.values())
ends = {name: values[-1] for name, values in divergences.items()}
assert ends["unclipped"] > 10 * max(ends["penalised"], ends["clipped"])
assert (torch.tensor(divergences["unclipped"]).diff() > 0).all()
assert max(divergences["penalised"]) < 0.1 < 0.3 < max(divergences["clipped"]) < 0.5
# sphinx_gallery_end_ignore

# %%
# The unclipped loss moves the policy with every step, and ends more than ten times as far away as
# either of the others. The penalty stops it where both terms balance; how far that is depends on
# :math:`\beta`. The clip slows it, but is no bound: the ratios of other states move along with those
# that still have a gradient. PPO uses the clip, because it needs no :math:`\beta`.

# %%
# Act
# ---
#
# The rollouts are those of A2C, with the log-probabilities of the actions under the policy that
# took them. When an episode ends, the *next* step resets the environment and ignores the action.
# That step belongs to no episode, so ``valid`` is False there, and the agent does not learn from it
# (:doc:`/concepts/vector_environments` explains this mode).

from typing import NamedTuple

import numpy as np
from torch import Tensor

from pytorch_rl_basics.agents import vector_env

STEPS = 128  # T, the steps of each environment in a rollout


class Rollout(NamedTuple):
    """T steps of N environments, and the returns of the episodes that ended in them."""

    states: Tensor  # (T + 1, N, d): the last row is the state after the last step
    actions: Tensor  # (T, N), int64
    log_probs: Tensor  # (T, N), of the actions when they were taken, without a graph
    rewards: Tensor  # (T, N)
    terminated: Tensor  # (T, N), bool: nothing follows
    done: Tensor  # (T, N), bool: the episode ended, terminated or truncated
    valid: Tensor  # (T, N), bool: False where the step was a reset
    returns: list[float]


def rollouts(envs, actor, seed, device, sample_actions):
    """Act without end, and yield a Rollout after every STEPS steps of each environment."""
    observations, _ = envs.reset(seed=seed)  # (N, d)
    resets = np.zeros(envs.num_envs, dtype=bool)  # (N,)
    running = np.zeros(envs.num_envs)  # (N,), rewards of the current episodes
    while True:
        rows, returns = [], []
        for _ in range(STEPS):
            states = torch.as_tensor(observations, dtype=torch.float32, device=device)
            with torch.no_grad():  # acting needs no graph
                actions, log_probs = sample_actions(actor, states)  # (N,)
            step = envs.step(actions.cpu().numpy())
            observations, rewards, terminated, truncated, _ = step
            done = terminated | truncated  # (N,)
            rewards = rewards.astype(np.float32)
            rows.append((states, actions, log_probs, rewards, terminated, done, ~resets))
            running += rewards
            returns += running[done].tolist()
            running[done] = 0
            resets = done  # the next step resets them
        states, actions, log_probs, *others = zip(*rows, strict=True)
        last = torch.as_tensor(observations, dtype=torch.float32, device=device)
        tensors = map(torch.stack, ([*states, last], actions, log_probs))
        others = (torch.as_tensor(np.stack(rows), device=device) for rows in others)
        yield Rollout(*tensors, *others, returns)


# %%
# What to record
# --------------
#
# The returns show whether an agent learns, but not why. Four numbers help, and each is computed once
# per rollout:


class Diagnostics(NamedTuple):
    """What the update on one rollout did."""

    entropy: float  # of the policy after it, in nats
    approximate_kl: float  # from the policy before it, estimated from the actions taken
    clip_fraction: float  # share of the actions whose ratio is outside 1 - clip and 1 + clip
    explained_variance: float  # of the targets by the critic before it: 1 perfect, 0 useless


def diagnose(entropies, log_ratios, clip, values, targets):
    """Compute the diagnostics of an update, all arguments (B,) but ``clip``."""
    ratios = log_ratios.exp()
    return Diagnostics(
        entropies.mean().item(),
        (ratios - 1 - log_ratios).mean().item(),
        ((ratios - 1).abs() > clip).float().mean().item(),
        (1 - (targets - values).var() / targets.var()).item(),
    )


# %%
# The approximate KL is the mean of :math:`\rho - 1 - \log \rho`. Its :term:`expectation` is the KL
# divergence, it is never negative, and it needs the log-probabilities of the taken actions only.

# %%
# The whole agent
# ---------------
#
# Advantages and targets are computed once for each rollout. The advantages are normalised to mean 0
# and standard deviation 1, so that the size of the rewards does not change the size of the actor's
# gradients. Then come a few :term:`epochs <epoch>`: each shuffles the steps, and goes through them
# in :term:`minibatches <minibatch>`. Actor and critic share no parameter, so their losses are just
# added.

from pytorch_rl_basics import ValueNetwork, entropy, gae
from pytorch_rl_basics.agents import checked, require_finite

GAMMA = 0.98  # discount factor
LAM = 0.95  # λ of GAE


@checked("Discrete")
def train(
    actor,
    critic,
    *,
    seed=0,
    env_id="CartPole-v1",
    num_envs=8,
    max_steps=30_000,
    learning_rate=0.003,
    epochs=4,
    minibatch=256,
    clip=0.2,
    device="cpu",
    sample_actions=sample_actions,
    select_log_probs=select_log_probs,
    clipped_surrogate=clipped_surrogate,
    gae=gae,
    entropy=entropy,
):
    """Train an actor and a critic.

    Args:
        actor: maps states (B, d) to logits (B, A); it is trained in place.
        critic: maps states (…, d) to values (…); it is trained in place.
        seed: of torch and of the environments.
        env_id: the environment, as Gymnasium names it; its actions must be discrete.
        num_envs: environments that run side by side.
        max_steps: environment steps to train for, over all environments.
        learning_rate: Adam's, for both networks.
        epochs: how often each rollout is used.
        minibatch: steps in a minibatch.
        clip: how far a ratio may leave 1 before its gradient is cut.
        device: where the networks and the tensors are.
        sample_actions: the library's function, or your own.
        select_log_probs: the library's function, or your own.
        clipped_surrogate: the library's function, or your own.
        gae: the library's function, or your own.
        entropy: the library's function, or your own.

    Returns:
        The actor, the critic, the return of each episode, and the diagnostics of each update.
    """
    torch.manual_seed(seed)
    networks = nn.ModuleList([actor, critic]).to(device)
    optimizer = torch.optim.Adam(networks.parameters(), lr=learning_rate, fused=True)
    envs = vector_env(env_id, num_envs)
    returns, diagnostics = [], []
    pieces = rollouts(envs, actor, seed, device, sample_actions)
    for env_steps in range(0, max_steps, num_envs * STEPS):
        # Act.
        rollout = next(pieces)
        returns += rollout.returns
        # Judge each step, once. Advantages and targets are numbers to learn from: no graph.
        with torch.no_grad():
            values = critic(rollout.states)  # (T + 1, N)
        now, following = values[:-1], values[1:]  # (T, N)
        ends = rollout.terminated, rollout.done
        advantages = gae(rollout.rewards, now, following, *ends, GAMMA, LAM)  # (T, N)
        # Keep the steps that are no resets, in one batch.
        valid = rollout.valid
        states, actions = rollout.states[:-1][valid], rollout.actions[valid]  # (B, d), (B,)
        old_log_probs, advantages = rollout.log_probs[valid], advantages[valid]  # (B,)
        targets = advantages + now[valid]  # (B,)
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        # Learn, several times from each step.
        for _ in range(epochs):
            for rows in torch.randperm(len(states), device=device).split(minibatch):
                log_probs = select_log_probs(actor(states[rows]), actions[rows])
                some = log_probs, old_log_probs[rows], advantages[rows]
                actor_loss = clipped_surrogate(*some, clip)
                critic_loss = F.mse_loss(critic(states[rows]), targets[rows])
                loss = actor_loss + critic_loss
                require_finite(loss.item(), env_steps + num_envs * STEPS)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        # Look at what the update did.
        with torch.no_grad():
            logits = actor(states)  # (B, A)
            log_ratios = select_log_probs(logits, actions) - old_log_probs  # (B,)
        outcome = diagnose(entropy(logits), log_ratios, clip, now[valid], targets)
        diagnostics.append(outcome)
    envs.close()
    return actor, critic, returns, diagnostics


# %%
# Three seeds
# -----------
#
# The plot shows the return of each training episode, averaged over the last 20 episodes, with a
# line for each seed. We expect all three to rise.

from pytorch_rl_basics.agents import greedy_returns


def new_networks(seed):
    """Make a policy and a critic that share nothing."""
    torch.manual_seed(seed)
    return PolicyNetwork(hidden=(64, 64)), ValueNetwork(hidden=(64, 64))


def greedy(actor):
    """Turn an actor into a function from observations (N, d) to the most probable actions."""

    @torch.no_grad()
    def act(observations):
        states = torch.as_tensor(observations, device=next(actor.parameters()).device)
        return actor(states).argmax(-1).cpu().numpy()

    return act


def moving_mean(returns):
    """Average each return with the 19 before it."""
    return np.convolve(returns, np.ones(20) / 20, "valid")


fig, ax = plt.subplots(layout="constrained")
runs = [train(*new_networks(seed), seed=seed) for seed in range(3)]
for seed, (_, _, returns, _) in enumerate(runs):
    ax.plot(moving_mean(returns), label=f"seed {seed}")
ax.set(title="PPO on CartPole: three seeds", xlabel="episode", ylabel="mean return of 20 episodes")
ax.legend()
# sphinx_gallery_thumbnail_number = 3
plt.show()

test = {"env_id": "CartPole-v1", "episodes": 20, "seed": 1000}  # new episodes
untrained = greedy_returns(greedy(new_networks(0)[0]), **test).mean()
final = [greedy_returns(greedy(actor), **test).mean() for actor, *_ in runs]
print(f"untrained {untrained:.0f}, trained", *[f"{mean:.0f}" for mean in final])
# sphinx_gallery_start_ignore
assert min(final) > 400
assert untrained < 15
for _, _, returns, _ in runs:
    assert np.mean(returns[:20]) < 30 < 300 < np.mean(returns[-20:])
# sphinx_gallery_end_ignore

# %%
# All three rise, and end above 300. The printed numbers are the mean returns of 20 new episodes with
# the most probable actions, in which each policy gets more than 400. The untrained one gets less
# than 15.

# %%
# A healthy run and a sick one
# ----------------------------
#
# The sick run has a learning rate of 0.3, a hundred times as large. The figure shows the
# diagnostics of both for the first 20 updates. Look at the entropy first: what does the policy of
# the sick run still try?

sick = train(*new_networks(0), max_steps=20 * 8 * STEPS, learning_rate=0.3)
fig, axes = plt.subplots(2, 2, figsize=(7, 5), layout="constrained")
for ax, name in zip(axes.flat, Diagnostics._fields, strict=True):
    for run, label, style in ((runs[0], "healthy", "-"), (sick, "sick", "--")):
        ax.plot([getattr(one, name) for one in run[3][:20]], style, label=label)
    ax.set(title=name.replace("_", " "), xlabel="update")
axes[0, 1].set_yscale("symlog", linthresh=0.001)  # linear near 0
axes[1, 1].set(ylim=(-0.5, 1.05))
axes[0, 0].legend()
plt.show()
print(f"last 20 episodes of the sick run: {np.mean(sick[2][-20:]):.0f}")
# sphinx_gallery_start_ignore
healthy, ill = (torch.tensor(run[3][:20]) for run in (runs[0], sick))  # (20, 4)
assert 0.65 < healthy[0, 0] < 0.694
assert 0.3 < healthy[:, 0].min() < 0.6
assert (healthy[:, 1] < 0.03).all()
assert (healthy[:, 2] < 0.3).all()
assert healthy[:5, 3].max() < 0.2 < 0.7 < healthy[9:, 3].median()
assert (ill[:, 0] < 0.02).all()
assert ill[0, 1] > 10
assert ill[0, 2] > 0.95
assert (ill[4:, 1:3].abs() < 0.001).all()
assert ill[-1, 3] > 0.8
assert np.mean(sick[2][-20:]) < 15
# sphinx_gallery_end_ignore

# %%
# How to read them:
#
# - **Entropy.** Two equally probable actions have 0.69. The healthy run falls slowly and stays above
#   0.3. In the sick run it is nearly 0 after the first update: the policy always does the same, like
#   the bandit's.
# - **Approximate KL.** The healthy run stays below 0.03. In the sick run it starts above 10. Then it
#   is 0, because a policy that is certain gets no gradient. A KL of 0 is no good sign in itself.
# - **Clip fraction.** Below 0.3 in the healthy run. In the first update of the sick run more than
#   95 % of the ratios leave the range. If it is 0 for a long time, the learning rate is too small,
#   or the policy does not change any more.
# - **Explained variance.** It rises from about 0 in the healthy run. It is also high in the sick
#   run, because the returns of a policy that always fails in the same way are easy to predict. It
#   judges the critic, not the agent.

# %%
# A network of your own
# ---------------------
#
# ``train`` takes each :term:`module` that maps states to logits. This one has one wide hidden layer.
# Its last layer starts 100 times as small, so the first policy takes all actions with nearly the
# same probability. Most implementations of PPO start that way.


class EvenStart(nn.Module):
    def __init__(self, state_dim=4, n_actions=2):
        super().__init__()
        self.hidden = nn.Linear(state_dim, 128)
        self.logits = nn.Linear(128, n_actions)
        with torch.no_grad():  # a change of parameters, not a part of any graph
            self.logits.weight *= 0.01
            self.logits.bias.zero_()

    def forward(self, states):
        return self.logits(torch.tanh(self.hidden(states)))


torch.manual_seed(0)
actor = EvenStart()
with torch.no_grad():
    print("first probabilities:", F.softmax(actor(torch.randn(4)), dim=-1))
    # sphinx_gallery_start_ignore
    assert (F.softmax(actor(torch.randn(100, 4)), dim=-1) - 0.5).abs().max() < 0.02
# sphinx_gallery_end_ignore
_, _, returns, _ = train(actor, ValueNetwork(hidden=(64, 64)), max_steps=10_000)
print(f"first 20 episodes: {np.mean(returns[:20]):.0f}, last 20: {np.mean(returns[-20:]):.0f}")
# sphinx_gallery_start_ignore
assert np.mean(returns[-20:]) > 3 * np.mean(returns[:20])
# sphinx_gallery_end_ignore

# %%
# Your own functions
# ------------------
#
# Each function of exercises 4, 7, 14, 15 and 16 is a parameter of ``train``. Put yours into
# ``mine``, and the agent trains with it. On this page ``mine`` is empty, so nothing happens.

from pytorch_rl_basics import check

mine = {}  # for example {"clipped_surrogate": my_clipped_surrogate}

for name, function in mine.items():
    print(check(function, name))
if mine:
    _, _, returns, _ = train(*new_networks(0), max_steps=20_000, **mine)
    print(f"with your functions, last 20 episodes: {np.mean(returns[-20:]):.0f}")

# %%
# Other settings to try, with their diagnostics:
#
# - ``clip=1e9`` is the unclipped loss. ``epochs=20`` goes further from the same data.
# - ``minibatch=1024, epochs=1`` is nearly A2C: one step for each rollout.
#
# How others do it
# ----------------
#
# The defaults of `CleanRL's ppo.py <https://docs.cleanrl.dev/rl-algorithms/ppo/#ppopy>`__ and of
# stable-baselines3 2.9:
#
# ========================  ===========  ===============  =================
# setting                   this page    CleanRL          stable-baselines3
# ========================  ===========  ===============  =================
# steps in a rollout        128          128              2048
# steps in a minibatch      256          128              64
# epochs                    4            4                10
# learning rate             0.003        0.00025, falls   0.0003
# clip                      0.2          0.2              0.2
# values are clipped, too   no           yes              no
# γ                         0.98         0.99             0.99
# λ                         0.95         0.95             0.95
# weight of squared error   1            0.25             0.5
# weight of entropy         0            0.01             0
# longest gradient          no limit     0.5              0.5
# advantages normalised in  rollout      minibatch        minibatch
# networks for vectors      separate     separate         separate
# hidden layers             64, 64 tanh  64, 64 tanh      64, 64 tanh
# initial weights           PyTorch's    orthogonal       orthogonal
# ε of Adam                 1e-8         1e-5             1e-5
# at a truncation           bootstraps   as termination   bootstraps
# ========================  ===========  ===============  =================
#
# The first row counts the steps of each environment. CleanRL's weight of the squared error is 0.5,
# and its loss has another factor of one half. Its learning rate falls to 0 during the training.
#
# What it still lacks
# -------------------
#
# - ``clip`` limits single ratios. Some implementations also end the epochs when the approximate KL
#   is too large.
# - The critic has to predict returns of up to :math:`1 / (1 - \gamma) = 50` from observations of
#   different sizes. :doc:`The next page </tutorials/improved/policy_gradients_improved>` scales
#   both, lets the learning rate fall to 0, and measures what each detail of REINFORCE, A2C and PPO
#   is worth.
# - This agent chooses from a list of actions.
#   :doc:`Continuous actions </tutorials/improved/continuous_actions>` gives it actions that are real
#   numbers.
#
# The sources: Schulman et al. (2017), https://arxiv.org/abs/1707.06347, and for the details of
# implementations Huang et al. (2022),
# https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/.
