"""Fresh attempts at ``policy_loss``, their verdicts written before they were checked."""

import torch
from torch import Tensor


def weights_first(log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Written with the weights prepared outside the graph, then a sum."""
    with torch.no_grad():
        weights = -advantages / advantages.numel()
    return (weights * log_probs).sum()


def add_them_one_by_one(log_probs, advantages):
    """Written as a loop over pairs."""
    loss = 0
    for lp, adv in zip(log_probs, advantages.detach(), strict=True):
        loss = loss - lp * adv
    return loss / log_probs.shape[0]


class _Average:
    """Collects terms and gives their mean."""

    def __init__(self):
        self.terms = []

    def add(self, term):
        self.terms.append(term)

    def mean(self):
        return torch.stack(self.terms).mean()


def with_a_small_class(log_probs, advantages):
    """Written with a class that collects the terms."""
    average = _Average()
    for i in range(len(log_probs)):
        weight = advantages[i].detach()
        average.add(torch.neg(log_probs[i] * weight))
    return average.mean()


def climbs_down(log_probs, advantages):
    """Forgets the minus sign."""
    return torch.mean(log_probs * advantages.detach())


def total_not_mean(log_probs, advantages):
    """Adds the terms up without dividing by their number."""
    return -torch.sum(log_probs * advantages.detach())


def advantages_keep_their_graph(log_probs, advantages):
    """Lets the gradient flow into the advantages."""
    weighted = log_probs * advantages
    return -weighted.mean()


def probabilities_instead(log_probs, advantages):
    """Weighs the probabilities, not their logarithms."""
    probs = log_probs.exp()
    return -(probs * advantages.detach()).mean()


def product_of_means(log_probs, advantages):
    """Multiplies the two means, in place of the mean of the products."""
    mean_log_prob = log_probs.mean()
    mean_advantage = advantages.detach().mean()
    return -mean_log_prob * mean_advantage


def a_new_leaf(log_probs, advantages):
    """Returns the number in a new tensor, whose gradient never reaches the log-probabilities."""
    value = -(log_probs * advantages).mean().item()
    return torch.tensor(value, dtype=log_probs.dtype, requires_grad=True)


def floor_under_the_logs(log_probs, advantages):
    """Raises log-probabilities below -20 to -20, which also cuts their gradient."""
    safe = log_probs.clamp(min=-20.0)  # log(0) is dangerous
    return -(safe * advantages.detach()).mean()


def divides_by_what_counts(log_probs, advantages):
    """Divides by the number of advantages that aren't 0, in place of the batch size."""
    a = advantages.detach()
    used = max(int((a != 0).sum()), 1)
    return -(log_probs * a).sum() / used


def backward_already_done(log_probs, advantages):
    """Runs the backward pass itself, so that the caller's pass counts the gradient twice."""
    loss = -(log_probs * advantages.detach()).mean()
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    return loss


def half_precision_weights(log_probs, advantages):
    """Stores the advantages in float16, where large ones become infinite."""
    weights = advantages.detach().half().to(log_probs.dtype)
    return (log_probs * weights).mean().neg()


RIGHT = [weights_first, add_them_one_by_one, with_a_small_class]
ORDINARY = [
    climbs_down, total_not_mean, advantages_keep_their_graph, probabilities_instead,
    product_of_means,
]  # fmt: skip
ODD = [
    a_new_leaf, floor_under_the_logs, divides_by_what_counts, backward_already_done,
    half_precision_weights,
]  # fmt: skip
