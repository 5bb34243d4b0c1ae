"""The known mistakes of ``select_log_probs``."""

import torch
import torch.nn.functional as F
from torch.distributions import Categorical

from ..mistakes import mistake

SHAPES = "concepts/batches_and_shapes"

GATHER = (
    "https://stackoverflow.com/questions/50999977/"
    "what-does-the-gather-function-do-in-pytorch-in-layman-terms"
)

PAGE = "tutorials/exercises/exercise_7_select_log_probs"


def _probabilities_over_the_batch(logits, actions):
    return F.softmax(logits, dim=0).gather(1, actions.unsqueeze(-1)).squeeze(-1)


@mistake(
    cure="Take `dim=-1`: each row of the logits is one state, and its entries are the actions.",
    seen="https://github.com/ctallec/world-models/issues/10",
    also=(_probabilities_over_the_batch,),
)
def softmax_over_the_batch(logits, actions):
    """The softmax runs over dimension 0: each column adds up to one, instead of each row."""
    return F.log_softmax(logits, dim=0).gather(1, actions.unsqueeze(-1)).squeeze(-1)


@mistake(
    cure="Apply `F.log_softmax` instead of `F.softmax`.",
    seen="https://github.com/ray-project/ray/issues/17067",
)
def probabilities_instead_of_logs(logits, actions):
    """The result is the probability of each action; its logarithm was not taken."""
    return F.softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1)).squeeze(-1)


@mistake(
    cure="Give `gather` an index of two dimensions: `actions.unsqueeze(-1)`.",
    seen=SHAPES,
)
def index_without_its_second_dimension(logits, actions):
    """`gather` wants an index with as many dimensions as its input; `actions` has one."""
    return F.log_softmax(logits, dim=-1).gather(1, actions)


def _column_of_probabilities(logits, actions):
    return F.softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1))


def _column_of_logits(logits, actions):
    return logits.gather(1, actions.unsqueeze(-1))


def _column_after_softmax_over_the_batch(logits, actions):
    return F.log_softmax(logits, dim=0).gather(1, actions.unsqueeze(-1))


@mistake(
    cure="Drop the last dimension again: `.squeeze(-1)`.",
    seen="https://github.com/pytorch/rl/issues/1243",
    also=(_column_of_probabilities, _column_of_logits, _column_after_softmax_over_the_batch),
)
def column_not_squeezed(logits, actions):
    """`gather` returns a column, (B, 1); times advantages of shape (B,) it gives a (B, B) table."""
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1))


@mistake(
    cure="Name the dimension to drop: `.squeeze(-1)`.",
    seen="https://github.com/NVIDIA/DeepLearningExamples/pull/765",
)
def every_dimension_squeezed(logits, actions):
    """A bare `squeeze()` drops every dimension of size 1, so also a batch of one state."""
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1)).squeeze()


def _column_each_of_logits(logits, actions):
    return logits[:, actions]


@mistake(
    cure="Pair each row with its own action: give row numbers, `torch.arange(B)`, or `gather`.",
    seen=PAGE,
    also=(_column_each_of_logits,),
)
def every_action_for_every_row(logits, actions):
    """`[:, actions]` takes all of the actions' columns from every row: a (B, B) table."""
    return F.log_softmax(logits, dim=-1)[:, actions]


def _table_of_probabilities(logits, actions):
    return F.softmax(logits, dim=-1)


@mistake(
    cure="Pick from each row the entry of the action taken, for example with `gather`.",
    seen="https://github.com/shariqiqbal2810/MAAC/issues/20",
    also=(_table_of_probabilities,),
)
def all_actions_returned(logits, actions):
    """The whole table came back; wanted is one entry a row, that of the action taken."""
    return F.log_softmax(logits, dim=-1)


@mistake(
    cure="Apply `F.log_softmax(logits, dim=-1)` before you pick.",
    seen="https://github.com/flowersteam/lamorel/pull/38",
)
def logits_never_normalised(logits, actions):
    """The result is the logits themselves: they are no log-probabilities until a softmax has made
    each row's probabilities add up to one.
    """
    return logits.gather(1, actions.unsqueeze(-1)).squeeze(-1)


def _over_a_single_entry(logits, actions):
    return F.log_softmax(logits.gather(1, actions.unsqueeze(-1)), dim=-1).squeeze(-1)


@mistake(
    cure="First `log_softmax` on whole rows, then pick.",
    seen="https://github.com/huggingface/trl/issues/1061",
    also=(_over_a_single_entry,),
)
def picked_before_the_softmax(logits, actions):
    """The entries were picked first and normalised afterwards, when the other actions of each row
    were gone.
    """
    return F.log_softmax(logits.gather(1, actions.unsqueeze(-1)).squeeze(-1), dim=0)


def _rebuilt_from_numbers(logits, actions):
    log_probs = F.log_softmax(logits, dim=-1)
    return torch.tensor([log_probs[i, a].item() for i, a in enumerate(actions)])


def _numpy_array(logits, actions):
    log_probs = F.log_softmax(logits, dim=-1)
    return log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1).detach().numpy()


@mistake(
    cure="Leave out what cuts it: `detach()`, `item()`, `numpy()`, `no_grad()` or a new tensor.",
    seen="https://github.com/Quantum-Cheese/DeepReinforcementLearning_Pytorch/issues/1",
    also=(_rebuilt_from_numbers, _numpy_array),
    telling=True,
)
def graph_cut(logits, actions):
    """What came back has no graph, so a loss made of it cannot train the policy."""
    log_probs = F.log_softmax(logits.detach(), dim=-1)
    return log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)


