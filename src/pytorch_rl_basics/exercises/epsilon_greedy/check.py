"""How ``epsilon_greedy`` is checked."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...checker.facts import Facts, Frequencies, Probabilities, type_of
from ...checker.observing import Untouched, seed_survives
from ...checker.probes import Attempt, Probe
from ...checker.sandbox import seed_everything

DRAWS = 4_000  # for a verdict
FEWER = 1_500  # used only to name the mistake
FOUR_VALUES = torch.tensor([0.2, 3.6, 0.9, 1.7])  # no number of an action; the best is 1
FOUR = "q_values = [0.2, 3.6, 0.9, 1.7]"
SHARES = "how often action 0, 1, 2, 3 came"
RARE = "how often the best action came, and another"


def truth(q_values: Tensor, epsilon: float) -> int:
    """Give each action a part of the interval from 0 to 1; take the part that one draw falls in."""
    values = q_values.tolist()
    best = values.index(max(values))
    position = torch.rand(()).item()
    for action in range(len(values)):
        position -= epsilon / len(values) + (1 - epsilon) * (action == best)
        if position < 0:
            return action
    return best


def draw(attempt: Attempt, q_values: Tensor, epsilon: float, calls: int) -> list[Any]:
    """Call the attempt so many times; stop at a result that is no Python int."""
    actions: list[Any] = []
    for _ in range(calls):
        actions.append(attempt(q_values, epsilon))
        if type(actions[-1]) is not int:
            break
    return actions


def result(action: Any, q_values: Tensor) -> Facts:
    """Note an action's type, and if it is no Python int what its value may mean."""
    facts: Facts = {"the result is": type_of(action)}
    if type(action) is int or action is None:
        return facts
    try:
        value = float(action)
    except Exception:  # whatever a learner's object may raise
        return facts
    if any(abs(value - q) < 1e-6 for q in q_values.tolist()):
        return facts | {"its value is": "one of the Q-values"}
    a_number = value in range(len(q_values))
    return facts | {"its value is": "the number of an action" if a_number else "something else"}


def shares(attempt: Attempt, epsilon: float, calls: int, more: int = 0) -> Facts:
    """Note how often each of four actions came; draw more if one came that should not."""
    q_values = FOUR_VALUES.clone()
    untouched = Untouched(q_values=q_values)
    actions = draw(attempt, q_values, epsilon, calls)
    if more and type(actions[-1]) is int and set(actions) != {1}:
        actions += draw(attempt, q_values, epsilon, more)
    facts = result(actions[-1], q_values) | untouched.facts()
    if type(actions[-1]) is not int:
        return facts
    counts = Counter(actions)
    facts["actions that do not exist"] = sorted(counts.keys() - {0, 1, 2, 3})
    if epsilon == 1:
        facts["more than one action came"] = len(counts) > 1
    if not facts["actions that do not exist"]:
        facts[SHARES] = Frequencies(tuple(counts[action] for action in range(4)))
    return facts


def one(attempt: Attempt, epsilon: float) -> Facts:
    """Note a single result, and what the call leaves behind."""
    q_values = FOUR_VALUES.clone()
    untouched = Untouched(q_values=q_values)
    facts = result(attempt(q_values, epsilon), q_values) | untouched.facts()
    survives = seed_survives(lambda: attempt(q_values, epsilon))
    return facts | {"a seed set before the call still counts after it": survives}


def rare(attempt: Attempt, calls: int) -> Facts:
    """Note how often another action than the best came, for an epsilon of almost nothing."""
    actions = draw(attempt, FOUR_VALUES.clone(), 1e-6, calls)
    facts = result(actions[-1], FOUR_VALUES.clone())
    if type(actions[-1]) is int:
        others = len(actions) - actions.count(1)
        facts[RARE] = Frequencies((len(actions) - others, others))
        greedily = draw(attempt, FOUR_VALUES.clone(), 0.0, FEWER) if others else []
        facts["another came with epsilon = 0 as well"] = any(
            type(action) is not int or action != 1 for action in greedily
        )
    return facts


