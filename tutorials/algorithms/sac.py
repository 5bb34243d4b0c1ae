r"""
SAC: actions that are real numbers
==================================

You put together an :term:`agent` that swings up a pendulum. Its action is a number, the torque of a
motor. It learns in five episodes, from parts that you run one at a time before.

Do exercises :doc:`10 </tutorials/parts/exercise_10_td_target>`,
:doc:`11 </tutorials/parts/exercise_11_polyak_update>` and
:doc:`17 </tutorials/parts/exercise_17_squashed_gaussian_log_prob>` first.
"""

# %%
# The idea
# --------
#
# DQN takes the :term:`action` with the highest :term:`Q-value`. Among all numbers from -2 to 2, a
# network cannot try each one. So soft actor-critic (SAC) has two kinds of networks: a
# :term:`critic`, which estimates the Q-value of a state and an action, and a :term:`policy`, which
# is trained to give actions to which the critic assigns a high value.
#
# Maximum entropy
# ---------------
#
# A policy that is sure too early stops exploring. SAC therefore maximises the rewards *and* the
# :term:`entropy` of the policy:
#
# .. math:: J = \mathbb{E} \sum_t \gamma^t \bigl( r_t + \alpha \, H(\pi(\cdot \mid s_t)) \bigr)
#
# The :term:`temperature` :math:`\alpha` weighs the entropy against the rewards. Take one state whose
# Q-values are known. The best action is 0.5:

import torch


def known_value(states, actions):
    """A critic that nobody has to train: (B, d), (B, 1) to (B, 1)."""
    return -4 * (actions - 0.5) ** 2


# %%
# Of all policies, the one with the density :math:`e^{Q/\alpha}`, scaled to an area of 1, has the
# highest mean of :math:`Q` plus :math:`\alpha` times its entropy. It is the :term:`softmax` of
# :math:`Q/\alpha`, for infinitely many actions. This cell computes it for three temperatures:

grid = torch.linspace(-0.999, 0.999, 1_000)  # (1000,) actions
q = known_value(None, grid)  # (1000,)


def best_log_density(alpha):
    """Log-density of the best policy at each action of the grid, (1000,)."""
    return q / alpha - torch.trapezoid((q / alpha).exp(), grid).log()


for alpha in (0.05, 0.2, 0.8):
    log_density = best_log_density(alpha)
    value = torch.trapezoid(log_density.exp() * q, grid)
    entropy = -torch.trapezoid(log_density.exp() * log_density, grid)
    print(f"temperature {alpha:4}: mean value {value:5.2f}, entropy {entropy:5.2f}")
# sphinx_gallery_start_ignore
for other in (0.05, 0.2, 3.0, 1e6):  # no other density has more of both
    log_density = best_log_density(other)
    both = torch.trapezoid(log_density.exp() * (q - 0.8 * log_density), grid)
    assert both < value + 0.8 * entropy
assert round(-best_log_density(1e6).mean().item(), 2) == 0.69  # uniform
# sphinx_gallery_end_ignore

# %%
# A high temperature pays for entropy with value. The entropy of a density may be negative: a uniform
# density on an interval of width w has the entropy log w, which is 0.69 for -1 to 1.
#
# Reparameterisation
# ------------------
#
# For each state, the policy network returns the mean and the logarithm of the standard deviation of
# a Gaussian. ``tanh`` squashes a sample into (-1, 1). The sample is computed as mean + std · noise,
# so the noise is the only random part, and a :term:`gradient` passes through mean and std.
#
# The log-density of the action is that of
# :doc:`exercise 17 </tutorials/parts/exercise_17_squashed_gaussian_log_prob>`. Its mean, with the
# opposite sign, estimates the entropy.

from torch.distributions import Normal

from pytorch_rl_basics import squashed_gaussian_log_prob
from pytorch_rl_basics.networks import GaussianPolicy


def sample_action(policy, states, log_prob=squashed_gaussian_log_prob):
    """Draw an action in (-1, 1) for each state, with its log-density."""
    mean, log_std = policy(states)  # (B, d), (B, d)
    pre_tanh = mean + log_std.exp() * torch.randn_like(mean)  # (B, d)
    return pre_tanh.tanh(), log_prob(pre_tanh, mean, log_std)  # (B, d), (B,)


