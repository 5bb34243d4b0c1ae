"""The known mistakes of ``sample_actions``."""

import random

import torch
import torch.nn.functional as F
from torch.distributions import Categorical

from ..mistakes import mistake

SHAPES = "concepts/batches_and_shapes"

PAGE = "tutorials/exercises/exercise_4_sample_actions"


def _dim_0_for_the_log(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions.squeeze(1), F.log_softmax(logits, dim=0).gather(1, actions).squeeze(1)


def _dim_0_for_the_draw(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=0), 1)
    return actions.squeeze(1), F.log_softmax(logits, dim=-1).gather(1, actions).squeeze(1)


def _dim_0_for_categorical(policy, states):
    distribution = Categorical(F.softmax(policy(states), dim=0))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Take `dim=-1`: each row of the logits is one state, and its entries are the actions.",
    seen="https://github.com/DeepReinforcementLearning/DeepReinforcementLearningInAction/issues/32",
    also=(_dim_0_for_the_log, _dim_0_for_the_draw, _dim_0_for_categorical),
)
def softmax_over_the_batch(policy, states):
    """The softmax runs over dimension 0: each column adds up to one, instead of each row."""
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=0), 1)
    return actions.squeeze(1), F.log_softmax(logits, dim=0).gather(1, actions).squeeze(1)


@mistake(
    cure="Draw with `torch.multinomial(probs, 1)` or `Categorical(logits=logits).sample()`.",
    seen="https://github.com/openai/spinningup/issues/97",
    telling=True,
)
def likeliest_instead_of_drawn(policy, states):
    """Each row gets its likeliest action, nothing is drawn: such a policy never explores."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = log_probs.argmax(dim=-1)
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


def _uniform_log_probs(policy, states):
    logits = policy(states)
    distribution = Categorical(logits=0 * logits)
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Let the softmax of the logits decide how often each action comes.",
    seen="https://github.com/LxMLS/lxmls-toolkit/pull/174",
    also=(_uniform_log_probs,),
)
def drawn_uniformly(policy, states):
    """Every action comes equally often, whatever the policy's logits say."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.randint(log_probs.shape[1], (len(states),))
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


def _graph_that_ends_here(policy, states):
    distribution = Categorical(logits=policy(states).detach())
    actions = distribution.sample()
    return actions, distribution.log_prob(actions).requires_grad_()


@mistake(
    cure="Keep the log-probabilities in the graph: no `no_grad`, `detach`, `item` or new tensor.",
    seen="https://github.com/Quantum-Cheese/DeepReinforcementLearning_Pytorch/issues/1",
    also=(_graph_that_ends_here,),
    telling=True,
)
def log_probs_without_a_graph(policy, states):
    """The log-probabilities are cut off from the policy, so no gradient can reach it."""
    with torch.no_grad():
        distribution = Categorical(logits=policy(states))
        actions = distribution.sample()
        return actions, distribution.log_prob(actions)


