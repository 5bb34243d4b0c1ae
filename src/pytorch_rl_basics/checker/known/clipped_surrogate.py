"""The known mistakes of ``clipped_surrogate``."""

import torch

from ..mistakes import mistake

PAGE = "tutorials/algorithms/ppo"

TENSORS = "concepts/tensors_and_gradients"

NO_GRAPH = "https://github.com/nikhilbarhate99/PPO-PyTorch/issues/18"


def _ratio(log_probs, old_log_probs):
    return torch.exp(log_probs - old_log_probs.detach())


def _lower(ratio, clipped, advantages):
    """Take the minimum rightly; what is clipped, and how, is up to the caller."""
    advantages = advantages.detach()
    return torch.minimum(ratio * advantages, clipped * advantages)


def _summed(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    return _lower(ratio, ratio.clamp(1 - clip, 1 + clip), advantages).sum()


@mistake(
    cure="Put a minus in front: optimizers make a loss smaller, and this should grow.",
    seen="https://github.com/natolambert/rlhf-book/issues/125",
    also=(_summed,),
)
def missing_minus(log_probs, old_log_probs, advantages, clip):
    """Without the minus sign the optimizer makes good actions rarer, and bad ones likelier."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Take the smaller of the two products, and the minus sign after it.",
    seen="https://github.com/openai/baselines/issues/1156",
)
def maximum_instead_of_minimum(log_probs, old_log_probs, advantages, clip):
    """The larger product was taken: a ratio that went the wrong way gets no way back."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.maximum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Clip a copy of the ratio, and take the minimum of both products.",
    seen=PAGE,
)
def no_clip(log_probs, old_log_probs, advantages, clip):
    """Nothing is clipped: the objective goes on paying, however far the policy has moved."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -(ratio * advantages.detach()).mean()


@mistake(
    cure="Take the minimum of the product with the ratio and that with the clipped ratio.",
    seen="https://github.com/tensorforce/tensorforce/issues/106",
)
def no_minimum(log_probs, old_log_probs, advantages, clip):
    """The clipped ratio is used alone, so a ratio that went the wrong way gets no way back."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return -(ratio.clamp(1 - clip, 1 + clip) * advantages.detach()).mean()


@mistake(
    cure="Multiply both by the advantage first, and then take the minimum.",
    seen="https://github.com/takuseno/ppo/issues/3",
)
def minimum_before_the_advantage(log_probs, old_log_probs, advantages, clip):
    """The minimum was taken of the ratios: with a negative advantage it is the wrong one."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -(torch.minimum(ratio, clipped) * advantages.detach()).mean()


def _clipped_around_one(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    clipped = advantages.detach().clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), ratio * clipped).mean()


def _only_the_advantage_clipped(log_probs, old_log_probs, advantages, clip):
    return -(_ratio(log_probs, old_log_probs) * advantages.detach().clamp(-clip, clip)).mean()


@mistake(
    cure="Clip the ratio; the advantages are used as they are.",
    seen=PAGE,
    also=(_clipped_around_one, _only_the_advantage_clipped),
)
def advantages_clipped(log_probs, old_log_probs, advantages, clip):
    """The advantages were clipped, and the ratio should be."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = advantages.detach().clamp(-clip, clip)
    return -torch.minimum(ratio * advantages.detach(), ratio * clipped).mean()


@mistake(
    cure="Clip the ratio before it is multiplied by the advantage.",
    seen="https://github.com/alexis-jacq/Pytorch-DPPO/issues/3",
)
def product_clipped(log_probs, old_log_probs, advantages, clip):
    """The product of ratio and advantage was clipped, and only the ratio should be."""
    gain = torch.exp(log_probs - old_log_probs.detach()) * advantages.detach()
    return -torch.minimum(gain, gain.clamp(1 - clip, 1 + clip)).mean()


