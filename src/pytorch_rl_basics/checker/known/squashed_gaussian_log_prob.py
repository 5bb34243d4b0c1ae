"""The known mistakes of ``squashed_gaussian_log_prob``."""

import math

import torch
import torch.nn.functional as F
from torch.distributions import Normal

from ..mistakes import mistake

HERE = "tutorials/algorithms/sac"


# Parts that are right, for mistakes that are made elsewhere.
def gaussian(pre_tanh, mean, log_std):
    """Give the log-density of the sample before squashing, component by component."""
    return Normal(mean, log_std.exp()).log_prob(pre_tanh)


def log_slope(pre_tanh):
    """Give the logarithm of the slope of tanh."""
    return 2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))


@mistake(
    cure="Subtract the logarithm of the slope of tanh from the Gaussian's log-density.",
    seen="https://github.com/automl/Mighty/pull/117",
)
def no_correction(pre_tanh, mean, log_std):
    """This is the density of the sample before tanh; squashing it changes the density."""
    return Normal(mean, log_std.exp()).log_prob(pre_tanh).sum(dim=-1)


@mistake(
    cure="Subtract it: where tanh is flat, its slope is below 1, and the density goes up.",
    seen="https://github.com/google-deepmind/rlax/issues/11",
)
def correction_added(pre_tanh, mean, log_std):
    """The sign is wrong: the density goes down where samples are pressed together."""
    return (gaussian(pre_tanh, mean, log_std) + log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Square the action: `1 - pre_tanh.tanh()**2`.",
    seen=HERE,
)
def sample_taken_for_the_action(pre_tanh, mean, log_std):
    """`1 - a**2` is the slope where `a` is the action after tanh, and not the sample before it."""
    return (gaussian(pre_tanh, mean, log_std) - torch.log(1 - pre_tanh**2)).sum(dim=-1)


@mistake(
    cure="Apply tanh once: the slope at the sample is `1 - pre_tanh.tanh()**2`.",
    seen="https://github.com/boyu-ai/Hands-on-RL/issues/44",
)
def tanh_twice(pre_tanh, mean, log_std):
    """Tanh is applied to the action, which has been through tanh already."""
    action = pre_tanh.tanh()
    return (gaussian(pre_tanh, mean, log_std) - torch.log(1 - action.tanh() ** 2)).sum(dim=-1)


def _density_of_the_action_alone(pre_tanh, mean, log_std):
    return gaussian(pre_tanh.tanh(), mean, log_std).sum(dim=-1)


def _all_squashed(pre_tanh, mean, log_std):
    return gaussian(pre_tanh.tanh(), mean.tanh(), log_std).sum(dim=-1)


def _mean_squashed_too(pre_tanh, mean, log_std):
    return (gaussian(pre_tanh.tanh(), mean.tanh(), log_std) - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Ask the Gaussian for the log-density of `pre_tanh`, as that is what it drew.",
    seen=HERE,
    also=(_density_of_the_action_alone, _mean_squashed_too, _all_squashed),
)
def gaussian_at_the_action(pre_tanh, mean, log_std):
    """The Gaussian is asked for the density of the action, but it drew the sample before tanh."""
    return (gaussian(pre_tanh.tanh(), mean, log_std) - log_slope(pre_tanh)).sum(dim=-1)


