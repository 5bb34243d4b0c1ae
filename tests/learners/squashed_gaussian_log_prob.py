"""Learners' code for ``squashed_gaussian_log_prob``: right, wrong by name, and just wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import (
    Independent,
    MultivariateNormal,
    Normal,
    TanhTransform,
    TransformedDistribution,
)

# Right


def as_in_spinning_up(pre_tanh, mean, log_std):
    logp = Normal(mean, torch.exp(log_std)).log_prob(pre_tanh).sum(axis=-1)
    logp -= (2 * (np.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))).sum(axis=1)
    return logp


def by_a_transform(pre_tanh, mean, log_std):
    normal = Independent(Normal(mean, log_std.exp()), 1)
    slope = TanhTransform().log_abs_det_jacobian(pre_tanh, pre_tanh.tanh())
    return normal.log_prob(pre_tanh) - slope.sum(-1)


def by_a_cached_transform(pre_tanh, mean, log_std):
    squash = TanhTransform(cache_size=1)
    action = squash(pre_tanh)
    density = TransformedDistribution(Normal(mean, log_std.exp()), [squash])
    return density.log_prob(action).sum(1)


def by_hand(pre_tanh, mean, log_std):
    d = pre_tanh.shape[1]
    square = (((pre_tanh - mean) / log_std.exp()) ** 2).sum(1)
    gauss = -0.5 * (square + 2 * log_std.sum(1) + d * math.log(2 * math.pi))
    log_cosh = pre_tanh.abs() + torch.log1p(torch.exp(-2 * pre_tanh.abs())) - math.log(2)
    return gauss + 2 * log_cosh.sum(1)


def by_two_sigmoids(pre_tanh, mean, log_std):
    # 1 - tanh(u)^2 is 4 sigmoid(2u) sigmoid(-2u)
    slope = math.log(4) + F.logsigmoid(2 * pre_tanh) + F.logsigmoid(-2 * pre_tanh)
    return (Normal(mean, log_std.exp()).log_prob(pre_tanh) - slope).sum(dim=-1)


def by_cosh(pre_tanh, mean, log_std):
    gauss = Normal(mean, log_std.exp()).log_prob(pre_tanh)
    return torch.einsum("bd->b", gauss + 2 * torch.log(torch.cosh(pre_tanh)))


def by_a_multivariate_normal(pre_tanh, mean, log_std):
    gauss = MultivariateNormal(mean, scale_tril=torch.diag_embed(log_std.exp()))
    log_cosh = torch.logaddexp(pre_tanh, -pre_tanh) - math.log(2)
    return gauss.log_prob(pre_tanh) + 2 * log_cosh.sum(-1)


def component_by_component(pre_tanh, mean, log_std):
    total = torch.zeros(len(pre_tanh), dtype=pre_tanh.dtype)
    for j in range(pre_tanh.shape[1]):
        u = pre_tanh[:, j]
        normal = Normal(mean[:, j], log_std[:, j].exp())
        total = total + normal.log_prob(u) - 2 * (math.log(2) - u - F.softplus(-2 * u))
    return total


def by_the_loss_function(pre_tanh, mean, log_std):
    variance = torch.exp(2 * log_std)
    nll = F.gaussian_nll_loss(mean, pre_tanh, variance, full=True, reduction="none")
    slope = 2 * (math.log(2.0) - pre_tanh - F.softplus(-2.0 * pre_tanh))
    return -(nll + slope).sum(dim=1)


def where_with_safe_branches(pre_tanh, mean, log_std):
    far = pre_tanh.abs() > 4
    safe = torch.where(far, torch.zeros_like(pre_tanh), pre_tanh)
    near_slope = torch.log(1 - safe.tanh() ** 2)
    small = torch.log1p(torch.exp(-2 * pre_tanh.abs()))
    slope = torch.where(far, 2 * (math.log(2) - pre_tanh.abs() - small), near_slope)
    return (Normal(mean, log_std.exp()).log_prob(pre_tanh) - slope).sum(-1)


def row_by_row(pre_tanh, mean, log_std):
    rows = []
    for u, m, s in zip(pre_tanh, mean, log_std):
        gauss = Normal(m, s.exp()).log_prob(u)
        rows.append((gauss - 2 * (math.log(2) - u - F.softplus(-2 * u))).sum())
    return torch.stack(rows)


def without_another_import(pre_tanh, mean, log_std):
    gauss = torch.distributions.Normal(mean, log_std.exp()).log_prob(pre_tanh)
    sigmoids = F.logsigmoid(2 * pre_tanh) + F.logsigmoid(-2 * pre_tanh)
    return (gauss - sigmoids - torch.log(torch.full_like(pre_tanh, 4))).sum(-1)


RIGHT = [
    as_in_spinning_up, by_a_transform, by_a_cached_transform, by_hand, by_two_sigmoids, by_cosh,
    by_a_multivariate_normal, component_by_component, by_the_loss_function,
    where_with_safe_branches, row_by_row, without_another_import,
]  # fmt: skip

# Wrong; first the parts that are right.


def normal_part(u, m, s):
    return -((u - m) ** 2) / (2 * torch.exp(2 * s)) - s - math.log(math.sqrt(2 * math.pi))


def slope_part(u):
    return math.log(4) - 2 * u - 2 * F.softplus(-2 * u)


def with_slope(slope_of):
    """Correct the usual normal part with this slope."""
    return lambda u, m, s: (normal_part(u, m, s) - slope_of(u)).sum(1)


def with_normal(normal_of):
    """Correct this normal part with the usual slope."""
    return lambda u, m, s: (normal_of(u, m, s) - slope_part(u)).sum(1)


def of_terms(result_of):
    """Make the result of the terms of all components."""
    return lambda u, m, s: result_of(normal_part(u, m, s) - slope_part(u))


# The slope

takes_u_for_a = with_slope(lambda u: torch.log(1 - u.pow(2)))
squashes_again = with_slope(lambda u: torch.log(1 - torch.tanh(torch.tanh(u)).pow(2)))
forgets_log = with_slope(lambda u: 1 - u.tanh().square())
forgets_the_square = with_slope(lambda u: torch.log(1 - u.tanh()))
plus_in_softplus = with_slope(lambda u: 2 * (math.log(2) - u - F.softplus(2 * u)))
two_forgotten = with_slope(lambda u: math.log(2) - u - F.softplus(-2 * u))
straight_from_the_paper = with_slope(lambda u: torch.log1p(-u.tanh().pow(2)))
in_double_precision = with_slope(lambda u: torch.log(1 - u.double().tanh() ** 2).to(u.dtype))
as_in_cleanrl = with_slope(lambda u: torch.log(1 - torch.tanh(u).pow(2) + 1e-6))
with_a_smaller_epsilon = with_slope(lambda u: torch.log((1 - u.tanh() ** 2).clamp(min=1e-10)))
clamps_the_sample = with_slope(lambda u: slope_part(u.clamp(-10, 10)))
action_within_two = with_slope(lambda u: torch.log(1 - (2 * torch.tanh(u)) ** 2 + 1e-6))
straight_line_far_out = with_slope(lambda u: torch.where(u.abs() > 10, -2 * u.abs(), slope_part(u)))
logarithm_of_math = with_slope(lambda u: math.log(1 - torch.tanh(u).pow(2)))
corrects_a_detached_sample = with_slope(lambda u: slope_part(u.detach()))


@with_slope
def corrects_without_gradients(u):
    with torch.no_grad():
        return slope_part(u)


@with_slope
def two_cases(u):
    slope = torch.log(1 - u.tanh() ** 2)
    return torch.where(slope.isinf(), math.log(4) - 2 * u.abs(), slope)


@with_slope
def slope_by_autograd(u):
    (slope,) = torch.autograd.grad(u.tanh().sum(), u, create_graph=True)
    return slope.log()


def forgets_to_correct(u, m, s):
    return normal_part(u, m, s).sum(1)


def multiplies_by_the_slope(u, m, s):
    return normal_part(u, m, s).sum(1) + torch.log(1 - torch.tanh(u).pow(2)).sum(1)


def corrects_the_first(u, m, s):
    return normal_part(u, m, s).sum(1) - slope_part(u)[:, 0]


def corrects_the_last(u, m, s):
    return normal_part(u, m, s).sum(1) - slope_part(u[:, -1])


def scores_the_action(u, m, s):
    a = torch.tanh(u)
    return (normal_part(a, m, s) - torch.log(1 - a.pow(2))).sum(1)


def without_a_cache(u, m, s):
    squashed = TransformedDistribution(Normal(m, s.exp()), [TanhTransform()])
    return squashed.log_prob(u.tanh()).sum(1)


def slope_at_the_mean(pre_tanh, mean, log_std):
    slope = 2 * (math.log(2) - mean - F.softplus(-2 * mean))
    return (Normal(mean, log_std.exp()).log_prob(pre_tanh) - slope).sum(-1)


# The normal part

forgets_exp = with_normal(lambda u, m, s: Normal(m, s).log_prob(u))
gives_the_variance = with_normal(lambda u, m, s: Normal(m, torch.exp(2 * s)).log_prob(u))
takes_a_root = with_normal(lambda u, m, s: Normal(m, s.exp().sqrt()).log_prob(u))
forgets_log_std = with_normal(lambda u, m, s: normal_part(u, m, s) + s)
adds_log_std = with_normal(lambda u, m, s: normal_part(u, m, s) + 2 * s)
mean_of_the_action = with_normal(lambda u, m, s: Normal(torch.tanh(m), s.exp()).log_prob(u))
mean_without_gradient = with_normal(lambda u, m, s: Normal(m.detach(), s.exp()).log_prob(u))
recovers_it_for_the_normal = with_normal(
    lambda u, m, s: normal_part(torch.atanh(torch.tanh(u)), m, s)
)


@with_normal
def forgets_exp_by_hand(u, m, s):
    z = (u - m) / s
    return -0.5 * z * z - s - 0.5 * math.log(2 * math.pi)


@with_normal
def forgets_the_half(u, m, s):
    z = (u - m) * torch.exp(-s)
    return -z.square() - s - math.log(math.sqrt(2 * math.pi))


@with_normal
def forgets_pi(u, m, s):
    z = (u - m) * torch.exp(-s)
    return -z.square() / 2 - s


@with_normal
def forgets_the_root(u, m, s):
    z = (u - m) * torch.exp(-s)
    return -z.square() / 2 - s - math.log(2 * math.pi)


@with_normal
def changes_log_std(u, m, s):
    std = s.data.exp_()
    z = (u - m) / std
    return -0.5 * z * z - std.log() - 0.5 * math.log(2 * math.pi)


# What is made of the terms

unsqueezed = of_terms(lambda terms: terms.sum(1).unsqueeze(1))
one_number_for_all = of_terms(torch.sum)
over_the_rows = of_terms(lambda terms: terms.sum(0))
averages = of_terms(lambda terms: terms.mean(1))
takes_exp_at_the_end = of_terms(lambda terms: torch.exp(terms.sum(1)))
detaches_the_result = of_terms(lambda terms: terms.sum(1).detach())
negative = of_terms(lambda terms: -terms.sum(1))
squeezes_the_batch = of_terms(lambda terms: terms.sum(1).squeeze())
clips_what_it_returns = of_terms(lambda terms: terms.sum(1).clamp(-20, 20))
as_a_list = of_terms(lambda terms: terms.sum(1).tolist())
scales_the_action_by_two = of_terms(lambda terms: (terms - math.log(2)).sum(1))


def leaves_both_components(u, m, s):
    log_prob = Normal(m, s.exp()).log_prob(u)
    log_prob -= torch.log(1 - torch.tanh(u).pow(2) + 1e-6)
    return log_prob


def keeps_the_dimension(u, m, s):
    log_prob = Normal(m, s.exp()).log_prob(u)
    log_prob -= torch.log(1 - torch.tanh(u).pow(2) + 1e-6)
    return log_prob.sum(1, keepdim=True)


def brackets_missing(u, m, s):
    return Normal(m, s.exp()).log_prob(u).sum(-1) - torch.log(1 - u.tanh() ** 2)


def brackets_missing_the_other_way(u, m, s):
    return normal_part(u, m, s) - slope_part(u).sum(-1)


def product_of_densities(u, m, s):
    return (normal_part(u, m, s).exp() / (1 - u.tanh() ** 2)).prod(1)


def through_numpy(u, m, s):
    u, m, s = (tensor.detach().numpy() for tensor in (u, m, s))
    slope = 2 * (math.log(2) - u - np.logaddexp(0, -2 * u))
    normal = -0.5 * ((u - m) / np.exp(s)) ** 2 - s - 0.5 * math.log(2 * math.pi)
    return torch.from_numpy((normal - slope).sum(1))


# The inputs


def one_std_for_the_batch(u, m, s):
    return as_in_spinning_up(u, m, s[:1].expand_as(s))


def clamps_log_std(u, m, s):
    return as_in_spinning_up(u, m, s.clamp(-2, 2))


def in_single_precision(u, m, s):
    return as_in_spinning_up(u.float(), m.float(), s.float())


def no_gradient_to_log_std(u, m, s):
    return as_in_spinning_up(u, m, s.detach())


def log_std_as_in_many_scripts(u, m, s):
    return as_in_spinning_up(u, m, s.clamp(-20, 2))


def samples_within_a_hundred(u, m, s):
    return as_in_spinning_up(u.clamp(-100, 100), m, s)


def ten_rows_at_most(u, m, s):
    return torch.cat([as_in_spinning_up(u[:10], m[:10], s[:10]), u[10:, 0]])


def detaches_the_sample(u, m, s):
    return as_in_spinning_up(u.detach(), m, s)


WRONG = {
    "sample-recovered-from-the-action": [without_a_cache, recovers_it_for_the_normal],
    "math-on-a-tensor": [logarithm_of_math],
    "no-correction": [forgets_to_correct],
    "correction-added": [multiplies_by_the_slope],
    "components-not-summed": [leaves_both_components],
    "column-returned": [keeps_the_dimension, unsqueezed],
    "sum-of-everything": [one_number_for_all],
    "sum-over-the-batch": [over_the_rows],
    "mean-over-the-components": [averages],
    "only-one-part-summed": [brackets_missing, brackets_missing_the_other_way],
    "sample-taken-for-the-action": [takes_u_for_a],
    "tanh-twice": [squashes_again],
    "gaussian-at-the-action": [scores_the_action],
    "log-std-taken-for-std": [forgets_exp, forgets_exp_by_hand],
    "std-and-variance-mixed-up": [gives_the_variance, takes_a_root],
    "width-not-subtracted": [forgets_log_std, adds_log_std],
    "square-not-halved": [forgets_the_half],
    "constant-wrong": [forgets_pi, forgets_the_root],
    "slope-without-logarithm": [forgets_log],
    "action-not-squared": [forgets_the_square],
    "density-instead-of-its-logarithm": [takes_exp_at_the_end, product_of_densities],
    "slip-in-the-softplus-formula": [plus_in_softplus, two_forgotten, straight_line_far_out],
    "log-of-zero": [straight_from_the_paper, in_double_precision],
    "correction-capped": [as_in_cleanrl, with_a_smaller_epsilon, clamps_the_sample],
    "nan-behind-where": [two_cases],
    "graph-cut": [detaches_the_result, through_numpy],
    "sample-detached": [
        detaches_the_sample, corrects_without_gradients, corrects_a_detached_sample,
    ],
    "one-spread-for-all-rows": [one_std_for_the_batch],
    "one-component-corrected": [corrects_the_first, corrects_the_last],
    "mean-squashed": [mean_of_the_action],
    "log-of-a-negative-number": [action_within_two],
    "arguments-swapped": [slope_at_the_mean],
    "no-gradient": [mean_without_gradient],
}  # fmt: skip

UNNAMED = [
    clamps_log_std, changes_log_std, in_single_precision, negative, scales_the_action_by_two,
    squeezes_the_batch, clips_what_it_returns, slope_by_autograd, as_a_list, no_gradient_to_log_std,
    log_std_as_in_many_scripts, samples_within_a_hundred, ten_rows_at_most,
]  # fmt: skip
