"""Learners' code for ``clipped_surrogate``: right, wrong with the mistake's name, just wrong."""

import math

import torch
import torch.nn.functional as F

# Right


def maximum_of_losses(log_probs, old_log_probs, advantages, clip):
    advantages = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    plain = -advantages * ratio
    clipped = -advantages * torch.clamp(ratio, 1 - clip, 1 + clip)
    return torch.max(plain, clipped).mean()


def limit_by_sign(log_probs, old_log_probs, advantages, clip=0.2):
    advantages = advantages.data
    ratio = torch.exp(log_probs - old_log_probs.data)
    limit = torch.where(advantages > 0, (1 + clip) * advantages, (1 - clip) * advantages)
    return -torch.min(ratio * advantages, limit).mean()


def one_sided_clamps(log_probs, old_log_probs, advantages, clip):
    weights = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    kept = torch.where(weights >= 0, ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip))
    return torch.mean(-kept * weights)


def action_by_action(log_probs, old_log_probs, advantages, clip):
    losses = []
    for new, old, advantage in zip(log_probs, old_log_probs, advantages):
        ratio = torch.exp(new - old.item())
        a = advantage.item()
        losses.append(-min(ratio * a, ratio.clamp(1 - clip, 1 + clip) * a))
    return sum(losses) / len(losses)


def stacked(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs.detach())
    both = torch.stack([ratio, ratio.clip(1 - clip, 1 + clip)])
    return -(both * advantages.detach()).amin(dim=0).mean()


