"""How ``td_target`` is checked."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ..checking import Check, Probe
from ..facts import Facts, Raised, describe
from ..mistakes import Attempt, mistake
from ..sandbox import sandbox
from .observing import Untouched, result_facts
from .training_events import Kind

SHAPES = "concepts/batches_and_shapes"
MAX_IN_TORCH = "https://github.com/MorvanZhou/PyTorch-Tutorial/issues/9"
NEXT_VALUE = "https://github.com/toshikwa/rltorch/issues/1"


def truth(rewards: Tensor, terminated: Tensor, next_q: Tensor, gamma: float) -> Tensor:
    """Go through the transitions one by one."""
    rows = zip(rewards.tolist(), terminated.tolist(), next_q.tolist(), strict=True)
    targets = [reward if ended else reward + gamma * max(row) for reward, ended, row in rows]
    return torch.tensor(targets, dtype=rewards.dtype)


def call(
    attempt: Attempt, rewards: Tensor, terminated: Tensor, next_q: Tensor, gamma: float
) -> Facts:
    """Note the targets, and whether the inputs were changed."""
    rewards, terminated, next_q = rewards.clone(), terminated.clone(), next_q.clone()
    untouched = Untouched(rewards=rewards, terminated=terminated, next_q=next_q)
    try:
        with Calls() as calls:
            result = attempt(rewards, terminated, next_q, gamma)
    except (AttributeError, RuntimeError, TypeError) as error:
        kind = calls.explain(error, terminated)
        return {"error": Kind(kind, str(Raised.of(error))) if kind else Raised.of(error)}
    return result_facts(result) | untouched.facts()


class Calls(TorchFunctionMode):
    """Remember of the calls to PyTorch what tells apart errors that read alike."""

    def __init__(self) -> None:
        super().__init__()
        self.gave_pair = False
        self.asked: Tensor | None = None  # by `if`, `not` and the like

    def __torch_function__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Pass every call on."""
        if func is Tensor.__bool__:
            self.asked = args[0]
        result = func(*args, **(kwargs or {}))
        self.gave_pair |= type(result).__module__ == "torch.return_types"
        return result

    def explain(self, error: Exception, terminated: Tensor) -> str | None:
        """Tell whether an error comes of a pair that `max` gave, or of asking the whole mask."""
        words = ("return_types", "can't multiply sequence", "converted to an index")
        if self.gave_pair and any(word in str(error) for word in words):
            return "a pair is not a tensor"
        masks = [terminated.tolist(), (~terminated).tolist()]
        if "Boolean value" in str(error) and self.asked is not None:
            return "asked for all steps at once" if self.asked.tolist() in masks else None
        return None


def call_with_graph(attempt: Attempt) -> Facts:
    """Give ``next_q`` with a graph: it may be kept or cut, and an error is all right as well."""
    result = with_graph(attempt)
    return result_facts(with_graph(truth) if isinstance(result, Raised) else result)


def with_graph(attempt: Attempt) -> Any:
    """Call the attempt with values that require gradients; an exception is an outcome as well."""
    next_q = torch.tensor([[1.0, 3.0, 2.0], [5.0, 4.0, 6.0]], requires_grad=True)
    try:
        return attempt(torch.tensor([1.0, -2.0]), torch.tensor([False, True]), next_q * 1, 0.9)
    except Exception as error:
        return Raised.of(error)


def note(attempt: Attempt) -> str:
    """Say so if the attempt cannot take values with a graph."""
    with sandbox():
        result = with_graph(attempt)
    if not isinstance(result, Raised):
        return ""
    return f"(Compute next_q under torch.no_grad(): with a graph this gives {describe(result)}.)"


def probe(
    shape: tuple[int, int],
    ended: str,
    gamma: float,
    *,
    shift: float = 0.0,
    dtype: torch.dtype = torch.float32,
) -> Probe:
    """Make a probe with random rewards and values; ``ended`` has a 1 for a terminated step."""
    draw = torch.Generator().manual_seed(sum(shape))
    rewards = (2 * torch.randn(shape[0], generator=draw)).to(dtype).round(decimals=1)
    next_q = (3 * torch.randn(shape, generator=draw) + shift).to(dtype).round(decimals=1)
    terminated = torch.tensor([flag == "1" for flag in ended])
    text = (
        f"td_target(rewards = {_in_words(rewards)}, terminated = {terminated.tolist()}, "
        f"next_q = {_in_words(next_q)}, gamma = {gamma})"
    )
    if dtype == torch.float64:
        text += " in float64"
    return Probe(text, lambda attempt: call(attempt, rewards, terminated, next_q, gamma))


def _in_words(tensor: Tensor) -> list[Any]:
    """Give the numbers with their one decimal: 1.4 and not 1.399999976158142."""
    tenths = (10 * tensor).round().int().tolist()
    return [[n / 10 for n in row] if isinstance(row, list) else row / 10 for row in tenths]


PROBES = (
    probe((3, 3), "010", 0.95),
    probe((4, 2), "0010", 0.95),
    probe((4, 1), "0100", 0.95),
    probe((1, 3), "0", 0.95),
    probe((1, 1), "1", 0.95),
    probe((2, 4), "01", 0.5, shift=-20.0),
    probe((3, 2), "111", 0.95),
    probe((3, 2), "000", 0.95),
    probe((3, 2), "010", 0.0),
    probe((3, 2), "010", 1.0),
    probe((3, 2), "001", 0.95, dtype=torch.float64),
    Probe(
        "td_target(rewards of shape (2,), terminated = [False, True], next_q of shape (2, 3) with "
        "a graph, gamma=0.9)",
        call_with_graph,
    ),
)


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


def _targets_set_to_zero(rewards, terminated, next_q, gamma):
    targets = rewards + gamma * next_q.max(dim=-1).values
    targets[terminated] = 0.0
    return targets


@mistake(
    cure="Mask the value of the next state alone; the last reward counts like any other.",
    seen="https://github.com/AechPro/rlgym-ppo/pull/23",
    also=(_targets_set_to_zero,),
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


CHECK = Check(
    truth,
    PROBES,
    (
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
    ),
    note,
)
