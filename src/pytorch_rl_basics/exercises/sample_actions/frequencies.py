"""How often each action comes in each state, and what its log-probability is then."""

import torch
from torch import Tensor, nn

from ...checker.facts import Facts, Frequencies, Probabilities
from ...checker.probes import Attempt
from .results import fitting, parts, strangers, table

# Logits of four states, three actions. All rows have the same three probabilities, in another
# order, so the draws of all states may be counted together.
FOUR_STATES = torch.tensor(
    [[0.5, 2.75, 0.0], [-1.5, -1.0, 1.25], [0.5, 1.0, 3.25], [-0.25, -0.75, 2.0]]
)
RANKS = FOUR_STATES.argsort(dim=-1, descending=True).argsort(dim=-1)  # 0 for the likeliest
ROWS = 600  # of each state in one call


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
