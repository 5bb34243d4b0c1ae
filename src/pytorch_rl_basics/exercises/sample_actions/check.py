"""How ``sample_actions`` is checked."""

from typing import Any

import torch
from torch import Tensor, nn

from ...checker.example import Example, in_python
from ...checker.facts import Facts
from ...checker.observing import Untouched, seed_survives
from ...checker.probes import Attempt, Probe
from ...checker.sandbox import seed_everything
from .frequencies import FOUR_STATES, ROWS, exact, many
from .results import fitting, parts, strangers, table


def truth(policy: nn.Module, states: Tensor) -> tuple[Tensor, Tensor]:
    """Invert the cumulated probabilities at one uniform draw a row; subtract the log-sum-exp."""
    logits = policy(states)
    cumulated = logits.detach().double().softmax(dim=-1).cumsum(dim=-1)
    uniform = torch.rand(len(states), 1, dtype=torch.float64)
    actions = (uniform >= cumulated[:, :-1]).sum(dim=-1)
    rows = torch.arange(len(states))
    return actions, logits[rows, actions] - logits.logsumexp(dim=-1)


def example(setup: str, times: int = 1) -> Example:
    """Write a call as code, with as many rows of each state."""
    more = f"\nstates = states.repeat({times}, 1)" if times > 1 else ""
    seed = "\ntorch.manual_seed(0)"
    results = {
        "the actions, and how often each came": "Counter(result[0].tolist())",
        "the first log_probs": "result[1][:8].tolist()",
    }
    return Example(
        "sample_actions", setup + more + seed, "sample_actions(policy, states)", results, True
    )


def with_table(logits: Tensor | str) -> str:
    """Write as code the policy that gives these logits, and its states."""
    return f"""\
logits = {logits if isinstance(logits, str) else in_python(logits)}
policy = nn.Linear(*logits.shape, bias=False).to(logits.dtype)
policy.weight.data.copy_(logits.T)
states = torch.eye(len(logits), dtype=logits.dtype)"""


def with_network(rows: int, features: int, actions: int, seed: int, double: str = "") -> str:
    """Write as code a small network and a batch of states, the same ones each time."""
    return f"""\
torch.manual_seed({seed})
policy = nn.Sequential(nn.Linear({features}, 8), nn.Tanh(), nn.Linear(8, {actions}))
for parameter in policy.parameters():
    parameter.data *= 2
policy, states = policy{double}, torch.randn({rows}, {features}){double}"""


def built(call: Example) -> list[Any]:
    """Build the policy and the states of a call."""
    with torch.random.fork_rng(devices=[]):
        return call.given("policy", "states")


def state_of(policy: nn.Module, states: Tensor) -> Untouched:
    """Remember the states and the policy's parameters."""
    return Untouched(states=states, **{f"policy {n}": p for n, p in policy.named_parameters()})


def first(attempt: Attempt, policy: nn.Module, states: Tensor) -> Facts:
    """Note types, shapes, what the call leaves behind, and whether there is a graph."""
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
    facts["the policy is in training mode"] = policy.training
    return facts


def whole_table(log_probs: Any, logits: Tensor) -> Facts:
    """Note what log_probs of the logits' shape, one for every action, hold."""
    if not isinstance(log_probs, Tensor) or log_probs.shape != logits.shape:
        return {}
    given, right = log_probs.detach().to(logits.dtype), logits.log_softmax(dim=-1)
    known = {"log-probabilities": right, "probabilities": right.exp(), "logits": logits}
    for name, values in known.items():
        if torch.allclose(given, values, atol=1e-4):
            return {"each row of log_probs holds": f"the {name} of all its actions"}
    others = torch.cdist(given, right).min(dim=1).values.max().item() < 1e-3
    return {"each row of log_probs holds": "those of another row" if others else "something else"}


def matching(attempt: Attempt, policy: nn.Module, states: Tensor) -> Facts:
    """Compare log_probs and their gradient with log_softmax at the returned actions."""
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
    expected = logits.log_softmax(dim=-1)[torch.arange(len(actions)), actions]
    facts["the log_probs are those of the actions"] = agree(log_probs, expected)
    facts["the log_probs have a graph"] = log_probs.requires_grad
    if log_probs.requires_grad:
        facts["their gradient in the policy is"] = compare_gradients(policy, log_probs, expected)
    return facts


