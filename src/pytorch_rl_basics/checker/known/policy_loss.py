"""The known mistakes of ``policy_loss``."""

import torch

from ..mistakes import mistake

TENSORS = "concepts/tensors_and_gradients"


def _sum_of_products(log_probs, advantages):
    return (log_probs * advantages.detach()).sum()


@mistake(
    cure="Put a minus in front: optimizers make a loss smaller, and this should grow.",
    seen="https://github.com/openai/spinningup/issues/436",
    also=(_sum_of_products,),
)
def missing_minus(log_probs, advantages):
    """Without the minus sign the optimizer makes good actions rarer, and bad ones likelier."""
    return (log_probs * advantages.detach()).mean()


@mistake(
    cure="Take the mean instead of the sum.",
    seen="https://github.com/KaiyangZhou/pytorch-vsumm-reinforce/issues/48",
)
def sum_instead_of_mean(log_probs, advantages):
    """The products were added up: the size of the steps then grows with the size of the batch."""
    return -(log_probs * advantages.detach()).sum()


@mistake(
    cure="Use `advantages.detach()` in the product.",
    seen="https://github.com/astariul/encode-attend-navigate-pytorch/issues/2",
)
def advantages_not_detached(log_probs, advantages):
    """A gradient flows into the advantages, and so into the critic that they were computed with."""
    return -(log_probs * advantages).mean()


def _wrong_one_detached(log_probs, advantages):
    return -(log_probs.detach() * advantages).mean()


@mistake(
    cure="Detach the advantages alone: the gradient must flow through the log-probabilities.",
    seen="https://github.com/Quantum-Cheese/DeepReinforcementLearning_Pytorch/issues/1",
    also=(_wrong_one_detached,),
    telling=True,
)
def log_probs_cut_off(log_probs, advantages):
    """No graph leads from the loss back to the log-probabilities: it cannot teach the policy."""
    with torch.no_grad():
        return -(log_probs * advantages).mean()


def _table_of_pairs(log_probs, advantages):
    return -(log_probs.unsqueeze(-1) * advantages.detach())


@mistake(
    cure="Multiply first, entry by entry with both of shape (B,), and average at the end.",
    seen="https://github.com/Farama-Foundation/Gymnasium/issues/1336",
    also=(_table_of_pairs,),
)
def averaged_before_multiplying(log_probs, advantages):
    """Each log-probability meets the average advantage instead of its own: by early means, or by
    a (B, 1) that broadcasts against (B,).
    """
    return -(log_probs.unsqueeze(-1) * advantages.detach()).mean()


def _sums_multiplied(log_probs, advantages):
    return -log_probs.sum() * advantages.detach().sum()


@mistake(
    cure="Multiply entry by entry before you reduce.",
    seen="https://github.com/pytorch/examples/pull/722",
    also=(_sums_multiplied,),
)
def sums_before_multiplying(log_probs, advantages):
    """The log-probabilities were summed before they met the advantages, instead of each its own."""
    return -(log_probs.sum() * advantages.detach()).mean()


@mistake(
    cure="Reduce the products to one number with `.mean()`.",
    seen=TENSORS,
    telling=True,
)
def one_loss_for_each_action(log_probs, advantages):
    """One number an action came back; `backward()` starts from a single number, their mean."""
    return -log_probs * advantages.detach()


def _probabilities_summed(log_probs, advantages):
    return -(log_probs.exp() * advantages.detach()).sum()


@mistake(
    cure="Multiply the log-probabilities themselves, without `exp()`.",
    seen="https://github.com/huggingface/trl/issues/2752",
    also=(_probabilities_summed,),
)
def probabilities_instead_of_logs(log_probs, advantages):
    """The probabilities were weighted, not their logarithms: rare actions then count too little."""
    return -(log_probs.exp() * advantages.detach()).mean()


@mistake(
    cure="Multiply the log-probabilities themselves; keep the ratio for PPO's clipped loss.",
    seen="https://github.com/SeungyounShin/minimal-r1/issues/2",
)
def ratio_instead_of_log_prob(log_probs, advantages):
    """This is PPO's ratio, new to old probability: it has the same gradient, but another value."""
    ratio = torch.exp(log_probs - log_probs.detach())
    return -(ratio * advantages.detach()).mean()


