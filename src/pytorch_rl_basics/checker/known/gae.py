"""The known mistakes of ``gae``."""

import torch

from ..mistakes import mistake

PAGE = "tutorials/algorithms/actor_critic"

SHAPES = "concepts/batches_and_shapes"

BACK_TO_VALUES = "https://github.com/higgsfield-ai/higgsfield/issues/6"

WRONG_STEP = "https://github.com/anthonytorlucci/rlevo/issues/342"


def _added_up(errors, decay):
    """Sum rightly: a decay for each step, (T,) or (T, B)."""
    total, advantages = 0.0, []
    for t in reversed(range(len(errors))):
        total = errors[t] + decay[t] * total
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Multiply what comes from later steps by zero where `done` is True.",
    seen="https://github.com/vietnh1009/Super-mario-bros-PPO-pytorch/issues/21",
)
def sum_runs_on(rewards, values, next_values, terminated, done, gamma, lam):
    """The sum runs on past the end of an episode, into the errors of the next one."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Multiply the next value by zero where `terminated` is True.",
    seen="https://github.com/thu-ml/tianshou/issues/869",
)
def value_after_a_termination(rewards, values, next_values, terminated, done, gamma, lam):
    """A value is expected after terminated steps as well, where nothing follows."""
    errors = rewards + gamma * next_values - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Use both masks: `terminated` for the next value, `done` for the sum.",
    seen=PAGE,
)
def no_mask_at_all(rewards, values, next_values, terminated, done, gamma, lam):
    """Neither mask is used: everything is computed as if there were no ends."""
    errors = rewards + gamma * next_values - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Leave out the next value where `terminated` is True, and not where `done` is.",
    seen="https://github.com/vwxyzjn/cleanrl/issues/457",
)
def truncation_as_termination(rewards, values, next_values, terminated, done, gamma, lam):
    """The next value is left out at truncated steps too, where the world goes on."""
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * next_values[t] * ~done[t] - values[t]
        total = error + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Stop the sum where `done` is True: a truncated episode is over as well.",
    seen="https://github.com/Toni-SM/skrl/issues/224",
)
def sum_runs_past_truncations(rewards, values, next_values, terminated, done, gamma, lam):
    """After a truncation another episode begins too, but the sum runs on into it."""
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * next_values[t] * ~terminated[t] - values[t]
        total = error + gamma * lam * total * ~terminated[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Exchange them: `terminated` belongs to the next value, `done` to the sum.",
    seen=PAGE,
)
def masks_exchanged(rewards, values, next_values, terminated, done, gamma, lam):
    """The two masks have changed places."""
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * next_values[t] * ~done[t] - values[t]
        total = error + gamma * lam * total * ~terminated[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _bootstrap_inverted(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up(rewards + gamma * next_values * terminated - values, gamma * lam * ~done)


def _sum_inverted(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up(rewards + gamma * next_values * ~terminated - values, gamma * lam * done)


@mistake(
    cure="Turn the mask round with `~`: something follows where it is False.",
    seen="https://github.com/ghliu/pytorch-ddpg/issues/11",
    also=(_bootstrap_inverted, _sum_inverted),
)
def mask_inverted(rewards, values, next_values, terminated, done, gamma, lam):
    """A mask is the wrong way round: it keeps what should be left out."""
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * next_values[t] * terminated[t] - values[t]
        total = error + gamma * lam * total * done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _shifted(mask, last):
    return torch.cat([mask[1:], torch.full_like(mask[:1], last)])


def _both_masks_shifted(last):
    def shift_both(rewards, values, next_values, terminated, done, gamma, lam):
        errors = rewards + gamma * next_values * ~_shifted(terminated, last) - values
        return _added_up(errors, gamma * lam * ~_shifted(done, last))

    return shift_both


def _one_mask_shifted_in_both_places(rewards, values, next_values, terminated, done, gamma, lam):
    shifted = _shifted(done, last=False)
    return _added_up(rewards + gamma * next_values * ~shifted - values, gamma * lam * ~shifted)


def _done_of_the_step_before(rewards, values, next_values, terminated, done, gamma, lam):
    before = torch.cat([torch.zeros_like(done[:1]), done[:-1]])
    return _added_up(rewards + gamma * next_values * ~terminated - values, gamma * lam * ~before)


@mistake(
    cure="Use `done[t]`, which says whether step t was the last one of its episode.",
    seen=WRONG_STEP,
    also=(
        _both_masks_shifted(last=False),
        _both_masks_shifted(last=True),
        _one_mask_shifted_in_both_places,
        _done_of_the_step_before,
    ),
)
def end_of_another_step(rewards, values, next_values, terminated, done, gamma, lam):
    """The sum stops at the wrong step, one beside the end of the episode."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total
        advantages.insert(0, total)
        total = total * ~done[t]
    return torch.stack(advantages)


