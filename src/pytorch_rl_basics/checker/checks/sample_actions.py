"""How ``sample_actions`` is checked."""

import random
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Categorical

from ..checking import Check, Probe
from ..facts import Facts, Frequencies, Probabilities, type_of
from ..mistakes import Attempt, mistake
from .observing import Untouched, seed_everything, seed_survives

SHAPES = "concepts/batches_and_shapes"
PAGE = "tutorials/exercises/exercise_4_sample_actions"


def truth(policy: nn.Module, states: Tensor) -> tuple[Tensor, Tensor]:
    """Invert the cumulated probabilities at one uniform draw a row; subtract the log-sum-exp."""
    logits = policy(states)
    cumulated = logits.detach().double().softmax(dim=-1).cumsum(dim=-1)
    uniform = torch.rand(len(states), 1, dtype=torch.float64)
    actions = (uniform >= cumulated[:, :-1]).sum(dim=-1)
    rows = torch.arange(len(states))
    return actions, logits[rows, actions] - logits.logsumexp(dim=-1)


# ----------------------------------------------------------------------------------------------
# Probes

Call = tuple[nn.Module, Tensor]  # what the attempt is called with

# Logits of four states, three actions. All rows have the same three probabilities, in another
# order, so the draws of all states may be counted together.
FOUR_STATES = torch.tensor(
    [[0.5, 2.75, 0.0], [1.25, -1.5, -1.0], [0.5, 1.0, 3.25], [-0.25, -0.75, 2.0]]
)
RANKS = FOUR_STATES.argsort(dim=-1, descending=True).argsort(dim=-1)  # 0 for the likeliest
ROWS = 1_000  # of each state in one call


def table(logits: Tensor, rows: int = 1) -> Call:
    """Make a policy that gives these logits for states that are the rows of a unit matrix."""
    count = len(logits)
    policy = nn.Linear(count, logits.shape[1], bias=False).to(logits.dtype)
    policy.weight.data.copy_(logits.T)
    return policy, torch.eye(count, dtype=logits.dtype).repeat(rows, 1)


def network(states: int, features: int, actions: int, seed: int) -> Call:
    """Make a small network and a batch of states, the same ones each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        policy = nn.Sequential(nn.Linear(features, 8), nn.Tanh(), nn.Linear(8, actions))
        for parameter in policy.parameters():
            parameter.data *= 2
        return policy, torch.randn(states, features)


def parts(result: Any, rows: int, actions: int) -> Facts:
    """Note what came back: a tuple of two tensors of the right shapes, or what else."""
    if not isinstance(result, tuple):
        return {"the result is": type_of(result)}
    facts: Facts = {"the result is": f"a tuple of {len(result)}"}
    if len(result) != 2:
        return facts
    drawn, scores = result
    facts |= {"the actions are": type_of(drawn), "the log_probs are": type_of(scores)}
    if isinstance(drawn, Tensor) and drawn.shape == (rows, actions):
        one_hot = bool(((drawn == 0) | (drawn == 1)).all() and (drawn.sum(dim=-1) == 1).all())
        facts["each row of the actions is"] = "a 1 among zeros" if one_hot else "something else"
    return facts


def fitting(result: Any, rows: int, dtype: torch.dtype) -> bool:
    """Tell whether actions and log_probs have the right types and shapes to look at further."""
    if not isinstance(result, tuple) or len(result) != 2:
        return False
    return all(
        isinstance(part, Tensor) and part.dtype == wanted and part.shape == (rows,)
        for part, wanted in zip(result, (torch.int64, dtype), strict=True)
    )


def state_of(policy: nn.Module, states: Tensor) -> Untouched:
    """Remember the states and the policy's parameters."""
    return Untouched(states=states, **{f"policy {n}": p for n, p in policy.named_parameters()})


