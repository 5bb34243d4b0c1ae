"""A training with arguments that do not fit says which, and what to do."""

import math
from functools import partial

import pytest
import torch
from torch import nn

from pytorch_rl_basics.agents import checked, require_finite

pytest.importorskip("gymnasium")
TRAINED = []


def own(q_values, epsilon):
    return 0


@checked("Discrete")
def train(
    q, *, env_id="CartPole-v1", seed=0, device="cpu", epsilon_greedy=own, td_target=None, gae=None
):
    """Train."""
    TRAINED.append(seed)
    return q


@checked("Box")
def train_continuous(q, env_id="Pendulum-v1", device="cpu"):
    return q


Q = nn.Linear(4, 2)


def test_right_arguments_reach_the_training():
    TRAINED.clear()
    assert train(Q) is Q
    assert train(Q, seed=3, env_id="Acrobot-v1", device=torch.device("cpu"), td_target=None) is Q
    assert train(q=Q, seed=5, epsilon_greedy=lambda *args: 0) is Q
    assert TRAINED == [0, 3, 5]
    assert train_continuous(Q) is Q
    assert (train.__name__, train.__doc__) == ("train", "Train.")


@pytest.mark.parametrize(
    "function", [partial(pow, mod=7), math.hypot, lambda q, e, *, print=print: 0]
)
def test_everything_that_can_be_called_so_is_taken(function):
    assert train(Q, epsilon_greedy=function) is Q


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"env_id": "Pendulum-v1"}, ValueError, "needs Discrete.*take SAC"),
        ({"device": "gpu"}, ValueError, "'gpu' cannot be used.*device='cpu'"),
        ({"device": "cpu:x"}, ValueError, "'cpu:x' cannot be used.*device='cpu'"),
        ({"q": nn.Linear}, TypeError, "q must be a network.*the class Linear.*Create"),
        ({"q": 0}, TypeError, "q must be a network.*it is 0"),
        ({"q": nn.Linear(4, 2).double()}, TypeError, r"q are float64.*float32.*q\.float\(\)"),
        ({"epsilon_greedy": own(None, 0)}, TypeError, "must be a function, but it is 0"),
        ({"epsilon_greedy": None}, TypeError, "must be a function, but it is None"),
        ({"epsilon_greedy": lambda q: 0}, TypeError, r"calls epsilon_greedy\(q_values, epsilon\)"),
        ({"epsilon_greedy": lambda a, b, c: 0}, TypeError, r"takes \(a, b, c\)"),
        ({"epsilon_greedy": lambda q, *, epsilon: 0}, TypeError, "in this order"),
        ({"td_target": lambda r, d, q: 0}, TypeError, r"calls td_target\(rewards, terminated, "),
    ],
)
def test_what_does_not_fit_is_refused_before_the_training(arguments, error, said):
    TRAINED.clear()
    with pytest.raises(error, match=f"(?s){said}"):
        train(**{"q": Q} | arguments)
    assert not TRAINED


def test_other_kinds_of_environment_are_refused():
    with pytest.raises(ValueError, match=r"Discrete\(2\).*needs Box.*take DQN"):
        train_continuous(Q, "CartPole-v1")
    with pytest.raises(ValueError, match=r"observations of FrozenLake-v1 are Discrete\(16\)"):
        train(Q, env_id="FrozenLake-v1")


@pytest.mark.skipif(torch.cuda.is_available(), reason="here a CUDA device can be used")
def test_cuda_where_there_is_none():
    with pytest.raises(ValueError, match=r"'cuda' cannot be used.*device='cpu'"):
        train(Q, device="cuda")


def test_all_arguments_of_an_exercise_are_needed_those_with_a_default_too():
    @checked("Discrete")
    def learn(env_id="CartPole-v1", device="cpu", train_with_target=None):
        return "trained"

    with pytest.raises(TypeError, match=r"optimizer, batches, gamma, sync_every\), but"):
        learn(train_with_target=lambda q, q_target, optimizer, batches, gamma: [])
    assert learn(train_with_target=lambda *args: []) == "trained"


def test_a_python_caller_s_mistakes_stay_python_s():
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        train(Q, speed=1)
    with pytest.raises(TypeError, match="missing a required argument: 'q'"):
        train()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_ends_the_training(number):
    with pytest.raises(FloatingPointError, match=rf"loss is {number} after 1,200 .*diverges.*rate"):
        require_finite(number, 1200)
    with pytest.raises(FloatingPointError, match=f"The highest Q-value is {number}"):
        require_finite(number, 1200, "highest Q-value")


@pytest.mark.parametrize("number", [0, -1.5, 1e38])
def test_a_finite_number_does_not(number):
    assert require_finite(number, 1200) is None