@mistake(
    cure="Multiply the clipped ratio by the advantage as well.",
    seen="https://github.com/google/trax/pull/396",
)
def clipped_ratio_without_advantage(log_probs, old_log_probs, advantages, clip):
    """The clipped ratio was not multiplied by the advantage, so unlike things are compared."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped).mean()


def _difference_clipped_around_zero(log_probs, old_log_probs, advantages, clip):
    difference = log_probs - old_log_probs.detach()
    return -_lower(difference, difference.clamp(-clip, clip), advantages).mean()


@mistake(
    cure="Take `exp` of the difference: the ratio is of probabilities, not of their logarithms.",
    seen="https://github.com/godka/Pensieve-PPO/issues/16",
    also=(_difference_clipped_around_zero,),
)
def no_exp(log_probs, old_log_probs, advantages, clip):
    """The difference of the log-probabilities is not yet the ratio: its logarithm is."""
    ratio = log_probs - old_log_probs.detach()
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Subtract the logarithms and take `exp` of the difference.",
    seen=PAGE,
)
def logs_divided(log_probs, old_log_probs, advantages, clip):
    """The log-probabilities were divided by each other; the ratio is one of probabilities."""
    ratio = log_probs / old_log_probs.detach()
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


def _exponent_clipped_around_one(log_probs, old_log_probs, advantages, clip):
    difference = log_probs - old_log_probs.detach()
    return -_lower(difference.exp(), difference.clamp(1 - clip, 1 + clip).exp(), advantages).mean()


def _difference_clipped_without_exp(log_probs, old_log_probs, advantages, clip):
    difference = log_probs - old_log_probs.detach()
    return -_lower(difference.exp(), difference.clamp(1 - clip, 1 + clip), advantages).mean()


@mistake(
    cure="Take `exp` first, and then clip to 1 - clip and 1 + clip.",
    seen=PAGE,
    also=(_exponent_clipped_around_one, _difference_clipped_without_exp),
)
def clipped_before_exp(log_probs, old_log_probs, advantages, clip):
    """The difference of the logarithms was clipped, and the ratio should be, after `exp`."""
    difference = log_probs - old_log_probs.detach()
    ratio, clipped = difference.exp(), difference.clamp(-clip, clip).exp()
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Turn the difference round: new minus old.",
    seen="https://github.com/openai/baselines/issues/652",
)
def ratio_upside_down(log_probs, old_log_probs, advantages, clip):
    """The ratio is old to new: its gradient makes good actions rarer."""
    ratio = torch.exp(old_log_probs.detach() - log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


def _clamp(low, high):
    def clamp(log_probs, old_log_probs, advantages, clip):
        ratio = _ratio(log_probs, old_log_probs)
        return -_lower(ratio, ratio.clamp(low(clip), high(clip)), advantages).mean()

    return clamp


@mistake(
    cure="Clip to 1 - clip and 1 + clip: the ratio of an unchanged policy is 1.",
    seen="https://github.com/ChenmienTan/RL2/pull/21",
    also=(
        _clamp(lambda clip: clip, lambda clip: 1 + clip),
        _clamp(lambda clip: 0, lambda clip: clip),
        _clamp(lambda clip: clip, lambda clip: 1 - clip),
    ),
)
def clipped_to_the_wrong_range(log_probs, old_log_probs, advantages, clip):
    """The ratio was clipped to a range that does not lie around 1."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(-clip, clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Clip on both sides: `clamp(1 - clip, 1 + clip)`.",
    seen=PAGE,
    also=(_clamp(lambda clip: 1 - clip, lambda clip: None),),
)
def clipped_on_one_side(log_probs, old_log_probs, advantages, clip):
    """The ratio is clipped on one side only; the other one matters as well, for the other sign."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(max=1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Use the argument `clip`.",
    seen=PAGE,
    also=(_clamp(lambda clip: 1 - clip, lambda clip: 1.2),),
)
def clip_not_used(log_probs, old_log_probs, advantages, clip):
    """The range is that of clip = 0.2, whatever `clip` is."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(0.8, 1.2)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Take the minimum action by action, and the mean after it.",
    seen="https://github.com/Omegastick/pytorch-cpp-rl/issues/14",
)
def means_before_the_minimum(log_probs, old_log_probs, advantages, clip):
    """The means were taken first: then all actions are clipped together, or none."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    plain, cut = (ratio * advantages.detach()).mean(), (clipped * advantages.detach()).mean()
    return -torch.minimum(plain, cut)


@mistake(
    cure="Take the mean instead of the sum.",
    seen="https://github.com/KaiyangZhou/pytorch-vsumm-reinforce/issues/48",
)
def sum_instead_of_mean(log_probs, old_log_probs, advantages, clip):
    """The products were added up: the size of the steps then grows with the size of the batch."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).sum()