def agree(one: Tensor, expected: Tensor) -> str:
    """Say whether two tensors hold the same numbers."""
    if not one.isfinite().all():
        return "no: some are nan or infinite"
    return "yes" if torch.allclose(one, expected, rtol=1e-4, atol=1e-5) else "no: other numbers"


def compare_gradients(policy: nn.Module, log_probs: Tensor, expected: Tensor) -> str:
    """Say whether the gradient of log_probs, weighted row by row, is the expected one."""
    weights = torch.arange(1.0, len(expected) + 1, dtype=expected.dtype)
    parameters = list(policy.parameters())
    try:
        found = torch.autograd.grad((log_probs * weights).sum(), parameters, allow_unused=True)
    except RuntimeError as error:
        return f"an error: {str(error).splitlines()[0]}"
    right = torch.autograd.grad((expected * weights).sum(), parameters)
    if any(gradient is None for gradient in found):
        return "none: nothing arrives"
    flat = torch.cat([gradient.flatten() for gradient in found])
    words = {"yes": "right", "no: other numbers": "another one"}
    return words.get(agree(flat, torch.cat([g.flatten() for g in right])), "nan or infinite")


def certain(attempt: Attempt) -> Facts:
    """Note whether states that leave no choice among 300 actions get another one."""
    logits = torch.full((3, 300), -3e4)
    logits[[0, 1, 2], [299, 0, 130]] = 3e4
    policy, states = table(logits, 300)
    result = attempt(policy, states)
    facts = parts(result, *states.shape)
    if not fitting(result, len(states), states.dtype):
        return facts
    wrong = result[0] != torch.tensor([299, 0, 130]).repeat(300)
    return facts | {"an impossible action came": bool(wrong.any())}


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


def match(rows: int, features: int, actions: int, seed: int, kind: str = "") -> Probe:
    """Make the probe that compares the log_probs that a random policy gives."""
    call = example(with_network(rows, features, actions, seed, ".double()" * bool(kind)))
    return Probe(
        f"sample_actions(policy, states of shape ({rows}, {features}){kind}), with a policy of "
        f"{actions} actions",
        lambda attempt: matching(attempt, *built(call)),
        example=call,
    )


# Probabilities that are smaller than any float32 number, or equal.
EXTREME = torch.tensor([[0.0, 1000.0], [0.0, -1000.0], [1000.0, 1000.0]])
FAR = torch.tensor([[0.0, -1.0, 1.0]], dtype=torch.float64) + torch.tensor([[2e4], [-2e4], [1e5]])
EIGHT = example(with_network(8, 4, 2, seed=0))
CERTAIN = "torch.full((3, 300), -3e4)\nlogits[[0, 1, 2], [299, 0, 130]] = 3e4"
PROBES = (
    Probe(
        "sample_actions(policy, states of shape (8, 4)), with a policy of 2 actions",
        lambda attempt: first(attempt, *built(EIGHT)),
        example=EIGHT,
    ),
    Probe(
        f"sample_actions(policy, states), 4 states {ROWS:,} times each, with a policy of 3 actions",
        many,
        exact(),
        example=example(with_table(FOUR_STATES), ROWS),
    ),
    match(6, 4, 2, seed=1),
    match(1, 4, 2, seed=1),
    match(3, 2, 3, seed=2),
    match(5, 3, 4, seed=3, kind=" in float64"),
    Probe(
        "sample_actions(policy, states), where the logits are [0, 1000], [0, -1000], [1000, 1000]",
        lambda attempt: matching(attempt, *table(EXTREME)),
        example=example(with_table(EXTREME)),
    ),
    match(67, 3, 11, seed=4),
    Probe(
        "sample_actions(policy, states) in float64, where the logits are [n, n - 1, n + 1] "
        "for n = 20,000, -20,000 and 100,000",
        lambda attempt: matching(attempt, *table(FAR, 8)),
        example=example(with_table(FAR), 8),
    ),
    Probe(
        "sample_actions(policy, 900 states), where one logit of 300 is 30,000, the others -30,000",
        certain,
        example=example(with_table(CERTAIN), 300),
    ),
    Probe(
        "sample_actions(policy, states) with 100 rows after torch.manual_seed(0), "
        "again after torch.manual_seed(0), and after torch.manual_seed(1)",
        repeated,
        example=example(with_table(torch.zeros(1, 3)), 100),
    ),
)
