"""
Silent bugs in policies
=======================

Four bugs of policy learning that raise no error. Each changes one line, and is compared with the
code without it, on a very small task whose best :term:`reward` is known.
"""

# %%
# Eight rooms, three doors
# ------------------------
#
# In each of eight rooms there are three doors, and behind each door a coin. An :term:`episode` has
# one step: you are put into a room, open a door, and get the coin's value plus some noise. In most
# rooms the middle door is the best.

import torch

COINS = torch.tensor([[0.05, 0.10, 0.00]]).repeat(8, 1)  # (8, 3)
COINS[7] = torch.tensor([0.10, 0.00, 0.05])  # but not in the last room
BEST, CHANCE = COINS.max(dim=-1).values.mean(), COINS.mean()
print(f"best policy {BEST:.3f}, at random {CHANCE:.3f}")

# sphinx_gallery_start_ignore
assert abs(BEST - 0.10) < 1e-6
assert abs(CHANCE - 0.05) < 1e-6
# sphinx_gallery_end_ignore

# %%
# A learner without a bug
# -----------------------
#
# The learner is :doc:`actor-critic </tutorials/algorithms/actor_critic>` without time. A
# :term:`policy` opens doors in 32 rooms at once, and a :term:`critic` predicts what each room pays on
# average. What a door pays above that is its :term:`advantage`. Both networks are tables, with one
# weight per room and output. A bug replaces one of two functions: how to act, and the policy's loss.

from torch.func import functional_call, stack_module_state, vmap

from pytorch_rl_basics import (
    PolicyNetwork,
    ValueNetwork,
    policy_loss,
    sample_actions,
)

RUNS = 12


def learn(act=sample_actions, policy_loss=policy_loss, updates=200):
    """Train twelve policies; give their mean rewards and the critics' mean values, (12, T)."""
    torch.manual_seed(0)
    policies = [PolicyNetwork(state_dim=8, n_actions=3) for _ in range(RUNS)]
    critics = [ValueNetwork(state_dim=8, hidden=()) for _ in range(RUNS)]
    weights = [stack_module_state(networks)[0] for networks in (policies, critics)]
    optimizer = torch.optim.Adam([one for part in weights for one in part.values()], lr=0.03)

    def losses_of(policy_weights, critic_weights):  # of one policy and its critic
        def policy(states):
            return functional_call(policies[0], policy_weights, (states,))

        rooms = torch.randint(8, (32,))
        states = torch.eye(8)[rooms]  # (B, 8), one-hot
        doors, log_probs = act(policy, states)  # (B,), (B,)
        rewards = COINS[rooms, doors] + 0.03 * torch.randn(32)  # (B,)
        values = functional_call(critics[0], critic_weights, (states,))  # (B,)
        actor_loss = policy_loss(log_probs, rewards - values)
        critic_loss = (rewards - values).square().mean()
        return actor_loss + critic_loss, rewards.mean(), values.detach().mean()

    mean_rewards, mean_values = [], []
    for _ in range(updates):
        loss, reward, value = vmap(losses_of, randomness="different")(*weights)  # (12,) each
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        mean_rewards.append(reward)
        mean_values.append(value)
    return torch.stack(mean_rewards, dim=1), torch.stack(mean_values, dim=1)


# %%
# As on :doc:`the page before </tutorials/laboratory/values>`, ``learn`` trains twelve at once, each
# with its own first weights and its own random numbers. A curve is the median of the twelve. The
# band, from the third smallest to the third largest, is a 95 % interval for it. Each point is
# averaged over ten updates. Grey lines mark the best policy and chance.

import matplotlib.pyplot as plt


def interval(results):
    """Give the 95 % interval for the median of twelve, (12, T): two rows, (2, T)."""
    return results.sort(dim=0).values[[2, -3]]


def draw(ax, curves, style, label):
    """Draw the median of twelve curves, (12, T), and its 95 % interval."""
    curves = curves.unfold(1, 10, 1).mean(dim=-1)
    (line,) = ax.plot(curves.quantile(0.5, dim=0), style, label=label)
    low, high = interval(curves)
    ax.fill_between(range(len(low)), low, high, color=line.get_color(), alpha=0.25, lw=0)