@mistake(
    cure="Reduce the products to one number with `.mean()`.",
    seen=TENSORS,
    telling=True,
)
def one_loss_for_each_action(log_probs, old_log_probs, advantages, clip):
    """One number an action came back; `backward()` starts from a single number, their mean."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages)


def _advantages_with_graph(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


def _old_log_probs_with_graph(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs)
    return -_lower(ratio, ratio.clamp(1 - clip, 1 + clip), advantages).mean()


@mistake(
    cure="Use `old_log_probs.detach()` and `advantages.detach()`.",
    seen="https://github.com/astariul/encode-attend-navigate-pytorch/issues/2",
    also=(_old_log_probs_with_graph, _advantages_with_graph),
)
def inputs_not_detached(log_probs, old_log_probs, advantages, clip):
    """A gradient flows into the advantages or the old log-probabilities, which are plain data."""
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


def _ratio_detached(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs).detach()
    return -torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages).mean()


@mistake(
    cure="Detach the old log-probabilities and the advantages, and never the ratio.",
    seen=NO_GRAPH,
    also=(_ratio_detached,),
    telling=True,
)
def log_probs_cut_off(log_probs, old_log_probs, advantages, clip):
    """No graph leads from the loss back to the log-probabilities: it cannot teach the policy."""
    with torch.no_grad():
        ratio = torch.exp(log_probs - old_log_probs)
        clipped = ratio.clamp(1 - clip, 1 + clip)
        return -torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Subtract `old_log_probs`, which stay as they were when the actions were taken.",
    seen="https://github.com/huggingface/trl/issues/2769",
)
def ratio_always_one(log_probs, old_log_probs, advantages, clip):
    """The policy is compared with itself: its ratio is always 1 and is never clipped."""
    ratio = torch.exp(log_probs - log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Divide by the old probability: `exp` of new minus old.",
    seen=PAGE,
)
def not_divided_by_the_old(log_probs, old_log_probs, advantages, clip):
    """This is the new probability, not its ratio to the old one."""
    ratio = torch.exp(log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages.detach(), clipped * advantages.detach()).mean()


@mistake(
    cure="Put the ratio in the place of the log-probability, and clip it.",
    seen="https://github.com/SeungyounShin/minimal-r1/issues/2",
)
def log_prob_instead_of_ratio(log_probs, old_log_probs, advantages, clip):
    """This is the loss of the plain policy gradient, without ratio and clip."""
    return -(log_probs * advantages.detach()).mean()


def _with_a_ratio_that_has_a_graph(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    return -(_lower(ratio, ratio.clamp(1 - clip, 1 + clip), advantages) * log_probs).mean()


@mistake(
    cure="Leave the log-probability out: the ratio has the policy's gradient already.",
    seen="https://github.com/huggingface/trl/issues/1720",
    also=(_with_a_ratio_that_has_a_graph,),
)
def ratio_times_log_prob(log_probs, old_log_probs, advantages, clip):
    """The ratio stands beside the log-probability, and it should stand in its place."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs).detach()
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -(torch.minimum(ratio * advantages, clipped * advantages) * log_probs).mean()