torch.manual_seed(0)
policy, states = GaussianPolicy(state_dim=3, action_dim=1), torch.randn(128, 3)
actions, log_probs = sample_action(policy, states)
mean, log_std = policy(states)
print("actions", tuple(actions.shape), "log-densities", tuple(log_probs.shape))
print(f"entropy about {-log_probs.mean():.2f}")
print("graph, mean + std * noise:", actions.requires_grad)
print("graph, Normal.sample():   ", Normal(mean, log_std.exp()).sample().requires_grad)
# sphinx_gallery_start_ignore
assert actions.requires_grad
assert not Normal(mean, log_std.exp()).sample().requires_grad
assert Normal(mean, log_std.exp()).rsample().requires_grad
# sphinx_gallery_end_ignore

# %%
# (``Normal.rsample()`` computes mean + std · noise, too.)
#
# The policy's loss
# -----------------
#
# The policy goes up the critic and keeps its entropy. There is no log-probability times a return
# here, as in the ``policy_loss`` of exercise 13: the gradient goes from the value through the
# action into the policy.


def policy_loss(policy, critic, states, alpha, log_prob=squashed_gaussian_log_prob):
    """Return the loss, and the log-densities (B,) of the actions that it has drawn."""
    actions, log_probs = sample_action(policy, states, log_prob)
    q = critic(states, actions).min(dim=1).values  # (B, critics) to (B,)
    return (alpha * log_probs - q).mean(), log_probs


def descend(optimizer, loss):
    """Make one training step."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def learn_known_value(alpha):
    torch.manual_seed(0)
    policy, states = GaussianPolicy(), torch.zeros(128, 3)  # 128 times the same state
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.005)
    for _ in range(150):
        descend(optimizer, policy_loss(policy, known_value, states, alpha)[0])
    return policy


# %%
# The plot compares the learned policies (lines) with the best densities from above (dashed).

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
for color, alpha in enumerate((0.05, 0.2, 0.8)):
    mean, log_std = learn_known_value(alpha)(torch.zeros(1000, 3))  # (1000, 1)
    log_density = squashed_gaussian_log_prob(grid.atanh().unsqueeze(-1), mean, log_std)  # (1000,)
    density = log_density.exp().detach()
    ax.plot(grid, density, f"C{color}", label=f"temperature {alpha}")
    ax.plot(grid, best_log_density(alpha).exp(), f"C{color}--")
    # sphinx_gallery_start_ignore
    assert torch.trapezoid((density - best_log_density(alpha).exp()).abs(), grid) / 2 < 0.2
    # sphinx_gallery_end_ignore
ax.set(title="Policies for one known value", xlabel="action", ylabel="density")
ax.legend()
plt.show()

# %%
# The learned densities have their peak near that of the dashed lines. They are not equal, because
# the best density is no squashed Gaussian: with the highest temperature they differ most.
#
# The temperature
# ---------------
#
# A good temperature depends on the rewards and changes while the agent learns. SAC therefore
# chooses the *entropy* instead, and learns the temperature. This loss lowers it while the policy is
# more random than asked for, and raises it otherwise:


def temperature_loss(log_alpha, log_probs, target_entropy):
    """Its gradient for log_alpha is the policy's entropy minus the target."""
    return log_alpha * (-log_probs.detach().mean() - target_entropy)


log_alpha = torch.tensor(0.2).log().requires_grad_()  # exp(log_alpha) is always positive
policy, states = learn_known_value(alpha=0.2), torch.zeros(128, 3)
optimizer = torch.optim.Adam(policy.parameters(), lr=0.005)
alpha_optimizer = torch.optim.Adam([log_alpha], lr=0.01)
for step in range(301):
    loss, log_probs = policy_loss(policy, known_value, states, log_alpha.exp().detach())
    descend(optimizer, loss)
    descend(alpha_optimizer, temperature_loss(log_alpha, log_probs, target_entropy=-1.0))
    if step % 100 == 0:
        print(f"step {step}: temperature {log_alpha.exp():.3f}, entropy {-log_probs.mean():.2f}")
