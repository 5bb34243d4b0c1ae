"""Fresh attempts at ``clipped_surrogate``, their verdicts written before they were checked."""

import torch
from torch import Tensor


def split_by_the_sign_of_the_advantage(log_probs, old_log_probs, advantages, clip=0.2):
    """Written case by case: good actions have a ceiling, bad actions a floor."""
    weights = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    good = ratio.clamp(max=1 + clip) * weights
    bad = ratio.clamp(min=1 - clip) * weights
    return -torch.where(weights > 0, good, bad).mean()


def one_action_at_a_time(log_probs, old_log_probs, advantages, clip=0.2):
    """Written as a loop over the actions."""
    total = 0.0
    for new, old, advantage in zip(log_probs, old_log_probs, advantages, strict=True):
        a = advantage.detach()
        rho = torch.exp(new - old.detach())
        # the pessimistic one of the two
        total = total + torch.min(rho * a, torch.clamp(rho, 1 - clip, 1 + clip) * a)
    return -total / len(log_probs)


def worst_of_two_losses(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip: float = 0.2
) -> Tensor:
    """Written with both losses negated first, and the larger one kept."""
    with torch.no_grad():
        old = old_log_probs.clone()
        costs = -advantages
    logratio = log_probs - old
    pg_loss1 = costs * logratio.exp()
    pg_loss2 = costs * torch.clamp(logratio.exp(), min=1.0 - clip, max=1.0 + clip)
    return torch.max(pg_loss1, pg_loss2).mean()


def critic_is_pulled_along(log_probs, old_log_probs, advantages, clip=0.2):
    """Lets the gradient flow into the advantages."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    surr1 = ratio * advantages
    surr2 = torch.clamp(ratio, 1 - clip, 1 + clip) * advantages
    return -torch.min(surr1, surr2).mean()


def optimistic_choice(log_probs, old_log_probs, advantages, clip=0.2):
    """Takes the larger of the two terms."""
    adv = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    surr1 = ratio * adv
    surr2 = torch.clamp(ratio, 1 - clip, 1 + clip) * adv
    return -torch.max(surr1, surr2).mean()


def clips_and_that_is_all(log_probs, old_log_probs, advantages, clip=0.2):
    """Leaves out the minimum: it always uses the clipped ratio."""
    ratio = torch.exp(log_probs - old_log_probs.detach()).clamp(1 - clip, 1 + clip)
    return -(ratio * advantages.detach()).mean()


def difference_as_ratio(log_probs, old_log_probs, advantages, clip=0.2):
    """Takes 1 plus the difference of the log-probabilities for the ratio, without exp."""
    adv = advantages.detach()
    ratio = 1 + (log_probs - old_log_probs.detach())
    limited = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * adv, limited * adv).mean()


def ratio_upside_down(log_probs, old_log_probs, advantages, clip=0.2):
    """Divides the old probability by the new one."""
    adv = advantages.detach()
    ratio = torch.exp(old_log_probs.detach() - log_probs)
    limited = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * adv, limited * adv).mean()


def ceiling_of_the_paper(log_probs, old_log_probs, advantages, clip=0.2):
    """Writes 1.2 as the upper bound, whatever ``clip`` is."""
    adv = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    limited = torch.clamp(torch.clamp(ratio, min=1 - clip), max=1.2)
    return -torch.minimum(ratio * adv, limited * adv).mean()


def even_in_the_logarithm(log_probs, old_log_probs, advantages, clip=0.2):
    """Bounds the ratio below by 1 / (1 + clip) in place of 1 - clip."""
    adv = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    limited = ratio.clamp(1 / (1 + clip), 1 + clip)
    return -torch.minimum(ratio * adv, limited * adv).mean()


def clipped_without_a_graph(log_probs, old_log_probs, advantages, clip=0.2):
    """Clips outside the graph, so that the gradient inside the bounds is only half."""
    adv = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    with torch.no_grad():
        limited = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * adv, limited * adv).mean()


def second_bound_for_bad_actions(log_probs, old_log_probs, advantages, clip=0.2):
    """Adds a second bound: for a negative advantage the ratio counts as at most 3."""
    adv = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    smaller = torch.min(ratio * adv, ratio.clamp(1 - clip, 1 + clip) * adv)
    dual = torch.max(smaller, 3.0 * adv)
    return -torch.where(adv < 0, dual, smaller).mean()


def cuts_the_callers_graph(log_probs, old_log_probs, advantages, clip=0.2):
    """Detaches the caller's own advantages in place, so that the critic can't learn from them."""
    advantages.detach_()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    limited = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, limited * advantages).mean()


RIGHT = [split_by_the_sign_of_the_advantage, one_action_at_a_time, worst_of_two_losses]
ORDINARY = [
    critic_is_pulled_along, optimistic_choice, clips_and_that_is_all, difference_as_ratio,
    ratio_upside_down,
]  # fmt: skip
ODD = [
    ceiling_of_the_paper, even_in_the_logarithm, clipped_without_a_graph,
    second_bound_for_bad_actions, cuts_the_callers_graph,
]  # fmt: skip
