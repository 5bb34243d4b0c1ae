"""Training steps and loops: exercises 2, 5, 8, 9 and 11."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._validation import (
    expects,
    require_same_architecture,
    require_same_shape,
    require_transitions,
)
from .returns import td_target


@expects(batch="float (B, *)", targets="float (B, *)")
def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: Tensor, targets: Tensor
) -> float:
    """Update a model once towards its targets, by the mean squared error.

    Args:
        model: maps the batch to predictions of the targets' shape.
        optimizer: holds the model's parameters.
        batch: inputs, float, (B, …) with at least one row.
        targets: what the model should give, float, (B, …).

    Returns:
        The loss before the update, a Python float.

    Raises:
        TypeError: a tensor is not float.
        ValueError: an empty batch, or predictions and targets of different shapes.

    The step of https://docs.pytorch.org/docs/stable/optim.html.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.zeros_(model.weight)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.25)
    >>> train_step(model, optimizer, torch.ones(1, 1), torch.full((1, 1), 2.0))
    4.0
    >>> model.weight.item()
    1.0
    """
    prediction = model(batch)  # (B, *)
    require_same_shape("train_step", prediction, targets)
    loss = F.mse_loss(prediction, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@expects(states="float (B, d)", targets="float (B, n)")
def mse_backward(model: nn.Module, states: Tensor, targets: Tensor) -> Tensor:
    r"""Compute the mean squared error of a model, and the gradient of each of its parameters.

    Args:
        model: maps states (B, d) to predictions (B, n).
        states: float, shape (B, d).
        targets: float, shape (B, n).

    Returns:
        The loss, a 0-d tensor without a graph, the mean over all B·n elements. The gradients are
        added to the parameters' ``.grad``; the parameters are unchanged.

    Raises:
        TypeError: a tensor is not float.
        ValueError: an empty batch, or predictions and targets of different shapes.

    :math:`L = \frac{1}{Bn} \sum_{ij} (\hat y_{ij} - y_{ij})^2`

    >>> model = nn.Linear(1, 1, bias=False)
    >>> _ = nn.init.zeros_(model.weight)
    >>> mse_backward(model, torch.ones(1, 1), torch.full((1, 1), 2.0))
    tensor(4.)
    >>> model.weight.grad
    tensor([[-4.]])
    """
    prediction = model(states)  # (B, n)
    require_same_shape("mse_backward", prediction, targets)
    loss = F.mse_loss(prediction, targets)
    loss.backward()
    return loss.detach()


@expects(steps="count", batch_size="count", log_every="count")
def fit_random_targets(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    steps: int = 100,
    batch_size: int = 32,
    log_every: int = 20,
) -> list[float]:
    r"""Train a Q-network towards new random targets at every step: there is nothing to learn.

    Args:
        model: maps states (B, 4) to Q-values (B, 2).
        optimizer: holds the model's parameters.
        steps: number of updates.
        batch_size: states in a batch.
        log_every: print the loss of every step divisible by this.

    Returns:
        The printed losses, ``steps // log_every`` of them, each from before its step's update.

    Raises:
        TypeError, ValueError: a number of steps or states is not a whole number of at least 1.

    The targets are standard normal: no model's expected loss is below their variance, 1.

    >>> _, model = torch.manual_seed(0), nn.Linear(4, 2)
    >>> losses = fit_random_targets(model, torch.optim.SGD(model.parameters(), lr=0.01), steps=40)
    step  20: loss 1.1563
    step  40: loss 1.1230
    """
    like = next(model.parameters())  # fresh tensors get the model's dtype and device
    logged = []
    for step in range(1, steps + 1):
        states = torch.randn(batch_size, 4, dtype=like.dtype, device=like.device)  # (B, 4)
        targets = torch.randn(batch_size, 2, dtype=like.dtype, device=like.device)  # (B, 2)
        loss = train_step(model, optimizer, states, targets)
        if step % log_every == 0:
            print(f"step {step:3d}: loss {loss:.4f}")
            logged.append(loss)
    return logged


@expects(gamma="in [0, 1]", sync_every="count")
def train_with_target(
    q: nn.Module,
    q_target: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Iterable[tuple[Tensor, ...]],
    gamma: float,
    sync_every: int = 10,
) -> list[float]:
    r"""Train a Q-network towards the TD targets of a copy that is updated every few steps.

    Args:
        q: the network being trained, states (B, d) to Q-values (B, A).
        q_target: the copy. Before the first call: ``q_target.load_state_dict(q.state_dict())``.
        optimizer: holds the parameters of ``q``, and none of ``q_target``.
        batches: each of (states (B, d), actions (B,) int64, rewards (B,), next_states (B, d),
            terminated (B,) bool). Read one at a time, so a generator may step an environment.
        gamma: discount factor, in [0, 1].
        sync_every: copy ``q`` into ``q_target`` after every this many updates.

    Returns:
        The loss of each batch before its update. It is the mean of :math:`(Q(s, a) - y)^2`, where
        :math:`y` is :func:`~pytorch_rl_basics.td_target` with the values of ``q_target``.

    Raises:
        TypeError: wrong dtypes; ``actions`` must be int64 and ``terminated`` bool.
        ValueError: wrong or different shapes, an empty batch, or ``gamma`` not in [0, 1].

    Algorithm 1 of Mnih et al. (2015), https://doi.org/10.1038/nature14236.

    >>> q, q_target = nn.Linear(1, 2), nn.Linear(1, 2)
    >>> optimizer = torch.optim.SGD(q.parameters(), lr=0.1)
    >>> one = torch.ones(1, 1)
    >>> batch = (one, torch.tensor([0]), torch.ones(1), one, torch.tensor([False]))
    >>> losses = train_with_target(q, q_target, optimizer, [batch] * 10, gamma=0.9)
    >>> torch.equal(q.weight, q_target.weight)  # just synced
    True
    """
    losses = []
    for step, (states, actions, rewards, next_states, terminated) in enumerate(batches, start=1):
        require_transitions("train_with_target", states, actions, rewards, next_states, terminated)
        with torch.no_grad():  # no gradient flows into the target
            targets = td_target(rewards, terminated, q_target(next_states), gamma)  # (B,)
        q_values = q(states).gather(1, actions.unsqueeze(-1)).squeeze(-1)  # (B, A) -> (B,)
        loss = F.mse_loss(q_values, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % sync_every == 0:
            q_target.load_state_dict(q.state_dict())
    return losses


@expects(tau="in [0, 1]")
@torch.no_grad()
def polyak_update(model: nn.Module, target: nn.Module, tau: float) -> None:
    r"""Move a target network part of the way towards the trained network, in place.

    Args:
        model: the network being trained.
        target: a network of the same architecture.
        tau: share of the way, in [0, 1]: 0 keeps the target, 1 copies the model.

    Raises:
        TypeError: ``tau`` is not a number.
        ValueError: ``tau`` is not in [0, 1], or the networks' parameters differ in their shapes.

    :math:`\theta_{\text{target}} \leftarrow (1 - \tau) \theta_{\text{target}} + \tau \theta`:
    Lillicrap et al. (2016), https://arxiv.org/abs/1509.02971, algorithm 1.

    >>> model, target = nn.Linear(1, 1), nn.Linear(1, 1)
    >>> _ = nn.init.ones_(model.weight), nn.init.zeros_(target.weight)
    >>> polyak_update(model, target, tau=0.25)
    >>> target.weight.item()
    0.25
    """
    require_same_architecture("polyak_update", model, target)
    for parameter, target_parameter in zip(model.parameters(), target.parameters(), strict=True):
        target_parameter.lerp_(parameter, tau)
