"""What the figure "Push the pole" needs: policies and a critic, trained while the site is built."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from torch import Tensor, nn

from pytorch_rl_basics import (
    PolicyNetwork,
    ValueNetwork,
    clipped_surrogate,
    gae,
    sample_actions,
    select_log_probs,
    train_step,
)

PUSHES = [-1.2, 1.2, *58 * [0.0]]
COPIES, STEPS, UPDATES = 64, 32, 45
HALF = 80  # the first policy whose games last longer is the half-trained one
PUSH = 1.0  # rad/s that a reader's push adds to the pole's angular velocity
LIMIT = 500  # steps of a game of CartPole-v1

Policy = Callable[[Tensor], Tensor]  # states (B, 4) to actions (B,)


def random(states: Tensor) -> Tensor:
    """Choose each action with probability 0.5, (B, 4) to (B,)."""
    return torch.randint(2, states.shape[:1])


def scripted(states: Tensor) -> Tensor:
    """Push the cart to the side to which the pole leans, (B, 4) to (B,)."""
    return (states[:, 2] > 0).long()


def sampled(policy: PolicyNetwork, states: Tensor) -> Tensor:
    """Sample each action from a network's probabilities, (B, 4) to (B,)."""
    return sample_actions(policy, states)[0]


def trained() -> Iterator[PolicyNetwork]:
    """Train a policy and its critic by PPO; give the policy after each update.

    As readers do, the training pushes the pole now and then: a policy that never saw a fast pole
    does not catch it.
    """
    policy, critic = PolicyNetwork(hidden=(32,)), ValueNetwork(hidden=(32,))
    for network in (policy, critic):  # angles are smaller numbers than the rest of a state
        network.layers[0].weight.data *= torch.tensor([0.5, 0.5, 5.0, 0.5])
    optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=8e-3)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, UPDATES)
    envs: Any = gym.make_vec("CartPole-v1", COPIES, vectorization_mode="vector_entry_point")
    cartpole, rng = envs.unwrapped, np.random.default_rng(0)
    states = torch.tensor(envs.reset(seed=0)[0])
    for _ in range(UPDATES):
        steps = []
        for _ in range(STEPS):
            with torch.no_grad():
                actions, log_probs = sample_actions(policy, states)
            real = torch.tensor(~cartpole.prev_done)  # else this step only resets the copy
            after, rewards, terminated, truncated, _ = envs.step(actions.numpy())
            terminated = torch.tensor(terminated)
            done = terminated | torch.tensor(truncated) | ~real
            rewards, after = torch.tensor(rewards) / 100, torch.tensor(after)
            steps.append((states, actions, log_probs, rewards, after, terminated, done, real))
            cartpole.state[0, ~real] = rng.uniform(-1.5, 1.5, int((~real).sum()))
            cartpole.state[1::2] += rng.choice(PUSHES, (2, COPIES))
            states = torch.tensor(cartpole.state.T.astype(np.float32))
        states_, actions, log_probs, rewards, after, terminated, done, real = (
            torch.stack(column) for column in zip(*steps, strict=True)
        )  # (STEPS, COPIES, ...)
        with torch.no_grad():
            values, next_values = critic(states_), critic(after)
        advantages = gae(rewards, values, next_values, terminated, done, gamma=0.99, lam=0.95)
        targets, advantages = (advantages + values)[real], advantages[real]
        advantages = (advantages - advantages.mean()) / advantages.std()
        rows = states_[real], actions[real], log_probs[real], advantages, targets
        for _ in range(4):
            for chosen in torch.randperm(len(targets)).split(512):
                seen, acts, old, advantage, target = (row[chosen] for row in rows)
                loss = clipped_surrogate(select_log_probs(policy(seen), acts), old, advantage)
                loss = loss + nn.functional.mse_loss(critic(seen), target)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        slower.step()
        yield policy


def judge(policy: PolicyNetwork) -> ValueNetwork:
    """Fit a critic to a policy's discounted rewards of 0.01 per step: 1, if the pole never falls.

    The critic that training leaves behind learned from its own estimates, and is above 1.
    """
    envs: Any = gym.make_vec("CartPole-v1", 128, vectorization_mode="vector_entry_point")
    rng, up = np.random.default_rng(0), torch.ones(128, dtype=torch.bool)
    envs.reset()
    envs.unwrapped.state = rng.uniform(-1, 1, (4, 128)) * [[2.2], [1.5], [0.2], [2]]
    steps = []
    for _ in range(200):
        states = torch.tensor(envs.unwrapped.state.T.astype(np.float32))
        steps.append((states, up))
        actions, _ = sample_actions(policy, states)
        up = up & ~torch.tensor(envs.step(actions.numpy())[2])
    target, rows = up.float(), []
    for states, playing in reversed(steps):
        target = (0.01 + 0.99 * target) * playing
        rows.append((states[playing], target[playing]))
    states, targets = (torch.cat(column) for column in zip(*rows, strict=True))
    critic = ValueNetwork(hidden=(32,))
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.02)
    for chosen in torch.randint(len(targets), (400, 512)):
        train_step(critic, optimizer, states[chosen], targets[chosen])
    return critic


