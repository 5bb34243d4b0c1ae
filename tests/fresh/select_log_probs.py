"""Fresh attempts at ``select_log_probs``, their verdicts written before they were checked."""

import torch
import torch.nn.functional as F


def minus_the_nll(logits, actions):
    """Written with F.nll_loss, whose sign is turned round."""
    return -F.nll_loss(F.log_softmax(logits, dim=1), actions, reduction="none")


def row_by_row(logits, actions):
    """Written as a loop over the rows, stacked at the end."""
    picked = []
    for row, action in zip(logits, actions.tolist(), strict=True):
        picked.append(F.log_softmax(row, dim=0)[action])
    return torch.stack(picked)


def softmax_by_hand(logits, actions):
    """Written with the log-softmax computed by hand, the largest logit subtracted first."""
    top = logits.detach().amax(dim=1, keepdim=True)
    z = logits - top
    normaliser = z.exp().sum(dim=1).log()
    return z.take_along_dim(actions[:, None], dim=1)[:, 0] - normaliser


# ---------------------------------------------------------------------------------------------


def log_of_the_softmax(logits, actions):
    """Takes the logarithm of a softmax, which is -inf where the softmax rounds to 0."""
    probs = torch.softmax(logits, dim=-1)
    p = probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)
    return torch.log(p)


def all_rows_and_all_actions(logits, actions):
    """Takes the columns of all actions from every row, shape (B, B)."""
    log_probs = F.log_softmax(logits, dim=-1)
    return log_probs[:, actions]


def normalised_over_the_batch(logits, actions):
    """Normalises over the batch, with dim=0."""
    lp = F.log_softmax(logits, dim=0)
    return lp.gather(1, actions.view(-1, 1)).view(-1)


def cross_entropy_sign(logits, actions):
    """Returns the cross-entropy, which has the opposite sign."""
    return F.cross_entropy(logits, actions, reduction="none")


def always_row_zero(logits, actions):
    """Adds the new dimension on the wrong side, so every value comes from row 0."""
    log_probs = F.log_softmax(logits, dim=1)
    return log_probs.gather(1, actions.unsqueeze(0)).squeeze(0)


# ---------------------------------------------------------------------------------------------


def left_or_right(logits, actions):
    """Knows only two actions, and treats every other one as action 1."""
    log_probs = F.log_softmax(logits, dim=1)
    left, right = log_probs[:, 0], log_probs[:, min(1, log_probs.shape[1] - 1)]
    return torch.where(actions == 0, left, right)


def floor_of_ten_thousand(logits, actions):
    """Raises log-probabilities below -10000 to -10000."""
    log_probs = F.log_softmax(logits, dim=-1).clamp(min=-1e4)  # never -inf
    return torch.gather(log_probs, 1, actions.unsqueeze(-1)).squeeze(-1)


def lowers_the_callers_logits(logits, actions):
    """Subtracts each row's largest entry from the caller's logits in place."""
    best, _ = logits.data.max(dim=1, keepdim=True)
    logits.data.sub_(best)  # for numerical stability
    chosen = logits.gather(1, actions.unsqueeze(1)).squeeze(1)
    return chosen - torch.log(torch.exp(logits).sum(dim=1))


def half_of_the_graph(logits, actions):
    """Cuts the graph of the normaliser, so only the chosen logit gets a gradient."""
    log_probs = F.log_softmax(logits.detach(), dim=1)
    where = actions.unsqueeze(1)
    own = logits.gather(1, where)
    return (log_probs.gather(1, where) + (own - own.detach())).squeeze(1)


RIGHT = [minus_the_nll, row_by_row, softmax_by_hand]
ORDINARY = [
    log_of_the_softmax, all_rows_and_all_actions, normalised_over_the_batch, cross_entropy_sign,
    always_row_zero,
]  # fmt: skip
ODD = [left_or_right, floor_of_ten_thousand, lowers_the_callers_logits, half_of_the_graph]