# sphinx_gallery_start_ignore
assert abs(-log_probs.mean() + 1) < 0.2
# exp(-4 (a - 0.5)² / alpha) is almost a Gaussian of variance alpha / 8
assert abs(log_alpha.exp() - 8 * torch.tensor(-2.0).exp() / (2 * torch.pi * torch.e)) < 0.02
# sphinx_gallery_end_ignore

# %%
# The entropy comes close to -1, that of an interval of width 0.37. SAC's usual target is -1 for each
# component of an action.
#
# Two critics
# -----------
#
# A critic joins state and action to one row of numbers. This one has two networks that share
# nothing, and returns a column for each.

from torch import nn


class Critic(nn.Module):
    """Estimate Q-values: states (B, d), actions (B, a) to (B, critics)."""

    def __init__(self, state_dim=3, action_dim=1, hidden=64, critics=2):
        super().__init__()
        sizes = (state_dim + action_dim, hidden), (hidden, hidden), (hidden, 1)
        self.critics = nn.ModuleList()
        for _ in range(critics):
            first, second, last = (nn.Linear(*size) for size in sizes)
            self.critics.append(nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last))

    def forward(self, states, actions):
        pairs = torch.cat([states, actions], dim=-1)  # (B, d + a)
        return torch.cat([critic(pairs) for critic in self.critics], dim=-1)  # (B, critics)


torch.manual_seed(0)
critic, states, actions = Critic(), torch.randn(128, 3), torch.rand(128, 1)
print(tuple(critic(states, actions).shape), "->", tuple(critic(states, actions).amin(dim=1).shape))

# %%
# SAC uses the smaller value. A maximum over noisy estimates is too high on average, and the policy
# looks for a maximum. Say that ten actions are all worth 0, and that the errors of the two critics
# are independent. The mean of the highest estimate should be 0:

noise = torch.randn(100_000, 10, 2)  # (states, actions, critics)
print(f"one critic:     {noise[:, :, 0].amax(dim=1).mean():.2f}")
print(f"smaller of two: {noise.amin(dim=2).amax(dim=1).mean():.2f}")
# sphinx_gallery_start_ignore
assert 0 < noise.amin(dim=2).amax(dim=1).mean() < 0.8 < 1.5 < noise[:, :, 0].amax(dim=1).mean()
# sphinx_gallery_end_ignore

# %%
# This is a statement about independent noise, not about this agent. On Pendulum, no difference was
# found: :doc:`the improved SAC </tutorials/improved/sac_improved>` has a table.
#
# The critics' target is a :term:`TD target`. Its next action is a new one of the policy, and the
# entropy counts as a part of the value:
#
# .. math:: y = r + \gamma \, (1 - \text{terminated}) \, \bigl( \min_i Q_{\text{target},i}(s', a')
#    - \alpha \log \pi(a' \mid s') \bigr)
#
# ``td_target`` takes a value for each of several actions. Here there is one, so a column (B, 1).

import torch.nn.functional as F

from pytorch_rl_basics import td_target


@torch.no_grad()  # targets are constants
def soft_values(critic_target, policy, states, alpha, log_prob=squashed_gaussian_log_prob):
    """Return the value of each state, with the entropy, (B, 1)."""
    actions, log_probs = sample_action(policy, states, log_prob)
    q = critic_target(states, actions).min(dim=1).values  # (B,)
    return (q - alpha * log_probs).unsqueeze(1)


rewards, next_states, terminated = torch.randn(128), torch.randn(128, 3), torch.rand(128) < 0.1
next_values = soft_values(critic, policy, next_states, alpha=0.2)  # (B, 1)
targets = td_target(rewards, terminated, next_values, gamma=0.95)  # (B,)
q = critic(states, actions)  # (B, critics)
loss = F.mse_loss(q, targets.unsqueeze(1).expand_as(q))
print("values", tuple(next_values.shape), "targets", tuple(targets.shape), f"loss {loss:.2f}")
# sphinx_gallery_start_ignore
assert not targets.requires_grad
# sphinx_gallery_end_ignore

