"""Fresh attempts at ``squashed_gaussian_log_prob``, their verdicts written before the check."""

import math

import torch
from torch import Tensor
from torch.distributions import Independent, Normal, TanhTransform
from torch.nn import functional as F


def library_normal(pre_tanh: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """Written with torch's Normal and the stable formula."""
    logp = Normal(mean, log_std.exp()).log_prob(pre_tanh).sum(-1)
    logp = logp - (2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))).sum(-1)
    return logp


def library_for_both(pre_tanh, mean, log_std):
    """Written with torch's distribution and torch's transform."""
    base = Independent(Normal(loc=mean, scale=torch.exp(log_std)), 1)
    squash = TanhTransform()
    change = squash.log_abs_det_jacobian(pre_tanh, squash(pre_tanh))
    return base.log_prob(pre_tanh) - change.sum(dim=1)


def through_the_hyperbolic_cosine(pre_tanh, mean, log_std):
    """Written component by component, with log cosh from logaddexp."""
    total = torch.zeros_like(pre_tanh[:, 0])
    for j in range(pre_tanh.shape[1]):
        u, m, s = pre_tanh[:, j], mean[:, j], log_std[:, j]
        z = (u - m) / s.exp()
        total = total - (z.square() + math.log(2 * math.pi)) / 2 - s
        # 1 - tanh(u)^2 = 1 / cosh(u)^2
        log_cosh = torch.logaddexp(u, -u) - math.log(2)
        total = total + 2 * log_cosh
    return total


def slope_added(pre_tanh, mean, log_std):
    """Adds the logarithm of the slope where it has to be subtracted."""
    gaussian = Normal(mean, log_std.exp()).log_prob(pre_tanh)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian + log_slope).sum(dim=-1)


def each_component_alone(pre_tanh, mean, log_std):
    """Forgets to sum over the components."""
    gaussian = Normal(mean, log_std.exp()).log_prob(pre_tanh)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return gaussian - log_slope


def spread_left_out(pre_tanh, mean, log_std):
    """Forgets the term - log_std of the Gaussian."""
    noise = (pre_tanh - mean) * torch.exp(-log_std)
    gaussian = -0.5 * noise**2 - 0.5 * math.log(2 * math.pi)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian - log_slope).sum(dim=-1)


def deviation_for_variance(pre_tanh, mean, log_std):
    """Takes exp(log_std) for the variance."""
    var = torch.exp(log_std)
    gaussian = -((pre_tanh - mean) ** 2) / (2 * var) - 0.5 * torch.log(2 * math.pi * var)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian - log_slope).sum(dim=-1)


def epsilon_in_the_log(pre_tanh, mean, log_std):
    """Computes log(1 - tanh(u)^2 + 1e-6), which is far off for a large u."""
    action = torch.tanh(pre_tanh)
    gaussian = Normal(mean, log_std.exp()).log_prob(pre_tanh)
    return (gaussian - torch.log(1 - action.pow(2) + 1e-6)).sum(dim=-1)


def spread_kept_in_bounds(pre_tanh, mean, log_std):
    """Limits log_std to between -20 and 2."""
    log_std = torch.clamp(log_std, -20, 2)
    noise = (pre_tanh - mean) * torch.exp(-log_std)
    gaussian = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian - log_slope).sum(dim=-1)


def far_out_approximation(pre_tanh, mean, log_std):
    """Beyond 8 it uses -2|u| for the logarithm of the slope, and loses the log 4."""
    noise = (pre_tanh - mean) / torch.exp(log_std)
    gaussian = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)
    exact = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    rough = -2 * pre_tanh.abs()
    log_slope = torch.where(pre_tanh.abs() > 8, rough, exact)
    return (gaussian - log_slope).sum(dim=-1)


def slope_without_a_graph(pre_tanh, mean, log_std):
    """Computes the slope outside the graph, so that its gradient is missing."""
    with torch.no_grad():
        correction = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    gaussian = Normal(mean, log_std.exp()).log_prob(pre_tanh)
    return torch.sum(gaussian - correction, dim=-1)


def constant_once_per_row(pre_tanh, mean, log_std):
    """Subtracts log(sqrt(2 pi)) once per row, not once per component."""
    noise = (pre_tanh - mean) / torch.exp(log_std)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    per_component = -0.5 * noise**2 - log_std - log_slope
    return per_component.sum(dim=-1) - 0.5 * math.log(2 * math.pi)


def one_spread_for_all_rows(pre_tanh, mean, log_std):
    """Reads the standard deviations from the first row, for all rows."""
    shared = log_std[0]
    noise = (pre_tanh - mean) * torch.exp(-shared)
    gaussian = -0.5 * noise**2 - shared - 0.5 * math.log(2 * math.pi)
    log_slope = 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian - log_slope).sum(dim=-1)


RIGHT = [library_normal, library_for_both, through_the_hyperbolic_cosine]
ORDINARY = [
    slope_added, each_component_alone, spread_left_out, deviation_for_variance, epsilon_in_the_log,
]  # fmt: skip
ODD = [
    spread_kept_in_bounds, far_out_approximation, slope_without_a_graph, constant_once_per_row,
    one_spread_for_all_rows,
]  # fmt: skip
