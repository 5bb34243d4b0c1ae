"""The known mistakes of ``epsilon_greedy``."""

import random

import torch

from ..mistakes import mistake


@mistake(
    cure="Explore where the draw is *below* epsilon: at epsilon = 0 that is never.",
    seen="https://github.com/MorvanZhou/Reinforcement-learning-with-tensorflow/pull/151",
)
def inverted_rule(q_values, epsilon):
    """The two branches are swapped: it explores with probability 1 - epsilon."""
    if torch.rand(1).item() > epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


def _greedy_tensor(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.max(dim=0, keepdim=True).indices


def _exploring_tensor(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,))
    return q_values.argmax().item()


def _exploring_scalar_tensor(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), ())
    return q_values.argmax().item()


def _exploring_float_tensor(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return (torch.rand(1) * len(q_values)).floor()
    return q_values.argmax().item()


def _greedy_float(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).float().item()
    return q_values.argmax().float().item()


def _exploring_float(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return float(torch.randint(len(q_values), (1,)))
    return q_values.argmax().item()


def _greedy_numpy(q_values, epsilon):
    import numpy as np

    if torch.rand(1) < epsilon:
        return np.random.choice(len(q_values))
    return np.argmax(q_values.tolist())


def _greedy_list(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).tolist()
    return [q_values.argmax().item()]


def _exploring_list(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).tolist()
    return q_values.argmax().item()


def _greedy_array(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).numpy()
    return q_values.argmax().numpy()


@mistake(
    cure="Take the number out with `.item()`, or wrap it in `int(...)`, in both branches.",
    seen="https://github.com/pytorch/tutorials/issues/474",
    also=(
        _greedy_tensor,
        _exploring_tensor,
        _exploring_scalar_tensor,
        _exploring_float_tensor,
        _greedy_float,
        _exploring_float,
        _greedy_numpy,
        _greedy_array,
        _greedy_list,
        _exploring_list,
    ),
)
def tensor_instead_of_int(q_values, epsilon):
    """The action is left in a tensor, an array, a list or a float, and not a Python `int`."""
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,))
    return q_values.argmax()