# %%
# Through a frozen critic
# -----------------------
#
# ``policy_loss`` differentiates the critic, but only the policy should learn from it. With
# ``critic.requires_grad_(False)`` the gradient still passes *through* the critic to the action.
# The critic's :term:`parameters <parameter>` get none. The step of the policy is the same:

import copy

torch.manual_seed(0)
policy, critic, states = GaussianPolicy(), Critic(), torch.randn(128, 3)
stepped = {}
for frozen in (False, True):
    trained, through = copy.deepcopy(policy), copy.deepcopy(critic).requires_grad_(not frozen)
    torch.manual_seed(1)  # the same noise
    optimizer = torch.optim.Adam(trained.parameters(), lr=0.005)
    descend(optimizer, policy_loss(trained, through, states, alpha=0.2)[0])
    stepped[frozen] = torch.cat([parameter.flatten() for parameter in trained.parameters()])
    filled = sum(parameter.grad is not None for parameter in through.parameters())
    print(f"frozen: {frozen!s:5} critic's parameters with a gradient: {filled}")
print("largest difference of the steps:", (stepped[True] - stepped[False]).abs().max().item())
# sphinx_gallery_start_ignore
assert filled == 0
torch.testing.assert_close(stepped[True], stepped[False])
assert not torch.equal(stepped[True], torch.nn.utils.parameters_to_vector(policy.parameters()))
# sphinx_gallery_end_ignore

# %%
# Freezing saves computing the critic's gradients. It also prevents a mistake. Here the critic learns
# from the target 0 for every action. The loop calls ``zero_grad()`` right after the step, which is
# early: what ``policy_loss`` leaves in the critic is then added to the critic's next gradient.


def mean_value_learned(frozen):
    torch.manual_seed(0)
    policy, critic = GaussianPolicy(), Critic()
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.005)
    for _ in range(150):
        states, actions = torch.randn(128, 3), 2 * torch.rand(128, 1) - 1
        critic.requires_grad_(True)
        F.mse_loss(critic(states, actions), torch.zeros(128, 2)).backward()
        optimizer.step()
        optimizer.zero_grad()
        critic.requires_grad_(not frozen)
        policy_loss(policy, critic, states, alpha=0.2)[0].backward()
    return critic(states, actions).mean().item()


clean, leftover = mean_value_learned(frozen=True), mean_value_learned(frozen=False)
print(f"frozen:     the critic's mean value is {clean:5.2f}")
print(f"not frozen: the critic's mean value is {leftover:5.2f}")
# sphinx_gallery_start_ignore
assert abs(clean) < 0.1
assert leftover > 0.4
# sphinx_gallery_end_ignore

# %%
# The policy's loss has minus the value in it, so its gradient raises the critic's values, without
# any reward. In ``descend``, ``zero_grad()`` comes right before ``backward()``, and nothing is left
# over.
#
# The agent
# ---------
#
# Read ``train`` from top to bottom: one step in the environment, then one update of the critics, the
# target critics, the policy and the temperature.
#
# - **Actions.** ``RescaleAction`` maps actions from (-1, 1) to the environment's own range.
# - **Rewards.** A pendulum that hangs gets about -10 per step, so its value is about
#   -10 / (1 - 0.95) = -200. The critic starts near 0. ``reward_scale`` makes it -20.
# - **Learning rate.** Adam changes a parameter by about the learning rate per update. The SAC papers
#   take 0.0003 for many thousand updates. There are fewer than 900 here, so the default is larger.
# - **Store termination, not truncation.** Pendulum never terminates. Its time limit of 200 steps is
#   a :term:`truncation`, after which rewards would have followed.
# - **Fused.** ``fused=True`` computes a step of Adam in one call, which takes less time here.

import gymnasium as gym

from pytorch_rl_basics import polyak_update
from pytorch_rl_basics.agents import checked, greedy_returns, require_finite
from pytorch_rl_basics.replay import ReplayBuffer  # takes several transitions at once


def row(value, device, dtype=torch.float32):
    """Make a batch of one: a number to (1,), an array (d,) to (1, d)."""
    return torch.as_tensor(value, dtype=dtype, device=device).unsqueeze(0)


