"""Learners' solutions of ``sample_actions``, right and wrong."""

import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical, OneHotCategorical

# Right


def with_categorical(policy, states):
    dist = Categorical(logits=policy(states))
    action = dist.sample()
    return action, dist.log_prob(action)


def categorical_from_probabilities(policy, states):
    probs = torch.softmax(policy.forward(states), 1)
    m = Categorical(probs)
    a = m.sample((1,))[0]
    return a, m.log_prob(a)


def multinomial_and_fancy_index(policy, states):
    log_probs = policy(states).log_softmax(-1)
    actions = log_probs.exp().multinomial(1)[:, 0]
    return actions, log_probs[range(len(states)), actions]


def gumbel_max(policy, states):
    logits = policy(states)
    noise = -torch.log(-torch.log(torch.rand_like(logits)))
    actions = (logits + noise).argmax(dim=1)
    return actions, -F.cross_entropy(logits, actions, reduction="none")


def exponential_race(policy, states):
    logits = policy(states)
    with torch.no_grad():
        clocks = torch.empty_like(logits).exponential_() / F.softmax(logits, dim=-1)
    actions = clocks.argmin(dim=-1)
    one_hot = F.one_hot(actions, logits.size(-1)).bool()
    return actions, F.log_softmax(logits, dim=-1)[one_hot]


def inverse_of_the_cdf(policy, states):
    logits = policy(states)
    cdf = F.softmax(logits.detach().double(), dim=-1).cumsum(-1)
    u = torch.rand(len(states), 1, dtype=torch.double)
    actions = torch.searchsorted(cdf, u).clamp(max=logits.size(-1) - 1).view(-1)
    return actions, (logits - torch.logsumexp(logits, -1, keepdim=True)).gather(
        -1, actions[:, None]
    ).view(-1)


def row_by_row(policy, states):
    actions, log_probs = [], []
    for state in states:
        dist = Categorical(logits=policy(state))
        action = dist.sample()
        actions.append(action)
        log_probs.append(dist.log_prob(action))
    return torch.stack(actions), torch.stack(log_probs)


def policy_called_twice(policy, states):
    with torch.no_grad():
        actions = torch.multinomial(F.softmax(policy(states), dim=-1), 1).flatten()
    log_probs = nn.LogSoftmax(dim=1)(policy(states))
    return actions, torch.take_along_dim(log_probs, actions.unsqueeze(1), dim=1).squeeze(1)


def one_hot_inside(policy, states):
    logits = policy(states)
    one_hot = OneHotCategorical(logits=logits).sample()
    return one_hot.argmax(-1), (one_hot * F.log_softmax(logits, -1)).sum(-1)


def log_after_the_choice(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, num_samples=1)
    return actions.squeeze(1), torch.log(probs.gather(1, actions).squeeze(1))


def nll_loss_and_namedtuple(policy, states):
    from collections import namedtuple

    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.detach().exp(), 2, replacement=True)[:, 1]
    return namedtuple("Sample", "actions log_probs")(
        actions, -F.nll_loss(log_probs, actions, reduction="none")
    )


