"""The losses of policy gradients."""

import torch
from torch import Tensor

from ._validation import expects


@expects(log_probs="float (B,)", advantages="float (B,)")
def policy_loss(log_probs: Tensor, advantages: Tensor) -> Tensor:
    r"""Compute the policy-gradient loss, whose minimisation favours actions with high advantage.

    Args:
        log_probs: log-probabilities of the actions taken, float, shape (B,), with their graph.
        advantages: how much better than expected each action was, float, shape (B,). They are
            weights: no gradient flows into them.

    Returns:
        :math:`-\frac{1}{B} \sum_i \log \pi(a_i \mid s_i) \, A_i`, a 0-d tensor. The minus sign
        makes descent on the loss ascent on the return.

    Raises:
        TypeError: an argument is not a float tensor.
        ValueError: the shapes are not (B,), differ, or are empty.

    The policy gradient theorem is in Sutton and Barto (2018), section 13.2, and the update of
    REINFORCE in section 13.3.

    >>> policy_loss(torch.tensor([-1.0, -3.0]), torch.tensor([2.0, 1.0]))
    tensor(2.5000)
    """
    return -(log_probs * advantages.detach()).mean()


@expects(
    log_probs="float (B,)", old_log_probs="float (B,)", advantages="float (B,)", clip="positive"
)
def clipped_surrogate(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip: float = 0.2
) -> Tensor:
    r"""Compute the loss of PPO, whose gradient is cut once the policy has moved far enough.

    Args:
        log_probs: log-probabilities of the actions under the trained policy, shape (B,).
        old_log_probs: the same under the policy that took them, shape (B,).
        advantages: shape (B,). No gradient flows into them, nor into ``old_log_probs``.
        clip: how far the ratio may leave 1 before its gradient is cut, above 0.

    Returns:
        :math:`-\frac{1}{B} \sum_i \min(\rho_i A_i, \operatorname{clip}(\rho_i, 1 - c, 1 + c) A_i)`
        with :math:`\rho = \pi / \pi_{\text{old}}`, a 0-d tensor.

    Raises:
        TypeError: an argument is not a float tensor, or ``clip`` not a number.
        ValueError: the shapes are not (B,), differ, or are empty; ``clip`` is not above 0.

    Equation 7 of Schulman et al. (2017), https://arxiv.org/abs/1707.06347.

    >>> old = torch.zeros(1)
    >>> new = torch.log(torch.tensor([2.0]))  # twice as likely as before
    >>> clipped_surrogate(new, old, torch.ones(1), clip=0.2)
    tensor(-1.2000)
    """
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())  # (B,)
    clipped = ratio.clamp(1 - clip, 1 + clip)  # (B,)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()
