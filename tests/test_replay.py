"""The replay buffer against a plain list, and its draws against exact binomial bounds.

test_properties.py tests that the parts of a row stay together, their shapes and dtypes.
"""

from fractions import Fraction

import pytest
import torch
from binomial import plausible_counts
from helpers import assert_drawn_by_torch
from hypothesis import given
from hypothesis import strategies as st

from pytorch_rl_basics.replay import ReplayBuffer


def transitions(numbers, state_dim=2, action_dim=None):
    """Make transitions in which every part tells the number of its row."""
    numbers = torch.tensor(list(numbers), dtype=torch.float32)  # (B,)
    states = numbers.unsqueeze(-1).expand(-1, state_dim)  # (B, state_dim)
    actions = numbers.long() if action_dim is None else numbers.unsqueeze(-1).expand(-1, action_dim)
    return states, actions, -numbers, states + 0.5, numbers.long() % 2 == 1


def stored(buffer):
    """Give the numbers of the rows that may be drawn, in the buffer's order."""
    return buffer.states[: len(buffer), 0].int().tolist()


@given(st.integers(1, 9), st.lists(st.integers(0, 9), max_size=8))
def test_it_keeps_the_latest_and_each_in_its_place(capacity, counts):
    buffer, wanted, total = ReplayBuffer(capacity, state_dim=2), [None] * capacity, 0
    for count in (min(count, capacity) for count in counts):
        buffer.add(*transitions(range(total, total + count)))
        for number in range(total, total + count):
            wanted[number % capacity] = number
        total += count
    assert len(buffer) == min(total, capacity)
    assert stored(buffer) == [number for number in wanted if number is not None]


@pytest.mark.parametrize(("added", "kept"), [(3, 3), (8, 8), (13, 8)])
def test_it_draws_uniformly_from_what_is_stored_and_nothing_else(added, kept):
    draws, buffer = 8_000, ReplayBuffer(capacity=8, state_dim=1)
    for number in range(added):
        buffer.add(*transitions([number], state_dim=1))
    numbers = buffer.sample(draws)[1].tolist()
    assert set(numbers) == set(range(added - kept, added))
    for number in set(numbers):
        assert numbers.count(number) in plausible_counts(draws, Fraction(1, kept))


def test_rows_of_a_batch_are_drawn_on_their_own():
    draws, buffer = 4_000, ReplayBuffer(capacity=4, state_dim=1)
    buffer.add(*transitions(range(4), state_dim=1))
    numbers = buffer.sample(2 * draws)[1]
    same = (numbers[::2] == numbers[1::2]).sum().item()  # drawn without replacement: fewer
    assert same in plausible_counts(draws, Fraction(1, 4))
    assert [len(buffer.sample(3)[0]) for _ in range(3)] == [3, 3, 3]


def test_it_draws_with_torchs_global_generator():
    buffer = ReplayBuffer(capacity=100, state_dim=1)
    buffer.add(*transitions(range(100), state_dim=1))
    assert_drawn_by_torch(lambda: buffer.sample(20)[1].tolist())


def test_without_a_dtype_it_takes_the_default_one(float64_by_default):
    assert ReplayBuffer(4, state_dim=2).states.dtype == torch.float64


def test_it_copies_going_in_and_coming_out_and_keeps_no_graph():
    buffer = ReplayBuffer(capacity=2, state_dim=2, action_dim=1)
    floats = [
        part.clone().requires_grad_(part.is_floating_point())
        for part in transitions([1, 2], action_dim=1)
    ]
    buffer.add(*floats)
    for part in floats:
        part.data.zero_()
    assert stored(buffer) == [1, 2]
    assert not any(part.requires_grad for part in buffer.sample(2))
    buffer.sample(4)[0].zero_()
    assert stored(buffer) == [1, 2]


def test_it_stays_on_its_device():
    rows = transitions([1, 2])
    with torch.device("meta"):  # where new tensors are made
        buffer = ReplayBuffer(capacity=3, state_dim=2, device="cpu")
        buffer.add(*rows)
        drawn = buffer.sample(9)
    assert all(part.device.type == "cpu" for part in drawn)
    assert set(drawn[0].flatten().tolist()) == {1.0, 2.0}
    assert stored(buffer) == [1, 2]
    assert ReplayBuffer(3, 2, device="meta").rewards.is_meta


def test_nothing_to_add_changes_nothing():
    buffer = ReplayBuffer(capacity=2, state_dim=2)
    buffer.add(*transitions([]))
    assert len(buffer) == 0
    assert repr(buffer) == "ReplayBuffer(0 of 2 transitions)"


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({3: torch.zeros(2, 5)}, ValueError, "d is 2 in states"),
        ({0: torch.zeros(2, 5), 3: torch.zeros(2, 5)}, ValueError, r"made for \(2, 2\)"),
        ({1: torch.zeros(2)}, TypeError, "actions has dtype torch.float32"),
        ({2: torch.zeros(2, 1)}, ValueError, r"rewards.squeeze\(-1\)"),
        ({2: torch.zeros(1)}, ValueError, "B is 2 in states"),
        ({1: torch.zeros(1, dtype=torch.int64)}, ValueError, "actions .* B is 2 in states"),
        ({3: torch.zeros(1, 2)}, ValueError, "next_states .* B is 2 in states"),
        ({4: torch.zeros(1, dtype=torch.bool)}, ValueError, "terminated .* B is 2 in states"),
        ({4: torch.zeros(2)}, TypeError, r"terminated.bool\(\)"),
        ({2: None}, TypeError, "rewards is None, but a float tensor"),
        ({2: torch.zeros(0)}, ValueError, r"rewards is empty \(shape \(0,\)\)"),
    ],
)
def test_wrong_transitions_are_refused_and_not_stored(wrong, error, words):
    buffer = ReplayBuffer(capacity=9, state_dim=2)
    parts = list(transitions([0, 1]))
    for place, part in wrong.items():
        parts[place] = part
    with pytest.raises(error, match=words):
        buffer.add(*parts)
    assert len(buffer) == 0
    assert not buffer.states.any()


def test_continuous_actions_are_as_many_as_states():
    buffer, parts = ReplayBuffer(9, state_dim=2, action_dim=1), [*transitions([0, 1], action_dim=1)]
    parts[1] = torch.zeros(1, 1)
    with pytest.raises(ValueError, match=r"ReplayBuffer.add: actions .* B is 2 in states"):
        buffer.add(*parts)


BAD_SIZES = [("capacity", 0), ("state_dim", 1.5), ("action_dim", 0)]


@pytest.mark.parametrize(("name", "value"), BAD_SIZES)
def test_sizes_are_whole_numbers(name, value):
    sizes = {"capacity": 4, "state_dim": 2} | {name: value}
    with pytest.raises((TypeError, ValueError), match=f"ReplayBuffer: {name} is {value}"):
        ReplayBuffer(**sizes)


def test_more_than_fits_and_a_draw_from_nothing_are_refused():
    buffer = ReplayBuffer(capacity=2, state_dim=2)
    with pytest.raises(ValueError, match="3 transitions do not fit"):
        buffer.add(*transitions(range(3)))
    with pytest.raises(ValueError, match="the buffer is empty"):
        buffer.sample(1)
    buffer.add(*transitions([0]))
    with pytest.raises(ValueError, match="batch_size is 0"):
        buffer.sample(0)
