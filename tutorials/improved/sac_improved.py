r"""
SAC, improved
=============

You train the :doc:`plain SAC </tutorials/algorithms/sac>` on eight pendulums side by side. A table
shows what its details are worth: the scaled rewards, the learned temperature, the two critics. Then
you measure what the second critic changes.
"""

# %%
# What this page adds
# -------------------
#
# The losses are those of the plain agent. These things are new:
#
# - Eight environments run side by side, and each step of them is followed by one update. They reset
#   at the step after an episode's end (:doc:`/concepts/vector_environments`), and ``valid`` keeps
#   these steps out of the buffer.
# - The first actions are uniform, until the buffer has ``learning_starts`` transitions.
# - The observations are scaled (``SCALES``), and the learning rates fall to 0 over the last quarter
#   of the training (``anneal``).
# - Details can be left out: the setting ``alpha`` fixes the temperature, and the parameter
#   ``pessimism`` says how two critics' values become one.
#
# What are the details worth? For :doc:`the benchmark page </benchmark>` the agent was trained
# again, without one detail at a time, for its whole budget of 8,000 steps, on ten seeds. Pendulum
# gives a reward between about -16 and 0 at each of the 200 steps of an :term:`episode`. Gymnasium
# names no return at which Pendulum is solved. On this site a seed solves it if its final policy has
# a mean return of at least -200 in 100 new episodes:
#
# .. worth: sac
#
# ========================  ========  =================  ====================
# trained                     solved       final return    return in training
# ========================  ========  =================  ====================
# as it is                  10 of 10  -157 [-163, -151]     -610 [-637, -584]
# rewards not scaled         3 of 10  -312 [-429, -219]     -877 [-919, -833]
# temperature fixed at 0.2   1 of 10  -222 [-230, -213]     -814 [-853, -779]
# one critic of the two     10 of 10  -156 [-163, -150]     -583 [-619, -548]
# learning rate kept        10 of 10  -157 [-164, -151]     -611 [-637, -585]
# observations not scaled   10 of 10  -156 [-163, -151]     -589 [-619, -558]
# ========================  ========  =================  ====================
#
# .. end of worth
#
# - **Scale the rewards** (``reward_scale``). A pendulum that hangs gets about -10 at each step,
#   which adds up to -10 / (1 - 0.95) = -200. The critic starts near 0, and needs many steps to
#   predict that. A tenth of the rewards makes it -20.
# - **Learn the temperature** (``surplus``). Fixed at 0.2, the agent earns so much for
#   :term:`entropy` that it gives up return. The learned temperature starts at 0.2 and falls when
#   the policy is more random than required: an entropy of -1 per action component.
# - **One critic instead of two** (``pessimism``), **the same learning rate to the end**
#   (``anneal``) and **observations as they are** (``SCALES``) make no difference on this task.
#   The end of this page looks for settings in which the second critic does.
#
# The whole agent
# ---------------
#
# Each action comes with its log-density, computed by ``squashed_gaussian_log_prob`` of
# :doc:`exercise 17 </tutorials/parts/exercise_17_squashed_gaussian_log_prob>`. The buffer stores
# ``terminated`` and not ``truncated``: Pendulum never terminates, so every target includes the
# value of the next state.

import copy
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

from pytorch_rl_basics import polyak_update, squashed_gaussian_log_prob, td_target
from pytorch_rl_basics.agents import TrainingRun, vector_env
from pytorch_rl_basics.networks import GaussianPolicy, TwinCritic
from pytorch_rl_basics.replay import ReplayBuffer


def sample_squashed(policy, states, log_prob=squashed_gaussian_log_prob):
    """Draw an action in (-1, 1) for each state, and its log-density."""
    mean, log_std = policy(states)  # (B, d), (B, d)
    pre_tanh = mean + log_std.exp() * torch.randn_like(mean)  # (B, d)
    return pre_tanh.tanh(), log_prob(pre_tanh, mean, log_std)  # (B, d), (B,)


SCALES = {"Pendulum-v1": torch.tensor([1.0, 1.0, 1 / 8])}


