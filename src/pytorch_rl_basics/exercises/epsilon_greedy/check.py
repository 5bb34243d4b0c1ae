"""How ``epsilon_greedy`` is checked."""

import functools
import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example, in_python
from ...checker.facts import Facts, Frequencies, Probabilities, type_of
from ...checker.observing import Untouched, seed_survives
from ...checker.probes import Attempt, Probe, written_call
from ...checker.sandbox import seed_everything

DRAWS = 2_500  # for a verdict
FEWER = 1_500  # used only to name the mistake
FOUR_VALUES = torch.tensor([0.2, 2.4, 0.9, 1.7])  # no number of an action; the best is 1
FOUR = "q_values = [0.2, 2.4, 0.9, 1.7]"
SHARES = "how often action 0, 1, 2, 3 came"
FIRST_TWO = "how often action 0 or 1 of 8 came, and the others"


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
    generator = torch.get_rng_state()
    actions = draw(attempt, q_values, epsilon, calls)
    if more and type(actions[-1]) is int and set(actions) != {1}:
        actions += draw(attempt, q_values, epsilon, more)
    facts = result(actions[-1], q_values) | untouched.facts()
    if type(actions[-1]) is not int:
        return facts
    counts = Counter(actions)
    facts["actions that do not exist"] = sorted(counts.keys() - {0, 1, 2, 3})
    if epsilon == 1:
        only = "the best action alone" if counts.keys() == {1} else "one other action alone"
        facts["there came"] = "several actions" if len(counts) > 1 else only
    if not facts["actions that do not exist"]:
        facts[SHARES] = Frequencies(tuple(counts[action] for action in range(4)))
    if epsilon:
        used = not torch.equal(generator, torch.get_rng_state())
        facts["torch's generator was used"] = used
    return facts


def one(attempt: Attempt, epsilon: float) -> Facts:
    """Note a single result, and what the call leaves behind."""
    q_values = FOUR_VALUES.clone()
    untouched = Untouched(q_values=q_values)
    facts = result(attempt(q_values, epsilon), q_values) | untouched.facts()
    survives = seed_survives(lambda: attempt(q_values, epsilon))
    return facts | {"a seed set before the call still counts after it": survives}


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


def greedily(attempt: Attempt, q_values: Tensor) -> Facts:
    """Note which actions come in a few calls without exploring."""
    actions = draw(attempt, q_values.clone(), 0.0, 3)
    return result(actions[-1], q_values) | {"the actions that came": sorted(set(actions))}


def with_rare_draws(attempt: Attempt) -> Facts:
    """Note what comes where the first uniform draw after a seed is almost 0 or almost 1.

    An epsilon that never gets to 0 or 1 then shows in a single call, and so does a draw with few
    possible values. By chance a right one shows the same with probability 1e-12.
    """
    q_values = torch.arange(1_000.0).roll(400)  # the best action is 399

    def after(seeds: tuple[int, ...], epsilon: float) -> list[Any]:
        return [torch.manual_seed(seed) and attempt(q_values, epsilon) for seed in seeds]

    cautious = after(ALMOST_0 + ALMOST_1, 0.0)
    facts = result(cautious[-1], q_values)
    facts["only the best action came with epsilon = 0"] = set(cautious) == {399}
    for seeds in (ALMOST_0, ALMOST_1):
        bold = after(seeds, 1.0)
        facts[f"only the best action came with epsilon = 1, seeds {seeds}"] = set(bold) == {399}
    for seeds in (ALMOST_0, EVERY_DIE_0):
        tiny = after(seeds, 1e-12)
        facts[f"it explored with epsilon = 1e-12, seeds {seeds}"] = 399 not in tiny
    return facts