def _divided_by_log_std(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std
    density = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


def _log_of_the_log(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std
    density = -0.5 * noise**2 - log_std.log() - 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="The standard deviation is `log_std.exp()`.",
    seen="https://github.com/piEsposito/blitz-bayesian-deep-learning/pull/15",
    also=(_divided_by_log_std, _log_of_the_log),
)
def log_std_taken_for_std(pre_tanh, mean, log_std):
    """`log_std` is a logarithm, and is used as if it were the standard deviation."""
    return (Normal(mean, log_std).log_prob(pre_tanh) - log_slope(pre_tanh)).sum(dim=-1)


def _half_the_logarithm(pre_tanh, mean, log_std):
    return (gaussian(pre_tanh, mean, 0.5 * log_std) - log_slope(pre_tanh)).sum(dim=-1)


def _std_not_squared(pre_tanh, mean, log_std):
    density = -0.5 * (pre_tanh - mean) ** 2 / log_std.exp() - log_std
    return (density - 0.5 * math.log(2 * math.pi) - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="`Normal` wants the standard deviation, `log_std.exp()`; the variance is its square.",
    seen="https://github.com/hill-a/stable-baselines/issues/1059",
    also=(_half_the_logarithm, _std_not_squared),
)
def std_and_variance_mixed_up(pre_tanh, mean, log_std):
    """The variance stands where the standard deviation belongs, or the other way round."""
    variance = log_std.exp() ** 2
    return (Normal(mean, variance).log_prob(pre_tanh) - log_slope(pre_tanh)).sum(dim=-1)


def _log_std_added(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std.exp()
    density = -0.5 * noise**2 + log_std - 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Subtract `log_std` from each component's log-density: a wide Gaussian is a low one.",
    seen="https://github.com/pytorch/pytorch/issues/126532",
    also=(_log_std_added,),
)
def width_not_subtracted(pre_tanh, mean, log_std):
    """`log_std`, which makes the density of a wide Gaussian low, is missing or has a wrong sign."""
    noise = (pre_tanh - mean) / log_std.exp()
    density = -0.5 * noise**2 - 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Halve the square: the Gaussian is the exponential of minus half the noise squared.",
    seen=HERE,
)
def square_not_halved(pre_tanh, mean, log_std):
    """The square of the noise is missing its factor one half."""
    noise = (pre_tanh - mean) / log_std.exp()
    density = -(noise**2) - log_std - 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


def _constant_once(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std.exp()
    density = (-0.5 * noise**2 - log_std - log_slope(pre_tanh)).sum(dim=-1)
    return density - 0.5 * math.log(2 * math.pi)


def _constant_not_halved(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std.exp()
    density = -0.5 * noise**2 - log_std - math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


def _constant_added(pre_tanh, mean, log_std):
    noise = (pre_tanh - mean) / log_std.exp()
    density = -0.5 * noise**2 - log_std + 0.5 * math.log(2 * math.pi)
    return (density - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Subtract `0.5 * math.log(2 * math.pi)` once for each component.",
    seen="https://github.com/Qinyu-Allen-Zhao/Arinar/issues/1",
    also=(_constant_once, _constant_not_halved, _constant_added),
)
def constant_wrong(pre_tanh, mean, log_std):
    """The constant of a Gaussian, log(sqrt(2 pi)) for each component, is missing or wrong."""
    noise = (pre_tanh - mean) / log_std.exp()
    return (-0.5 * noise**2 - log_std - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Sum over the components: independent densities multiply, so their logarithms add up.",
    seen="https://github.com/DigiRL-agent/digirl/issues/40",
)
def mean_over_the_components(pre_tanh, mean, log_std):
    """The components are averaged; the log-density of the whole action is their sum."""
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).mean(dim=-1)


def _squeezed(pre_tanh, mean, log_std):
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).squeeze(-1)


@mistake(
    cure="Sum over the last dimension, `sum(dim=-1)`: one number for each action.",
    seen="https://github.com/thu-ml/tianshou/issues/40",
    also=(_squeezed,),
    telling=True,
)
def components_not_summed(pre_tanh, mean, log_std):
    """There is a log-density for each component; an action has one for all its components."""
    return gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)


@mistake(
    cure="Leave `keepdim` out: the result has shape (B,).",
    seen="https://github.com/thu-ml/tianshou/issues/40",
    telling=True,
)
def column_returned(pre_tanh, mean, log_std):
    """The result keeps a second dimension of size 1, which will broadcast by accident."""
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum(dim=-1, keepdim=True)


@mistake(
    cure="Say which dimension: `sum(dim=-1)`, over the components of each action.",
    seen="https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/pull/46",
    telling=True,
)
def sum_of_everything(pre_tanh, mean, log_std):
    """The whole batch becomes one number, but each action has a log-density of its own."""
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum()


@mistake(
    cure="Sum over `dim=-1`: each row is one action, its entries are the components.",
    seen="concepts/batches_and_shapes",
)
def sum_over_the_batch(pre_tanh, mean, log_std):
    """The sum runs over dimension 0, the batch, instead of the components."""
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum(dim=0)