@dataclass(frozen=True)
class Settings:
    """The numbers that decide how SAC trains."""

    max_steps: int = 8_000  # environment steps to train for, over all environments
    num_envs: int = 8  # environments that run side by side
    learning_starts: int = 400  # transitions in the buffer before the first update
    updates: int = 1  # after each step of all environments
    batch_size: int = 128  # transitions in each update
    learning_rate: float = 0.005  # Adam's, for policy, critics and temperature
    anneal: bool = True  # whether the learning rates fall to 0 over the last quarter
    gamma: float = 0.95  # discount factor, in [0, 1]
    tau: float = 0.1  # share of the way that the target critics move after each update
    alpha: float | None = None  # the temperature, if it is to stay fixed; None: learned
    reward_scale: float = 0.1  # factor of the rewards
    scale_observations: bool = True  # whether observations are multiplied by SCALES


SAC = Settings()


def descend(optimizer, loss):
    """Take one step of gradient descent."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def smaller(q_values):
    """Take the smaller value of two critics: (B, 2) to (B, 1)."""
    return q_values.min(dim=1, keepdim=True).values


def train(
    seed,
    settings=SAC,
    *,
    env_id="Pendulum-v1",
    pessimism=smaller,
    squashed_gaussian_log_prob=squashed_gaussian_log_prob,
    td_target=td_target,
    polyak_update=polyak_update,
    watch=None,
):
    """Train SAC.

    Args:
        seed: of torch and of the environments.
        settings: ``SAC``, or your own.
        env_id: the environment, as Gymnasium names it; its actions must be continuous.
        pessimism: maps the two critics' values (B, 2) to one value (B, 1).
        squashed_gaussian_log_prob: the library's function, or your own.
        td_target: the library's function, or your own.
        polyak_update: the library's function, or your own.
        watch: called with the run every 1,000 environment steps; True ends the training.

    Returns:
        The record of the training, with the policy that was learned.
    """
    arguments = dict(locals())
    torch.manual_seed(seed)
    envs = vector_env(env_id, settings.num_envs, actions="Box")
    space = envs.single_action_space
    middle, reach = (space.high + space.low) / 2, (space.high - space.low) / 2
    state_dim, action_dim = envs.single_observation_space.shape[0], len(reach)
    scale = SCALES.get(env_id) if settings.scale_observations else None
    scale = torch.ones(state_dim) if scale is None else scale  # (d,)
    policy, critic = GaussianPolicy(state_dim, action_dim), TwinCritic(state_dim, action_dim)
    critic_target = copy.deepcopy(critic)
    log_alpha = (
        torch.tensor(0.2 if settings.alpha is None else settings.alpha).log().requires_grad_()
    )
    policy_optimizer = torch.optim.Adam(policy.parameters(), lr=settings.learning_rate, fused=True)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=settings.learning_rate, fused=True)
    alpha_optimizer = torch.optim.Adam([log_alpha], lr=settings.learning_rate, fused=True)
    buffer = ReplayBuffer(settings.max_steps + settings.num_envs, state_dim, action_dim)

    @torch.no_grad()
    def act_greedily(observations):
        mean, _ = policy(torch.as_tensor(observations) * scale)
        return mean.tanh().numpy() * reach + middle

    def update():
        states, actions, rewards, next_states, terminated = buffer.sample(settings.batch_size)
        temperature = log_alpha.exp().detach()
        # Critics: towards the smaller target value of a new action, plus its entropy.
        with torch.no_grad():
            next_actions, next_log_probs = sample_squashed(
                policy, next_states, squashed_gaussian_log_prob
            )
            next_q = pessimism(critic_target(next_states, next_actions))  # (B, 1)
            next_values = next_q - temperature * next_log_probs.unsqueeze(1)  # (B, 1)
            targets = td_target(rewards, terminated, next_values, settings.gamma)  # (B,)
        critic_loss = F.mse_loss(critic(states, actions), targets.unsqueeze(1).expand(-1, 2))
        run.require_finite(critic_loss.item())
        descend(critic_optimizer, critic_loss)
        polyak_update(critic, critic_target, settings.tau)
        # Policy: up the critics, through the action, while staying random.
        new_actions, log_probs = sample_squashed(policy, states, squashed_gaussian_log_prob)
        q_values = pessimism(critic(states, new_actions)).squeeze(1)  # (B,)
        descend(policy_optimizer, (temperature * log_probs - q_values).mean())
        # Temperature: up while the entropy, -log_probs, is below -action_dim.
        if settings.alpha is None:
            surplus = -log_probs.detach().mean() + action_dim
            descend(alpha_optimizer, log_alpha * surplus)

    run = TrainingRun(act_greedily, arguments)
    observations, _ = envs.reset(seed=seed)
    states = torch.as_tensor(observations) * scale  # (N, d)
    valid = np.ones(settings.num_envs, dtype=bool)  # False at the step that only resets
    with run.recording(settings.max_steps, watch):
        while run.env_steps < settings.max_steps:
            if len(buffer) < settings.learning_starts:
                actions = torch.rand(settings.num_envs, action_dim) * 2 - 1  # uniform in (-1, 1)
            else:
                with torch.no_grad():
                    actions, _ = sample_squashed(policy, states)  # (N, action_dim)
            observations, rewards, terminated, truncated, _ = envs.step(
                actions.numpy() * reach + middle
            )
            next_states = torch.as_tensor(observations) * scale
            keep = torch.as_tensor(valid)  # (N,)
            buffer.add(
                states[keep],
                actions[keep],
                torch.as_tensor(rewards * settings.reward_scale, dtype=torch.float32)[keep],
                next_states[keep],
                torch.as_tensor(terminated)[keep],  # a time limit bootstraps
            )
            run.record(rewards, terminated | truncated, valid)
            states, valid = next_states, ~(terminated | truncated)
            if len(buffer) >= settings.learning_starts:
                if settings.anneal:  # in the last quarter: ever smaller steps
                    left = max(0, 1 - run.env_steps / settings.max_steps)
                    for optimizer in (critic_optimizer, policy_optimizer, alpha_optimizer):
                        optimizer.param_groups[0]["lr"] = settings.learning_rate * min(1, 4 * left)
                for _ in range(settings.updates):
                    update()
    envs.close()
    return run


# %%
# One seed, and your functions
# ----------------------------
#
# Train one seed for 6,000 environment steps; the table above has ten. The agent takes three
# functions as parameters. Put your own into ``mine``, and a second training uses them. On this page
# ``mine`` is empty. The first training uses a ``polyak_update`` that also keeps the critic, which
# is needed at the end of this page.

from pytorch_rl_basics import check
from pytorch_rl_basics.agents import greedy_returns

mine = {}  # for example {"td_target": my_td_target}

for name, function in mine.items():
    print(check(function, name))

short = replace(SAC, max_steps=6_000)
critics = []


def remember(critic, critic_target, tau):
    """Update the target network, and keep the critic for later."""
    critics[:] = [critic]
    polyak_update(critic, critic_target, tau)


runs = {"SAC, improved": train(0, short, polyak_update=remember)}
if mine:
    runs["with your functions"] = train(0, short, **mine)

# %%
# In the plot, a point is a training episode. Eight end at the same time. The first eight should be
# below -1,000 on average, and the last eight above -500. The number below the plot is the mean
# return of 100 new episodes without noise: the final policy takes the squashed mean instead of a
# sample.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
for (name, run), marker in zip(runs.items(), "os", strict=False):
    ax.plot(run.episode_ends, run.episode_returns, marker, alpha=0.6, label=name)
ax.axhline(-200, color="0.5", ls=":", lw=1.5)
ax.set_title("SAC, improved, on Pendulum: return while learning")
ax.set(xlabel="environment steps", ylabel="return of an episode")
ax.legend(loc="lower right")
plt.show()

run = runs["SAC, improved"]
final = greedy_returns(run.policy, "Pendulum-v1", 100, seed=2000)
print(f"after {run.env_steps:,} steps: {final.mean():.0f}")
# sphinx_gallery_start_ignore
assert final.mean() >= -200
assert np.mean(run.episode_returns[:8]) < -1_000
assert np.mean(run.episode_returns[-8:]) > -500
assert vector_env("Pendulum-v1", 1).spec.reward_threshold is None
# sphinx_gallery_end_ignore

# %%
# This seed solves Pendulum. Two films, which this page shows at its top, compare its policy before
# the first update with the final one:

from pytorch_rl_basics.agents import Video, film

untrained = train(0, replace(SAC, max_steps=8)).policy
# sphinx_gallery_start_ignore
assert greedy_returns(untrained, "Pendulum-v1", 100, seed=2000).mean() < -1_000
# sphinx_gallery_end_ignore
caption = "Before training: the pendulum does not come up."
Video(film(untrained, "Pendulum-v1", seconds=4), caption, fps=25)

# %%
# The motor is too weak to lift the pendulum straight up, so it swings to and fro first:

after = Video(
    film(run.policy, "Pendulum-v1", seconds=4),
    "After training: the pendulum swings up and stays upright.",
    fps=25,
)
# sphinx_gallery_start_ignore
assert len(after.data) <= 40_000
# sphinx_gallery_end_ignore
after

# %%
# What the second critic changes
# ------------------------------
#
# A policy that goes up its critic finds the actions that the critic values too highly. The smaller
# of two critics' values should be too high less often (`Fujimoto et al., 2018
# <https://arxiv.org/abs/1802.09477>`_). To measure it, let the final policy act, and compare each
# value with the discounted return that follows. A return needs about 100 steps until the discount
# has made the rest negligible, so only the first half of each episode counts:


@torch.no_grad()
def overestimate(run, critic, pessimism=smaller):
    """Give the mean of value minus return, in units of the rewards."""
    settings, envs = run.settings["settings"], vector_env("Pendulum-v1", 16)
    observations, _ = envs.reset(seed=3000)
    rewards, values = np.zeros((200, 16)), np.zeros((100, 16))
    for t in range(200):
        actions = run.policy(observations)
        if t < 100:
            states = torch.as_tensor(observations) * SCALES["Pendulum-v1"]
            values[t] = pessimism(critic(states, torch.as_tensor(actions / 2))).squeeze(1)
        observations, rewards[t], *_ = envs.step(actions)
    envs.close()
    weights = settings.gamma ** np.arange(100)
    returns = np.stack([weights @ rewards[t : t + 100] for t in range(100)])
    return (values / settings.reward_scale - returns).mean()


difference = overestimate(run, critics[0])
print(f"value minus return: {difference:.1f}")
# sphinx_gallery_start_ignore
assert difference < 0
# sphinx_gallery_end_ignore

# %%
# With this seed the values are too low. The same was measured on ten other seeds, with two critics
# and with one (``pessimism`` returns the first), after 4,000 steps each. A point is a seed:

OVERESTIMATES = {
    "two critics": [-23.4, -13.3, -17.9, -24.5, -32.0, -19.2, -16.4, -31.1, -21.2, -16.6],
    "one critic": [-6.1, 6.0, -15.9, -17.3, -0.6, -1.6, -19.3, -7.8, -17.6, 2.0],
}
fig, ax = plt.subplots(figsize=(6, 2), layout="constrained")
for name, values in OVERESTIMATES.items():
    ax.plot(values, [name] * len(values), "o", alpha=0.7)
ax.axvline(0, color="0.5", ls=":")
ax.set(title="SAC after 4,000 steps", xlabel="value minus return")
plt.show()
# sphinx_gallery_start_ignore
two, one = map(np.array, OVERESTIMATES.values())
assert (one > two).sum() == 9
assert one.mean() > two.mean() + 10
assert (one > 0).sum() == 2
assert (two < 0).all()
# sphinx_gallery_end_ignore

# %%
# The values are higher with one critic on nine of the ten seeds. But they are too high on two only,
# so there is hardly anything for the second critic to correct. To find a setting in which one
# critic harms the policy, we tried four that make errors of the critic more likely, for 2,000 to
# 3,200 steps. The numbers are mean returns of 100 episodes with the final policy, two seeds for the
# first setting and one for the others:

TRIED = {  # two critics, one critic
    "eight updates instead of one": (-145, -149),
    "eight updates, γ = 0.99, rewards × 0.05": (-143, -149),
    "four updates, noise of std 4 on the rewards": (-157, -153),
    "eight updates, batches of 32, α = 0.01": (-145, -148),
}
for name, (two, one) in TRIED.items():
    print(f"{name:43}  two critics {two}, one {one}")
    # sphinx_gallery_start_ignore
    assert abs(two - one) < 10
    assert min(two, one) > -200
    # sphinx_gallery_end_ignore

# %%
# All of them solve Pendulum, and the returns differ by less than 10. So few seeds cannot show a
# small difference, but a large one is unlikely. The second critic makes the values smaller here,
# and the policy no better. Fujimoto et al. show larger tasks on which one critic is not enough.
#
# What to read next
# -----------------
#
# - The papers: Haarnoja et al. (2018), *Soft actor-critic*, https://arxiv.org/abs/1801.01290, and
#   its sequel with the automatic temperature, https://arxiv.org/abs/1812.05905.
# - This is the last agent. :doc:`The benchmark </benchmark>` compares the five improved agents with
#   stable-baselines3. :doc:`The laboratory </tutorials/laboratory/values>` shows what mistakes in
#   such agents look like.