def first(attempt: Attempt, make: Callable[[], Call]) -> Facts:
    """Note types, shapes, what the call leaves behind, and whether there is a graph."""
    policy, states = make()
    untouched = state_of(policy, states)
    result = attempt(policy, states)
    with torch.no_grad():
        logits = policy(states)
    facts = parts(result, *logits.shape)
    if isinstance(result, tuple) and len(result) == 2:
        facts |= whole_table(result[1], logits)
    if not fitting(result, len(states), states.dtype):
        return facts
    actions, log_probs = result
    facts |= untouched.facts()
    facts["gradients left in the policy"] = any(p.grad is not None for p in policy.parameters())
    facts["a seed set before the call still counts after it"] = seed_survives(
        lambda: attempt(policy, states)
    )
    facts["actions that do not exist"] = strangers(actions, logits.shape[1])
    facts["the log_probs have a graph"] = log_probs.requires_grad
    return facts


def whole_table(log_probs: Any, logits: Tensor) -> Facts:
    """Note what log_probs of the logits' shape, one for every action, hold."""
    if not isinstance(log_probs, Tensor) or log_probs.shape != logits.shape:
        return {}
    seen, right = log_probs.detach().to(logits.dtype), logits.log_softmax(dim=-1)
    known = {"log-probabilities": right, "probabilities": right.exp(), "logits": logits}
    for name, values in known.items():
        if torch.allclose(seen, values, atol=1e-4):
            return {"each row of log_probs holds": f"the {name} of all its actions"}
    others = torch.cdist(seen, right).min(dim=1).values.max().item() < 1e-3
    return {"each row of log_probs holds": "those of another row" if others else "something else"}


def strangers(actions: Tensor, count: int) -> list[int]:
    """List the actions that are none of 0 .. count - 1."""
    return sorted(set(actions.unique().tolist()) - set(range(count)))