def _gaussian_not_summed(pre_tanh, mean, log_std):
    return gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh).sum(dim=-1)


def _column_and_table(pre_tanh, mean, log_std):
    return gaussian(pre_tanh, mean, log_std).sum(dim=-1, keepdim=True) - log_slope(pre_tanh)


@mistake(
    cure="Subtract first and then sum, with brackets around the difference.",
    seen="https://github.com/XinJingHao/DRL-Pytorch/issues/9",
    also=(_gaussian_not_summed, _column_and_table),
)
def only_one_part_summed(pre_tanh, mean, log_std):
    """One of the two parts is summed over the components, and the other one is not."""
    return gaussian(pre_tanh, mean, log_std).sum(dim=-1) - log_slope(pre_tanh)


@mistake(
    cure="Subtract the logarithm of the slope: densities are divided, their logarithms subtracted.",
    seen=HERE,
)
def slope_without_logarithm(pre_tanh, mean, log_std):
    """The slope itself is subtracted from a logarithm."""
    return (gaussian(pre_tanh, mean, log_std) - (1 - pre_tanh.tanh() ** 2)).sum(dim=-1)


@mistake(
    cure="The slope of tanh is 1 minus the square of tanh.",
    seen="https://github.com/scutan90/DeepLearning-500-questions/issues/466",
)
def action_not_squared(pre_tanh, mean, log_std):
    """The slope is taken as 1 - tanh(u), without the square."""
    return (gaussian(pre_tanh, mean, log_std) - torch.log(1 - pre_tanh.tanh())).sum(dim=-1)


@mistake(
    cure="Return the logarithm, without `exp`: densities of many components overflow.",
    seen=HERE,
)
def density_instead_of_its_logarithm(pre_tanh, mean, log_std):
    """The density is returned, and its logarithm is asked for."""
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum(dim=-1).exp()


def _factor_two_missing(pre_tanh, mean, log_std):
    slope = math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh)
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