def _value_in_a_tensor(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return q_values[torch.randint(len(q_values), ())]
    return q_values.max()


def _value_cut_to_int(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return int(q_values.max())


def _value_when_exploring(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return q_values[torch.randint(len(q_values), (1,))].item()
    return q_values.argmax().item()


def _value_in_a_tensor_when_exploring(q_values, epsilon):
    if torch.rand(1) < epsilon:
        return random.choice(q_values)
    return q_values.argmax().item()


@mistake(
    cure="`argmax()` gives the place of the largest value, `max()` the value itself.",
    seen="https://github.com/nikitasrivatsan/DeepLearningVideoGames/pull/2",
    also=(
        _value_in_a_tensor,
        _value_cut_to_int,
        _value_when_exploring,
        _value_in_a_tensor_when_exploring,
    ),
)
def value_instead_of_action(q_values, epsilon):
    """A Q-value comes back, where the number of the action that has it is wanted."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.max().item()


def _whole_action_as_size(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(0, len(q_values)).item()
    return q_values.argmax().item()


def _by_keyword(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(low=0, high=len(q_values)).item()
    return q_values.argmax().item()


@mistake(
    cure="Give `torch.randint` the shape of what it should draw: `(1,)` for one number.",
    seen="https://github.com/PasaLab/GADAM/issues/1",
    also=(
        _whole_action_as_size,
        _by_keyword,
    ),
)
def randint_without_a_shape(q_values, epsilon):
    """`torch.randint` has no shape to fill: unlike Python's, it draws tensors and asks for one."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw from all n actions, the best one included: `torch.randint(len(q_values), (1,))`.",
    seen="https://github.com/NeuromatchAcademy/course-content/issues/446",
)
def exploring_without_the_best(q_values, epsilon):
    """Exploring leaves out the greedy action; uniform over all n actions is what is asked."""
    best = q_values.argmax().item()
    if torch.rand(1).item() < epsilon:
        others = [action for action in range(len(q_values)) if action != best]
        return others[torch.randint(len(others), (1,)).item()]
    return best


def _from_the_second(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(1, len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="`torch.randint(n, (1,))` draws from 0 to n - 1: its upper end is left out already.",
    seen="https://github.com/ortec/euro-neurips-vrp-2022-quickstart/pull/5",
    also=(_from_the_second,),
)
def one_action_never_drawn(q_values, epsilon):
    """The draw covers one action too few: the last one, or the first, never comes by exploring."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values) - 1, (1,)).item()
    return q_values.argmax().item()


def _counted_from_one(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(1, len(q_values) + 1, (1,)).item()
    return q_values.argmax().item()


def _greedy_counted_from_one(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(1, len(q_values) + 1, (1,)).item()
    return q_values.argmax().item() + 1


@mistake(
    cure="Actions are numbered 0 to n - 1: draw with `torch.randint(n, (1,))`, which leaves out n.",
    seen="https://github.com/tambetm/simple_dqn/issues/11",
    also=(_counted_from_one, _greedy_counted_from_one),
)
def action_beyond_the_last(q_values, epsilon):
    """An action comes that does not exist: n actions are numbered from 0 to n - 1."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values) + 1, (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw a number and compare it with epsilon; below it, draw the action as well.",
    seen="https://github.com/enhuiz/flappybird-ql/issues/3",
)
def never_exploring(q_values, epsilon):
    """It takes the greedy action whatever epsilon is, so it never explores."""
    return q_values.argmax().item()


@mistake(
    cure="Draw a number first, and explore only where it is below epsilon.",
    seen="https://github.com/LxMLS/lxmls-toolkit/pull/174",
)
def always_exploring(q_values, epsilon):
    """It draws the action at random whatever epsilon and the Q-values are."""
    return torch.randint(len(q_values), (1,)).item()


def _sampled_always(q_values, epsilon):
    return torch.multinomial(q_values.softmax(dim=-1), 1).item()


def _in_proportion(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.multinomial(q_values, 1).item()
    return q_values.argmax().item()


@mistake(
    cure="When exploring, forget the Q-values: `torch.randint` gives each action the same chance.",
    seen="https://automaticaddison.com/boltzmann-distribution-and-epsilon-greedy-search/",
    also=(_sampled_always, _in_proportion),
)
def weighted_exploration(q_values, epsilon):
    """The draw favours actions of high Q-value; exploring means that all come equally often."""
    if torch.rand(1).item() < epsilon:
        return torch.multinomial(q_values.softmax(dim=-1), 1).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw both random numbers with torch: `torch.rand(1)` and `torch.randint`.",
    seen="https://github.com/google-deepmind/bsuite/issues/25",
)
def another_generator(q_values, epsilon):
    """The random numbers come from Python or NumPy, which `torch.manual_seed` does not seed."""
    if random.random() < epsilon:
        return random.randrange(len(q_values))
    return q_values.argmax().item()


@mistake(
    cure="Leave seeding to the caller, once at the start of a run.",
    seen="https://github.com/mrdbourke/pytorch-deep-learning/issues/245",
    telling=True,
)
def seeding_inside(q_values, epsilon):
    """The function sets the seed itself, so that each call draws the same numbers again."""
    torch.manual_seed(0)
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw with `torch.rand`, whose numbers lie evenly between 0 and 1.",
    seen="https://github.com/cpnota/autonomous-learning-library/pull/233",
)
def normal_draw(q_values, epsilon):
    """`randn` draws from a bell curve, which is below 0 half of the time; `rand` is uniform."""
    if torch.randn(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


def _whole_percent(q_values, epsilon):
    if torch.randint(100, (1,)).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Compare epsilon with a draw between 0 and 1: `torch.rand(1).item()`.",
    seen="https://github.com/patrickloeber/snake-ai-pytorch/blob/"
    "0e0484bb41b7292e233c774be9c17d8e023d4399/agent.py",
    also=(_whole_percent,),
)
def epsilon_as_percent(q_values, epsilon):
    """Epsilon is compared with a number up to 100, as if it were a percentage."""
    if torch.rand(1).item() * 100 < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


def _tenths(q_values, epsilon):
    if torch.randint(10, (1,)).item() < epsilon * 10:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw with `torch.rand(1)`, which gives millions of different numbers between 0 and 1.",
    seen="https://github.com/hongzimao/pensieve/issues/27",
    also=(_tenths,),
)
def coarse_draw(q_values, epsilon):
    """A whole number decides whether to explore: it is too coarse for an epsilon in between."""
    if torch.randint(100, (1,)).item() < epsilon * 100:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Use `torch.randint(n, (1,))`, or cut off the decimals: `int(torch.rand(1) * n)`.",
    seen="https://github.com/craftyjs/Crafty/issues/120",
)
def rounded_draw(q_values, epsilon):
    """Rounding gives the first and the last number half the chance of the others."""
    if torch.rand(1).item() < epsilon:
        return round(torch.rand(1).item() * (len(q_values) - 1))
    return q_values.argmax().item()


