"""The known mistakes of ``discounted_returns``."""

import torch

from ...returns import discounted_returns
from ..mistakes import mistake

CARTPOLE = "cartpole"

SHAPES = "concepts/batches_and_shapes"

OFF_BY_ONE = "https://github.com/shehzaadzd/MINERVA/issues/28"


@mistake(
    cure="Multiply what follows by gamma at every step.",
    seen="https://github.com/openai/baselines/issues/901",
)
def no_discount(rewards, gamma):
    """Gamma is not used: the rewards to come are added up as they are."""
    return torch.tensor([float(sum(rewards[t:])) for t in range(len(rewards))])


@mistake(
    cure="Start at the end: walk through `reversed(rewards)`.",
    seen="https://github.com/mohmdelsayed/streaming-drl/issues/3",
)
def past_instead_of_future(rewards, gamma):
    """The sum runs forward, so it holds the rewards of the past instead of those to come."""
    total, returns = 0.0, []
    for reward in rewards:
        total = reward + gamma * total
        returns.append(total)
    return torch.tensor(returns)


@mistake(
    cure="Turn the list round in the end, `returns[::-1]`, or insert at its front.",
    seen="https://github.com/openai/baselines/issues/224",
)
def left_in_reverse_order(rewards, gamma):
    """The returns were computed from the end and left in that order."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        returns.append(total)
    return torch.tensor(returns)


@mistake(
    cure="Turn the list round once, after the loop.",
    seen="https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/27",
)
def reversed_in_every_step(rewards, gamma):
    """The list is turned round inside the loop, once for every reward."""
    total, returns = 0.0, []
    for reward in rewards[::-1]:
        total = reward + gamma * total
        returns.append(total)
        returns.reverse()
    return torch.tensor(returns)


def _same_for_every_step(rewards, gamma):
    total = sum(gamma**t * reward for t, reward in enumerate(rewards))
    return torch.full((len(rewards),), float(total))


def _one_number(rewards, gamma):
    return torch.tensor([sum(gamma**t * reward for t, reward in enumerate(rewards))])


def _one_float(rewards, gamma):
    return float(sum(gamma**t * reward for t, reward in enumerate(rewards)))


@mistake(
    cure="Give every step a return of its own, of the rewards from there on.",
    seen="https://github.com/udacity/deep-reinforcement-learning/issues/42",
    also=(_same_for_every_step, _one_number, _one_float),
    telling=True,
)
def one_return_for_the_episode(rewards, gamma):
    """There is one return for the whole episode, and every step should have its own."""
    total = 0.0
    for reward in reversed(rewards):
        total = reward + gamma * total
    return torch.tensor(total)


@mistake(
    cure="Add up what follows each step, and not only discount it.",
    seen="https://github.com/hunkim/ReinforcementZeroToAll/issues/1",
)
def rewards_not_added_up(rewards, gamma):
    """Each reward is discounted by its own step, but nothing is added up."""
    return torch.tensor([gamma**t * reward for t, reward in enumerate(rewards)])


@mistake(
    cure="Count the powers of gamma from each step, not from the start of the episode.",
    seen="https://github.com/huggingface/trl/issues/6626",
)
def discounted_from_the_start(rewards, gamma):
    """The powers of gamma count from the start of the episode, not from each step."""
    discounted = [gamma**t * reward for t, reward in enumerate(rewards)]
    return torch.tensor([float(sum(discounted[t:])) for t in range(len(rewards))])


@mistake(
    cure="Add up towards the end: step t takes the discounted rewards from t on.",
    seen="https://github.com/mrahtz/tensorflow-rl-pong/issues/1",
)
def running_total(rewards, gamma):
    """This is the discounted reward collected so far; the return is about what is to come."""
    powers = gamma ** torch.arange(len(rewards))
    return (torch.tensor(rewards, dtype=torch.float32) * powers).cumsum(dim=0)


def _later_ones_discounted_again(rewards, gamma):
    total, returns = 0.0, []
    for reward in reversed(rewards):
        returns.insert(0, gamma * total)
        total = reward + gamma * total
    return torch.tensor(returns)


@mistake(
    cure="Let the sum of each step begin with its own reward, times one.",
    seen=OFF_BY_ONE,
    also=(_later_ones_discounted_again,),
)
def own_reward_left_out(rewards, gamma):
    """The reward of the step itself is missing: the sum begins one step too late."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        returns.insert(0, total)
        total = reward + gamma * total
    return torch.tensor(returns)