@checked("Box")
def train(
    policy,
    critic,
    *,
    seed=0,
    env_id="Pendulum-v1",
    max_steps=1_000,
    batch_size=128,
    learning_rate=0.01,
    gamma=0.95,
    tau=0.1,
    reward_scale=0.1,
    device="cpu",
    td_target=td_target,
    polyak_update=polyak_update,
    squashed_gaussian_log_prob=squashed_gaussian_log_prob,
):
    """Train a policy and its critics by SAC.

    Args:
        policy: maps states (B, d) to mean and log_std, both (B, a); it is trained in place.
        critic: maps states (B, d) and actions (B, a) to values (B, critics); trained in place.
        seed: of torch and of the environment.
        env_id: the environment, as Gymnasium names it; its actions must be continuous.
        max_steps: environment steps.
        batch_size: transitions in each update; the updates begin when so many are stored.
        learning_rate: Adam's, for the policy, the critics and the temperature.
        gamma: discount factor, in [0, 1].
        tau: share of the way that the target critics move at each update.
        reward_scale: factor of the rewards that are stored.
        device: where the networks, the buffer and the batches are.
        td_target: the library's function, or your own.
        polyak_update: the library's function, or your own.
        squashed_gaussian_log_prob: the library's function, or your own.

    Returns:
        The policy, the critics, and the return of each episode of the training.
    """
    torch.manual_seed(seed)
    env = gym.wrappers.RescaleAction(gym.make(env_id), -1, 1)
    sizes = *env.observation_space.shape, *env.action_space.shape  # d, a
    buffer = ReplayBuffer(max_steps, *sizes, device=device)
    policy.to(device), critic.to(device).requires_grad_(True)  # a stopped training froze it
    critic_target = copy.deepcopy(critic)
    log_alpha = torch.tensor(0.2, device=device).log().requires_grad_()
    policy_optimizer = torch.optim.Adam(policy.parameters(), lr=learning_rate, fused=True)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=learning_rate, fused=True)
    alpha_optimizer = torch.optim.Adam([log_alpha], lr=learning_rate, fused=True)
    returns, episode_return = [], 0.0
    observation, _ = env.reset(seed=seed)
    for step in range(max_steps):
        # Act, and store the transition.
        state = row(observation, device)  # (1, d)
        with torch.no_grad():
            action, _ = sample_action(policy, state, squashed_gaussian_log_prob)  # (1, a)
        observation, reward, terminated, truncated, _ = env.step(action[0].cpu().numpy())
        rewards, ends = row(reward_scale * reward, device), row(terminated, device, torch.bool)
        buffer.add(state, action, rewards, row(observation, device), ends)
        episode_return += reward
        if terminated or truncated:
            returns.append(episode_return)
            episode_return = 0.0
            observation, _ = env.reset()
        if len(buffer) < batch_size:
            continue
        # Update the critics, then the target critics.
        states, actions, rewards, next_states, ends = buffer.sample(batch_size)
        alpha = log_alpha.exp().detach()
        values = soft_values(critic_target, policy, next_states, alpha, squashed_gaussian_log_prob)
        targets = td_target(rewards, ends, values, gamma)  # (B,)
        q = critic(states, actions)  # (B, critics)
        loss = F.mse_loss(q, targets.unsqueeze(1).expand_as(q))
        require_finite(loss.item(), step)
        descend(critic_optimizer, loss)
        polyak_update(critic, critic_target, tau)
        # The policy, through the frozen critics, then the temperature.
        critic.requires_grad_(False)
        loss, log_probs = policy_loss(policy, critic, states, alpha, squashed_gaussian_log_prob)
        descend(policy_optimizer, loss)
        critic.requires_grad_(True)
        descend(alpha_optimizer, temperature_loss(log_alpha, log_probs, -sizes[1]))
    env.close()
    return policy, critic, returns


# %%
# Your own functions
# ------------------
#
# Put your functions into ``mine``. Then the next plot has a fourth curve. On this page ``mine`` is
# empty.

from pytorch_rl_basics import check

