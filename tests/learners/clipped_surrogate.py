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

# Wrong, by the mistake's name


def parts(log_probs, old_log_probs, advantages, clip):
    """Give both products."""
    a = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    return ratio * a, torch.clip(ratio, 1 - clip, 1 + clip) * a


def ascends(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.min(plain, clipped).mean()


def larger_product(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.max(plain, clipped).mean()


def minimum_of_losses(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.min(-plain, -clipped).mean()


def importance_sampling(log_probs, old_log_probs, advantages, clip):
    plain, _ = parts(log_probs, old_log_probs, advantages, clip)
    return torch.mean(-plain)


def clip_alone(log_probs, old_log_probs, advantages, clip):
    _, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.mean(-clipped)


def smaller_ratio(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    smaller = torch.min(ratio, torch.clip(ratio, 1 - clip, 1 + clip))
    return -torch.mean(smaller * advantages.detach())


def only_clipped_above(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -torch.mean(ratio.clip(max=1 + clip) * advantages.detach())


def small_advantages(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, ratio * torch.clip(a, -clip, clip)).mean()


def small_advantages_alone(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return torch.mean(-ratio * torch.clip(advantages.detach(), -clip, clip))


def clips_the_gain(log_probs, old_log_probs, advantages, clip):
    plain, _ = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, torch.clip(plain, 1 - clip, 1 + clip)).mean()


def forgets_the_second_advantage(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    cut = torch.clip(ratio, 1 - clip, 1 + clip)
    return -torch.min(advantages.detach() * ratio, cut).mean()


def difference_for_ratio(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), log_probs - old_log_probs.detach()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def quotient_of_logs(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), torch.div(log_probs, old_log_probs.detach())
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def clip_then_exp(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    cut = torch.exp(torch.clip(log_ratio, -clip, clip))
    return torch.max(-torch.exp(log_ratio) * a, -cut * a).mean()


def clip_without_exp(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    return -torch.min(torch.exp(log_ratio) * a, log_ratio.clip(1 - clip, 1 + clip) * a).mean()


def old_by_new(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (old_log_probs.detach() - log_probs).exp()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def one_by_the_ratio(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), 1 / (log_probs - old_log_probs.detach()).exp()
    return torch.max(-ratio * a, -ratio.clip(1 - clip, 1 + clip) * a).mean()


def around_zero(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, torch.clip(ratio, -clip, clip) * a).mean()


def from_clip_upwards(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return torch.max(-ratio * a, -torch.clip(ratio, clip, 1 + clip) * a).mean()


def no_lower_limit(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, torch.clamp_max(ratio, 1 + clip) * a).mean()


def no_upper_limit(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, torch.clamp_min(ratio, 1 - clip) * a).mean()


def always_a_fifth(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, 0.2)
    return -torch.min(plain, clipped).mean()


def compares_two_means(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain.mean(), clipped.mean())


def adds_up(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -sum(torch.min(plain, clipped))


def not_reduced(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.max(-plain, -clipped)


def detaches_nothing(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs).exp()
    return torch.max(-advantages * ratio, -advantages * ratio.clip(1 - clip, 1 + clip)).mean()


def lets_the_critic_in(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return torch.max(-advantages * ratio, -advantages * ratio.clip(1 - clip, 1 + clip)).mean()


def lets_the_old_policy_in(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), torch.exp(log_probs - old_log_probs)
    return torch.max(-a * ratio, -a * ratio.clip(1 - clip, 1 + clip)).mean()


def ratio_as_a_weight(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs).exp().data
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def compares_with_itself(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean()


def probability_for_ratio(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, torch.zeros_like(log_probs), advantages, clip)
    return -torch.min(plain, clipped).mean()


def reinforce(log_probs, old_log_probs, advantages, clip):
    return -torch.mean(advantages.detach() * log_probs)


def weighs_the_log_prob(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs.detach(), old_log_probs, advantages, clip)
    return torch.mean(-log_probs * torch.min(plain, clipped))


def weighs_twice(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.mean(-log_probs * torch.min(plain, clipped))


def table_of_pairs(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages[:, None], clip)
    return -torch.min(plain, clipped).mean()


def standardised(log_probs, old_log_probs, advantages, clip):
    a = (advantages - torch.mean(advantages)) / (torch.std(advantages) + 1e-8)
    plain, clipped = parts(log_probs, old_log_probs, a, clip)
    return -torch.min(plain, clipped).mean()


def centred(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages - advantages.mean(), clip)
    return -torch.min(plain, clipped).mean()


def python_minimum(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return torch.mean(-min(plain, clipped))


def asks_for_the_sign(log_probs, old_log_probs, advantages, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    if advantages >= 0:
        ratio = ratio.clamp(max=1 + clip)
    else:
        ratio = ratio.clamp(min=1 - clip)
    return -(ratio * advantages.detach()).mean()


def clamps_in_place(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio.clamp_(1 - clip, 1 + clip) * a, ratio * a).mean()


def item_at_the_end(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean().item()


def new_leaf(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    loss = -torch.min(plain, clipped).mean().detach()
    loss.requires_grad = True
    return loss


def goes_backward(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    loss = -torch.min(plain, clipped).mean()
    loss.backward(retain_graph=True)
    return loss


def requires_grad_off(log_probs, old_log_probs, advantages, clip):
    old_log_probs.requires_grad = False
    advantages.requires_grad = False
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean()


def detaches_in_place(log_probs, old_log_probs, advantages, clip):
    old_log_probs.detach_()
    advantages.detach_()
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean()


def quotient_of_probabilities(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = torch.exp(log_probs) / torch.exp(old_log_probs).detach()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def no_return(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    -torch.min(plain, clipped).mean()


def with_an_entropy_bonus(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean() + 0.01 * log_probs.mean()


def straight_through(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    smaller = torch.min(plain, clipped)
    return -(plain + (smaller - plain).detach()).mean()


def right_gradient_wrong_value(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.where(plain > clipped, plain.detach(), plain).mean()


def dual_clip(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    smaller = torch.min(plain, clipped)
    floor = torch.max(smaller, 1.5 * advantages.detach())
    return -torch.where(advantages < 0, floor, smaller).mean()


def divided_limits(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    return -torch.min(ratio * a, ratio.clip(1 / (1 + clip), 1 + clip) * a).mean()


def clips_the_numbers_alone(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    cut = ratio.data.clip(1 - clip, 1 + clip)
    return torch.max(-ratio * a, -cut * a).mean()


def first_order(log_probs, old_log_probs, advantages, clip):
    a, ratio = advantages.detach(), 1 + log_probs - old_log_probs.detach()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def detaches_the_advantages_in_place(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages.detach_(), clip)
    return torch.max(-plain, -clipped).mean()


def lower_bound_as_well(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    losses = torch.max(-plain, -clipped)
    return torch.where(a < 0, torch.min(losses, -3 * a), losses).mean()


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

# Wrong, with no name of its own


def good_actions_only(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages.clamp(min=0), clip)
    return -torch.min(plain, clipped).mean()


def small_number_in_the_quotient(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    ratio = log_probs.exp() / (old_log_probs.detach().exp() + 1e-10)
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def mean_of_those_not_clipped(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -plain[plain <= clipped].sum() / len(plain)


def always_single(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean().float()


def one_entry(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, clip)
    return -torch.min(plain, clipped).mean(dim=0, keepdim=True)


def logarithm_within_bounds(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    ratio = log_ratio.clamp(-1.5, 1.5).exp()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def logarithm_up_to_twenty(log_probs, old_log_probs, advantages, clip):
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    ratio = log_ratio.clamp(max=20).exp()
    return -torch.min(ratio * a, ratio.clip(1 - clip, 1 + clip) * a).mean()


def clip_up_to_a_half(log_probs, old_log_probs, advantages, clip):
    plain, clipped = parts(log_probs, old_log_probs, advantages, min(clip, 0.5))
    return -torch.min(plain, clipped).mean()


UNNAMED = [
    good_actions_only, small_number_in_the_quotient, mean_of_those_not_clipped, always_single,
    one_entry, logarithm_within_bounds, logarithm_up_to_twenty, clip_up_to_a_half,
]  # fmt: skip