def compare(bug, bugged, ylim=(-0.01, 0.11)):
    """Draw the rewards with the bug and without; give the axes."""
    fig, ax = plt.subplots(layout="constrained")
    for level in (BEST, CHANCE):
        ax.axhline(level, color="0.5", ls=":", lw=1.5)
    draw(ax, correct[0], "C0-", "correct")
    draw(ax, bugged[0], "C1--", bug)
    ax.set(title=f"Mean reward: {bug}", xlabel="updates", ylabel="reward")
    ax.set_ylim(*ylim)
    fig.legend(loc="outside lower center", ncols=2)
    return ax


correct = learn()
rewards, values = correct
print(f"first ten updates {rewards[:, :10].mean():.3f}")
print(f"last ten updates  {rewards[:, -10:].mean():.3f}")


# sphinx_gallery_start_ignore
def end(curves):
    """Median of the twelve, of the last 20 updates."""
    return curves[:, -20:].mean(dim=1).median().item()


assert 0.03 < rewards[:, :10].mean() < 0.065
assert end(rewards) > 0.088
assert abs(end(values) - end(rewards)) < 0.015
# sphinx_gallery_end_ignore

# %%
# Softmax over the wrong dimension
# --------------------------------
#
# Logits have a row for each state. The bug: the :term:`softmax` runs down the columns. The rest is
# the library's :func:`~pytorch_rl_basics.sample_actions`.

import torch.nn.functional as F

from pytorch_rl_basics import select_log_probs


def sample_across_states(policy, states):
    logits = policy(states)  # (B, A)
    probs = F.softmax(logits, dim=0)  # should be dim=-1
    actions = torch.multinomial(probs, 1).squeeze(-1)
    return actions, select_log_probs(logits, actions)


wrong_dim = learn(act=sample_across_states)
compare("softmax with dim=0", wrong_dim)
plt.show()

# sphinx_gallery_start_ignore
assert CHANCE - 0.01 < end(wrong_dim[0]) < 0.08 < end(rewards)
assert (wrong_dim[0][:, -20:].mean(dim=1) < 0.075).all()  # every training
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** it rises slowly in every training, and only a little above chance.
#
# A column sums to 1 over the 32 rooms. A door that is good everywhere gets about 1/32 in each
# of them, as does a door that is bad everywhere. So the policy cannot prefer a door that is good in
# all states, whatever its logits are. Only the differences between states have an effect, and
# :func:`torch.multinomial` scales them up.
#
# **How to notice:** give the :term:`policy` one state. With ``dim=0`` every action has the
# probability 1, as :doc:`exercise 4 </tutorials/exercises/exercise_4_sample_actions>` shows. And
# assert that the probabilities of each state sum to 1.

# %%
# Advantages that keep their graph
# --------------------------------
#
# An advantage is a weight, and :func:`~pytorch_rl_basics.policy_loss` detaches it. The bug: the loss
# keeps the advantage's graph, so the policy's loss also trains the critic.


def loss_with_graph(log_probs, advantages):
    return -(log_probs * advantages).mean()  # no advantages.detach()


with_graph = learn(policy_loss=loss_with_graph)
compare("advantage with graph", with_graph)
plt.show()

# %%
# The reward shows only that the agent learns slowly. The critic's values show the cause:

fig, ax = plt.subplots(layout="constrained")
draw(ax, correct[1], "C0-", "correct")
draw(ax, with_graph[1], "C1--", "advantage with graph")
ax.axhline(BEST, color="0.5", ls=":", lw=1.5)
ax.set_title("Mean value of a room, predicted by the critic")
ax.set(xlabel="updates", ylabel="mean value")
fig.legend(loc="outside lower center", ncols=2)
plt.show()