def _sign_in_softplus(pre_tanh, mean, log_std):
    slope = 2 * (math.log(2) - pre_tanh - F.softplus(2 * pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


def _sign_of_softplus(pre_tanh, mean, log_std):
    slope = 2 * (math.log(2) - pre_tanh + F.softplus(-2 * pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


def _sign_of_the_sample(pre_tanh, mean, log_std):
    slope = 2 * (math.log(2) + pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


def _no_two_in_softplus(pre_tanh, mean, log_std):
    slope = 2 * (math.log(2) - pre_tanh - F.softplus(-pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


def _two_for_its_logarithm(pre_tanh, mean, log_std):
    slope = 2 * (2 - pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


@mistake(
    cure="Compare with `torch.log(1 - pre_tanh.tanh()**2)` at a small sample: both must agree.",
    seen=HERE,
    also=(
        _factor_two_missing,
        _sign_in_softplus,
        _sign_of_softplus,
        _sign_of_the_sample,
        _no_two_in_softplus,
        _two_for_its_logarithm,
    ),
)
def slip_in_the_softplus_formula(pre_tanh, mean, log_std):
    """The formula with softplus has a slip: a sign, a factor, or log 2."""
    slope = 2 * (-pre_tanh - F.softplus(-2 * pre_tanh))
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


@mistake(
    cure="Rewrite log(1 - tanh²) so that nothing rounds to 0: the hints have such a formula.",
    seen="https://github.com/rlworkgroup/garage/issues/1174",
    telling=True,
)
def log_of_zero(pre_tanh, mean, log_std):
    """Far out, tanh rounds to 1, and the logarithm of the slope becomes that of zero."""
    slope = 1 - pre_tanh.tanh() ** 2
    return (gaussian(pre_tanh, mean, log_std) - slope.log()).sum(dim=-1)


def _action_clamped(pre_tanh, mean, log_std):
    action = pre_tanh.tanh().clamp(-1 + 1e-6, 1 - 1e-6)
    return (gaussian(pre_tanh, mean, log_std) - torch.log(1 - action**2)).sum(dim=-1)


@mistake(
    cure="Rewrite log(1 - tanh²) so that nothing rounds to 0: the hints have such a formula.",
    seen="https://github.com/ray-project/ray/pull/65036",
    also=(_action_clamped,),
    telling=True,
)
def correction_capped(pre_tanh, mean, log_std):
    """A small number or a clamp avoids log(0), and far out it is all that is left of the slope."""
    slope = 1 - pre_tanh.tanh() ** 2
    return (gaussian(pre_tanh, mean, log_std) - torch.log(slope + 1e-6)).sum(dim=-1)


def _recovered_with_a_clamp(limit):
    def attempt(pre_tanh, mean, log_std):
        sample = pre_tanh.tanh().clamp(-limit, limit).atanh()
        return (gaussian(sample, mean, log_std) - log_slope(sample)).sum(dim=-1)

    return attempt


@mistake(
    cure="Use `pre_tanh` itself: it is given, so that nobody has to undo tanh.",
    seen="https://github.com/ray-project/ray/pull/65036",
    also=(_recovered_with_a_clamp(1 - 1e-6), _recovered_with_a_clamp(1 - 1e-7)),
)
def sample_recovered_from_the_action(pre_tanh, mean, log_std):
    """The sample is recovered from the action, but far out the action is 1, whatever it was."""
    sample = pre_tanh.tanh().atanh()
    return (gaussian(sample, mean, log_std) - log_slope(sample)).sum(dim=-1)


@mistake(
    cure="Use `torch.log` and `torch.exp`, which work on every entry of a tensor.",
    seen=HERE,
)
def math_on_a_tensor(pre_tanh, mean, log_std):
    """`math.log` and its like take one number, and here is a tensor of them."""
    slope = math.log(1 - pre_tanh.tanh() ** 2)
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


@mistake(
    cure="Use one formula that is right everywhere; `torch.where` goes backward through both.",
    seen="https://github.com/pytorch/pytorch/issues/23395",
    telling=True,
)
def nan_behind_where(pre_tanh, mean, log_std):
    """`torch.where`, or a clamp, hides an infinite value, but not its gradient."""
    far_out = pre_tanh.abs() > 8
    slope = torch.log(1 - pre_tanh.tanh() ** 2)
    slope = torch.where(far_out, 2 * (math.log(2) - pre_tanh.abs()), slope)
    return (gaussian(pre_tanh, mean, log_std) - slope).sum(dim=-1)


@mistake(
    cure="Leave out `detach()`, `no_grad()` and `.data`: SAC's policy learns through this number.",
    seen="https://github.com/jankrepl/deepdow/pull/106",
    telling=True,
)
def graph_cut(pre_tanh, mean, log_std):
    """The result has no graph, so no gradient reaches the policy."""
    with torch.no_grad():
        return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum(dim=-1)


def _only_the_correction_detached(pre_tanh, mean, log_std):
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh).detach()).sum(dim=-1)


def _only_the_gaussian_s_sample_detached(pre_tanh, mean, log_std):
    return (gaussian(pre_tanh.detach(), mean, log_std) - log_slope(pre_tanh)).sum(dim=-1)


@mistake(
    cure="Use `pre_tanh` as it is, with its graph: it is made of mean, std and noise.",
    seen="https://github.com/jankrepl/deepdow/pull/106",
    also=(_only_the_correction_detached, _only_the_gaussian_s_sample_detached),
)
def sample_detached(pre_tanh, mean, log_std):
    """The sample is detached, but in SAC the gradient goes through it into the policy."""
    pre_tanh = pre_tanh.detach()
    return (gaussian(pre_tanh, mean, log_std) - log_slope(pre_tanh)).sum(dim=-1)


MISTAKES = (
    no_correction,
    correction_added,
    components_not_summed,
    column_returned,
    sum_of_everything,
    sum_over_the_batch,
    mean_over_the_components,
    only_one_part_summed,
    sample_taken_for_the_action,
    tanh_twice,
    gaussian_at_the_action,
    log_std_taken_for_std,
    std_and_variance_mixed_up,
    width_not_subtracted,
    square_not_halved,
    constant_wrong,
    slope_without_logarithm,
    action_not_squared,
    density_instead_of_its_logarithm,
    slip_in_the_softplus_formula,
    log_of_zero,
    correction_capped,
    sample_recovered_from_the_action,
    math_on_a_tensor,
    nan_behind_where,
    graph_cut,
    sample_detached,
)