@mistake(
    cure="Draw a second number for the action: the first one is below epsilon here.",
    seen="https://github.com/theovincent/i-DQN/issues/13",
)
def one_draw_for_both(q_values, epsilon):
    """The draw that decides to explore picks the action too, and it is never above epsilon."""
    position = torch.rand(1).item()
    if position < epsilon:
        return int(position * len(q_values))
    return q_values.argmax().item()


def _any_epsilon(q_values, epsilon):
    if torch.randint(0, 1, (1,)).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw anew in each call, and compare the draw with epsilon: `torch.rand(1).item()`.",
    seen="https://github.com/RVC-Boss/GPT-SoVITS/pull/2733",
    also=(_any_epsilon,),
)
def epsilon_as_a_switch(q_values, epsilon):
    """Nothing random decides whether to explore: for a given epsilon it always does, or never."""
    if epsilon > 0.5:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="The greedy action has the *largest* Q-value: `argmax`.",
    seen="https://github.com/Axelrod-Python/Axelrod/issues/157",
)
def smallest_value(q_values, epsilon):
    """It takes the action of the smallest Q-value, as if Q-values were costs."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmin().item()


def _four_actions(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(4, (1,)).item()
    return q_values.argmax().item()


def _first_or_second(q_values, epsilon):
    if torch.rand(1).item() < epsilon:
        return torch.randint(2, (1,)).item()
    return 0 if q_values[0] > q_values[1] else 1


@mistake(
    cure="Read the number of actions from the input: `len(q_values)`.",
    seen="https://github.com/pytorch/tutorials/pull/452",
    also=(_four_actions, _first_or_second),
)
def fixed_number_of_actions(q_values, epsilon):
    """The number of actions is written into the code, where another environment has another."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(2, (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Draw anew in each call: `torch.randint(n, (1,))`, whose upper end is left out.",
    seen="https://github.com/Paperspace/DinoRunTutorial/pull/3",
    telling=True,
)
def same_action_when_exploring(q_values, epsilon):
    """Exploring gives one and the same action each time: the draw has one outcome only."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(0, 1, (1,)).item()
    return q_values.argmax().item()


def _unwatched(q_values, epsilon):
    q_values.requires_grad_(False)
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Work on a copy, `q_values.clone()`, or with operations without a trailing underscore.",
    seen="https://github.com/pytorch/vision/issues/217",
    also=(_unwatched,),
    telling=True,
)
def changing_the_values(q_values, epsilon):
    """The function writes into the caller's Q-values, which are used again after it."""
    q_values += 1e-3 * torch.rand(len(q_values))
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return q_values.argmax().item()


@mistake(
    cure="Use torch's own `argmax()`, or `q_values.detach().numpy()`.",
    seen="https://github.com/pytorch/pytorch/issues/44023",
)
def numpy_of_a_watched_tensor(q_values, epsilon):
    """NumPy cannot take a tensor that requires grad, and a network's Q-values do."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    return int(q_values.numpy().argmax())


@mistake(
    cure="Start the search from the first Q-value, or from `-math.inf`; or use `argmax()`.",
    seen="https://github.com/satwikkansal/q-learning-taxi-v3/pull/4",
)
def search_from_zero(q_values, epsilon):
    """The search for the best starts at 0, so that a negative Q-value never wins."""
    if torch.rand(1).item() < epsilon:
        return torch.randint(len(q_values), (1,)).item()
    best, best_value = 0, 0.0
    for action, value in enumerate(q_values.tolist()):
        if value > best_value:
            best, best_value = action, value
    return best


MISTAKES = (
    inverted_rule,
    tensor_instead_of_int,
    value_instead_of_action,
    randint_without_a_shape,
    exploring_without_the_best,
    one_action_never_drawn,
    action_beyond_the_last,
    never_exploring,
    always_exploring,
    weighted_exploration,
    another_generator,
    seeding_inside,
    normal_draw,
    epsilon_as_percent,
    coarse_draw,
    rounded_draw,
    one_draw_for_both,
    epsilon_as_a_switch,
    smallest_value,
    fixed_number_of_actions,
    same_action_when_exploring,
    changing_the_values,
    numpy_of_a_watched_tensor,
    search_from_zero,
)
