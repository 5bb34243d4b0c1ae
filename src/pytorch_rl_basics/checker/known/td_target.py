"""The known mistakes of ``td_target``."""

from ..mistakes import mistake

SHAPES = "concepts/batches_and_shapes"

MAX_IN_TORCH = "https://github.com/MorvanZhou/PyTorch-Tutorial/issues/9"

NEXT_VALUE = "https://github.com/toshikwa/rltorch/issues/1"


@mistake(
    cure="Multiply what follows by zero where `terminated` is True.",
    seen="https://github.com/navneet-nmk/pytorch-rl/issues/2",
)
def no_mask(rewards, terminated, next_q, gamma):
    """A value is expected after terminated steps as well, where nothing follows."""
    return rewards + gamma * next_q.max(dim=-1).values


@mistake(
    cure="Turn the mask round: something follows where `terminated` is False.",
    seen="https://github.com/ghliu/pytorch-ddpg/issues/11",
)
def mask_inverted(rewards, terminated, next_q, gamma):
    """The mask is the wrong way round: values follow the terminated steps and no others."""
    return rewards + gamma * next_q.max(dim=-1).values * terminated


@mistake(
    cure="Mask the value of the next state alone; the last reward counts like any other.",
    seen="https://github.com/AechPro/rlgym-ppo/pull/23",
)
def reward_masked_too(rewards, terminated, next_q, gamma):
    """The whole target is set to zero at terminated steps, and with it their reward."""
    return (rewards + gamma * next_q.max(dim=-1).values) * ~terminated


@mistake(
    cure="Multiply the value of the next state by gamma.",
    seen="https://github.com/XanderJC/scalable-birl/issues/4",
)
def no_discount(rewards, terminated, next_q, gamma):
    """Gamma is not used: the next state counts as much as the reward."""
    return rewards + next_q.max(dim=-1).values * ~terminated


@mistake(
    cure="Multiply the value of the next state by gamma, and not the reward.",
    seen="https://github.com/brynhayder/reinforcement_learning_an_introduction/issues/13",
)
def reward_discounted(rewards, terminated, next_q, gamma):
    """The reward is multiplied by gamma as well."""
    return gamma * (rewards + next_q.max(dim=-1).values * ~terminated)


def _gamma_added_where_something_follows(rewards, terminated, next_q, gamma):
    return rewards + (gamma + next_q.max(dim=-1).values) * ~terminated


@mistake(
    cure="Multiply by gamma; do not add it.",
    seen="https://github.com/keon/deep-q-learning/pull/10",
    also=(_gamma_added_where_something_follows,),
)
def gamma_added(rewards, terminated, next_q, gamma):
    """Gamma is added, and it should be a factor."""
    return rewards + gamma + next_q.max(dim=-1).values * ~terminated


@mistake(
    cure="Begin with the reward.",
    seen="https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/34",
)
def reward_left_out(rewards, terminated, next_q, gamma):
    """The reward is missing from the target."""
    return gamma * next_q.max(dim=-1).values * ~terminated


@mistake(cure="Take `max(dim=-1).values`, the best of the next values.", seen=NEXT_VALUE)
def mean_instead_of_max(rewards, terminated, next_q, gamma):
    """The next state gets the mean of its action values; Q-learning takes the best."""
    return rewards + gamma * next_q.mean(dim=-1) * ~terminated


@mistake(cure="Take `max(dim=-1).values`, the best of the next values.", seen=NEXT_VALUE)
def sum_instead_of_max(rewards, terminated, next_q, gamma):
    """The next state gets the sum of its action values; Q-learning takes the best."""
    return rewards + gamma * next_q.sum(dim=-1) * ~terminated


@mistake(
    cure="Take the largest value of each row.",
    seen="https://github.com/Axelrod-Python/Axelrod/issues/157",
)
def min_instead_of_max(rewards, terminated, next_q, gamma):
    """The next state gets the least of its action values; Q-learning takes the best."""
    return rewards + gamma * next_q.min(dim=-1).values * ~terminated


@mistake(
    cure="Take `dim=-1`: each row is one next state, and its entries are the actions.",
    seen=SHAPES,
)
def max_over_the_batch(rewards, terminated, next_q, gamma):
    """The maximum runs over dimension 0, the states, instead of the actions."""
    return rewards + gamma * next_q.max(dim=0).values * ~terminated


@mistake(
    cure="Say which dimension: `max(dim=-1).values`.",
    seen=SHAPES,
)
def max_of_everything(rewards, terminated, next_q, gamma):
    """`max()` without `dim` is one number for the whole batch, the same for every state."""
    return rewards + gamma * next_q.max() * ~terminated


@mistake(
    cure="Take `max(dim=-1).values`; `argmax` tells which action is best, not what it is worth.",
    seen="https://github.com/llSourcell/Game-AI/issues/7",
)
def argmax_instead_of_max(rewards, terminated, next_q, gamma):
    """The number of the best action is used in place of its value."""
    return rewards + gamma * next_q.argmax(dim=-1) * ~terminated


