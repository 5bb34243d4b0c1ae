"""Learners' code for ``entropy``: right, wrong with the mistake's name, and just wrong."""

import math

import torch
import torch.nn.functional as F
from torch.distributions import Categorical


def as_in_the_hints(logits):
    log_probs = F.log_softmax(logits, dim=-1)
    return -(log_probs.exp() * log_probs).sum(dim=-1)


def by_a_distribution(logits):
    return Categorical(logits=logits).entropy()


def softmax_and_log_softmax(logits):
    return -(torch.softmax(logits, 1) * torch.log_softmax(logits, 1)).sum(1)


def log_sum_exp(logits):
    return torch.logsumexp(logits, dim=-1) - (F.softmax(logits, dim=-1) * logits).sum(dim=-1)


def row_by_row(logits):
    result = []
    for row in logits:
        log_p = row - row.logsumexp(0)
        result.append(-torch.dot(log_p.exp(), log_p))
    return torch.stack(result)


def by_einsum(logits):
    log_probs = logits.log_softmax(-1)
    return -torch.einsum("ba,ba->b", log_probs.exp(), log_probs)


def by_a_cross_entropy(logits):
    return F.cross_entropy(logits, F.softmax(logits, dim=-1), reduction="none")


def transposed(logits):
    log_probs = logits.T.log_softmax(dim=0)
    return (-log_probs.exp() * log_probs).sum(dim=0)


def masked(logits):
    log_probs = F.log_softmax(logits, dim=-1)
    probs = log_probs.exp()
    return -(probs * log_probs.masked_fill(probs == 0, 0.0)).sum(dim=-1)


def kl_from_uniform(logits):
    log_probs = F.log_softmax(logits, dim=-1)
    size = logits.shape[-1]
    return math.log(size) - (log_probs.exp() * (log_probs + math.log(size))).sum(-1)


RIGHT = [
    as_in_the_hints, by_a_distribution, softmax_and_log_softmax, log_sum_exp, row_by_row, by_einsum,
    by_a_cross_entropy, transposed, masked, kl_from_uniform,
]  # fmt: skip


def plus(logits):
    return (logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)


def only_logs(logits):
    return -F.log_softmax(logits, dim=1).sum(dim=1)


def bits(logits):
    p = F.softmax(logits, dim=-1)
    return -(p * F.log_softmax(logits, dim=-1) / math.log(2)).sum(dim=-1)


def mean_of_the_batch(logits):
    return Categorical(logits=logits).entropy().mean()


def mean_of_the_actions(logits):
    return -(logits.softmax(-1) * logits.log_softmax(-1)).mean(-1)


def probs_for_logits(logits):
    return Categorical(logits=logits.softmax(-1)).entropy()


def dim_0(logits):
    p = torch.softmax(logits, dim=0)
    return -(p * torch.log_softmax(logits, dim=0)).sum(dim=-1)


def log_of_softmax(logits):
    p = torch.softmax(logits, dim=-1)
    return -(p * p.log()).sum(dim=-1)


def with_epsilon(logits):
    p = torch.softmax(logits, dim=-1)
    return -(p * (p + 1e-4).log()).sum(dim=-1)


def without_graph(logits):
    with torch.no_grad():
        return Categorical(logits=logits).entropy()


def detached_probs(logits):
    return -(logits.softmax(-1).detach() * logits.log_softmax(-1)).sum(-1)


def kept_dimension(logits):
    return -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1, keepdim=True)


def as_perplexity(logits):
    return torch.exp(Categorical(logits=logits).entropy())


def squares(logits):
    return -(F.softmax(logits, dim=-1) ** 2).sum(dim=-1)


def logs_squared(logits):
    return -F.log_softmax(logits, dim=-1).pow(2).sum(dim=-1)


def raw_logits(logits):
    return -(logits.softmax(-1) * logits).sum(-1)


def positional_categorical(logits):
    return Categorical(logits.abs()).entropy()


def over_the_batch(logits):
    log_p = torch.log_softmax(logits, dim=1)
    return -(log_p.exp() * log_p).sum(dim=0)


def every_term(logits):
    log_p = torch.log_softmax(logits, dim=1)
    return -torch.exp(log_p) * log_p


def share_of_the_largest(logits):
    return Categorical(logits=logits).entropy() / math.log(logits.size(1))


def surprise_at_the_best(logits):
    return -F.log_softmax(logits, dim=-1).amax(dim=-1)


WRONG = {
    "sign-lost": [plus],
    "not-weighted-by-probabilities": [only_logs],
    "another-base": [bits],
    "one-number-for-the-batch": [mean_of_the_batch],
    "averaged-over-the-actions": [mean_of_the_actions],
    "softmax-twice": [probs_for_logits],
    "softmax-over-the-batch": [dim_0],
    "log-of-a-softmax": [log_of_softmax],
    "graph-cut": [without_graph],
    "half-of-the-gradient-cut": [detached_probs],
    "column-kept": [kept_dimension],
    "perplexity": [as_perplexity],
    "small-number-instead-of-zero": [with_epsilon],
    "probabilities-squared": [squares],
    "weighted-by-log-probs": [logs_squared],
    "logits-in-place-of-log-probs": [raw_logits],
    "logits-taken-for-probabilities": [positional_categorical],
    "summed-over-the-batch": [over_the_batch],
    "not-summed": [every_term],
    "divided-by-the-largest": [share_of_the_largest],
    "negative-log-of-the-best": [surprise_at_the_best],
}


def gini(logits):
    return 1 - logits.softmax(-1).pow(2).sum(-1)


def of_two_actions(logits):
    p = torch.sigmoid(logits[:, 1] - logits[:, 0])
    return -(p * p.log() + (1 - p) * (1 - p).log())


def uniform(logits):
    return torch.log(torch.tensor(float(logits.shape[-1]))) + 0 * logits.sum(-1)


def of_clamped_logits(logits):
    return Categorical(logits=logits.clamp(max=20)).entropy()


def of_logits_clamped_below(logits):
    return Categorical(logits=logits.clamp(min=-20)).entropy()


UNNAMED = [gini, of_two_actions, uniform, of_clamped_logits, of_logits_clamped_below]
