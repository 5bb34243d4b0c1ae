"""Fresh attempts at ``sample_actions``, their verdicts written before they were checked."""

import torch
import torch.nn.functional as F
from torch.distributions import Categorical


def categorical(policy, states):
    """Written with torch.distributions.Categorical."""
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, dist.log_prob(actions)


def multinomial_and_index(policy, states):
    """Written with log_softmax, multinomial and a pair of indices."""
    log_p = torch.log_softmax(policy(states), dim=1)
    drawn = torch.multinomial(log_p.detach().exp(), num_samples=1)[:, 0]
    rows = torch.arange(len(states), device=states.device)
    return drawn, log_p[rows, drawn]


def race_of_exponentials(policy, states):
    """Written as a race: the action whose exponential clock, of rate p, rings first."""
    logits = policy(states)
    log_probs = F.log_softmax(logits, dim=-1)
    with torch.no_grad():
        clocks = torch.empty_like(log_probs).exponential_()
        winner = (log_probs - clocks.log()).argmax(dim=-1)
    chosen = log_probs.gather(-1, winner[:, None])
    return winner, chosen[:, 0]


# ---------------------------------------------------------------------------------------------


def takes_the_best(policy, states):
    """Takes the most likely action of each state, and draws nothing."""
    logits = policy(states)
    probs = F.softmax(logits, dim=-1)
    actions = probs.argmax(dim=-1)
    log_probs = F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(1)).squeeze(1)
    return actions, log_probs


def softmax_over_the_batch(policy, states):
    """Takes the softmax over the states, not over the actions."""
    logits = policy(states)
    probs = F.softmax(logits, dim=0)
    actions = torch.multinomial(probs, 1).squeeze(-1)
    log_probs = torch.log(probs).gather(1, actions.unsqueeze(-1)).squeeze(-1)
    return actions, log_probs


def column_of_actions(policy, states):
    """Returns the actions as a column, shape (B, 1)."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1)
    return actions, log_probs.gather(1, actions).squeeze(1)


def softmax_two_times(policy, states):
    """Gives probabilities to Categorical as logits, so the softmax is taken twice."""
    out = policy(states)
    probs = torch.softmax(out, dim=-1)
    m = Categorical(logits=probs)
    a = m.sample()
    return a, m.log_prob(a)


def logit_for_log_prob(policy, states):
    """Returns the logit of the action drawn, not its log-probability."""
    logits = policy(states)
    with torch.no_grad():
        actions = torch.multinomial(logits.softmax(dim=-1), 1)
    return actions.squeeze(-1), torch.gather(logits, 1, actions).squeeze(-1)


# ---------------------------------------------------------------------------------------------


def one_mixture_for_all(policy, states):
    """Draws all actions from the mean of the states' probabilities."""
    log_probs = F.log_softmax(policy(states), dim=-1)
    average = log_probs.exp().mean(dim=0)  # (A,)
    actions = torch.multinomial(average, len(states), replacement=True)
    return actions, log_probs[torch.arange(len(states)), actions]


def squeezes_everything(policy, states):
    """Squeezes every dimension of size 1, so a single state gives shape () and not (1,)."""
    logits = policy(states)
    probs = F.softmax(logits, dim=-1)
    index = torch.multinomial(probs, 1)
    logp = F.log_softmax(logits, dim=-1).gather(1, index)
    return index.squeeze(), logp.squeeze()


_dice = torch.Generator().manual_seed(1234)


def dice_of_its_own(policy, states):
    """Draws with a generator of its own, which torch.manual_seed does not reach."""
    dist = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(dist.detach().exp(), 1, generator=_dice).squeeze(-1)
    return actions, dist.gather(1, actions.unsqueeze(-1)).squeeze(-1)


def asks_the_policy_twice(policy, states):
    """Written with a second call of the policy for the log-probabilities."""
    with torch.no_grad():
        actions = Categorical(logits=policy(states)).sample()
    log_probs = Categorical(logits=policy(states)).log_prob(actions)
    return actions, log_probs


# The last was first listed as wrong: a right solution of a learner calls the policy twice, too.
RIGHT = [categorical, multinomial_and_index, race_of_exponentials, asks_the_policy_twice]
ORDINARY = [
    takes_the_best, softmax_over_the_batch, column_of_actions, softmax_two_times,
    logit_for_log_prob,
]  # fmt: skip
ODD = [one_mixture_for_all, squeezes_everything, dice_of_its_own]