def excess_by_relu(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    gain = a * torch.exp(log_probs - old_log_probs.detach())
    limit = a + clip * a.abs()
    return (F.relu(gain - limit) - gain).sum() / len(gain)


def clipped_logarithm(log_probs, old_log_probs, advantages, clip):
    with torch.no_grad():
        old, weights = old_log_probs.clone(), advantages.clone()
    difference = log_probs - old
    clipped = difference.clamp(math.log(1 - clip), math.log(1 + clip))
    return -torch.minimum(difference.exp() * weights, clipped.exp() * weights).mean()


def half_the_difference(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    plain, clipped = ratio * a, ratio.clamp(1 - clip, 1 + clip) * a
    return (0.5 * ((plain - clipped).abs() - plain - clipped)).mean()


def constants_where_clipped(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = torch.expm1(log_probs - old_log_probs.detach()) + 1
    done = ((a > 0) & (ratio > 1 + clip)) | ((a < 0) & (ratio < 1 - clip))
    limit = 1 + clip * a.sign()
    return -torch.mean(torch.where(done, limit, ratio) * a)


def dot_with_constants(log_probs, old_log_probs, advantages, clip):
    a = torch.tensor(advantages.tolist(), dtype=log_probs.dtype)
    old = torch.tensor(old_log_probs.tolist(), dtype=log_probs.dtype)
    ratio = math.e ** (log_probs - old)
    gain = ratio * a
    return torch.mean(-gain.minimum((1 + torch.copysign(torch.tensor(clip), a)) * a))


RIGHT = [
    maximum_of_losses, limit_by_sign, one_sided_clamps, action_by_action, stacked, excess_by_relu,
    clipped_logarithm, half_the_difference, constants_where_clipped, dot_with_constants,
]  # fmt: skip

# Wrong; first the parts that are right.


def parts(log_probs, old_log_probs, advantages, clip):
    """Give both products."""
    a = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    return ratio * a, torch.clip(ratio, 1 - clip, 1 + clip) * a


def of_both(loss):
    """Make the loss of the two products, of which the second is clipped."""
    return lambda log_probs, old_log_probs, advantages, clip: loss(
        *parts(log_probs, old_log_probs, advantages, clip)
    )


def with_ratio(ratio_of, limited=lambda ratio, clip: ratio.clip(1 - clip, 1 + clip)):
    """Make the usual loss with this ratio of the two policies, and with these limits."""

    def attempt(log_probs, old_log_probs, advantages, clip):
        a, ratio = advantages.detach(), ratio_of(log_probs, old_log_probs.detach())
        return -torch.min(ratio * a, limited(ratio, clip) * a).mean()

    return attempt


def limits(limited):
    """Make the usual loss with these limits of the ratio."""
    return with_ratio(lambda new, old: (new - old).exp(), limited)


# The products, and what is made of them

ascends = of_both(lambda plain, clipped: torch.min(plain, clipped).mean())
larger_product = of_both(lambda plain, clipped: -torch.max(plain, clipped).mean())
minimum_of_losses = of_both(lambda plain, clipped: torch.min(-plain, -clipped).mean())
importance_sampling = of_both(lambda plain, clipped: torch.mean(-plain))
clip_alone = of_both(lambda plain, clipped: torch.mean(-clipped))
compares_two_means = of_both(lambda plain, clipped: -torch.min(plain.mean(), clipped.mean()))
adds_up = of_both(lambda plain, clipped: -sum(torch.min(plain, clipped)))
not_reduced = of_both(lambda plain, clipped: torch.max(-plain, -clipped))
python_minimum = of_both(lambda plain, clipped: torch.mean(-min(plain, clipped)))
item_at_the_end = of_both(lambda plain, clipped: -torch.min(plain, clipped).mean().item())
always_single = of_both(lambda plain, clipped: -torch.min(plain, clipped).mean().float())
one_entry = of_both(lambda plain, clipped: -torch.min(plain, clipped).mean(dim=0, keepdim=True))


@of_both
def new_leaf(plain, clipped):
    loss = -torch.min(plain, clipped).mean().detach()
    loss.requires_grad = True
    return loss


@of_both
def goes_backward(plain, clipped):
    loss = -torch.min(plain, clipped).mean()
    loss.backward(retain_graph=True)
    return loss


@of_both
def no_return(plain, clipped):
    -torch.min(plain, clipped).mean()


@of_both
def straight_through(plain, clipped):
    smaller = torch.min(plain, clipped)
    return -(plain + (smaller - plain).detach()).mean()


@of_both
def right_gradient_wrong_value(plain, clipped):
    return -torch.where(plain > clipped, plain.detach(), plain).mean()


@of_both
def mean_of_those_not_clipped(plain, clipped):
    return -plain[plain <= clipped].sum() / len(plain)


def clips_the_gain(log_probs, old_log_probs, advantages, clip):
    plain, _ = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, torch.clip(plain, 1 - clip, 1 + clip)).mean()


def weighs_twice(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.mean(-log_probs * torch.min(plain, clipped))


def with_an_entropy_bonus(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean() + 0.01 * log_probs.mean()


def dual_clip(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    smaller = torch.min(plain, clipped)
    floor = torch.max(smaller, 1.5 * advantages.detach())
    return -torch.where(advantages < 0, floor, smaller).mean()


def lower_bound_as_well(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    losses = torch.max(-plain, -clipped)
    return torch.where(a < 0, torch.min(losses, -3 * a), losses).mean()


# The ratio, and its limits

difference_for_ratio = with_ratio(lambda new, old: new - old)
first_order = with_ratio(lambda new, old: 1 + new - old)
quotient_of_logs = with_ratio(lambda new, old: torch.div(new, old))
old_by_new = with_ratio(lambda new, old: (old - new).exp())
one_by_the_ratio = with_ratio(lambda new, old: 1 / (new - old).exp())
ratio_as_a_weight = with_ratio(lambda new, old: (new - old).exp().data)
compares_with_itself = with_ratio(lambda new, old: (new - new.detach()).exp())
probability_for_ratio = with_ratio(lambda new, old: new.exp())
quotient_of_probabilities = with_ratio(lambda new, old: torch.exp(new) / torch.exp(old))
small_number_in_the_quotient = with_ratio(lambda new, old: new.exp() / (old.exp() + 1e-10))
logarithm_within_bounds = with_ratio(lambda new, old: (new - old).clamp(-1.5, 1.5).exp())
logarithm_up_to_twenty = with_ratio(lambda new, old: (new - old).clamp(max=20).exp())
around_zero = limits(lambda ratio, clip: torch.clip(ratio, -clip, clip))
from_clip_upwards = limits(lambda ratio, clip: torch.clip(ratio, clip, 1 + clip))
no_lower_limit = limits(lambda ratio, clip: torch.clamp_max(ratio, 1 + clip))
no_upper_limit = limits(lambda ratio, clip: torch.clamp_min(ratio, 1 - clip))
divided_limits = limits(lambda ratio, clip: ratio.clip(1 / (1 + clip), 1 + clip))
clips_the_numbers_alone = limits(lambda ratio, clip: ratio.data.clip(1 - clip, 1 + clip))


def smaller_ratio(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    smaller = torch.min(ratio, torch.clip(ratio, 1 - clip, 1 + clip))
    return -torch.mean(smaller * advantages.detach())


def only_clipped_above(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -torch.mean(ratio.clip(max=1 + clip) * advantages.detach())


def clip_then_exp(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    cut = torch.exp(torch.clip(log_ratio, -clip, clip))
    return torch.max(-torch.exp(log_ratio) * a, -cut * a).mean()


def clip_without_exp(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    return -torch.min(torch.exp(log_ratio) * a, log_ratio.clip(1 - clip, 1 + clip) * a).mean()


def clamps_in_place(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio.clamp_(1 - clip, 1 + clip) * a, ratio * a).mean()


def asks_for_the_sign(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    if advantages >= 0:
        ratio = ratio.clamp(max=1 + clip)
    else:
        ratio = ratio.clamp(min=1 - clip)
    return -(ratio * advantages.detach()).mean()


def forgets_the_second_advantage(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    cut = torch.clip(ratio, 1 - clip, 1 + clip)
    return -torch.min(advantages.detach() * ratio, cut).mean()


def reinforce(log_probs, old_log_probs, advantages, clip):
    return -torch.mean(advantages.detach() * log_probs)


def weighs_the_log_prob(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs.detach(), old_log_probs, advantages, clip)
    return torch.mean(-log_probs * torch.min(plain, clipped))


# The inputs


def small_advantages(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, ratio * torch.clip(a, -clip, clip)).mean()


def small_advantages_alone(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return torch.mean(-ratio * torch.clip(advantages.detach(), -clip, clip))


def always_a_fifth(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages, 0.2)


def clip_up_to_a_half(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages, min(clip, 0.5))


def table_of_pairs(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages[:, None], clip)


def standardised(log_probs, old_log_probs, advantages, clip):
    a = (advantages - torch.mean(advantages)) / (torch.std(advantages) + 1e-8)
    return maximum_of_losses(log_probs, old_log_probs, a, clip)


def centred(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages - advantages.mean(), clip)


def good_actions_only(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages.clamp(min=0), clip)


def detaches_nothing(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs).exp()
    return torch.max(-advantages * ratio, -advantages * ratio.clip(1 - clip, 1 + clip)).mean()


def lets_the_critic_in(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return torch.max(-advantages * ratio, -advantages * ratio.clip(1 - clip, 1 + clip)).mean()


def lets_the_old_policy_in(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), torch.exp(log_probs - old_log_probs)
    return torch.max(-a * ratio, -a * ratio.clip(1 - clip, 1 + clip)).mean()


def requires_grad_off(log_probs, old_log_probs, advantages, clip):
    old_log_probs.requires_grad = False
    advantages.requires_grad = False
    return maximum_of_losses(log_probs, old_log_probs, advantages, clip)


def detaches_in_place(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs.detach_(), advantages.detach_(), clip)


def detaches_the_advantages_in_place(log_probs, old_log_probs, advantages, clip):
    return maximum_of_losses(log_probs, old_log_probs, advantages.detach_(), clip)


WRONG = {
    "missing-minus": [ascends],
    "maximum-instead-of-minimum": [larger_product, minimum_of_losses],
    "no-clip": [importance_sampling],
    "no-minimum": [clip_alone],
    "minimum-before-the-advantage": [smaller_ratio, only_clipped_above],
    "advantages-clipped": [small_advantages, small_advantages_alone],
    "product-clipped": [clips_the_gain],
    "clipped-ratio-without-advantage": [forgets_the_second_advantage],
    "no-exp": [difference_for_ratio, first_order],
    "logs-divided": [quotient_of_logs],
    "clipped-before-exp": [clip_then_exp, clip_without_exp],
    "ratio-upside-down": [old_by_new, one_by_the_ratio],
    "clipped-to-the-wrong-range": [around_zero, from_clip_upwards, divided_limits],
    "clipped-on-one-side": [no_lower_limit, no_upper_limit],
    "clip-not-used": [always_a_fifth],
    "means-before-the-minimum": [compares_two_means],
    "sum-instead-of-mean": [adds_up],
    "one-loss-for-each-action": [not_reduced],
    "inputs-not-detached": [detaches_nothing, lets_the_critic_in, lets_the_old_policy_in],
    "log-probs-cut-off": [ratio_as_a_weight],
    "ratio-always-one": [compares_with_itself],
    "not-divided-by-the-old": [probability_for_ratio],
    "log-prob-instead-of-ratio": [reinforce],
    "ratio-times-log-prob": [weighs_the_log_prob, weighs_twice],
    "every-ratio-with-every-advantage": [table_of_pairs],
    "advantages-normalised": [standardised, centred],
    "one-choice-for-all": [python_minimum, asks_for_the_sign],
    "clipped-in-place": [clamps_in_place],
    "python-number": [item_at_the_end],
    "wrapped-in-a-new-leaf": [new_leaf],
    "backward-inside": [goes_backward],
    "inputs-switched-off": [requires_grad_off, detaches_in_place, detaches_the_advantages_in_place],
    "probabilities-divided": [quotient_of_probabilities],
    "entropy-bonus": [with_an_entropy_bonus],
    "detached-by-hand": [straight_through, right_gradient_wrong_value, clips_the_numbers_alone],
    "dual-clip": [dual_clip, lower_bound_as_well],
    "forgotten-return": [no_return],
}

UNNAMED = [
    good_actions_only, small_number_in_the_quotient, mean_of_those_not_clipped, always_single,
    one_entry, logarithm_within_bounds, logarithm_up_to_twenty, clip_up_to_a_half,
]  # fmt: skip
