"""Learners' code for ``policy_loss``: right, wrong with the mistake's name, and just wrong."""

import torch
import torch.nn.functional as F


def in_one_line(log_probs, advantages):
    return -(log_probs * advantages.detach()).mean()


def minus_at_the_advantages(log_probs, advantages):
    weights = -advantages.data
    return (weights * log_probs).mean()


def sum_over_the_number(log_probs, advantages):
    return -torch.sum(log_probs * advantages.detach()) / log_probs.shape[0]


def dot_product(log_probs, advantages):
    return torch.dot(log_probs, advantages.detach()).neg() / len(log_probs)


def weights_made_in_no_grad(log_probs, advantages):
    with torch.no_grad():
        weights = advantages.clone() / advantages.numel()
    return -(weights @ log_probs)


def new_tensor_of_weights(log_probs, advantages):
    weights = torch.tensor(advantages.tolist(), dtype=log_probs.dtype)
    return torch.mean(-log_probs * weights)


def item_by_item(log_probs, advantages):
    terms = []
    for log_prob, advantage in zip(log_probs, advantages):
        terms.append(-log_prob * advantage.item())
    return torch.stack(terms).mean()


def python_sum(log_probs, advantages):
    return sum(-p * a.item() for p, a in zip(log_probs, advantages)) / len(advantages)


def columns(log_probs, advantages):
    products = log_probs.unsqueeze(-1) * advantages.detach().unsqueeze(-1)
    return -products.mean()


def weighted_cross_entropy(log_probs, advantages):
    table = log_probs.unsqueeze(-1)
    labels = torch.zeros(len(table), dtype=torch.long)
    losses = F.nll_loss(table, labels, reduction="none")
    return torch.mean(losses * advantages.detach())


def by_einsum(log_probs, advantages):
    return torch.einsum("b,b->", log_probs, advantages.detach()) / -len(log_probs)


RIGHT = [
    in_one_line, minus_at_the_advantages, sum_over_the_number, dot_product, weights_made_in_no_grad,
    new_tensor_of_weights, item_by_item, python_sum, columns, weighted_cross_entropy, by_einsum,
]  # fmt: skip


def ascends(log_probs, advantages):
    return torch.mean(advantages.detach() * log_probs)


def minus_twice(log_probs, advantages):
    return -(-log_probs * advantages.detach()).mean()


def adds_up(log_probs, advantages):
    loss = 0
    for log_prob, advantage in zip(log_probs, advantages.detach()):
        loss -= log_prob * advantage
    return loss


def dot_without_division(log_probs, advantages):
    return -(log_probs @ advantages.detach())


def lets_the_critic_in(log_probs, advantages):
    weighted = advantages * log_probs
    return -weighted.mean()


def lets_it_in_by_a_loop(log_probs, advantages):
    losses = [-p * a for p, a in zip(log_probs, advantages)]
    return sum(losses) / len(losses)


def data_of_the_log_probs(log_probs, advantages):
    return -(log_probs.data * advantages).mean()


def list_of_numbers(log_probs, advantages):
    products = [p.item() * a.item() for p, a in zip(log_probs, advantages)]
    return -torch.tensor(products, dtype=log_probs.dtype).mean()


def table_of_pairs(log_probs, advantages):
    return -(log_probs * advantages.detach().unsqueeze(1)).mean()


def two_means(log_probs, advantages):
    return -log_probs.mean() * advantages.detach().mean()


def two_sums(log_probs, advantages):
    return -(log_probs.sum() * advantages.sum().detach())


def sum_and_mean(log_probs, advantages):
    return -torch.mean(log_probs.sum() * advantages.detach())


def not_reduced(log_probs, advantages):
    weights = advantages.detach()
    return -weights * log_probs


def likelihoods(log_probs, advantages):
    probs = torch.exp(log_probs)
    return -torch.mean(probs * advantages.detach())


def surrogate(log_probs, advantages):
    old_log_probs = log_probs.detach()
    ratio = (log_probs - old_log_probs).exp()
    return -torch.mean(ratio * advantages.detach())


def logs_again(log_probs, advantages):
    return -torch.mean(log_probs.log() * advantages.detach())


def absolute_loss(log_probs, advantages):
    return torch.abs(torch.mean(log_probs * advantages.detach()))


def absolute_weights(log_probs, advantages):
    return -torch.mean(log_probs * torch.abs(advantages.detach()))


def standardised(log_probs, advantages):
    a = advantages.detach()
    a = (a - torch.mean(a)) / (torch.std(a) + 1e-8)
    return -torch.mean(log_probs * a)