def _second_action(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q[:, 1] * ~terminated


def _last_action(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q[:, -1] * ~terminated


@mistake(
    cure="Take the best action of each row.",
    seen="https://github.com/TheoLvs/reinforcement-learning/issues/3",
    also=(_second_action, _last_action),
)
def one_fixed_action(rewards, terminated, next_q, gamma):
    """The value of one fixed action is used, whichever is best."""
    return rewards + gamma * next_q[:, 0] * ~terminated


def _in_columns(*columns):
    """Write the right formula with some of its parts as columns (B, 1)."""

    def build(rewards, terminated, next_q, gamma):
        parts = {"rewards": rewards, "best": next_q.amax(dim=-1), "follows": ~terminated}
        r, best, follows = (
            part.unsqueeze(-1) if name in columns else part for name, part in parts.items()
        )
        return r + gamma * best * follows

    return build


@mistake(
    cure="Bring all to shape (B,): `max(dim=-1)` drops the last dimension unless told to keep it.",
    seen=MAX_IN_TORCH,
    also=(
        _in_columns("rewards"),
        _in_columns("follows"),
        _in_columns("rewards", "best"),
        _in_columns("rewards", "follows"),
        _in_columns("best", "follows"),
    ),
)
def broadcast_to_a_square(rewards, terminated, next_q, gamma):
    """A column (B, 1) meets a row (B,), and broadcasting makes a square of them."""
    return rewards + gamma * next_q.max(dim=-1, keepdim=True).values * ~terminated


def _nothing_unsqueezed(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q * ~terminated


def _rewards_unsqueezed(rewards, terminated, next_q, gamma):
    return rewards.unsqueeze(-1) + gamma * next_q * ~terminated


def _mask_unsqueezed(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q * ~terminated.unsqueeze(-1)


@mistake(
    cure="Take the largest value of each row before you add the reward.",
    seen="https://github.com/MorvanZhou/Reinforcement-learning-with-tensorflow/issues/79",
    also=(_nothing_unsqueezed, _rewards_unsqueezed, _mask_unsqueezed),
)
def no_max(rewards, terminated, next_q, gamma):
    """There is a target for every action, because the maximum was not taken."""
    return rewards.unsqueeze(-1) + gamma * next_q * ~terminated.unsqueeze(-1)


@mistake(
    cure="Return shape (B,): end with `.squeeze(-1)`, or do not add the last dimension at all.",
    seen=SHAPES,
    telling=True,
)
def column_returned(rewards, terminated, next_q, gamma):
    """The targets have a second dimension of size 1, which will broadcast by accident."""
    best = next_q.max(dim=-1, keepdim=True).values
    return rewards.unsqueeze(-1) + gamma * best * ~terminated.unsqueeze(-1)


@mistake(
    cure="Take the first of the two: `next_q.max(dim=-1).values`, or `next_q.amax(dim=-1)`.",
    seen=MAX_IN_TORCH,
)
def max_gives_a_pair(rewards, terminated, next_q, gamma):
    """`max(dim=-1)` gives two things, the values and their positions."""
    return rewards + gamma * next_q.max(dim=-1) * ~terminated


def _minus_a_mask(rewards, terminated, next_q, gamma):
    return rewards + gamma * next_q.max(dim=-1).values * -terminated


@mistake(
    cure="Write `~terminated`, or `1 - terminated.float()`.",
    seen="https://github.com/nlpyang/PreSumm/issues/54",
    also=(_minus_a_mask,),
)
def one_minus_a_mask(rewards, terminated, next_q, gamma):
    """`terminated` is a tensor of True and False, and PyTorch does not subtract those."""
    return rewards + gamma * next_q.max(dim=-1).values * (1 - terminated)


@mistake(
    cure="Choose entry by entry: multiply by `~terminated`, or use `torch.where`.",
    seen="https://github.com/facebookresearch/ReAgent/pull/341",
)
def if_for_a_whole_batch(rewards, terminated, next_q, gamma):
    """`if`, `not` and `and` want one True or False, and `terminated` has one for each step."""
    if terminated:
        return rewards
    return rewards + gamma * next_q.max(dim=-1).values


@mistake(
    cure="Leave the rewards as they are; clipping belongs to the environment, if anywhere.",
    seen="https://github.com/coreylynch/async-rl/issues/10",
)
def rewards_clipped(rewards, terminated, next_q, gamma):
    """The rewards are clipped to -1 and 1, as is done for Atari games."""
    return rewards.clamp(-1, 1) + gamma * next_q.max(dim=-1).values * ~terminated


def _rewards_added_to(rewards, terminated, next_q, gamma):
    rewards += gamma * next_q.max(dim=-1).values * ~terminated
    return rewards


@mistake(
    cure="Make a new tensor: no `+=`, no methods that end in an underscore, no `x[mask] = 0`.",
    seen="concepts/tensors_and_gradients",
    also=(_rewards_added_to,),
)
def inputs_changed(rewards, terminated, next_q, gamma):
    """The tensors given are overwritten, and the caller may still need them."""
    next_q[terminated] = 0.0
    return rewards + gamma * next_q.max(dim=-1).values


MISTAKES = (
    no_mask,
    mask_inverted,
    reward_masked_too,
    no_discount,
    reward_discounted,
    gamma_added,
    reward_left_out,
    mean_instead_of_max,
    sum_instead_of_max,
    min_instead_of_max,
    max_over_the_batch,
    max_of_everything,
    argmax_instead_of_max,
    one_fixed_action,
    broadcast_to_a_square,
    no_max,
    column_returned,
    max_gives_a_pair,
    one_minus_a_mask,
    if_for_a_whole_batch,
    rewards_clipped,
    inputs_changed,
)
