"""Learners' code for ``select_log_probs``: right, wrong with the mistake's name, and just wrong."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical, OneHotCategorical


def as_in_the_hints(logits, actions):
    log_probs = torch.log_softmax(logits, dim=1)
    return torch.gather(log_probs, 1, actions[:, None])[:, 0]


def fancy_indexing(logits, actions):
    table = F.log_softmax(logits, dim=-1)
    return table[torch.arange(table.shape[0]), actions]


def by_a_distribution(logits, actions):
    return Categorical(logits=logits).log_prob(actions)


def minus_the_cross_entropy(logits, actions):
    return -F.cross_entropy(logits, actions, reduction="none")


def minus_nll(logits, actions):
    return -nn.NLLLoss(reduction="none")(nn.LogSoftmax(dim=-1)(logits), actions)


def masked_by_one_hot(logits, actions):
    chosen = F.one_hot(actions, logits.shape[-1]).to(logits.dtype)
    return (F.log_softmax(logits, dim=-1) * chosen).sum(dim=-1)


def row_by_row(logits, actions):
    rows = []
    for row, action in zip(logits, actions):
        rows.append(row[action] - torch.logsumexp(row, 0))
    return torch.stack(rows)


def stable_by_hand(logits, actions):
    shifted = logits - logits.max(dim=-1, keepdim=True).values.detach()
    log_sum = shifted.exp().sum(dim=-1).log()
    return shifted.take_along_dim(actions.view(-1, 1), dim=1).view(-1) - log_sum


def diagonal(logits, actions):
    return F.log_softmax(logits, dim=-1)[:, actions].diagonal()


def one_hot_distribution(logits, actions):
    one_hot = F.one_hot(actions, logits.size(1)).to(logits)
    return OneHotCategorical(logits=logits).log_prob(one_hot)


def softmax_over_twice_the_same(logits, actions):
    """The second log_softmax changes nothing."""
    log_probs = F.log_softmax(F.log_softmax(logits, dim=-1), dim=-1)
    return log_probs.gather(-1, actions.reshape(-1, 1)).flatten()


def transposed(logits, actions):
    return logits.T.log_softmax(dim=0).gather(0, actions.unsqueeze(0)).squeeze(0)


RIGHT = [
    as_in_the_hints, fancy_indexing, by_a_distribution, minus_the_cross_entropy, minus_nll,
    masked_by_one_hot, row_by_row, stable_by_hand, diagonal, one_hot_distribution,
    softmax_over_twice_the_same, transposed,
]  # fmt: skip


def first_dimension(logits, actions):
    log_probs = nn.LogSoftmax(dim=0)(logits)
    return log_probs[range(len(actions)), actions]


def log_sum_over_states(logits, actions):
    log_probs = logits - logits.logsumexp(0)
    return torch.stack([log_probs[i, a] for i, a in enumerate(actions)])


def softmax_only(logits, actions):
    probs = torch.softmax(logits, dim=1)
    return probs[torch.arange(len(probs)), actions]


def exp_of_the_right_thing(logits, actions):
    return Categorical(logits=logits).log_prob(actions).exp()


def flat_index(logits, actions):
    log_probs = logits.log_softmax(-1)
    return torch.gather(log_probs, dim=1, index=actions).squeeze()


def keeps_the_column(logits, actions):
    log_probs = torch.log_softmax(logits, -1)
    return torch.take_along_dim(log_probs, actions[:, None], 1)


def column_of_probs(logits, actions):
    probs = logits.softmax(dim=1)
    return torch.gather(probs, 1, actions.view(-1, 1))


def squeezes_all(logits, actions):
    log_probs = F.log_softmax(logits, dim=1)
    index = actions.reshape(-1, 1)
    return torch.squeeze(torch.gather(log_probs, 1, index))


def colon_instead_of_rows(logits, actions):
    log_probs = torch.log_softmax(logits, dim=1)
    return torch.index_select(log_probs, 1, actions)


def forgets_to_pick(logits, actions):
    return nn.LogSoftmax(dim=1)(logits)


def logs_of_all(logits, actions):
    return Categorical(logits=logits).logits


def bare_logits(logits, actions):
    rows = torch.arange(logits.size(0))
    return logits[rows, actions]


def picks_first(logits, actions):
    chosen = logits[torch.arange(len(actions)), actions]
    return torch.log_softmax(chosen, dim=-1)


def picks_first_keeping_the_column(logits, actions):
    chosen = torch.gather(logits, 1, actions.unsqueeze(1))
    return chosen.log_softmax(dim=1).squeeze(1)


def in_no_grad(logits, actions):
    with torch.no_grad():
        return Categorical(logits=logits).log_prob(actions)


def detaches_at_the_end(logits, actions):
    rows = torch.arange(len(actions))
    return F.log_softmax(logits, dim=-1)[rows, actions].detach()


def list_of_items(logits, actions):
    picked = [row.log_softmax(0)[a].item() for row, a in zip(logits, actions)]
    return torch.tensor(picked, dtype=logits.dtype)


def positional_categorical(logits, actions):
    distribution = torch.distributions.Categorical(logits)
    return distribution.log_prob(actions)


def log_softmax_of_softmax(logits, actions):
    probs = F.softmax(logits, dim=1)
    log_probs = F.log_softmax(probs, dim=1)
    return log_probs.gather(1, actions[:, None])[:, 0]


def nll_without_minus(logits, actions):
    return F.nll_loss(F.log_softmax(logits, dim=1), actions, reduction="none")


def minus_in_front(logits, actions):
    return -Categorical(logits=logits).log_prob(actions)


def mean_of_it(logits, actions):
    return Categorical(logits=logits).log_prob(actions).mean()


def cross_entropy_as_it_is(logits, actions):
    return nn.CrossEntropyLoss()(logits, actions)


def log_last(logits, actions):
    probs = torch.softmax(logits, dim=-1)
    return torch.log(probs[torch.arange(len(actions)), actions])


def exps_over_their_sum(logits, actions):
    exps = logits.exp()
    chosen = exps.gather(1, actions.unsqueeze(1)).squeeze(1)
    return (chosen / exps.sum(1)).log()


def plus_ten_to_the_minus_ten(logits, actions):
    chosen = F.softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1)).squeeze(-1)
    return (chosen + 1e-10).log()


def clamped(logits, actions):
    chosen = F.softmax(logits, dim=-1)[torch.arange(len(actions)), actions]
    return torch.log(torch.clamp(chosen, min=1e-8))


def categorical_of_probs(logits, actions):
    return Categorical(torch.softmax(logits, dim=-1)).log_prob(actions)


def greedy(logits, actions):
    best = logits.argmax(dim=1)
    return Categorical(logits=logits).log_prob(best)


def amax(logits, actions):
    return torch.log_softmax(logits, 1).amax(dim=1)


def gathers_along_zero(logits, actions):
    log_probs = torch.log_softmax(logits, dim=1)
    return torch.gather(log_probs, 0, actions.view(-1, 1)).view(-1)


def indexes_with_actions(logits, actions):
    return torch.log_softmax(logits, dim=1)[actions]


def row_of_actions(logits, actions):
    log_probs = torch.log_softmax(logits, dim=1)
    return torch.gather(log_probs, 1, actions[None, :]).flatten()


def row_zero(logits, actions):
    return torch.log_softmax(logits, dim=1)[0, actions]


def two_actions_only(logits, actions):
    """Right for two actions: the sigmoid of the difference."""
    difference = logits[:, 1] - logits[:, 0]
    return F.logsigmoid(torch.where(actions == 1, difference, -difference))


def other_action(logits, actions):
    return F.log_softmax(logits, dim=-1).flip(-1).gather(1, actions.unsqueeze(-1)).squeeze(-1)


def half_of_the_gradient(logits, actions):
    chosen = logits.gather(1, actions.unsqueeze(-1)).squeeze(-1)
    return chosen - logits.detach().logsumexp(dim=-1)


def always_float32(logits, actions):
    log_probs = F.log_softmax(logits.float(), dim=-1)
    return log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)


def drawn_anew(logits, actions):
    distribution = Categorical(logits=logits)
    return distribution.log_prob(distribution.sample())


def to_base_ten(logits, actions):
    return F.softmax(logits, dim=-1).log10().gather(1, actions.unsqueeze(-1)).squeeze(-1)


def a_list(logits, actions):
    log_probs = F.log_softmax(logits, dim=-1)
    return [log_probs[i, a] for i, a in enumerate(actions)]


def changes_the_actions(logits, actions):
    log_probs = F.log_softmax(logits, dim=-1)
    actions += torch.arange(len(actions)) * logits.shape[1]
    return log_probs.flatten()[actions]


WRONG = {
    "softmax-over-the-batch": [first_dimension, log_sum_over_states],
    "probabilities-instead-of-logs": [softmax_only, exp_of_the_right_thing],
    "index-without-its-second-dimension": [flat_index],
    "column-not-squeezed": [keeps_the_column, column_of_probs],
    "every-dimension-squeezed": [squeezes_all],
    "every-action-for-every-row": [colon_instead_of_rows],
    "all-actions-returned": [forgets_to_pick, logs_of_all],
    "logits-never-normalised": [bare_logits],
    "picked-before-the-softmax": [picks_first, picks_first_keeping_the_column],
    "graph-cut": [in_no_grad, detaches_at_the_end, list_of_items],
    "logits-given-as-probabilities": [positional_categorical],
    "softmax-twice": [log_softmax_of_softmax],
    "negative-log-prob": [nll_without_minus, minus_in_front],
    "averaged-over-the-batch": [mean_of_it, cross_entropy_as_it_is],
    "log-of-a-softmax": [log_last, exps_over_their_sum],
    "small-number-instead-of-zero": [plus_ten_to_the_minus_ten, clamped, categorical_of_probs],
    "best-action-instead-of-the-one-taken": [greedy, amax],
    "actions-as-row-numbers": [gathers_along_zero, indexes_with_actions],
    "first-state-for-all": [row_of_actions, row_zero],
    "another-base": [to_base_ten],
    "half-of-the-graph": [half_of_the_gradient],
    "list-of-numbers": [a_list],
    "drawn-again": [drawn_anew],
}

UNNAMED = [two_actions_only, other_action, always_float32, changes_the_actions]