@mistake(
    cure="Multiply what comes from later steps by `gamma * lam`.",
    seen="https://github.com/medipixel/rl_algorithms/issues/179",
)
def no_lambda(rewards, values, next_values, terminated, done, gamma, lam):
    """Lambda is not used: the errors decay by gamma alone."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Multiply what comes from later steps by `gamma * lam`.",
    seen="https://github.com/callummcdougall/ARENA_3.0/pull/249",
)
def no_gamma_in_the_sum(rewards, values, next_values, terminated, done, gamma, lam):
    """The errors decay by lambda alone; each later one should also be discounted."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _no_gamma_anywhere(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up(rewards + next_values * ~terminated - values, lam * ~done)


@mistake(
    cure="Multiply the next value by gamma.",
    seen="https://github.com/XanderJC/scalable-birl/issues/4",
    also=(_no_gamma_anywhere,),
)
def next_value_not_discounted(rewards, values, next_values, terminated, done, gamma, lam):
    """The next value counts in full; it lies a step ahead, so gamma belongs before it."""
    errors = rewards + next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Discount the next value alone, without a bracket around the difference.",
    seen="https://github.com/CarperAI/trlx/pull/4",
)
def own_value_discounted(rewards, values, next_values, terminated, done, gamma, lam):
    """Gamma stands before the difference of the values, and so discounts the own value too."""
    errors = rewards + gamma * (next_values * ~terminated - values)
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Add to each error what the next step got, times `gamma * lam`.",
    seen="https://github.com/4kasha/CartPole_PPO/issues/1",
)
def errors_not_added_up(rewards, values, next_values, terminated, done, gamma, lam):
    """These are the TD errors alone: nothing of later steps is added."""
    return rewards + gamma * next_values * ~terminated - values


@mistake(
    cure="Add the finished advantage of step t + 1, which holds all later errors.",
    seen=PAGE,
)
def next_error_only(rewards, values, next_values, terminated, done, gamma, lam):
    """Only the error of the very next step is added; the sum goes on to the episode's end."""
    errors = rewards + gamma * next_values * ~terminated - values
    advantages = errors.clone()
    for t in range(len(rewards) - 1):
        advantages[t] += gamma * lam * errors[t + 1] * ~done[t]
    return advantages


@mistake(
    cure="Start at the end: walk through `reversed(range(T))`.",
    seen="https://github.com/lorenmt/minimal-isaac-gym/issues/4",
)
def past_instead_of_future(rewards, values, next_values, terminated, done, gamma, lam):
    """The sum runs forward, so it holds the errors of the past instead of those to come."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in range(len(rewards)):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.append(total)
    return torch.stack(advantages)


@mistake(
    cure="Turn the list round in the end, `advantages[::-1]`, or insert at its front.",
    seen="https://github.com/openai/baselines/issues/224",
)
def left_in_reverse_order(rewards, values, next_values, terminated, done, gamma, lam):
    """The advantages were computed from the end and left in that order."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.append(total)
    return torch.stack(advantages)