def _second_log_summed(log_probs, advantages):
    return -(torch.log(log_probs) * advantages.detach()).sum()


@mistake(
    cure="Leave the second logarithm out.",
    seen="https://github.com/BlackHC/batchbald_redux/issues/2",
    also=(_second_log_summed,),
)
def log_taken_twice(log_probs, advantages):
    """`log_probs` are logarithms already; they are negative, and so their logarithm is nan."""
    return -(torch.log(log_probs) * advantages.detach()).mean()


def _positive_advantages(log_probs, advantages):
    return -(log_probs * advantages.detach().abs()).mean()


@mistake(
    cure="Leave `abs` out: the sign of an advantage says in which direction to push.",
    seen="https://github.com/awjuliani/DeepRL-Agents/issues/28",
    also=(_positive_advantages,),
)
def made_positive(log_probs, advantages):
    """This loss may be negative; made positive, it pushes some actions in the wrong direction."""
    return (-(log_probs * advantages.detach()).mean()).abs()


def _only_centred(log_probs, advantages):
    advantages = advantages.detach()
    return -(log_probs * (advantages - advantages.mean())).mean()


def _only_scaled(log_probs, advantages):
    advantages = advantages.detach()
    return -(log_probs * advantages / advantages.std()).mean()


def _biased_spread(log_probs, advantages):
    advantages = advantages.detach()
    spread = advantages.std(correction=0)
    return -(log_probs * (advantages - advantages.mean()) / (spread + 1e-8)).mean()


@mistake(
    cure="Use the advantages as they are; whoever calls may normalise them before.",
    seen="https://github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail/issues/102",
    also=(_only_centred, _only_scaled, _biased_spread),
)
def advantages_normalised(log_probs, advantages):
    """The advantages were shifted or scaled within the batch, as PPO does; it was not asked for."""
    advantages = advantages.detach()
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    return -(log_probs * advantages).mean()


@mistake(
    cure="Multiply each log-probability by its advantage.",
    seen="https://github.com/Rochester-NRT/RocAlphaGo/issues/166",
)
def advantages_ignored(log_probs, advantages):
    """Without the advantages every action taken is made likelier, the bad ones too."""
    return -log_probs.mean()


@mistake(
    cure="Return the tensor; take `.item()` later, for the log alone.",
    seen=TENSORS,
    telling=True,
)
def python_number(log_probs, advantages):
    """A Python number came back: it has no graph, so there is nothing to go backward from."""
    return -(log_probs * advantages).mean().item()


@mistake(
    cure="Return the mean as it is, without making a new tensor of it.",
    seen="https://github.com/ronghuaiyang/arcface-pytorch/issues/56",
)
def wrapped_in_a_new_leaf(log_probs, advantages):
    """A new tensor with `requires_grad=True` has no history: its gradient stops right there."""
    loss = -(log_probs * advantages).mean()
    return torch.tensor(loss.item(), requires_grad=True)


@mistake(
    cure="Only compute the loss and return it: whoever calls goes backward.",
    seen="https://github.com/pytorch/examples/issues/151",
)
def backward_inside(log_probs, advantages):
    """`backward()` ran inside the function: the caller's own then raises, or adds to it."""
    loss = -(log_probs * advantages.detach()).mean()
    loss.backward()
    return loss


def _detached_in_place(log_probs, advantages):
    return -(log_probs * advantages.detach_()).mean()


@mistake(
    cure="Use `advantages.detach()`, which gives a cut copy and leaves the caller's tensor alone.",
    seen="https://github.com/keras-team/keras-core/pull/417",
    also=(_detached_in_place,),
)
def advantages_switched_off(log_probs, advantages):
    """The caller's tensor itself was to be cut off, and with it the critic that it comes from."""
    advantages.requires_grad_(False)
    return -(log_probs * advantages).mean()


MISTAKES = (
    missing_minus,
    sum_instead_of_mean,
    advantages_not_detached,
    log_probs_cut_off,
    averaged_before_multiplying,
    sums_before_multiplying,
    one_loss_for_each_action,
    probabilities_instead_of_logs,
    ratio_instead_of_log_prob,
    log_taken_twice,
    made_positive,
    advantages_normalised,
    advantages_ignored,
    python_number,
    wrapped_in_a_new_leaf,
    backward_inside,
    advantages_switched_off,
)