def _both_columns(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions, F.log_softmax(logits, dim=-1).gather(1, actions)


def _column_of_log_probs(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions.squeeze(1), F.log_softmax(logits, dim=-1).gather(1, actions)


def _column_meets_categorical(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, 1)
    return actions, Categorical(probs).log_prob(actions)


@mistake(
    cure="Take the last dimension away with `.squeeze(-1)`: (B, 1) becomes (B,).",
    seen="https://github.com/LucasAlegre/morl-baselines/issues/88",
    also=(_both_columns, _column_of_log_probs, _column_meets_categorical),
    telling=True,
)
def columns_instead_of_rows(policy, states):
    """The shape is (B, 1), which broadcasts against (B,) to (B, B) in a later product."""
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions, F.log_softmax(logits, dim=-1).gather(1, actions).squeeze(1)


def _probs_of_all_actions(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    return Categorical(probs).sample(), probs


def _logits_of_all_actions(policy, states):
    logits = policy(states)
    return Categorical(logits=logits).sample(), logits


@mistake(
    cure="Pick the entry of the action drawn in each row, with `gather` or `log_prob`.",
    seen="https://github.com/shariqiqbal2810/MAAC/issues/20",
    also=(_probs_of_all_actions, _logits_of_all_actions),
)
def values_of_all_actions(policy, states):
    """A value for each action comes back, where only that of the action drawn is asked for."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1).squeeze(1)
    return actions, log_probs


def _rows_of_other_states(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1).squeeze(1)
    return actions, log_probs[actions]


@mistake(
    cure="Pair each row with its own action: `log_probs[torch.arange(len(actions)), actions]`.",
    seen="https://github.com/sherjilozair/dqn/issues/4",
    also=(_rows_of_other_states,),
)
def every_row_with_every_action(policy, states):
    """The index does not pair each row with its own action: it takes whole rows or columns."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1).squeeze(1)
    return actions, log_probs[:, actions]


@mistake(
    cure="Gather along dimension 1, the actions: `log_probs.gather(1, actions.unsqueeze(-1))`.",
    seen="https://discuss.pytorch.org/t/how-to-use-gather-in-pytorch/86541",
)
def gather_along_the_batch(policy, states):
    """`gather` runs along dimension 0, so the action's number picks a row instead of a column."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1)
    return actions.squeeze(1), log_probs.gather(0, actions).squeeze(1)


@mistake(
    cure="Give `gather` an index of two dimensions: `actions.unsqueeze(-1)`.",
    seen="https://discuss.pytorch.org/t/how-to-use-gather-in-pytorch/86541",
)
def index_without_its_second_dimension(policy, states):
    """`gather` wants an index with as many dimensions as its input; `actions` has one."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1).squeeze(1)
    return actions, log_probs.gather(1, actions)


@mistake(
    cure="Take `F.log_softmax` in place of `F.softmax` for what you return.",
    seen="https://github.com/ray-project/ray/pull/37240",
)
def probabilities_instead_of_logs(policy, states):
    """The probabilities of the actions come back; their logarithm was not taken."""
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, 1)
    return actions.squeeze(1), probs.gather(1, actions).squeeze(1)


@mistake(
    cure="Apply `F.log_softmax` to the logits before you pick an entry of each row.",
    seen="https://github.com/huggingface/trl/issues/1061",
)
def logits_instead_of_logs(policy, states):
    """The chosen logits come back: they are no log-probabilities before `log_softmax`."""
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions.squeeze(1), logits.gather(1, actions).squeeze(1)


def _numbers_as_probs(policy, states):
    distribution = Categorical(probs=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


def _logs_to_multinomial(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs, 1)
    return actions.squeeze(1), log_probs.gather(1, actions).squeeze(1)


@mistake(
    cure="Make probabilities of the logits by `F.softmax`, or say `Categorical(logits=...)`.",
    seen="https://github.com/tristandeleu/pytorch-maml-rl/issues/32",
    also=(_numbers_as_probs, _logs_to_multinomial),
)
def logits_as_probabilities(policy, states):
    """Logits or logarithms are drawn from as if they were probabilities; some are negative."""
    logits = policy(states)
    actions = torch.multinomial(logits, 1)
    return actions.squeeze(1), F.log_softmax(logits, dim=-1).gather(1, actions).squeeze(1)


def _log_softmax_of_softmax(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, 1)
    return actions.squeeze(1), F.log_softmax(probs, dim=-1).gather(1, actions).squeeze(1)


@mistake(
    cure="Give `Categorical` the logits as `logits=`, or the probabilities as `probs=`.",
    seen="https://github.com/ekapolc/RL_course_2019/pull/6",
    also=(_log_softmax_of_softmax,),
)
def softmax_twice(policy, states):
    """Probabilities are taken for logits, so a second softmax makes all actions nearly equal."""
    distribution = Categorical(logits=F.softmax(policy(states), dim=-1))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Turn the sign around: a log-probability is never above zero.",
    seen="https://github.com/ymfa/seq2seq-summarizer/issues/7",
)
def sign_turned_around(policy, states):
    """Minus the log-probability comes back, which is what `cross_entropy` computes."""
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    return actions, F.cross_entropy(logits, actions, reduction="none")


@mistake(
    cure="Draw once, keep the actions in a variable, and score these.",
    seen="https://github.com/thu-ml/tianshou/issues/397",
)
def another_draw_scored(policy, states):
    """The log-probabilities belong to a second draw, not to the actions that come back."""
    distribution = Categorical(logits=policy(states))
    return distribution.sample(), distribution.log_prob(distribution.sample())


@mistake(
    cure="Pick the entry of the action that was drawn, with `gather` or `log_prob`.",
    seen="https://github.com/henrywoo/chatllama/issues/7",
)
def largest_log_prob(policy, states):
    """The log-probability of the likeliest action comes back, whichever one was drawn."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    return Categorical(logits=log_probs).sample(), log_probs.max(dim=-1).values


@mistake(
    cure="Return one log-probability for each row; the loss will weigh them before it averages.",
    seen="https://github.com/Farama-Foundation/Gymnasium/issues/1336",
)
def summed_too_early(policy, states):
    """The log-probabilities of the batch are reduced to one number, where each row has its own."""
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions).sum()


@mistake(
    cure="Draw once for each row: `torch.multinomial(probs, 1)`, with probs of shape (B, A).",
    seen="https://github.com/ray-project/ray/issues/980",
    telling=True,
)
def one_action_for_the_batch(policy, states):
    """One action is drawn for the whole batch, where each state wants a draw of its own."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    action = torch.multinomial(log_probs[0].exp(), 1)
    actions = action.expand(len(states))
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


def _one_noise_for_the_batch(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = (log_probs - torch.empty(log_probs.shape[1]).exponential_().log()).argmax(dim=-1)
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


@mistake(
    cure="Give the random numbers one row for each state: `torch.rand(len(states), 1)`.",
    seen="https://github.com/vllm-project/vllm/issues/50440",
    also=(_one_noise_for_the_batch,),
    telling=True,
)
def rows_share_a_random_number(policy, states):
    """Rows share their random number, so rows of the same state get the same action."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = (torch.rand(1) >= log_probs.exp().cumsum(dim=-1)[:, :-1]).sum(dim=-1)
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


def _as_many_without_replacement(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, len(states))
    return actions, probs.gather(1, actions).log()


@mistake(
    cure="Ask for one draw in each row: `torch.multinomial(probs, 1)`.",
    seen="https://github.com/Parskatt/RoMa/pull/23",
    also=(_as_many_without_replacement,),
    telling=True,
)
def as_many_draws_as_rows(policy, states):
    """The number given to `multinomial` is the number of draws in each row, not of rows."""
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, len(states), replacement=True)
    return actions, probs.gather(1, actions).log()


def _shorter_integers(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions.int(), distribution.log_prob(actions)


@mistake(
    cure="Leave the actions int64, as `multinomial` and `sample` give them.",
    seen="https://github.com/PacktPublishing/Deep-Reinforcement-Learning-Hands-On-Second-Edition/"
    "issues/45",
    also=(_shorter_integers,),
)
def actions_of_another_dtype(policy, states):
    """The actions were turned into floats or short integers; as an index, int64 is wanted."""
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions.float(), distribution.log_prob(actions)


def _one_hot_of_the_draw(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return F.one_hot(actions, distribution.logits.shape[1]), distribution.log_prob(actions)


@mistake(
    cure="Return the place of the 1 in each row: `one_hot.argmax(dim=-1)`.",
    seen="https://github.com/shariqiqbal2810/maddpg-pytorch/issues/34",
    also=(_one_hot_of_the_draw,),
)
def one_hot_actions(policy, states):
    """The actions come as rows of zeros with a 1, where their numbers are wanted."""
    logits = policy(states)
    one_hot = F.gumbel_softmax(logits, hard=True)
    return one_hot, (F.log_softmax(logits, dim=-1) * one_hot).sum(dim=-1)


@mistake(
    cure="Return the actions first: `return actions, log_probs`.",
    seen="https://github.com/p-christ/Deep-Reinforcement-Learning-Algorithms-with-PyTorch/issues/79",
)
def swapped_results(policy, states):
    """The log-probabilities come first and the actions second; it is asked the other way round."""
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return distribution.log_prob(actions), actions


@mistake(
    cure="Return both: `return actions, log_probs`.",
    seen="https://github.com/cpnota/autonomous-learning-library/pull/169",
)
def actions_alone(policy, states):
    """Only the actions come back; learning needs the log-probability of each as well."""
    return Categorical(logits=policy(states)).sample()


def _item_of_log_probs(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions).item()


@mistake(
    cure="Return the tensors as they are, with one entry for each row.",
    seen="https://github.com/p-christ/Deep-Reinforcement-Learning-Algorithms-with-PyTorch/pull/55",
    also=(_item_of_log_probs,),
)
def item_of_a_batch(policy, states):
    """`.item()` takes a number out of a tensor of one entry; a batch has many."""
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions.item(), distribution.log_prob(actions)


def _squeezed_log_probs(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions.squeeze(-1), F.log_softmax(logits, dim=-1).gather(1, actions).squeeze()


@mistake(
    cure="Say which dimension goes: `.squeeze(-1)`.",
    seen=SHAPES,
    also=(_squeezed_log_probs,),
    telling=True,
)
def squeezed_too_much(policy, states):
    """A bare `squeeze()` drops every dimension of size 1, the batch too when it has one row."""
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return actions.squeeze(), F.log_softmax(logits, dim=-1).gather(1, actions).squeeze()


def _log_of_softmax_summed(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, 1).squeeze(1)
    one_hot = F.one_hot(actions, probs.shape[1])
    return actions, (one_hot * probs.log()).sum(dim=-1)


@mistake(
    cure="Use `F.log_softmax(logits, dim=-1)`, which never forms the tiny probability.",
    seen=PAGE,
    also=(_log_of_softmax_summed,),
)
def log_of_softmax(policy, states):
    """The logarithm of a probability that has rounded to 0 is -inf, and its gradient nan."""
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, 1)
    return actions.squeeze(1), probs.log().gather(1, actions).squeeze(1)


def _weights_for_categorical(policy, states):
    weights = policy(states).exp()
    distribution = Categorical(probs=weights / weights.sum(dim=-1, keepdim=True))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Use `F.softmax`, which subtracts the largest logit of each row first.",
    seen="https://github.com/pytorch/pytorch/issues/7014",
    also=(_weights_for_categorical,),
)
def softmax_by_hand(policy, states):
    """`exp` of a large logit is infinite, and infinity divided by infinity is nan."""
    weights = policy(states).exp()
    probs = weights / weights.sum(dim=-1, keepdim=True)
    actions = torch.multinomial(probs, 1)
    return actions.squeeze(1), probs.gather(1, actions).squeeze(1).log()


def _sigmoids_for_categorical(policy, states):
    distribution = Categorical(probs=torch.sigmoid(policy(states)))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Use a softmax: it compares the logits of a row with each other.",
    seen="https://github.com/microsoft/CNTK/issues/3659",
    also=(_sigmoids_for_categorical,),
)
def sigmoid_instead_of_softmax(policy, states):
    """A sigmoid looks at each logit alone, so the numbers of a row do not add up to one."""
    weights = torch.sigmoid(policy(states))
    actions = torch.multinomial(weights, 1)
    return actions.squeeze(1), weights.gather(1, actions).squeeze(1).log()


@mistake(
    cure="Draw with torch: `torch.multinomial` or `Categorical(...).sample()`.",
    seen="https://github.com/google-deepmind/bsuite/issues/25",
)
def another_generator(policy, states):
    """The random numbers come from Python or NumPy, which `torch.manual_seed` does not seed."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    numbers = range(log_probs.shape[1])
    drawn = [random.choices(numbers, weights=row)[0] for row in log_probs.exp().tolist()]
    actions = torch.tensor(drawn)
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)


@mistake(
    cure="Leave seeding to the caller, once at the start of a run.",
    seen="https://github.com/mrdbourke/pytorch-deep-learning/issues/245",
    telling=True,
)
def seeding_inside(policy, states):
    """The function sets the seed itself, so that each call draws the same numbers again."""
    torch.manual_seed(0)
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Work on a copy: `states = states - ...` makes one, `states -= ...` does not.",
    seen="https://github.com/pytorch/vision/issues/217",
    telling=True,
)
def changing_the_states(policy, states):
    """The function writes into the caller's states, which are stored or used again after it."""
    states -= states.mean(dim=0)
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


MISTAKES = (
    softmax_over_the_batch,
    likeliest_instead_of_drawn,
    drawn_uniformly,
    log_probs_without_a_graph,
    columns_instead_of_rows,
    values_of_all_actions,
    every_row_with_every_action,
    gather_along_the_batch,
    index_without_its_second_dimension,
    probabilities_instead_of_logs,
    logits_instead_of_logs,
    logits_as_probabilities,
    softmax_twice,
    sign_turned_around,
    another_draw_scored,
    largest_log_prob,
    summed_too_early,
    one_action_for_the_batch,
    rows_share_a_random_number,
    as_many_draws_as_rows,
    actions_of_another_dtype,
    one_hot_actions,
    swapped_results,
    actions_alone,
    item_of_a_batch,
    squeezed_too_much,
    log_of_softmax,
    softmax_by_hand,
    sigmoid_instead_of_softmax,
    another_generator,
    seeding_inside,
    changing_the_states,
)