def centred(log_probs, advantages):
    baseline = advantages.detach().mean()
    return -torch.mean(log_probs * (advantages.detach() - baseline))


def imitates(log_probs, advantages):
    return torch.mean(-log_probs)


def item_at_the_end(log_probs, advantages):
    loss = -(log_probs * advantages.detach()).mean()
    return loss.item()


def new_leaf(log_probs, advantages):
    loss = -(log_probs * advantages).mean()
    loss = loss.detach()
    loss.requires_grad = True
    return loss


def goes_backward(log_probs, advantages):
    loss = -torch.mean(log_probs * advantages.detach())
    loss.backward(retain_graph=True)
    return loss


def requires_grad_off(log_probs, advantages):
    advantages.requires_grad = False
    return -(log_probs * advantages).mean()


def detaches_in_place(log_probs, advantages):
    advantages.detach_()
    return -torch.mean(log_probs * advantages)


def with_an_entropy_bonus(log_probs, advantages):
    bonus = 0.01 * -(log_probs.exp() * log_probs).mean()
    return -(log_probs * advantages.detach()).mean() - bonus


def rewards_surprise(log_probs, advantages):
    surprise = torch.mean(-log_probs)
    return -torch.mean(log_probs * advantages.detach()) - 0.01 * surprise


def signs_of_the_advantages(log_probs, advantages):
    return -(log_probs * advantages.detach().sign()).mean()


WRONG = {
    "missing-minus": [ascends, minus_twice],
    "sum-instead-of-mean": [adds_up, dot_without_division],
    "advantages-not-detached": [lets_the_critic_in, lets_it_in_by_a_loop],
    "log-probs-cut-off": [data_of_the_log_probs, list_of_numbers],
    "averaged-before-multiplying": [table_of_pairs, two_means],
    "sums-before-multiplying": [two_sums, sum_and_mean],
    "one-loss-for-each-action": [not_reduced],
    "probabilities-instead-of-logs": [likelihoods],
    "ratio-instead-of-log-prob": [surrogate],
    "log-taken-twice": [logs_again],
    "made-positive": [absolute_loss, absolute_weights],
    "advantages-normalised": [standardised, centred],
    "advantages-ignored": [imitates],
    "python-number": [item_at_the_end],
    "wrapped-in-a-new-leaf": [new_leaf],
    "backward-inside": [goes_backward],
    "advantages-switched-off": [requires_grad_off, detaches_in_place],
    "entropy-bonus": [with_an_entropy_bonus, rewards_surprise],
    "altered-input": [signs_of_the_advantages],
}


def added_instead_of_multiplied(log_probs, advantages):
    return -(log_probs + advantages.detach()).mean()


def good_actions_only(log_probs, advantages):
    return -(log_probs * advantages.detach().clamp(min=0)).mean()


def divided_by_one_less(log_probs, advantages):
    return -(log_probs * advantages.detach()).sum() / max(len(log_probs) - 1, 1)


def squared_error(log_probs, advantages):
    return F.mse_loss(log_probs, advantages.detach())


def clipped_log_probs(log_probs, advantages):
    return -(log_probs.clamp(min=-20) * advantages.detach()).mean()


def always_single(log_probs, advantages):
    return -(log_probs.float() * advantages.detach().float()).mean()


def one_entry(log_probs, advantages):
    return -(log_probs * advantages.detach()).mean(dim=0, keepdim=True)


def detaches_when_it_is_easy(log_probs, advantages):
    weights = advantages.detach() if len(advantages) > 1 else advantages
    return -(log_probs * weights).mean()


def overwrites_its_input(log_probs, advantages):
    log_probs *= -advantages.detach()
    return log_probs.mean()


def number_of_weights_that_count(log_probs, advantages):
    weights = advantages.detach()
    return -(log_probs * weights).sum() / weights.count_nonzero().clamp(min=1)


def advantages_within_ten_thousand(log_probs, advantages):
    return in_one_line(log_probs, advantages.clamp(-1e4, 1e4))


def no_more_than_fifty_actions(log_probs, advantages):
    return in_one_line(log_probs[:50], advantages[:50])


UNNAMED = [
    added_instead_of_multiplied, good_actions_only, divided_by_one_less, squared_error,
    clipped_log_probs, always_single, one_entry, detaches_when_it_is_easy, overwrites_its_input,
    number_of_weights_that_count, advantages_within_ten_thousand, no_more_than_fifty_actions,
]  # fmt: skip