def many_actions(attempt: Attempt) -> Facts:
    """Note whether exploring reaches all parts of 300 actions; chance of a miss: 1e-17."""
    actions = draw(attempt, torch.arange(300.0), 1.0, 100)
    facts = result(actions[-1], torch.arange(300.0))
    if type(actions[-1]) is int:
        thirds = sorted({action // 100 for action in actions})
        facts["actions 0 to 99, 100 to 199 and 200 to 299 came"] = thirds == [0, 1, 2]
        low = sum(action < 2 for action in draw(attempt, torch.arange(8.0), 1.0, 1_000))
        facts[FIRST_TWO] = Frequencies((low, 1_000 - low))
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
    pairs = [*itertools.pairwise(first), *itertools.pairwise(other)]  # chance of none: 2e-15
    facts["it explored in two calls in a row"] = any(1 not in pair for pair in pairs)
    return facts


def example(q_values: Tensor | str, epsilon: float, calls: int) -> Example:
    """Write so many calls as code, and count the actions."""
    values = q_values if isinstance(q_values, str) else in_python(q_values)
    setup = f"torch.manual_seed(0)\nq_values = {values}\nepsilon = {epsilon}"
    code = "epsilon_greedy(q_values, epsilon)"
    many = f"Counter({code} for _ in range({calls}))"
    return Example("epsilon_greedy", setup, many if calls > 1 else code, open=True)


def count(epsilon: float) -> Probe:
    """Make the probe that counts the actions of many calls, to compare with their probabilities."""
    other = epsilon / 4
    return Probe(
        f"epsilon_greedy(q_values, {epsilon}), with {FOUR}, {DRAWS:,} times",
        lambda attempt: shares(attempt, epsilon, DRAWS),
        {SHARES: Probabilities((other, 1 - epsilon + other, other, other))},
        lambda attempt: shares(attempt, epsilon, FEWER),
        example=example(FOUR_VALUES, epsilon, DRAWS),
    )


def best_of(values: list[float], dtype: torch.dtype = torch.float32) -> Probe:
    """Make the probe that asks for the best of these values a few times."""
    return Probe(
        written_call("epsilon_greedy", dtype, q_values=values, epsilon=0.0),
        lambda attempt: greedily(attempt, torch.tensor(values, dtype=dtype)),
        example=example(torch.tensor(values, dtype=dtype), 0.0, 3),
    )


def try_values(make: Callable[[], Tensor], words: str) -> Probe:
    """Make the probe of a few calls with other Q-values, in a new tensor for each attempt."""
    return Probe(
        f"epsilon_greedy(q_values, epsilon), with q_values = {words}",
        lambda attempt: few(attempt, make()),
        example=example(make(), 0.0, 40),
    )


THREE = [0.9, 2.5, 0.2]
ALMOST_0 = (46_712, 242_841, 291_094, 506_852)  # torch.rand(1) after these seeds
EVERY_DIE_0 = (2_850, 3_378, 5_624, 8_819)  # torch.randint of 10, 100 and 1,000
ALMOST_1 = (40_723, 148_377, 385_685, 424_954)
PROBES = (
    *(
        Probe(
            f"epsilon_greedy(q_values, {epsilon}), with {FOUR}",
            functools.partial(one, epsilon=epsilon),
            example=example(FOUR_VALUES, epsilon, 1),
        )
        for epsilon in (0.0, 1.0)
    ),
    Probe(
        f"epsilon_greedy(q_values, 0.0), with {FOUR}, 64 times or more",
        lambda attempt: shares(attempt, 0.0, 64, more=FEWER),
        {SHARES: Probabilities((0.0, 1.0, 0.0, 0.0))},
        example=example(FOUR_VALUES, 0.0, 64),
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
    try_values(lambda: torch.tensor([1.0, 1 + 2**-20]), "[1.0, 1.000001]"),
    best_of([2.0, 0.0, 5.0, 1.0]),  # numbers of actions, some of the best one
    best_of([1.0, 4.0, 3.0, 2.0]),
    best_of([3.2, 3.9, 3.5]),
    best_of([-1e5, -3e4, -7e4]),
    best_of([3e4, 2e5, 9e5, 1e5]),
    best_of([1e-6, 3e-6, 2e-6]),
    best_of([1.0, 1.000000001], torch.float64),
    Probe(
        "epsilon_greedy(q_values, 1.0), with 300 actions, 100 times, and with 8, 1,000 times",
        many_actions,
        {FIRST_TWO: Probabilities((0.25, 0.75))},
        example=example("torch.arange(300.0)", 1.0, 100),
    ),
    Probe(
        "epsilon_greedy(q_values, epsilon), with 1,000 actions, 0.0 and 1.0",
        with_rare_draws,
        example=Example(
            "epsilon_greedy",
            "q_values = torch.arange(1000.0).roll(400)  # the best action is 399\n"
            f"seeds = {ALMOST_0 + EVERY_DIE_0 + ALMOST_1}",
            "[[torch.manual_seed(seed) and epsilon_greedy(q_values, epsilon) for seed in seeds] "
            "for epsilon in (0.0, 1e-12, 1.0)]",
            open=True,
        ),
    ),
    Probe(
        "epsilon_greedy(q_values, 0.6) 100 times after torch.manual_seed(0), "
        "again after torch.manual_seed(0), and after torch.manual_seed(1)",
        repeated,
        example=example(FOUR_VALUES, 0.6, 100),
    ),
)