def _mean_advantage_for_all(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    return -_lower(ratio, ratio.clamp(1 - clip, 1 + clip), advantages.mean()).mean()


@mistake(
    cure="Bring all three to shape (B,) before you multiply.",
    seen="https://github.com/RITCHIEHuang/DeepRL_Algorithms/issues/13",
    also=(_mean_advantage_for_all,),
)
def every_ratio_with_every_advantage(log_probs, old_log_probs, advantages, clip):
    """A column (B, 1) meets a row (B,): each ratio is weighed by the advantages of all actions."""
    advantages = advantages.detach().unsqueeze(-1)
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


def _only_centred(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    centred = advantages - advantages.mean()
    return -_lower(ratio, ratio.clamp(1 - clip, 1 + clip), centred).mean()


def _biased_spread(log_probs, old_log_probs, advantages, clip):
    ratio = _ratio(log_probs, old_log_probs)
    normalised = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    return -_lower(ratio, ratio.clamp(1 - clip, 1 + clip), normalised).mean()


@mistake(
    cure="Use the advantages as they are; the agent's loop normalises them before.",
    seen="https://github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail/issues/102",
    also=(_only_centred, _biased_spread),
)
def advantages_normalised(log_probs, old_log_probs, advantages, clip):
    """The advantages were shifted or scaled within the batch; that is done outside the loss."""
    advantages = advantages.detach()
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Use `torch.minimum` for the entries of tensors.",
    seen="https://github.com/facebookresearch/ReAgent/pull/341",
)
def one_choice_for_all(log_probs, old_log_probs, advantages, clip):
    """Python's `min`, `max` and `if` choose once for the whole tensor, and raise an error."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -min(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Use `clamp`, which gives a new tensor, instead of `clamp_`.",
    seen=TENSORS,
)
def clipped_in_place(log_probs, old_log_probs, advantages, clip):
    """`clamp_` overwrites the ratio itself, which is needed unclipped as well."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp_(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Return the tensor; take `.item()` later, for the log alone.",
    seen=TENSORS,
    telling=True,
)
def python_number(log_probs, old_log_probs, advantages, clip):
    """A Python number came back: it has no graph, so there is nothing to go backward from."""
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean().item()


@mistake(
    cure="Return the loss as it is, without making a new tensor of it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
)
def wrapped_in_a_new_leaf(log_probs, old_log_probs, advantages, clip):
    """A new tensor with `requires_grad=True` has no history: its gradient stops right there."""
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    loss = -torch.minimum(ratio * advantages, clipped * advantages).mean()
    return torch.tensor(loss.item(), requires_grad=True)


@mistake(
    cure="Only compute the loss and return it: whoever calls goes backward.",
    seen="https://github.com/pytorch/examples/issues/151",
)
def backward_inside(log_probs, old_log_probs, advantages, clip):
    """`backward()` ran inside the function: the caller's own then raises, or adds to it."""
    advantages = advantages.detach()
    ratio = torch.exp(log_probs - old_log_probs.detach())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    loss = -torch.minimum(ratio * advantages, clipped * advantages).mean()
    loss.backward()
    return loss


def _detached_in_place(log_probs, old_log_probs, advantages, clip):
    ratio = torch.exp(log_probs - old_log_probs.detach_())
    clipped = ratio.clamp(1 - clip, 1 + clip)
    advantages.detach_()
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Use `.detach()`, which gives a cut copy and leaves the caller's tensor alone.",
    seen="https://github.com/keras-team/keras-core/pull/417",
    also=(_detached_in_place,),
)
def inputs_switched_off(log_probs, old_log_probs, advantages, clip):
    """The caller's tensors themselves were to be cut off, and with them what they come from."""
    old_log_probs.requires_grad_(False)
    advantages.requires_grad_(False)
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


@mistake(
    cure="Subtract the logarithms first, and take `exp` of the difference.",
    seen="https://github.com/MorvanZhou/Reinforcement-learning-with-tensorflow/issues/163",
)
def probabilities_divided(log_probs, old_log_probs, advantages, clip):
    """The probabilities were divided: very small ones are rounded to 0, and 0 / 0 is nan."""
    advantages = advantages.detach()
    ratio = log_probs.exp() / old_log_probs.detach().exp()
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio * advantages, clipped * advantages).mean()


MISTAKES = (
    missing_minus,
    maximum_instead_of_minimum,
    no_clip,
    no_minimum,
    minimum_before_the_advantage,
    advantages_clipped,
    product_clipped,
    clipped_ratio_without_advantage,
    no_exp,
    logs_divided,
    clipped_before_exp,
    ratio_upside_down,
    clipped_to_the_wrong_range,
    clipped_on_one_side,
    clip_not_used,
    means_before_the_minimum,
    sum_instead_of_mean,
    one_loss_for_each_action,
    inputs_not_detached,
    log_probs_cut_off,
    ratio_always_one,
    not_divided_by_the_old,
    log_prob_instead_of_ratio,
    ratio_times_log_prob,
    every_ratio_with_every_advantage,
    advantages_normalised,
    one_choice_for_all,
    clipped_in_place,
    python_number,
    wrapped_in_a_new_leaf,
    backward_inside,
    inputs_switched_off,
    probabilities_divided,
)