# sphinx_gallery_start_ignore
half_way = slice(50, 150)
assert with_graph[0][:, half_way].mean(dim=1).median() < 0.85 * (
    rewards[:, half_way].mean(dim=1).median()
)
assert with_graph[1][:, half_way].mean(dim=1).median() > 3 * BEST
# Half the entropy above the rewards, while the policy is still undecided.
peak = with_graph[1].median(dim=0).values.max()
assert 0.4 < peak - 0.055 < 0.7  # log(3) / 2 is 0.55
assert (rewards - values)[:, 20:].mean(dim=1).abs().max() < 0.01  # the mean advantage
assert (with_graph[0] - with_graph[1])[:, 20:].mean(dim=1).max() < -0.2
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** the policy learns, but much more slowly, and the critic predicts
# several times the best possible reward.
#
# The policy's loss is :math:`-\log \pi(a) \cdot (r - V)`, and :math:`-\log \pi(a)` is never
# negative. So it falls if :math:`V` rises, whatever the reward is. The critic's own loss pulls
# back, and they meet where :math:`V` is too high by half the :term:`entropy` of the policy. The
# advantages are then negative: each door that is opened becomes less probable, the better
# ones a little less so, and that small difference is what the policy learns from. The error does not
# depend on the size of the rewards: about 0.5 is little next to rewards of 100, and several times
# the rewards here.
#
# **How to notice:** log the mean advantage. Without the bug it stays near zero, here below 0.01.

# %%
# Sign flipped
# ------------


def flipped(log_probs, advantages):
    return (log_probs * advantages.detach()).mean()  # no minus


wrong_sign = learn(policy_loss=flipped)
compare("no minus sign", wrong_sign)
plt.show()

# sphinx_gallery_start_ignore
assert end(wrong_sign[0]) < 0.02
# sphinx_gallery_end_ignore

# %%
# **What the curve looks like:** it falls in every training, and settles below chance. A bug that only
# prevents learning leaves the agent *at* chance.
#
# :doc:`/tutorials/pitfalls/minus_sign` explains why, shows the loss, and lists the functions of
# PyTorch that include the minus.
#
# **How to notice:** know the return of a random agent before you train.

# %%
# Argmax instead of sampling
# --------------------------
#
# The bug: the agent always opens the door with the highest logit.


def act_greedily(policy, states):
    logits = policy(states)  # (B, A)
    actions = logits.argmax(dim=-1)  # nothing is sampled
    return actions, select_log_probs(logits, actions)


greedy = learn(act=act_greedily)
ax = compare("argmax", greedy)
for curve in greedy[0].unfold(1, 10, 1).mean(dim=-1):
    ax.plot(curve, "C1", lw=0.8, alpha=0.6)
plt.show()

# sphinx_gallery_start_ignore
last = greedy[0][:, -20:].mean(dim=1)
assert interval(last)[1] < interval(rewards[:, -20:].mean(dim=1))[0]
assert last.std() > 3 * rewards[:, -20:].mean(dim=1).std()
moved = (last - greedy[0][:, 80:100].mean(dim=1)).abs()
assert moved.median() < 0.01
assert last.max() - last.min() > 0.03
# sphinx_gallery_end_ignore

# %%
# The thin lines are the single trainings. **What the curve looks like:** each soon stops at another
# height and stays there. The band ends below that of the correct code.
#
# A policy gradient learns about the actions that were taken. A door that is never opened has no
# advantage. The critic learns what the open one pays, so that only noise is left of its advantage,
# and learning stops. The first random weights decide which door it is.
#
# **How to notice:** look at single trainings instead of their mean, and log the :term:`entropy` of the
# actions taken. Argmax is for evaluation.

# %%
# All bugs in one table
# ---------------------
#
# The mean reward of the last twenty updates: the median of twelve, and its 95 % interval.

runs = {
    "correct": correct,
    "softmax with dim=0": wrong_dim,
    "advantage with graph": with_graph,
    "no minus sign": wrong_sign,
    "argmax": greedy,
}
for name, (rewards, _) in runs.items():
    last = rewards[:, -20:].mean(dim=1)  # (12,)
    low, high = interval(last)
    print(f"{name:20} {last.quantile(0.5):.3f}  ({low:.3f} to {high:.3f})")

# %%
# A critic's loss can look right when the values are wrong. A policy's reward cannot, but a low reward
# has many possible causes. To tell the bugs apart, log a second number: the value, the advantage,
# the entropy, or the spread over several trainings.