@mistake(
    cure="Name the argument: `Categorical(logits=logits)`.",
    seen="https://github.com/tristandeleu/pytorch-maml-rl/issues/32",
)
def logits_given_as_probabilities(logits, actions):
    """The first argument of `Categorical` is probabilities, and logits are none."""
    return Categorical(logits).log_prob(actions)


@mistake(
    cure="Apply one softmax: logits go into `log_softmax`, or into `Categorical(logits=...)`.",
    seen="https://github.com/ekapolc/RL_course_2019/pull/6",
)
def softmax_twice(logits, actions):
    """Probabilities were treated as logits: a second softmax flattens them."""
    probs = F.softmax(logits, dim=-1)
    return Categorical(logits=probs).log_prob(actions)


@mistake(
    cure="Put a minus in front: a log-probability is never above 0.",
    seen="https://github.com/openai/baselines/issues/652",
)
def negative_log_prob(logits, actions):
    """A cross-entropy is *minus* the log-probability."""
    return F.cross_entropy(logits, actions, reduction="none")


def _mean_cross_entropy(logits, actions):
    return F.cross_entropy(logits, actions)


def _total(logits, actions):
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1)).sum()


@mistake(
    cure='Leave the mean out; with `F.cross_entropy`, say `reduction="none"`.',
    seen="https://github.com/Farama-Foundation/Gymnasium/issues/1336",
    also=(_mean_cross_entropy, _total),
)
def averaged_over_the_batch(logits, actions):
    """One number came back for the whole batch, but each log-probability is still to be multiplied
    by its own advantage.
    """
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1)).mean()


@mistake(
    cure="Use `F.log_softmax`, which never forms the probability.",
    seen="https://github.com/pytorch/pytorch/issues/1620",
)
def log_of_a_softmax(logits, actions):
    """A tiny probability is rounded to 0 before its logarithm is taken, which is then -inf."""
    return F.softmax(logits, dim=-1).log().gather(1, actions.unsqueeze(-1)).squeeze(-1)


def _with(small):
    def log_of_a_sum(logits, actions):
        probs = F.softmax(logits, dim=-1)
        return torch.log(probs + small).gather(1, actions.unsqueeze(-1)).squeeze(-1)

    return log_of_a_sum


def _clamped_by_categorical(logits, actions):
    return Categorical(probs=F.softmax(logits, dim=-1)).log_prob(actions)


@mistake(
    cure="Use `F.log_softmax`: it needs no small number, since it never forms the probability.",
    seen="https://github.com/awjuliani/DeepRL-Agents/issues/34",
    also=(
        *(_with(10.0**-digits) for digits in (5, 6, 7, 9, 10, 12, 20)),
        _clamped_by_categorical,
    ),
)
def small_number_instead_of_zero(logits, actions):
    """A small number keeps the logarithm of a rounded probability finite, but not right."""
    probs = F.softmax(logits, dim=-1)
    return torch.log(probs + 1e-8).gather(1, actions.unsqueeze(-1)).squeeze(-1)


def _best_probability(logits, actions):
    return F.softmax(logits, dim=-1).max(dim=-1).values


@mistake(
    cure="Use `actions` to pick: they are what was done, the best action or not.",
    seen="https://github.com/henrywoo/chatllama/issues/7",
    also=(_best_probability,),
)
def best_action_instead_of_the_one_taken(logits, actions):
    """Each row gave the log-probability of its likeliest action, not that of the action taken."""
    return F.log_softmax(logits, dim=-1).max(dim=-1).values


def _rows_by_action(logits, actions):
    return F.log_softmax(logits, dim=-1)[actions]


def _index_as_a_row(logits, actions):
    return F.log_softmax(logits, dim=-1).gather(0, actions.unsqueeze(0)).squeeze(0)


@mistake(
    cure="Gather along dimension 1: an action is the number of a column.",
    seen=GATHER,
    also=(_rows_by_action, _index_as_a_row),
)
def actions_as_row_numbers(logits, actions):
    """The actions were used as numbers of rows, which are the states, and not of columns."""
    return F.log_softmax(logits, dim=-1).gather(0, actions.unsqueeze(-1)).squeeze(-1)


def _row_not_squeezed(logits, actions):
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(0))


@mistake(
    cure="Make a column of the actions, with a row for each state: `actions.unsqueeze(-1)`.",
    seen=GATHER,
    also=(_row_not_squeezed,),
)
def first_state_for_all(logits, actions):
    """Every entry was picked from the first state's row: the index was one row of all actions."""
    return F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(0)).squeeze(0)


MISTAKES = (
    softmax_over_the_batch,
    probabilities_instead_of_logs,
    index_without_its_second_dimension,
    column_not_squeezed,
    every_dimension_squeezed,
    every_action_for_every_row,
    all_actions_returned,
    logits_never_normalised,
    picked_before_the_softmax,
    graph_cut,
    logits_given_as_probabilities,
    softmax_twice,
    negative_log_prob,
    averaged_over_the_batch,
    log_of_a_softmax,
    small_number_instead_of_zero,
    best_action_instead_of_the_one_taken,
    actions_as_row_numbers,
    first_state_for_all,
)