@mistake(
    cure="Subtract `values`: the critic's prediction for the state itself.",
    seen=PAGE,
)
def own_value_not_subtracted(rewards, values, next_values, terminated, done, gamma, lam):
    """The value of the state itself is not subtracted, so nothing is compared with a prediction."""
    errors = rewards + gamma * next_values * ~terminated
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Add gamma times the next value to the reward.",
    seen=PAGE,
)
def next_value_left_out(rewards, values, next_values, terminated, done, gamma, lam):
    """The value of the next state is missing: the error compares one reward with the whole."""
    errors = rewards - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Exchange them: add the discounted next value, subtract the value.",
    seen=PAGE,
)
def values_exchanged(rewards, values, next_values, terminated, done, gamma, lam):
    """The two values have changed places: the state's own is added and the next one subtracted."""
    errors = rewards + gamma * values - next_values * ~terminated
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Turn the difference round: what came, minus what was predicted.",
    seen=PAGE,
)
def sign_turned_round(rewards, values, next_values, terminated, done, gamma, lam):
    """The prediction comes first in the difference, so a pleasant surprise is negative."""
    errors = values - rewards - gamma * next_values * ~terminated
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Return the sums of errors themselves, and add `values` where the critic is trained.",
    seen=BACK_TO_VALUES,
)
def values_added_back(rewards, values, next_values, terminated, done, gamma, lam):
    """The values were added to the advantages: that is the critic's target, not the advantage."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages) + values


@mistake(
    cure="Return the advantages alone.",
    seen="https://github.com/RLinf/RLinf/issues/292",
    telling=True,
)
def two_results(rewards, values, next_values, terminated, done, gamma, lam):
    """Two tensors came back; the critic's targets are made by whoever calls."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    advantages = torch.stack(advantages)
    return advantages, advantages + values