@mistake(
    cure="Discount what follows, and not the reward of the step itself.",
    seen="https://github.com/juliusfrost/dreamer-pytorch/pull/59",
)
def own_reward_discounted(rewards, gamma):
    """Gamma is one power too high: the reward of the step itself is discounted as well."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = gamma * (reward + total)
        returns.insert(0, total)
    return torch.tensor(returns)


@mistake(
    cure="Return `torch.tensor(returns)`.",
    seen=CARTPOLE,
    telling=True,
)
def list_returned(rewards, gamma):
    """The result is a Python list, and a tensor is asked for."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        returns.insert(0, total)
    return returns


def _mean_subtracted(rewards, gamma):
    returns = discounted_returns(rewards, gamma)
    return returns - returns.mean()


def _divided_by_its_spread(rewards, gamma):
    returns = discounted_returns(rewards, gamma)
    return (returns - returns.mean()) / (returns.std(correction=0) + 1e-8)


@mistake(
    cure="Return the plain sums; whoever wants them scaled can do it afterwards.",
    seen="https://github.com/pytorch/examples/issues/590",
    also=(_mean_subtracted, _divided_by_its_spread),
)
def returns_normalised(rewards, gamma):
    """The returns are shifted or scaled by their mean and spread, as many scripts do."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        returns.insert(0, total)
    returns = torch.tensor(returns)
    return (returns - returns.mean()) / (returns.std() + 1e-8)


def _whole_numbers(rewards, gamma):
    return torch.tensor([int(number) for number in discounted_returns(rewards, gamma)])


@mistake(
    cure="Make the returns of floats: `torch.zeros(len(rewards))`.",
    seen="https://github.com/inoryy/tensorflow2-deep-reinforcement-learning/issues/7",
    also=(_whole_numbers,),
)
def cut_to_whole_numbers(rewards, gamma):
    """The decimals are cut off, as an integer tensor does, made of rewards like 1 and 0."""
    returns = torch.zeros_like(torch.tensor(rewards))
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        returns[t] = total
    return returns


@mistake(
    cure="Add to each reward what follows it, times gamma.",
    seen=CARTPOLE,
)
def rewards_alone(rewards, gamma):
    """These are the rewards as they came; nothing of what follows is added."""
    return torch.tensor(rewards, dtype=torch.float32)


@mistake(
    cure="Add the return of the next step, and not its reward.",
    seen=CARTPOLE,
)
def next_reward_only(rewards, gamma):
    """Only the very next reward is added; the return goes on to the end of the episode."""
    returns = torch.tensor(rewards, dtype=torch.float32)
    returns[:-1] += gamma * returns[1:].clone()
    return returns


@mistake(
    cure="Multiply by gamma once more for every further step.",
    seen="https://github.com/qfettes/DeepRL-Tutorials/issues/1",
)
def gamma_only_once(rewards, gamma):
    """All later rewards are multiplied by gamma once; each should get one power more."""
    return torch.tensor([rewards[t] + gamma * sum(rewards[t + 1 :]) for t in range(len(rewards))])


@mistake(
    cure="Turn the difference round: the power is the number of steps from t on.",
    seen="https://github.com/Lucasc-99/Actor-Critic/issues/3",
)
def negative_powers(rewards, gamma):
    """The powers of gamma are negative, so that later rewards count more instead of less."""
    steps = range(len(rewards))
    return torch.tensor([sum(gamma ** (t - k) * rewards[k] for k in steps[t:]) for t in steps])


@mistake(
    cure="Leave out the line that sets the sum back to zero; it was made for the game of Pong.",
    seen="https://github.com/titu1994/neural-architecture-search/issues/19",
)
def reset_at_each_reward(rewards, gamma):
    """The sum starts anew at every reward that is not zero, a trick that fits Pong alone."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        if reward != 0:
            total = 0.0
        total = reward + gamma * total
        returns.insert(0, total)
    return torch.tensor(returns)


