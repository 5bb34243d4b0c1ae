"""From network outputs to actions and their log-probabilities: exercises 3, 4, 7, 15 and 17."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._validation import expects


@expects(q_values="float (n,)", epsilon="in [0, 1]")
def epsilon_greedy(q_values: Tensor, epsilon: float) -> int:
    r"""Explore with probability ``epsilon``, otherwise take the action of the highest Q-value.

    Args:
        q_values: one value per action, float, shape (n,). It may require grad; it is not changed.
        epsilon: probability of a uniformly random action, in [0, 1].

    Returns:
        The action, a Python ``int`` in 0..n-1, drawn with torch's global generator.

    Raises:
        TypeError: ``q_values`` is not a float tensor, or ``epsilon`` is not a number.
        ValueError: ``q_values`` is not one-dimensional, or ``epsilon`` is not in [0, 1].

    Sutton and Barto (2018) define the rule in section 2.2. A random draw may be the greedy action,
    too, so :math:`P(\text{greedy}) = 1 - \epsilon + \epsilon / n` (section 5.4).

    >>> epsilon_greedy(torch.tensor([0.1, 0.7, 0.2]), epsilon=0.0)
    1
    """
    if torch.rand(1).item() < epsilon:
        return int(torch.randint(len(q_values), (1,)).item())
    return int(q_values.argmax().item())


@expects(states="float (B, d)")
def sample_actions(policy: nn.Module, states: Tensor) -> tuple[Tensor, Tensor]:
    r"""Draw one action for each state from the softmax of the policy's logits.

    Args:
        policy: maps states (B, d) to logits (B, A).
        states: float, shape (B, d), on the policy's device and of its dtype.

    Returns:
        ``actions``, int64, shape (B,), drawn with torch's global generator, and ``log_probs``,
        float, shape (B,), the log-probabilities of these actions, with their graph.

    Raises:
        TypeError: ``states`` is not a float tensor.
        ValueError: ``states`` is not two-dimensional, or is empty.

    The softmax policy is equation 13.2 of Sutton and Barto (2018).

    >>> _ = torch.manual_seed(0)
    >>> actions, log_probs = sample_actions(nn.Linear(4, 2), torch.randn(8, 4))
    >>> actions.dtype, actions.shape, log_probs.shape, log_probs.requires_grad
    (torch.int64, torch.Size([8]), torch.Size([8]), True)
    """
    logits = policy(states)  # (B, A)
    probs = F.softmax(logits, dim=-1)  # (B, A), each row sums to 1
    actions = torch.multinomial(probs, 1).squeeze(-1)  # (B, 1) -> (B,)
    return actions, select_log_probs(logits, actions)


@expects(logits="float (B, A)", actions="int64 (B,)")
def select_log_probs(logits: Tensor, actions: Tensor) -> Tensor:
    r"""Pick the log-probability of the action taken in each row.

    Args:
        logits: unnormalised preferences, float, shape (B, A).
        actions: the actions taken, int64, shape (B,), each in 0..A-1.

    Returns:
        :math:`\log \pi(a_i \mid s_i)`, shape (B,), with its graph.

    Raises:
        TypeError: ``logits`` are not float, or ``actions`` not int64.
        ValueError: a wrong number of dimensions, an empty batch, or two different batch sizes.

    ``log_softmax`` subtracts the largest logit first, so it stays exact where the logarithm of
    a softmax would be ``-inf``.

    >>> logits = torch.tensor([[0.0, 0.0], [0.0, 1000.0]])
    >>> select_log_probs(logits, torch.tensor([0, 0]))
    tensor([-6.9315e-01, -1.0000e+03])
    """
    log_probs = F.log_softmax(logits, dim=-1)  # (B, A)
    return log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)  # (B, 1) -> (B,)


@expects(logits="float (B, A)")
def entropy(logits: Tensor) -> Tensor:
    r"""Measure how undecided the softmax of each row is, in nats.

    Args:
        logits: unnormalised preferences, float, shape (B, A). An action may have the logit -inf,
            as illegal ones do: its probability is 0. Each row needs one finite logit.

    Returns:
        :math:`H_i = -\sum_a \pi(a \mid s_i) \log \pi(a \mid s_i)`, shape (B,), with its graph.
        It is 0 for a certain action and :math:`\log A` for a uniform policy. An action of
        probability 0 adds 0, and the gradient at its logit is 0.

    Raises:
        TypeError: ``logits`` are not float.
        ValueError: ``logits`` are not two-dimensional, or are empty.

    The bonus of Mnih et al. (2016), https://arxiv.org/abs/1602.01783, section 4.

    >>> entropy(torch.zeros(1, 2))
    tensor([0.6931])
    """
    log_probs = F.log_softmax(logits, dim=-1)  # (B, A)
    probs = log_probs.exp()  # (B, A)
    finite = log_probs.masked_fill(probs == 0, 0.0)  # (B, A): 0 * -inf would be nan
    return -(probs * finite).sum(dim=-1)  # (B,)


@expects(pre_tanh="float (B, d)", mean="float (B, d)", log_std="float (B, d)")
def squashed_gaussian_log_prob(pre_tanh: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    r"""Compute the log-density of the action ``tanh(pre_tanh)`` when ``pre_tanh`` is Gaussian.

    Args:
        pre_tanh: the Gaussian sample u before squashing, float, shape (B, d).
        mean: mean of the Gaussian, shape (B, d).
        log_std: logarithm of its standard deviation, shape (B, d).

    Returns:
        The log-density of the action, summed over its d components, shape (B,), with its graph.

    Raises:
        TypeError: an argument is not a float tensor.
        ValueError: the shapes are not (B, d), or differ.

    Equation 26 of Haarnoja et al. (2018), https://arxiv.org/abs/1812.05905, with
    :math:`\log(1 - \tanh^2 u) = 2(\log 2 - u - \operatorname{softplus}(-2u))`, which stays
    finite where the left side rounds to :math:`\log 0`.

    >>> zero = torch.zeros(1, 1)
    >>> squashed_gaussian_log_prob(zero, zero, zero)  # -log(sqrt(2 pi)): tanh has slope 1 at 0
    tensor([-0.9189])
    """
    noise = (pre_tanh - mean) * torch.exp(-log_std)  # (B, d), standard normal
    gaussian = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)  # (B, d)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))  # (B, d)
    return (gaussian - log_slope).sum(dim=-1)  # (B,)
