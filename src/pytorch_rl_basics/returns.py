"""Targets and weights of losses: discounted returns, TD targets and advantages."""

from collections.abc import Sequence
from numbers import Real

import torch
from torch import Tensor

from ._validation import expects, require


@expects(gamma="in [0, 1]")
def discounted_returns(rewards: Sequence[float] | Tensor, gamma: float) -> Tensor:
    r"""Add up the rewards that follow each step of one episode, later ones counting less.

    Args:
        rewards: one reward per step, a list of T numbers or a float tensor of shape (T,).
        gamma: discount factor, in [0, 1].

    Returns:
        :math:`G_t = r_t + \gamma G_{t+1}`, shape (T,), with the dtype and device of the tensor
        given, or the default ones for a list.

    Raises:
        TypeError: a reward is not a number, or the tensor is not float.
        ValueError: no rewards, more than one dimension, or ``gamma`` not in [0, 1].

    Equation 3.9 of Sutton and Barto (2018).

    >>> discounted_returns([1.0, 1.0, 1.0], gamma=0.5)
    tensor([1.7500, 1.5000, 1.0000])
    """
    _require_rewards(rewards)
    like = rewards if isinstance(rewards, Tensor) else torch.empty(0)
    following, returns = 0.0, []
    for reward in reversed(rewards.tolist() if isinstance(rewards, Tensor) else rewards):
        following = reward + gamma * following
        returns.append(following)
    return torch.tensor(returns[::-1], dtype=like.dtype, device=like.device)  # (T,)


@expects(rewards="float (B,)", terminated="bool (B,)", next_q="float (B, A)", gamma="in [0, 1]")
def td_target(rewards: Tensor, terminated: Tensor, next_q: Tensor, gamma: float) -> Tensor:
    r"""Compute the one-step target of Q-learning: the reward plus the best value that follows.

    Args:
        rewards: float, shape (B,).
        terminated: bool, shape (B,). True where the episode ended for good, so that nothing
            follows. A truncated episode (a time limit) is not terminated: it bootstraps.
        next_q: values of the next state's actions, float, shape (B, A); (B, 1) for a critic.
        gamma: discount factor, in [0, 1].

    Returns:
        :math:`r + \gamma \, (1 - \text{terminated}) \, \max_a Q(s', a)`, shape (B,). The graph of
        ``next_q`` is kept: compute it under ``torch.no_grad()``.

    Raises:
        TypeError: wrong dtypes; ``terminated`` must be bool.
        ValueError: wrong or different shapes, an empty batch, or ``gamma`` not in [0, 1].

    Algorithm 1 of Mnih et al. (2015), https://doi.org/10.1038/nature14236.

    >>> next_q = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> td_target(torch.ones(2), torch.tensor([False, True]), next_q, gamma=0.5)
    tensor([2., 1.])
    """
    next_values = next_q.max(dim=-1).values  # (B, A) -> (B,)
    return rewards + gamma * next_values.masked_fill(terminated, 0.0)  # (B,)


@expects(
    rewards="float (T, ...)",
    values="float (T, ...)",
    next_values="float (T, ...)",
    terminated="bool (T, ...)",
    done="bool (T, ...)",
    gamma="in [0, 1]",
    lam="in [0, 1]",
)
def gae(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    done: Tensor,
    gamma: float,
    lam: float,
) -> Tensor:
    r"""Estimate advantages as a decaying sum of TD errors, episode by episode.

    Args:
        rewards: float, shape (T,), or (T, B) for B environments side by side.
        values: :math:`V(s_t)`, same shape.
        next_values: :math:`V(s_{t+1})` of the state that really followed, before any reset.
        terminated: bool, same shape. True where no state follows: no bootstrap.
        done: bool, same shape. True where an episode ended, terminated or truncated: the sum stops.
        gamma: discount factor, in [0, 1].
        lam: decay :math:`\lambda` of the sum, in [0, 1].

    Returns:
        :math:`A_t = \delta_t + \gamma \lambda (1 - \text{done}_t) A_{t+1}` with
        :math:`\delta_t = r_t + \gamma (1 - \text{terminated}_t) V(s_{t+1}) - V(s_t)`, same shape.

    Raises:
        TypeError: wrong dtypes; ``terminated`` and ``done`` must be bool.
        ValueError: different shapes, no steps, ``gamma`` or ``lam`` not in [0, 1].

    Equation 16 of Schulman et al. (2016), https://arxiv.org/abs/1506.02438.

    >>> zeros, ends = torch.zeros(3), torch.tensor([False, False, True])
    >>> gae(torch.ones(3), zeros, zeros, ends, ends, gamma=0.5, lam=1.0)
    tensor([1.7500, 1.5000, 1.0000])
    """
    errors = rewards + gamma * next_values.masked_fill(terminated, 0.0) - values  # (T, ...)
    following, advantages = torch.zeros_like(errors[0]), []  # (...)
    for error, ended in zip(errors.flip(0), done.flip(0), strict=True):
        following = error + gamma * lam * following.masked_fill(ended, 0.0)
        advantages.append(following)
    return torch.stack(advantages[::-1])  # (T, ...)


def _require_rewards(rewards: Sequence[float] | Tensor) -> None:
    """Accept a float tensor (T,) or a sequence of numbers."""
    if isinstance(rewards, Tensor):
        require("discounted_returns", rewards=(rewards, "float (T,)"))
        return
    if not isinstance(rewards, Sequence):
        raise TypeError(
            f"discounted_returns: rewards is of type {type(rewards).__name__}, but a list of "
            "numbers or a float tensor of shape (T,) is expected. Collect the rewards in a list."
        )
    if not rewards:
        raise ValueError(
            "discounted_returns: rewards is empty, but at least one reward is expected. "
            "Call it after the episode's first step."
        )
    for reward in rewards:
        if not isinstance(reward, Real):
            raise TypeError(
                f"discounted_returns: rewards holds a {type(reward).__name__}, but numbers are "
                "expected. A one-element tensor becomes one with .item()."
            )