def lengths(policy: Policy) -> list[int]:
    """Play one game in each of 32 copies; count the steps until the pole falls, 500 at most."""
    envs: Any = gym.make_vec("CartPole-v1", 32, vectorization_mode="vector_entry_point")
    states, up = envs.reset(seed=1)[0], np.ones(32, dtype=bool)
    counted = np.zeros(32, dtype=int)
    while up.any():
        actions = policy(torch.tensor(states))
        states, _, terminated, truncated, _ = envs.step(actions.numpy())
        counted += up
        up &= ~(terminated | truncated)
    return [int(length) for length in counted]


def rounded(network: nn.Module) -> list[tuple[Any, Any]]:
    """Round a network's parameters to five digits, in place; give (weight, bias) of each layer."""
    short = []
    for parameter in network.parameters():
        values = parameter.detach().double().apply_(lambda value: float(f"{value:.5g}"))
        parameter.data.copy_(values)
        short.append(values.tolist())
    return list(zip(short[::2], short[1::2], strict=True))


def data() -> dict[str, Any]:
    """Train; give the networks' layers, and the mean length of each policy's games."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        networks, steps = {}, {"random": lengths(random), "scripted": lengths(scripted)}
        for update, policy in enumerate(trained(), start=1):
            if "half" not in networks or update == UPDATES:
                copy = deepcopy(policy)
                layers, played = rounded(copy), lengths(partial(sampled, copy))
                name = "trained" if update == UPDATES else "half"
                if sum(played) / len(played) > HALF:
                    networks[name], steps[name] = layers, played
        networks["critic"] = rounded(judge(policy))
    means = {name: round(sum(counted) / len(counted)) for name, counted in steps.items()}
    assert means["random"] < means["scripted"] < means["half"] < 0.5 * means["trained"]
    assert means["trained"] > 0.96 * LIMIT
    return {"networks": networks, "steps": means, "push": PUSH}


def static(data: dict[str, Any]) -> str:
    """Draw the scene that the script moves, and under it what readers without scripts get."""
    labels = ("Random", "Scripted", "Half-trained", "Trained")
    rows = "".join(
        f"<tr><th>{label}</th><td>{mean} steps</td></tr>"
        for label, mean in zip(labels, data["steps"].values(), strict=True)
    )
    return (
        SCENE
        + f"""\
<div class="pole-panel"><table>
<caption>How long four policies keep the pole up: the mean of 32 games, which end after
{LIMIT} steps at the latest.</caption>{rows}</table></div>"""
    )


# One metre is 100 units, but the pole is drawn longer than it is.
SCENE = """\
<svg class="pole-scene" viewBox="-270 -208 540 250" role="img"
 aria-label="A pole stands on a cart on a track. It can fall to the left or to the right.">
<path fill="none" d="M-262 20H262M-240 8v24M240 8v24"/>
<g class="pole-cart"><path fill="none" stroke-dasharray="2 9" d="M0 -22L-38 -201M0 -22L38 -201"/>
<path class="pole-force" stroke="currentColor" d="M-64 -6l-22 0m0 -9l-14 9l14 9z"/>
<path class="pole-force" stroke="currentColor" d="M64 -6l22 0m0 -9l14 9l-14 9z"/>
<rect class="pole-body" x="-46" y="-26" width="92" height="38" rx="9"/>
<circle class="pole-wheel" cx="-26" cy="12" r="8"/>
<circle class="pole-wheel" cx="26" cy="12" r="8"/>
<g class="pole-eyes" stroke="none"><circle cx="-15" cy="-7" r="4"/>
<circle cx="15" cy="-7" r="4"/></g>
<g class="pole-pole" transform="rotate(2 0 -22)">
<rect x="-7" y="-182" width="14" height="164" rx="7" stroke="none"/>
<path class="pole-push" fill="#d55e00" stroke="#d55e00" stroke-width="8" opacity="0"
 d="M-62 -168h28m0 -11l18 11l-18 11z"/></g>
<circle class="pole-hinge" stroke="none" cy="-22" r="5"/></g></svg>"""