def many(attempt: Attempt) -> Facts:
    """Note for each of four states how often its actions came, and with which log-probability."""
    policy, states = table(FOUR_STATES, ROWS)
    result = attempt(policy, states)
    facts = parts(result, len(states), 3)
    if not fitting(result, len(states), states.dtype):
        return facts
    actions, log_probs = (part.detach().reshape(ROWS, 4) for part in result)  # a column a state
    facts["actions that do not exist"] = strangers(actions, 3)
    if facts["actions that do not exist"]:
        return facts
    facts |= some_calls(attempt, policy, states[:8])
    for state in range(4):
        counts = actions[:, state].bincount(minlength=3).tolist()
        facts[how_often(state)] = Frequencies(tuple(counts))
    ranks = RANKS.gather(1, actions.T).flatten()
    facts[BY_RANK] = Frequencies(tuple(ranks.bincount(minlength=3).tolist()))
    equal = int((actions[::2, 0] == actions[1::2, 0]).sum())
    facts[EQUAL] = Frequencies((equal, ROWS // 2 - equal))
    came_with = [
        [one_value(log_probs[:, state][actions[:, state] == action]) for action in range(3)]
        for state in range(4)
    ]
    facts["the log_probs of action 0, 1, 2, state by state"] = came_with
    return facts


def some_calls(attempt: Attempt, policy: nn.Module, states: Tensor) -> Facts:
    """Note what the actions of many calls with four states, each twice, have in common."""
    with torch.no_grad():
        likeliest = policy(states).argmax(dim=-1)
    calls = [attempt(policy, states)[0] for _ in range(24)]
    return {
        "all rows of a call got one and the same action": all(
            bool((actions == actions[0]).all()) for actions in calls
        ),
        "every row got its likeliest action": all(
            torch.equal(actions, likeliest) for actions in calls
        ),
        "calls with the same states drew different actions": any(
            not torch.equal(actions, calls[0]) for actions in calls
        ),
        "rows of one state got different actions": any(
            not torch.equal(actions[:4], actions[4:]) for actions in calls
        ),
    }


BY_RANK = "how often the likeliest, the second and the third action of a state came"
EQUAL = "how often two rows of state 0 got the same action, and different ones"


def how_often(state: int) -> str:
    """Label the frequencies of the actions in one state."""
    return f"how often action 0, 1, 2 came in state {state}"


def one_value(log_probs: Tensor) -> float | str:
    """Give the one value that an action came with, or say that there was none or were several."""
    if len(log_probs) == 0:
        return "it never came"
    if (log_probs.max() - log_probs.min()).item() > 1e-4:
        return "several values"
    return log_probs[0].item()


def exact() -> Facts:
    """Give the exact probabilities of what ``many`` counts."""
    probabilities = FOUR_STATES.double().softmax(dim=-1)
    facts: Facts = {
        how_often(state): Probabilities(tuple(probabilities[state].tolist())) for state in range(4)
    }
    ranked = probabilities[0].sort(descending=True).values
    facts[BY_RANK] = Probabilities(tuple(ranked.tolist()))
    equal = (ranked**2).sum().item()
    return facts | {EQUAL: Probabilities((equal, 1 - equal))}


def matching(attempt: Attempt, make: Callable[[], Call]) -> Facts:
    """Compare log_probs and their gradient with log_softmax at the actions that came back."""
    policy, states = make()
    untouched = state_of(policy, states)
    result = attempt(policy, states)
    logits = policy(states)
    facts = parts(result, *logits.shape)
    if not fitting(result, len(states), states.dtype):
        return facts
    actions, log_probs = result
    facts |= untouched.facts()
    facts["actions that do not exist"] = strangers(actions, logits.shape[1])
    if facts["actions that do not exist"]:
        return facts
    wanted = logits.log_softmax(dim=-1)[torch.arange(len(actions)), actions]
    facts["the log_probs are those of the actions"] = agree(log_probs, wanted)
    facts["the log_probs have a graph"] = log_probs.requires_grad
    if log_probs.requires_grad:
        facts["their gradient in the policy is"] = compare_gradients(policy, log_probs, wanted)
    return facts


def agree(seen: Tensor, wanted: Tensor) -> str:
    """Say whether two tensors hold the same numbers."""
    if not seen.isfinite().all():
        return "no: some are nan or infinite"
    return "yes" if torch.allclose(seen, wanted, rtol=1e-4, atol=1e-5) else "no: other numbers"


def compare_gradients(policy: nn.Module, log_probs: Tensor, wanted: Tensor) -> str:
    """Say whether the gradient of log_probs, weighted row by row, is the one that is wanted."""
    weights = torch.arange(1.0, len(wanted) + 1, dtype=wanted.dtype)
    parameters = list(policy.parameters())
    try:
        seen = torch.autograd.grad((log_probs * weights).sum(), parameters, allow_unused=True)
    except RuntimeError as error:
        return f"an error: {str(error).splitlines()[0]}"
    right = torch.autograd.grad((wanted * weights).sum(), parameters)
    if any(gradient is None for gradient in seen):
        return "none: nothing arrives"
    flat = torch.cat([gradient.flatten() for gradient in seen])
    words = {"yes": "right", "no: other numbers": "another one"}
    return words.get(agree(flat, torch.cat([g.flatten() for g in right])), "nan or infinite")


def repeated(attempt: Attempt) -> Facts:
    """Note whether torch's global seed, and nothing else, decides what is drawn."""
    policy, states = table(torch.zeros(1, 3), 100)

    def after(seed: int) -> Any:
        torch.manual_seed(seed)
        return attempt(policy, states)

    seed_everything(99)
    results = [after(0), after(0), after(1)]
    facts = parts(results[0], 100, 3)
    if not all(fitting(result, 100, states.dtype) for result in results):
        return facts
    one, again, other = (result[0] for result in results)
    facts["the same actions again after the same torch.manual_seed"] = torch.equal(one, again)
    facts["other actions after another torch.manual_seed"] = not torch.equal(one, other)
    return facts


def double_network() -> Call:
    """Make a network and states of dtype float64."""
    policy, states = network(5, 3, 4, seed=3)
    return policy.double(), states.double()


def extreme() -> Call:
    """Make a policy whose probabilities are smaller than any float32 number, or equal."""
    return table(torch.tensor([[0.0, 1000.0], [0.0, -1000.0], [1000.0, 1000.0]]))


PROBES = (
    Probe(
        "sample_actions(policy, states of shape (8, 4)), with a policy of 2 actions",
        lambda attempt: first(attempt, lambda: network(8, 4, 2, seed=0)),
    ),
    Probe(
        f"sample_actions(policy, states), 4 states {ROWS:,} times each, with a policy of 3 actions",
        many,
        exact(),
    ),
    Probe(
        "sample_actions(policy, states of shape (6, 4)), with a policy of 2 actions",
        lambda attempt: matching(attempt, lambda: network(6, 4, 2, seed=1)),
    ),
    Probe(
        "sample_actions(policy, states of shape (1, 4)), with a policy of 2 actions",
        lambda attempt: matching(attempt, lambda: network(1, 4, 2, seed=1)),
    ),
    Probe(
        "sample_actions(policy, states of shape (3, 2)), with a policy of 3 actions",
        lambda attempt: matching(attempt, lambda: network(3, 2, 3, seed=2)),
    ),
    Probe(
        "sample_actions(policy, states of shape (5, 3) in float64), with a policy of 4 actions",
        lambda attempt: matching(attempt, double_network),
    ),
    Probe(
        "sample_actions(policy, states), where the logits are [0, 1000], [0, -1000], [1000, 1000]",
        lambda attempt: matching(attempt, extreme),
    ),
    Probe(
        "sample_actions(policy, states) with 100 rows after torch.manual_seed(0), "
        "again after torch.manual_seed(0), and after torch.manual_seed(1)",
        repeated,
    ),
)


# ----------------------------------------------------------------------------------------------
# Mistakes


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


def _square_from_categorical(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions.unsqueeze(1))


@mistake(
    cure="Pair each row with its own action: `log_probs[torch.arange(len(actions)), actions]`.",
    seen="https://github.com/sherjilozair/dqn/issues/4",
    also=(_rows_of_other_states, _square_from_categorical),
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


def _probability_from_distribution(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions).exp()


@mistake(
    cure="Take `F.log_softmax` in place of `F.softmax` for what you return.",
    seen="https://github.com/ray-project/ray/pull/37240",
    also=(_probability_from_distribution,),
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


def _greedy_score(policy, states):
    distribution = Categorical(logits=policy(states))
    return distribution.sample(), distribution.log_prob(distribution.logits.argmax(dim=-1))


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
    also=(_greedy_score,),
)
def largest_log_prob(policy, states):
    """The log-probability of the likeliest action comes back, whichever one was drawn."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    return Categorical(logits=log_probs).sample(), log_probs.max(dim=-1).values


def _mean_of_log_probs(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions).mean()


@mistake(
    cure="Return one log-probability for each row; the loss will weigh them before it averages.",
    seen="https://github.com/Farama-Foundation/Gymnasium/issues/1336",
    also=(_mean_of_log_probs,),
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


def _squeezed_logits(policy, states):
    distribution = Categorical(logits=policy(states).squeeze())
    actions = distribution.sample()
    return actions, distribution.log_prob(actions)


@mistake(
    cure="Say which dimension goes: `.squeeze(-1)`.",
    seen=SHAPES,
    also=(_squeezed_log_probs, _squeezed_logits),
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


def _choice_of_numpy(policy, states):
    import numpy as np

    log_probs = F.log_softmax(policy(states).double(), dim=-1)
    probs = log_probs.exp().detach().numpy()
    actions = torch.tensor([np.random.choice(len(row), p=row) for row in probs])
    return actions, log_probs.gather(1, actions.unsqueeze(1)).squeeze(1).to(states.dtype)


@mistake(
    cure="Draw with torch: `torch.multinomial` or `Categorical(...).sample()`.",
    seen="https://github.com/google-deepmind/bsuite/issues/25",
    also=(_choice_of_numpy,),
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


CHECK = Check(
    truth,
    PROBES,
    (
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
    ),
)