def few(attempt: Attempt, q_values: Tensor) -> Facts:
    """Note which actions come without exploring, and which come in many draws with exploring."""
    untouched = Untouched(q_values=q_values)
    facts: Facts = {}
    for epsilon, calls in ((0.0, 40), (1.0, 80)):
        actions = draw(attempt, q_values, epsilon, calls)
        facts |= result(actions[-1], q_values.detach()) | untouched.facts()
        if type(actions[-1]) is not int:
            return facts
        facts[f"the actions that came with epsilon = {epsilon:.0f}"] = sorted(set(actions))
    return facts


def repeated(attempt: Attempt) -> Facts:
    """Note whether torch's global seed, and nothing else, decides what is drawn."""

    def after(seed: int) -> list[Any]:
        torch.manual_seed(seed)
        return draw(attempt, FOUR_VALUES.clone(), 0.6, 100)

    seed_everything(99)
    first, again, other = after(0), after(0), after(1)
    facts = result(first[-1], FOUR_VALUES.clone())
    if any(type(actions[-1]) is not int for actions in (first, again, other)):
        return facts
    facts["the same actions again after the same torch.manual_seed"] = first == again
    facts["other actions after another torch.manual_seed"] = first != other
    return facts


def count(epsilon: float) -> Probe:
    """Make the probe that counts the actions of many calls, to compare with their probabilities."""
    other = epsilon / 4
    return Probe(
        f"epsilon_greedy(q_values, {epsilon}), with {FOUR}, {DRAWS:,} times",
        lambda attempt: shares(attempt, epsilon, DRAWS),
        {SHARES: Probabilities((other, 1 - epsilon + other, other, other))},
        lambda attempt: shares(attempt, epsilon, FEWER),
    )


def try_values(make: Callable[[], Tensor], words: str) -> Probe:
    """Make the probe of a few calls with other Q-values, in a new tensor for each attempt."""
    return Probe(
        f"epsilon_greedy(q_values, epsilon), with q_values = {words}",
        lambda attempt: few(attempt, make()),
    )


THREE = [0.9, 2.5, 0.2]
PROBES = (
    Probe(f"epsilon_greedy(q_values, 0.0), with {FOUR}", lambda attempt: one(attempt, 0.0)),
    Probe(f"epsilon_greedy(q_values, 1.0), with {FOUR}", lambda attempt: one(attempt, 1.0)),
    Probe(
        f"epsilon_greedy(q_values, 0.0), with {FOUR}, 64 times",
        lambda attempt: shares(attempt, 0.0, 64, more=FEWER),
        {SHARES: Probabilities((0.0, 1.0, 0.0, 0.0))},
    ),
    count(1.0),
    count(0.3),
    try_values(
        lambda: torch.tensor([-1.5, -0.4, -3.0]),
        "[-1.5, -0.4, -3.0], 40 times with epsilon = 0.0, then 80 times with 1.0",
    ),
    try_values(lambda: torch.tensor([0.7]), "[0.7]: one action only"),
    try_values(lambda: torch.tensor(THREE, requires_grad=True), f"{THREE} requiring grad"),
    try_values(lambda: torch.tensor(THREE, requires_grad=True) * 1, f"{THREE} from a network"),
    try_values(lambda: torch.tensor([1.01, 1.0], dtype=torch.float64), "[1.01, 1.0] in float64"),
    Probe(
        f"epsilon_greedy(q_values, 0.000001), with {FOUR}, {DRAWS:,} times",
        lambda attempt: rare(attempt, DRAWS),
        {RARE: Probabilities((1 - 0.75e-6, 0.75e-6))},
        lambda attempt: rare(attempt, 2_500),
    ),
    Probe(
        "epsilon_greedy(q_values, 0.6) 100 times after torch.manual_seed(0), "
        "again after torch.manual_seed(0), and after torch.manual_seed(1)",
        repeated,
    ),
)