def _first_step_missing(rewards, gamma):
    returns = torch.zeros(len(rewards))
    total = 0.0
    for t in range(len(rewards) - 1, 0, -1):
        total = rewards[t] + gamma * total
        returns[t] = total
    return returns


@mistake(
    cure="Let the loop run over all T steps, the last one and the first one included.",
    seen=OFF_BY_ONE,
    also=(_first_step_missing,),
)
def loop_one_step_short(rewards, gamma):
    """The loop leaves out one end of the episode."""
    returns = torch.zeros(len(rewards))
    for t in reversed(range(len(rewards) - 1)):
        returns[t] = rewards[t] + gamma * returns[t + 1]
    return returns


def _turned_in_place(rewards, gamma):
    rewards.reverse()
    total, returns = 0.0, []
    for reward in rewards:
        total = reward + gamma * total
        returns.insert(0, total)
    return torch.tensor(returns)


def _used_up(rewards, gamma):
    total, returns = 0.0, []
    while rewards:
        total = rewards.pop() + gamma * total
        returns.insert(0, total)
    return torch.tensor(returns)


def _added_up_in_the_tensor_given(rewards, gamma):
    returns = torch.as_tensor(rewards, dtype=torch.float32)
    for t in reversed(range(len(returns) - 1)):
        returns[t] += gamma * returns[t + 1]
    return returns


@mistake(
    cure="Work on a list or tensor of your own, and leave `rewards` as it is.",
    seen="https://github.com/Lucasc-99/Actor-Critic/issues/3",
    also=(_turned_in_place, _used_up, _added_up_in_the_tensor_given),
)
def rewards_changed(rewards, gamma):
    """The rewards given are changed, and the caller may still need them."""
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] += gamma * rewards[t + 1]
    return torch.tensor(rewards)


def _row(rewards, gamma):
    return discounted_returns(rewards, gamma).unsqueeze(0)


@mistake(
    cure="Return shape (T,): one dimension, one entry for each step.",
    seen=SHAPES,
    also=(_row,),
    telling=True,
)
def column_returned(rewards, gamma):
    """The returns have a second dimension of size 1, which will broadcast by accident."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        returns.insert(0, [total])
    return torch.tensor(returns)


@mistake(
    cure="Make a float32 tensor: `.float()`, or `torch.tensor(list)`.",
    seen="https://github.com/pfnet/pfrl/pull/8",
    telling=True,
)
def float64_returns(rewards, gamma):
    """The returns are float64, as NumPy has them; networks and their losses want float32."""
    returns = torch.zeros(len(rewards), dtype=torch.float64)
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        returns[t] = total
    return returns


def _powers_divided_out_in_float64(rewards, gamma):
    powers = gamma ** torch.arange(len(rewards), dtype=torch.float64)
    discounted = torch.tensor(rewards, dtype=torch.float64) * powers
    return (discounted.flip(0).cumsum(0).flip(0) / powers).float()


@mistake(
    cure="Do not divide by powers of gamma, which are or become zero; go backwards step by step.",
    seen="https://github.com/huggingface/trl/issues/6626",
    also=(_powers_divided_out_in_float64,),
)
def divided_by_zero_powers(rewards, gamma):
    """Powers of gamma are divided out again, which are zero for gamma 0 or in long episodes."""
    powers = gamma ** torch.arange(len(rewards))
    discounted = torch.tensor(rewards, dtype=torch.float32) * powers
    return discounted.flip(0).cumsum(0).flip(0) / powers


MISTAKES = (
    no_discount,
    past_instead_of_future,
    left_in_reverse_order,
    reversed_in_every_step,
    one_return_for_the_episode,
    rewards_not_added_up,
    discounted_from_the_start,
    running_total,
    own_reward_left_out,
    own_reward_discounted,
    list_returned,
    returns_normalised,
    cut_to_whole_numbers,
    rewards_alone,
    next_reward_only,
    gamma_only_once,
    negative_powers,
    reset_at_each_reward,
    loop_one_step_short,
    rewards_changed,
    column_returned,
    float64_returns,
    divided_by_zero_powers,
)