mine = {}  # for example {"td_target": my_td_target}

for name, function in mine.items():
    print(check(function, name))

# %%
# Three seeds
# -----------
#
# The plot shows the return of each of the five episodes of a training, for three seeds. The
# updates begin in the first episode, after 128 steps. The returns should rise, but not from each
# episode to the next.


def train_seed(seed, make_policy=GaussianPolicy, **settings):
    """Train new networks; the seed also decides their first parameters."""
    torch.manual_seed(seed)
    return train(make_policy(), Critic(), seed=seed, **settings)


runs = {f"seed {seed}": train_seed(seed) for seed in range(3)}
if mine:
    runs["seed 0, your functions"] = train_seed(0, **mine)

fig, ax = plt.subplots(layout="constrained")
for name, (_, _, returns) in runs.items():
    ax.plot(range(1, len(returns) + 1), returns, "s--" if "your" in name else "o-", label=name)
ax.set(title="SAC on Pendulum", xlabel="episode of 200 steps", ylabel="return")
ax.legend()
# sphinx_gallery_thumbnail_number = 2
plt.show()
# sphinx_gallery_start_ignore
for _, _, returns in runs.values():
    assert len(returns) == 5
    assert max(returns[:2]) < -700 < -500 < sum(returns[-2:]) / 2
# sphinx_gallery_end_ignore

# %%
# The first two episodes of all seeds are below -700, and the mean of the last two is above -500. In
# training, the policy still draws its actions. A test takes the squashed mean instead, in 20 new
# episodes:


def test_return(policy):
    """Mean return of 20 episodes, with the mean action."""

    @torch.no_grad()
    def act(observations):
        mean, _ = policy(torch.as_tensor(observations))  # (20, 1)
        return 2 * mean.tanh().numpy()  # Pendulum's torques are from -2 to 2

    return greedy_returns(act, "Pendulum-v1", 20, seed=1000).mean()


torch.manual_seed(0)
policies = {"untrained": GaussianPolicy()} | {name: run[0] for name, run in runs.items()}
scores = {name: test_return(policy) for name, policy in policies.items()}
for name, score in scores.items():
    print(f"{name:9} {score:6.0f}")
# sphinx_gallery_start_ignore
assert scores.pop("untrained") < -800
assert min(scores.values()) > -300
# sphinx_gallery_end_ignore

# %%
# A policy of your own
# --------------------
#
# ``train`` takes each :term:`module` that maps states to mean and log_std. In this one, the standard
# deviation is a parameter, the same for all states, as many PPO agents have it. It trains for six
# episodes:


class OneSpread(nn.Module):
    def __init__(self, state_dim=3, action_dim=1):
        super().__init__()
        self.hidden = nn.Linear(state_dim, 128)
        self.mean = nn.Linear(128, action_dim)
        self.log_std = nn.Parameter(torch.zeros(action_dim))

    def forward(self, states):
        mean = self.mean(torch.relu(self.hidden(states)))  # (B, a)
        return mean, self.log_std.expand_as(mean)


policy, _, _ = train_seed(0, make_policy=OneSpread, max_steps=1_200)
score = test_return(policy)
print(f"own policy: {score:.0f}, std {policy.log_std.exp().item():.2f}")
# sphinx_gallery_start_ignore
assert score > -300
# sphinx_gallery_end_ignore

# %%
# What it still lacks, and what to change
# ---------------------------------------
#
# - Five episodes are few. :doc:`The improved SAC </tutorials/improved/sac_improved>` uses eight
#   pendulums at once, and measures what each detail is worth. There a mean return
#   of -200 counts as solved.
# - ``train(GaussianPolicy(), Critic(critics=1))`` trains with one critic.
# - DDPG is this agent without entropy: the action is ``tanh`` of the mean, plus some noise while it
#   acts, and the policy has a target network, too. TD3 adds noise to the target's action, updates
#   the policy at every second step only, and takes the smaller of two critics.
# - The papers: Haarnoja et al. (2018), https://arxiv.org/abs/1801.01290, and with the learned
#   temperature, https://arxiv.org/abs/1812.05905.