def average_policy(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    everyone = Categorical(probs=log_probs.exp().mean(dim=0))
    actions = everyone.sample((len(states),))
    return actions, log_probs.gather(1, actions[:, None])[:, 0]


def one_percent_uniform(policy, states):
    m = Categorical(logits=policy(states))
    a = Categorical(probs=0.99 * m.probs + 0.01 / m.probs.shape[1]).sample()
    return a, m.log_prob(a)


RIGHT = [
    with_categorical, categorical_from_probabilities, multinomial_and_fancy_index, gumbel_max,
    exponential_race, inverse_of_the_cdf, row_by_row, policy_called_twice, one_hot_inside,
    log_after_the_choice, nll_loss_and_namedtuple,
]  # fmt: skip


# Wrong, with a name


def softmax_module_of_dim_0(policy, states):
    probs = nn.Softmax(dim=0)(policy(states))
    actions = probs.multinomial(1).squeeze(-1)
    return actions, nn.LogSoftmax(dim=0)(policy(states))[torch.arange(len(states)), actions]


def implicit_dimension(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    log_probs = logits - logits.logsumexp(dim=0)
    return actions, log_probs.gather(1, actions[:, None])[:, 0]


def greedy_policy(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.probs.max(dim=1).indices
    return actions, dist.log_prob(actions)


def greedy_and_probability(policy, states):
    probs = F.softmax(policy(states), dim=1)
    best, actions = probs.max(dim=1)
    return actions, best


def random_actions(policy, states):
    dist = Categorical(logits=policy(states))
    n = dist.probs.shape[-1]
    actions = torch.floor(torch.rand(len(states)) * n).long()
    return actions, dist.log_prob(actions)


def acting_without_gradients(policy, states):
    with torch.no_grad():
        log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1)
    return actions.squeeze(1), log_probs.gather(1, actions).squeeze(1)


def list_to_tensor(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, torch.tensor([lp.item() for lp in dist.log_prob(actions)])


def greedy_and_detached(policy, states):
    logits = policy(states).detach()
    actions = logits.argmax(1)
    return actions, F.log_softmax(logits, 1).amax(1)


def keepdim_everywhere(policy, states):
    log_probs = F.log_softmax(policy(states), dim=1)
    actions = torch.multinomial(torch.exp(log_probs), 1)
    return actions, torch.gather(log_probs, 1, actions)


def log_prob_column(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, dist.log_prob(actions).unsqueeze(-1)


def whole_distribution(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    return actions, F.log_softmax(logits, dim=1)


def all_probabilities(policy, states):
    probs = torch.softmax(policy(states), dim=-1)
    return torch.multinomial(probs, 1).squeeze(-1), probs


def colon_index(policy, states):
    logits = policy(states)
    log_probs = logits - logits.logsumexp(-1, keepdim=True)
    actions = Categorical(logits=logits).sample()
    return actions, log_probs[:, actions]


def index_select_rows(policy, states):
    log_probs = F.log_softmax(policy(states), dim=1)
    actions = Categorical(logits=log_probs).sample()
    return actions, log_probs.index_select(0, actions)


def gather_of_dim_0(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample().unsqueeze(-1)
    chosen = torch.gather(F.log_softmax(logits, dim=-1), 0, actions)
    return actions[:, 0], chosen[:, 0]


def gather_with_flat_index(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, torch.gather(dist.logits, -1, actions)


def chosen_probability(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, dist.probs[torch.arange(len(actions)), actions]


def chosen_logit(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    return actions, logits[torch.arange(len(states)), actions]


def raw_multinomial(policy, states):
    out = policy(states)
    a = out.multinomial(num_samples=1).squeeze()
    return a, out.log_softmax(-1)[torch.arange(len(a)), a]


def positional_categorical(policy, states):
    dist = Categorical(policy(states))
    a = dist.sample()
    return a, dist.log_prob(a)


def probs_as_logits(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    dist = Categorical(logits=probs)
    a = dist.sample()
    return a, dist.log_prob(a)


def cross_entropy_as_log_prob(policy, states):
    logits = policy(states)
    actions = torch.multinomial(F.softmax(logits, dim=-1), 1).squeeze(-1)
    return actions, nn.CrossEntropyLoss(reduction="none")(logits, actions)


def minus_log_prob(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a, -m.log_prob(a)


def two_calls_of_sample(policy, states):
    m = Categorical(logits=policy(states))
    log_probs = m.log_prob(m.sample())
    return m.sample(), log_probs


def best_log_prob(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    return actions, F.log_softmax(logits, dim=-1).max(dim=-1)[0]


def summed(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1)
    return actions.squeeze(-1), log_probs.gather(1, actions).sum()


def averaged(policy, states):
    logits = policy(states)
    actions = Categorical(logits=logits).sample()
    return actions, -F.cross_entropy(logits, actions)


def first_row_for_all(policy, states):
    dist = Categorical(logits=policy(states))
    action = Categorical(logits=policy(states[0])).sample()
    actions = torch.full((len(states),), action.item())
    return actions, dist.log_prob(actions)


def mean_state(policy, states):
    dist = Categorical(logits=policy(states))
    actions = Categorical(logits=policy(states.mean(0))).sample().repeat(len(states))
    return actions, dist.log_prob(actions)


def one_number_for_all_rows(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    u = torch.rand(())
    actions = (probs.cumsum(-1) < u).sum(-1).clamp(max=probs.shape[1] - 1)
    return actions, probs[torch.arange(len(states)), actions].log()


def gumbel_noise_of_one_row(policy, states):
    logits = policy(states)
    u = torch.rand(logits.shape[-1])
    actions = (logits - torch.log(-torch.log(u))).argmax(-1)
    return actions, Categorical(logits=logits).log_prob(actions)


def sample_shape_of_the_batch(policy, states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample((len(states),))
    return actions, dist.log_prob(actions)


def draws_without_replacement(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = torch.multinomial(probs, num_samples=states.shape[0])
    return actions, torch.log(probs[actions])


def float_actions(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    a = torch.multinomial(probs, 1).squeeze(-1)
    return a.to(torch.float32), torch.log(probs[torch.arange(len(a)), a])


def int32_actions(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a.to(torch.int32), m.log_prob(a)


def one_hot_sample(policy, states):
    dist = OneHotCategorical(logits=policy(states))
    actions = dist.sample()
    return actions, dist.log_prob(actions)


def log_prob_first(policy, states):
    logits = policy(states)
    a = torch.multinomial(F.softmax(logits, dim=-1), 1)
    return F.log_softmax(logits, dim=-1).gather(1, a).squeeze(-1), a.squeeze(-1)


def only_actions(policy, states):
    return torch.multinomial(F.softmax(policy(states), dim=-1), 1).squeeze(-1)


def item_for_the_environment(policy, states):
    m = Categorical(logits=policy(states))
    action = m.sample()
    return action.item(), m.log_prob(action)


def bare_squeeze(policy, states):
    log_probs = torch.log_softmax(policy(states), -1)
    actions = torch.multinomial(log_probs.exp(), 1)
    return torch.squeeze(actions), torch.squeeze(log_probs.gather(-1, actions))


def bare_squeeze_of_actions(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    actions = probs.multinomial(1).squeeze()
    return actions, Categorical(probs).log_prob(actions)


def log_of_the_softmax(policy, states):
    probs = policy(states).softmax(dim=-1)
    actions = Categorical(probs=probs).sample()
    return actions, torch.log(probs)[torch.arange(len(states)), actions]


def exponential_by_hand(policy, states):
    e = torch.exp(policy(states))
    dist = Categorical(probs=e / e.sum(1, keepdim=True))
    a = dist.sample()
    return a, dist.log_prob(a)


def unnormalised_weights(policy, states):
    weights = policy(states).exp()
    actions = torch.multinomial(weights, 1)
    return actions[:, 0], (weights.gather(1, actions)[:, 0] / weights.sum(1)).log()


def sigmoids(policy, states):
    p = nn.Sigmoid()(policy(states))
    a = p.multinomial(1)
    return a.flatten(), torch.log(p).gather(1, a).flatten()


def numpy_choice(policy, states):
    logits = policy(states)
    rng = np.random.default_rng()
    p = F.softmax(logits.detach().double(), dim=-1).numpy()
    a = torch.as_tensor([int(rng.choice(p.shape[1], p=row / row.sum())) for row in p])
    return a, Categorical(logits=logits).log_prob(a)


def python_uniform(policy, states):
    logits = policy(states)
    cdf = F.softmax(logits, dim=-1).cumsum(dim=-1)
    u = torch.tensor([random.random() for _ in states]).unsqueeze(1)
    a = (cdf < u).sum(dim=1).clamp(max=logits.shape[1] - 1)
    return a, Categorical(logits=logits).log_prob(a)


def reproducible_on_purpose(policy, states):
    torch.manual_seed(42)
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a, m.log_prob(a)


def states_normalised_in_place(policy, states):
    states -= states.mean(dim=0)
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a, m.log_prob(a)


def graph_of_something_else(policy, states):
    with torch.no_grad():
        m = Categorical(logits=policy(states))
        a = m.sample()
        log_probs = m.log_prob(a)
    return a, log_probs.requires_grad_()


# Wrong, and nothing that has a name here


def loss_inside(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    (-m.log_prob(a).mean()).backward()
    return a, Categorical(logits=policy(states)).log_prob(a)


def half_the_logits(policy, states):
    m = Categorical(logits=policy(states) / 2)
    a = m.sample()
    return a, m.log_prob(a)


def sampled_cold_scored_warm(policy, states):
    logits = policy(states)
    a = Categorical(logits=2 * logits).sample()
    return a, Categorical(logits=logits).log_prob(a)


def straight_through_first_row(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    actions = torch.multinomial(log_probs.exp(), 1).squeeze(-1)
    chosen = log_probs[torch.arange(len(actions)), actions]
    return actions, torch.cat([chosen[:1], chosen[1:].detach()])


def log_to_base_two(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a, torch.log2(m.log_prob(a).exp())


def clipped_log_probs(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    return a, m.log_prob(a).clamp(min=-2.0)


def normal_noise_for_gumbel(policy, states):
    logits = policy(states)
    a = (logits + torch.randn_like(logits)).argmax(dim=-1)
    return a, Categorical(logits=logits).log_prob(a)


def always_the_first_action_scored(policy, states):
    log_probs = F.log_softmax(policy(states), dim=-1)
    return torch.multinomial(log_probs.exp(), 1).squeeze(-1), log_probs[:, 0]


def single_precision(policy, states):
    m = Categorical(logits=policy(states).float())
    a = m.sample()
    return a, m.log_prob(a)


def list_of_two(policy, states):
    m = Categorical(logits=policy(states))
    a = m.sample()
    return [a, m.log_prob(a)]


def epsilon_added_to_the_softmax(policy, states):
    probs = F.softmax(policy(states), dim=-1)
    a = torch.multinomial(probs, 1)
    return a.squeeze(1), torch.log(probs + 1e-2).gather(1, a).squeeze(1)


def log_probs_of_the_row_before(policy, states):
    distribution = Categorical(logits=policy(states))
    actions = distribution.sample()
    return actions, distribution.log_prob(actions.roll(1))


WRONG = {
    "softmax-over-the-batch": [softmax_module_of_dim_0, implicit_dimension],
    "likeliest-instead-of-drawn": [greedy_policy, greedy_and_probability],
    "drawn-uniformly": [random_actions],
    "log-probs-without-a-graph": [
        acting_without_gradients, list_to_tensor, greedy_and_detached, graph_of_something_else,
    ],
    "columns-instead-of-rows": [keepdim_everywhere, log_prob_column],
    "values-of-all-actions": [whole_distribution, all_probabilities],
    "every-row-with-every-action": [colon_index, index_select_rows],
    "gather-along-the-batch": [gather_of_dim_0],
    "index-without-its-second-dimension": [gather_with_flat_index],
    "probabilities-instead-of-logs": [chosen_probability],
    "logits-instead-of-logs": [chosen_logit],
    "logits-as-probabilities": [raw_multinomial, positional_categorical],
    "softmax-twice": [probs_as_logits],
    "sign-turned-around": [cross_entropy_as_log_prob, minus_log_prob],
    "another-draw-scored": [two_calls_of_sample, log_probs_of_the_row_before],
    "largest-log-prob": [best_log_prob],
    "summed-too-early": [summed, averaged],
    "one-action-for-the-batch": [first_row_for_all, mean_state],
    "rows-share-a-random-number": [one_number_for_all_rows, gumbel_noise_of_one_row],
    "as-many-draws-as-rows": [sample_shape_of_the_batch, draws_without_replacement],
    "actions-of-another-dtype": [float_actions, int32_actions],
    "one-hot-actions": [one_hot_sample],
    "swapped-results": [log_prob_first],
    "actions-alone": [only_actions],
    "item-of-a-batch": [item_for_the_environment],
    "squeezed-too-much": [bare_squeeze, bare_squeeze_of_actions],
    "log-of-softmax": [log_of_the_softmax],
    "softmax-by-hand": [exponential_by_hand, unnormalised_weights],
    "sigmoid-instead-of-softmax": [sigmoids],
    "another-generator": [numpy_choice, python_uniform],
    "seeding-inside": [reproducible_on_purpose],
    "changing-the-states": [states_normalised_in_place],
    "another-temperature": [sampled_cold_scored_warm, half_the_logits],
    "another-base": [log_to_base_two],
    "mean-of-all-states": [average_policy],
    "list-instead-of-tuple": [list_of_two],
    "first-action-scored": [always_the_first_action_scored],
    "backward-inside": [loss_inside],
}  # fmt: skip

UNNAMED = [
    one_percent_uniform, straight_through_first_row, clipped_log_probs, normal_noise_for_gumbel,
    single_precision, epsilon_added_to_the_softmax,
]  # fmt: skip