def _without_values(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up(rewards, gamma * ~done)


@mistake(
    cure="Add up TD errors, with the next value in each of them.",
    seen="https://github.com/godka/Pensieve-PPO/issues/4",
    also=(_without_values,),
)
def returns_instead_of_errors(rewards, values, next_values, terminated, done, gamma, lam):
    """Rewards were added up instead of TD errors: lambda and the next values are not used."""
    total, returns = 0.0, []
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total * ~done[t]
        returns.insert(0, total)
    return torch.stack(returns) - values


def _normalised(correction, small=1e-8):
    def normalise(rewards, values, next_values, terminated, done, gamma, lam):
        errors = rewards + gamma * next_values * ~terminated - values
        advantages = _added_up(errors, gamma * lam * ~done)
        return (advantages - advantages.mean()) / (advantages.std(correction=correction) + small)

    return normalise


def _only_centred(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    advantages = _added_up(errors, gamma * lam * ~done)
    return advantages - advantages.mean()


@mistake(
    cure="Return the plain sums; whoever wants them normalised can do it afterwards.",
    seen="https://github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail/issues/102",
    also=(_normalised(correction=0), _only_centred),
)
def advantages_normalised(rewards, values, next_values, terminated, done, gamma, lam):
    """The advantages were shifted or scaled by their mean and spread; it was not asked for."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    advantages = torch.stack(advantages)
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


def _both_values_masked_by_done(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up(rewards + (gamma * next_values - values) * ~done, gamma * lam * ~done)


@mistake(
    cure="Mask the next value alone; the own value is subtracted at every step.",
    seen="https://github.com/AI4Finance-Foundation/ElegantRL/issues/183",
    also=(_both_values_masked_by_done,),
)
def own_value_masked_too(rewards, values, next_values, terminated, done, gamma, lam):
    """At a termination the state's own value is left out too, and only the next one should be."""
    errors = rewards + (gamma * next_values - values) * ~terminated
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _error_masked(rewards, values, next_values, terminated, done, gamma, lam):
    return _added_up((rewards + gamma * next_values - values) * ~terminated, gamma * lam * ~done)


@mistake(
    cure="Mask what follows the step, and not the step itself: its reward and value count.",
    seen="https://github.com/alessiodm/drl-zh/pull/14",
    also=(_error_masked,),
)
def last_step_masked(rewards, values, next_values, terminated, done, gamma, lam):
    """The last step of an episode is masked as a whole, so its own error is lost."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = (errors[t] + gamma * lam * total) * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _own_value_at_the_last_row(rewards, values, next_values, terminated, done, gamma, lam):
    following = torch.cat([values[1:], values[-1:]])
    errors = rewards + gamma * following * ~terminated - values
    return _added_up(errors, gamma * lam * ~done)


@mistake(
    cure="Use `next_values[t]`: the row below may be the start of another episode, or be missing.",
    seen="https://github.com/Denys88/rl_games/issues/128",
    also=(_own_value_at_the_last_row,),
)
def value_of_the_row_below(rewards, values, next_values, terminated, done, gamma, lam):
    """The row below in `values` is taken for what follows; at an end it is another episode's."""
    following = torch.cat([values[1:], next_values[-1:]])
    errors = rewards + gamma * following * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _last_row_terminated(rewards, values, next_values, terminated, done, gamma, lam):
    following = next_values * ~terminated
    following[-1] = 0.0
    return _added_up(rewards + gamma * following - values, gamma * lam * ~done)


@mistake(
    cure="Use `next_values` in the last row as well: only `terminated` says that nothing follows.",
    seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/54",
    also=(_last_row_terminated,),
)
def nothing_after_the_last_row(rewards, values, next_values, terminated, done, gamma, lam):
    """Nothing is expected after the last row, but only the data end there, not the episode."""
    following = torch.cat([values[1:], torch.zeros_like(values[:1])])
    errors = rewards + gamma * following * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _first_step_missing(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    advantages = _added_up(errors, gamma * lam * ~done)
    advantages[0] = 0.0
    return advantages


@mistake(
    cure="Let the loop run over all T steps, the last one and the first one included.",
    seen="https://github.com/DLR-RM/stable-baselines3/pull/185",
    also=(_first_step_missing,),
)
def loop_one_step_short(rewards, values, next_values, terminated, done, gamma, lam):
    """The loop leaves out one end of the steps."""
    errors = rewards + gamma * next_values * ~terminated - values
    advantages = torch.zeros_like(rewards)
    for t in reversed(range(len(rewards) - 1)):
        advantages[t] = errors[t] + gamma * lam * advantages[t + 1] * ~done[t]
    return advantages


@mistake(
    cure="Let the sum begin with zero: the last next value is in the last TD error already.",
    seen="https://github.com/simonsays1980/rl-triton/pull/4",
)
def sum_begins_with_a_value(rewards, values, next_values, terminated, done, gamma, lam):
    """The sum begins with the last next value, which then counts twice."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = next_values[-1], []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Count the powers from each step, not from the first one: go backwards step by step.",
    seen="https://github.com/huggingface/trl/issues/6626",
)
def decayed_from_the_start(rewards, values, next_values, terminated, done, gamma, lam):
    """The powers of gamma times lambda count from the first row, not from each step."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = (gamma * lam) ** t * errors[t] + total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Return a tensor: `torch.stack` joins a list of tensors.",
    seen=PAGE,
    telling=True,
)
def list_returned(rewards, values, next_values, terminated, done, gamma, lam):
    """The result is a Python list, and a tensor is asked for."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return advantages


@mistake(
    cure="Compute with tensors, or turn the result back: `torch.from_numpy(advantages)`.",
    seen=PAGE,
    telling=True,
)
def numpy_array_returned(rewards, values, next_values, terminated, done, gamma, lam):
    """The result is a NumPy array, and a tensor is asked for."""
    errors = (rewards + gamma * next_values * ~terminated - values).numpy()
    going_on = ~done.numpy()
    advantages, total = errors.copy(), 0.0
    for t in reversed(range(len(errors))):
        total = errors[t] + gamma * lam * total * going_on[t]
        advantages[t] = total
    return advantages


@mistake(
    cure="Write `~done`, or `1 - done.float()`.",
    seen="https://github.com/nlpyang/PreSumm/issues/54",
)
def one_minus_a_mask(rewards, values, next_values, terminated, done, gamma, lam):
    """The masks are tensors of True and False, and PyTorch does not subtract those."""
    errors = rewards + gamma * next_values * (1 - terminated) - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * (1 - done[t])
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Choose entry by entry: multiply by `~done[t]`, or use `torch.where`.",
    seen="https://github.com/facebookresearch/ReAgent/pull/341",
)
def if_for_all_environments(rewards, values, next_values, terminated, done, gamma, lam):
    """`if`, `not` and `and` want one True or False, and with (T, B) a step has B of them."""
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        following = 0.0 if terminated[t] else next_values[t]
        total = rewards[t] + gamma * following - values[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


def _room_for_one_number(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    advantages, total = torch.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages[t] = total
    return advantages


def _item_of_a_row(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    return torch.tensor([error.item() for error in _added_up(errors, gamma * lam * ~done)])


def _lists_of_numbers(rewards, values, next_values, terminated, done, gamma, lam):
    rewards, next_values, values = rewards.tolist(), next_values.tolist(), values.tolist()
    errors = [r + gamma * n - v for r, n, v in zip(rewards, next_values, values, strict=True)]
    errors = torch.tensor(errors) - gamma * torch.tensor(next_values) * terminated
    return _added_up(errors, gamma * lam * ~done)


@mistake(
    cure="Keep a row for each step: `torch.stack(advantages)`, or `torch.zeros_like(rewards)`.",
    seen="https://github.com/pytorch/pytorch/issues/23589",
    also=(_room_for_one_number, _item_of_a_row, _lists_of_numbers),
)
def one_number_for_each_step(rewards, values, next_values, terminated, done, gamma, lam):
    """There is room for one number a step, and with (T, B) each step has a row of B numbers."""
    errors = rewards + gamma * next_values * ~terminated - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.tensor(advantages)


@mistake(
    cure="Walk along dimension 0: the first dimension is the time, the second the environments.",
    seen=SHAPES,
)
def along_the_environments(rewards, values, next_values, terminated, done, gamma, lam):
    """The sum runs along the last dimension: over the environments instead of the time."""
    errors = rewards + gamma * next_values * ~terminated - values
    advantages, total = torch.zeros_like(rewards), 0.0
    for t in reversed(range(rewards.shape[-1])):
        total = errors[..., t] + gamma * lam * total * ~done[..., t]
        advantages[..., t] = total
    return advantages


def _left_flat(rewards, values, next_values, terminated, done, gamma, lam):
    errors = rewards + gamma * next_values * ~terminated - values
    return _added_up(errors.flatten(), gamma * lam * ~done.flatten())


@mistake(
    cure="Keep (T, B): each step is a row, and the columns never mix.",
    seen=SHAPES,
    also=(_left_flat,),
)
def environments_in_one_row(rewards, values, next_values, terminated, done, gamma, lam):
    """All steps of all environments stand in one row, so each sum runs into other environments."""
    errors = (rewards + gamma * next_values * ~terminated - values).flatten()
    total, advantages = 0.0, []
    for t in reversed(range(len(errors))):
        total = errors[t] + gamma * lam * total * ~done.flatten()[t]
        advantages.insert(0, total)
    return torch.stack(advantages).reshape(rewards.shape)


def _added_to_the_rewards(rewards, values, next_values, terminated, done, gamma, lam):
    rewards += gamma * next_values * ~terminated - values
    return _added_up(rewards, gamma * lam * ~done)


@mistake(
    cure="Make a new tensor: no `+=`, no methods that end in an underscore, no `x[mask] = 0`.",
    seen="concepts/tensors_and_gradients",
    also=(_added_to_the_rewards,),
)
def inputs_changed(rewards, values, next_values, terminated, done, gamma, lam):
    """The tensors given are overwritten, and the caller may still need them."""
    next_values[terminated] = 0.0
    errors = rewards + gamma * next_values - values
    total, advantages = 0.0, []
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages.insert(0, total)
    return torch.stack(advantages)


@mistake(
    cure="Make room with `torch.zeros_like(rewards)`, which keeps shape and dtype.",
    seen="https://github.com/pfnet/pfrl/pull/8",
)
def dtype_not_kept(rewards, values, next_values, terminated, done, gamma, lam):
    """The result is float32 whatever came in, as a new tensor is that is made by its shape."""
    errors = rewards + gamma * next_values * ~terminated - values
    advantages, total = torch.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        total = errors[t] + gamma * lam * total * ~done[t]
        advantages[t] = total
    return advantages


MISTAKES = (
    sum_runs_on,
    value_after_a_termination,
    no_mask_at_all,
    truncation_as_termination,
    sum_runs_past_truncations,
    masks_exchanged,
    mask_inverted,
    end_of_another_step,
    no_lambda,
    no_gamma_in_the_sum,
    next_value_not_discounted,
    own_value_discounted,
    errors_not_added_up,
    next_error_only,
    past_instead_of_future,
    left_in_reverse_order,
    own_value_not_subtracted,
    next_value_left_out,
    values_exchanged,
    sign_turned_round,
    values_added_back,
    two_results,
    returns_instead_of_errors,
    advantages_normalised,
    own_value_masked_too,
    last_step_masked,
    value_of_the_row_below,
    nothing_after_the_last_row,
    loop_one_step_short,
    sum_begins_with_a_value,
    decayed_from_the_start,
    list_returned,
    numpy_array_returned,
    one_minus_a_mask,
    if_for_all_environments,
    one_number_for_each_step,
    along_the_environments,
    environments_in_one_row,
    inputs_changed,
    dtype_not_kept,
)
