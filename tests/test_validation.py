"""Bad input is refused in words that help, by its shape, dtype or range alone."""

import inspect
import math
import re
from fractions import Fraction
from functools import partial

import pytest
import torch
from torch import nn

import pytorch_rl_basics as rl
from pytorch_rl_basics._validation import expects, require, require_same_shape
from pytorch_rl_basics.networks import GaussianPolicy, TwinCritic
from pytorch_rl_basics.replay import ReplayBuffer

ADVICE = re.compile(r"\b(Convert|Drop|Add|Give|give|Bring|Leave|Call|Collect|becomes one with)\b")


def floats(*shape):
    return torch.zeros(shape)


def actions():
    return torch.zeros(3, dtype=torch.int64)


def flags():
    return torch.zeros(3, dtype=torch.bool)


def train_with_target(gamma=0.9, sync_every=10, **batch):
    q, q_target = nn.Linear(4, 3), nn.Linear(4, 3)
    optimizer = torch.optim.SGD(q.parameters(), lr=0.1)
    return rl.train_with_target(q, q_target, optimizer, [tuple(batch.values())], gamma, sync_every)


def with_model(function, *, optimizer):
    def call(**arguments):
        model = nn.Linear(4, 3)
        others = [torch.optim.SGD(model.parameters(), lr=0.1)] if optimizer else []
        return function(model, *others, **arguments)

    return call


# Every function that takes tensors, with good ones of three rows.
TENSORS = {
    "sum_gradient": (rl.sum_gradient, {"x": floats(3)}),
    "epsilon_greedy": (lambda q_values: rl.epsilon_greedy(q_values, 0.5), {"q_values": floats(3)}),
    "sample_actions": (with_model(rl.sample_actions, optimizer=False), {"states": floats(3, 4)}),
    "select_log_probs": (rl.select_log_probs, {"logits": floats(3, 2), "actions": actions()}),
    "entropy": (rl.entropy, {"logits": floats(3, 2)}),
    "squashed_gaussian_log_prob": (
        rl.squashed_gaussian_log_prob,
        {"pre_tanh": floats(3, 2), "mean": floats(3, 2), "log_std": floats(3, 2)},
    ),
    "policy_loss": (rl.policy_loss, {"log_probs": floats(3), "advantages": floats(3)}),
    "clipped_surrogate": (
        rl.clipped_surrogate,
        {"log_probs": floats(3), "old_log_probs": floats(3), "advantages": floats(3)},
    ),
    "discounted_returns": (
        lambda rewards: rl.discounted_returns(rewards, 0.9),
        {"rewards": floats(3)},
    ),
    "td_target": (
        lambda **tensors: rl.td_target(**tensors, gamma=0.9),
        {"rewards": floats(3), "terminated": flags(), "next_q": floats(3, 2)},
    ),
    "gae": (
        lambda **tensors: rl.gae(**tensors, gamma=0.9, lam=0.9),
        {
            "rewards": floats(3),
            "values": floats(3),
            "next_values": floats(3),
            "terminated": flags(),
            "done": flags(),
        },
    ),
    "mse_backward": (
        with_model(rl.mse_backward, optimizer=False),
        {"states": floats(3, 4), "targets": floats(3, 3)},
    ),
    "train_step": (
        with_model(rl.train_step, optimizer=True),
        {"batch": floats(3, 4), "targets": floats(3, 3)},
    ),
    "train_with_target": (
        train_with_target,
        {
            "states": floats(3, 4),
            "actions": actions(),
            "rewards": floats(3),
            "next_states": floats(3, 4),
            "terminated": flags(),
        },
    ),
}
OPEN_ENDED = {"gae", "train_step"}  # take further dimensions


def bad_tensors(name, good, *, alone):
    """Give wrong values for an argument: each with its error, what came and what was wanted."""
    kind = {torch.float32: "float", torch.int64: "int64", torch.bool: "bool"}[good.dtype]
    wanted = f"{kind} tensor of shape ("
    if name == "discounted_returns":  # which takes lists as well
        yield None, TypeError, "of type NoneType", wanted
    else:
        yield None, TypeError, "None", wanted
        yield good.tolist(), TypeError, "of type list", wanted
    for dtype in (torch.float32, torch.int64, torch.int32, torch.bool, torch.complex64):
        if dtype != good.dtype:
            yield good.to(dtype), TypeError, f"has dtype {dtype}", wanted
    yield good[:0], ValueError, f"is empty (shape {tuple(good[:0].shape)})", wanted
    for wrong in (good.new_zeros(()), good[0], good.unsqueeze(0), good.unsqueeze(-1)):
        if wrong.dim() == 0 or name not in OPEN_ENDED:
            yield wrong, ValueError, f"has shape {tuple(wrong.shape)}", wanted
    if not alone:  # the longer of two comes second or first in the message
        yield torch.cat([good, good]), ValueError, "6", "tensor of shape ("


@pytest.mark.parametrize(("name", "call", "good"), [(k, *v) for k, v in TENSORS.items()])
def test_good_tensors_pass(name, call, good):
    call(**good)


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, argument) for name, (_, good) in TENSORS.items() for argument in good],
)
def test_a_bad_tensor_is_named_described_and_cured(name, argument):
    call, good = TENSORS[name]
    for bad, error, came, wanted in bad_tensors(name, good[argument], alone=len(good) == 1):
        with pytest.raises(error) as caught:
            call(**good | {argument: bad})
        message = str(caught.value)
        assert message.startswith(f"{name}: ")
        assert argument in message
        assert came in message
        assert wanted in message
        assert ADVICE.search(message)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("mse_backward", lambda model, _: rl.mse_backward(model, floats(3, 4), floats(3, 3))),
        ("train_step", lambda *both: rl.train_step(*both, floats(3, 4), floats(3))),
        ("train_step", lambda *both: rl.train_step(*both, floats(3, 4), floats(3, 3))),
    ],
)
def test_predictions_and_targets_that_would_broadcast_are_refused_before_anything_changes(
    name, call
):
    model = nn.Linear(4, 1)
    before = model.weight.detach().clone()
    with pytest.raises(ValueError, match=rf"{name}: .*\(3, 1\).*\(3, ?3?\).*squeeze"):
        call(model, torch.optim.SGD(model.parameters(), lr=0.1))
    assert torch.equal(model.weight, before)
    assert model.weight.grad is None


# -- numbers ----------------------------------------------------------------------------------

BATCH = {name: TENSORS[name][1] for name in TENSORS}
NOT_NUMBERS = ["0.5", None, torch.tensor(0.5), 1j, [0.5]]
OUT_OF_RANGE = {
    "in [0, 1]": [-0.1, 1.1, 2, math.nan, math.inf, -math.inf],
    "positive": [0, 0.0, -0.2, math.nan],
    "real": [],
    "count": [0, -1, 2.5, math.nan],
}
WANTED = {
    "in [0, 1]": "a number in [0, 1] is expected",
    "positive": "a number above 0 is expected",
    "real": "a real number is expected",
    "count": "a whole number of at least 1 is expected",
}


MODEL = nn.Linear(4, 2)
UNIT, COUNT = "in [0, 1]", "count"
NUMBERS = {  # every number that a public function or network takes: a call, and its ranges
    "cubic_gradient": (rl.cubic_gradient, {"x": "real"}),
    "epsilon_greedy": (partial(rl.epsilon_greedy, floats(3)), {"epsilon": UNIT}),
    "discounted_returns": (partial(rl.discounted_returns, [1.0]), {"gamma": UNIT}),
    "td_target": (partial(rl.td_target, **BATCH["td_target"]), {"gamma": UNIT}),
    "gae": (partial(rl.gae, **BATCH["gae"], gamma=0.9, lam=0.9), {"gamma": UNIT, "lam": UNIT}),
    "clipped_surrogate": (
        partial(rl.clipped_surrogate, **BATCH["clipped_surrogate"]),
        {"clip": "positive"},
    ),
    "polyak_update": (partial(rl.polyak_update, MODEL, MODEL), {"tau": UNIT}),
    "fit_random_targets": (
        with_model(rl.fit_random_targets, optimizer=True),
        {"steps": COUNT, "batch_size": COUNT, "log_every": COUNT},
    ),
    "train_with_target": (
        partial(train_with_target, **BATCH["train_with_target"]),
        {"gamma": UNIT, "sync_every": COUNT},
    ),
    "build_mlp": (rl.build_mlp, {"state_dim": COUNT, "hidden": COUNT, "n_actions": COUNT}),
    "QNetwork": (rl.QNetwork, {"state_dim": COUNT, "n_actions": COUNT, "hidden": COUNT}),
    "PolicyNetwork": (rl.PolicyNetwork, {"state_dim": COUNT, "n_actions": COUNT}),
    "ValueNetwork": (rl.ValueNetwork, {"state_dim": COUNT}),
    "GaussianPolicy": (GaussianPolicy, {"state_dim": COUNT, "action_dim": COUNT}),
    "TwinCritic": (TwinCritic, {"state_dim": COUNT, "action_dim": COUNT}),
}


@pytest.mark.parametrize(
    ("name", "call", "argument", "spec"),
    [
        pytest.param(name, call, argument, spec, id=f"{name}-{argument}")
        for name, (call, ranges) in NUMBERS.items()
        for argument, spec in ranges.items()
    ],
)
def test_a_bad_number_is_named_and_described(name, call, argument, spec):
    for bad in NOT_NUMBERS + OUT_OF_RANGE[spec]:
        number = isinstance(bad, int | float)
        with pytest.raises(ValueError if number else TypeError) as caught:
            call(**{argument: bad})
        shown = repr(bad) if number or bad in ("0.5", None) else f"of type {type(bad).__name__}"
        message = str(caught.value)
        assert message.startswith(f"{name}: {argument} is {shown}, but {WANTED[spec]}.")
        assert number or message.endswith("A one-element tensor becomes one with .item().")


GOOD = {
    "in [0, 1]": [0, 0.0, 0.5, 1, 1.0, True, Fraction(1, 3)],
    "positive": [1e-9, 0.5, 2],
    "real": [-2, 0.5, Fraction(1, 3)],
    "count": [1, 7],
    "counts": [(), [1], (64, 64)],
}


@pytest.mark.parametrize("spec", GOOD)
def test_good_numbers_pass(spec):
    for number in GOOD[spec]:
        require("f", x=(number, spec))


@pytest.mark.parametrize("make", [rl.PolicyNetwork, rl.ValueNetwork, GaussianPolicy, TwinCritic])
@pytest.mark.parametrize("hidden", [64, None, (64, 0), (2.5,), "64"])
def test_the_sizes_of_hidden_layers_are_a_sequence_of_counts(make, hidden):
    with pytest.raises((TypeError, ValueError), match=f"{make.__name__}: hidden is .*sequence"):
        make(hidden=hidden)


# -- rewards in a list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rewards", "error", "came"),
    [
        ((), ValueError, "is empty"),
        ({1.0}, TypeError, "of type set"),
        (iter([1.0]), TypeError, "of type list_iterator"),
        ("12", TypeError, "holds a str"),
        ([torch.tensor(1.0)], TypeError, "holds a Tensor"),
        ([[1.0]], TypeError, "holds a list"),
    ],
)
def test_discounted_returns_refuse_what_is_no_list_of_numbers(rewards, error, came):
    with pytest.raises(error, match=f"^discounted_returns: rewards {came}|rewards is {came}") as e:
        rl.discounted_returns(rewards, 0.9)
    assert "expected" in str(e.value)
    assert ADVICE.search(str(e.value))


# -- the messages, word for word --------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "tensor", "advice"),
    [
        ("float (B,)", floats(3, 1), "Drop the last dimension with x.squeeze(-1)."),
        (
            "float (n,)",
            floats(3, 2),
            "Give one entry of the first dimension at a time, such as x[0].",
        ),
        (
            "float (B, d)",
            floats(4, 1, 2),
            "Give one entry of the first dimension at a time, such as x[0].",
        ),
        ("float (B, d)", floats(4), "Add the missing first dimension with x.unsqueeze(0)."),
        ("float (B, d)", floats(4, 1, 1, 1), "Bring it to 2 dimensions with x.reshape(...)."),
        ("float (B,)", actions(), "Convert it with x.float()."),
        ("int64 (B,)", floats(3), "Convert it with x.long()."),
        ("bool (B,)", floats(3), "Convert it with x.bool()."),
        ("float (B,)", [1.0], "Convert it with torch.as_tensor(x)."),
    ],
)
def test_the_advice_fits_the_mistake_and_cures_it(spec, tensor, advice):
    with pytest.raises((TypeError, ValueError)) as caught:
        require("f", x=(tensor, spec))
    assert str(caught.value).endswith(advice)
    cure = re.search(r"(x\.\S+|torch\.\S+|x\[0\])(?=\.$)", advice)[0].replace("...", "2, 2")
    require("f", x=(eval(cure, {"x": tensor, "torch": torch}), spec))


MESSAGES = [
    (
        lambda: rl.select_log_probs(floats(3, 2), actions()[:2]),
        "select_log_probs: actions has shape (2,), but B is 3 in logits. Expected is an int64 "
        "tensor of shape (B,): give actions and logits the same B.",
    ),
    (
        lambda: require(
            "f", a=(floats(3, 4, 5), "float (T, ...)"), b=(floats(3, 5, 5), "float (T, ...)")
        ),
        "f: b has shape (3, 5, 5), but ... is 4, 5 in a. Expected is a float tensor of shape "
        "(T, ...): give b and a the same ....",
    ),
    (
        lambda: rl.entropy(floats(3)),
        "entropy: logits has shape (3,), but a float tensor of shape (B, A) is expected. Add the "
        "missing first dimension with logits.unsqueeze(0).",
    ),
    (
        lambda: rl.entropy(floats(3, 0)),
        "entropy: logits is empty (shape (3, 0)), but a float tensor of shape (B, A) with at least "
        "one entry is expected. Leave the call out when there is no data.",
    ),
    (
        lambda: rl.PolicyNetwork(hidden=64),
        "PolicyNetwork: hidden is 64, but a sequence of whole numbers of at least 1, such as "
        "(64, 64), is expected.",
    ),
    (
        lambda: require_same_shape("f", floats(2, 1), floats(2)),
        "f: the prediction has shape (2, 1), but the targets have shape (2,). Bring both to the "
        "same shape, for example with .squeeze(-1) or .unsqueeze(-1): otherwise the loss would "
        "compare broadcast copies.",
    ),
    (
        lambda: rl.polyak_update(nn.Linear(1, 1), nn.Linear(1, 1, bias=False), 0.5),
        "polyak_update: the model's parameters have the shapes [(1, 1), (1,)], the target's "
        "[(1, 1)]. Make the target a copy of the model, with copy.deepcopy(model).",
    ),
    (
        lambda: rl.discounted_returns(1.0, 0.9),
        "discounted_returns: rewards is of type float, but a list of numbers or a float tensor of "
        "shape (T,) is expected. Collect the rewards in a list.",
    ),
    (
        lambda: rl.discounted_returns([], 0.9),
        "discounted_returns: rewards is empty, but at least one reward is expected. Call it after "
        "the episode's first step.",
    ),
    (
        lambda: rl.discounted_returns([1.0, None], 0.9),
        "discounted_returns: rewards holds a NoneType, but numbers are expected. A one-element "
        "tensor becomes one with .item().",
    ),
    (
        lambda: ReplayBuffer(capacity=2, state_dim=2, action_dim=1).add(
            floats(2, 2), floats(2, 3), floats(2), floats(2, 2), flags()[:2]
        ),
        "ReplayBuffer.add: actions has shape (2, 3), but the buffer was made for (2, 1). Give the "
        "constructor these sizes.",
    ),
    (
        lambda: ReplayBuffer(capacity=2, state_dim=2).sample(1),
        "ReplayBuffer.sample: the buffer is empty. Add transitions first.",
    ),
]


@pytest.mark.parametrize(("call", "message"), MESSAGES)
def test_a_message_reads_as_a_whole(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(2, 5), (4, 5)])
def test_further_dimensions_must_be_the_same_in_all_arguments(shape):
    with pytest.raises(ValueError, match=r"b has shape \(2, 5\).* is nothing in a"):
        require("f", a=(floats(2), "float (T, ...)"), b=(floats(2, 5), "float (T, ...)"))
    with pytest.raises(ValueError, match=r"b has shape .* but (T|\.\.\.) is"):
        require("f", a=(floats(3, 4), "float (T, ...)"), b=(floats(*shape), "float (T, ...)"))
    require("f", a=(floats(3, 4, 5), "float (T, ...)"), b=(floats(3, 4, 5), "float (T, ...)"))
    with pytest.raises(ValueError, match="B is 4 in a"):
        require("f", a=(floats(3, 4, 5), "float (T, B, ...)"), b=(floats(5), "float (B,)"))


def test_a_star_stands_for_dimensions_of_any_kind():
    require("f", a=(floats(3), "float (B, *)"), b=(floats(3, 4, 5), "float (B, *)"))


def test_a_description_may_be_written_with_or_without_spaces():
    require("f", a=(floats(3), "float (B, )"), b=(floats(3, 4), "float (B,A)"))


# -- the decorator ----------------------------------------------------------------------------


@expects(x="float (B, A)", index="int64 (B,)", flag="bool (B,)", rate="in [0, 1]")
def give_back(x, index, flag, rate=0.5, *, other=None):
    """Return the arguments."""
    return x, index, flag, rate, other


def meta(*shape, dtype=torch.float32):
    return torch.empty(shape, dtype=dtype, device="meta")


META = meta(3, 2), meta(3, dtype=torch.int64), meta(3, dtype=torch.bool)


def test_the_decorator_passes_arguments_on_as_they_come():
    given = give_back(*META, rate=1, other="o")
    assert all(a is b for a, b in zip(given, (*META, 1, "o"), strict=True))
    assert give_back(*META)[3] == 0.5


def test_the_decorator_keeps_name_docstring_and_signature():
    assert give_back.__name__ == "give_back"
    assert give_back.__doc__ == "Return the arguments."
    assert str(inspect.signature(give_back)) == "(x, index, flag, rate=0.5, *, other=None)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: give_back(*META[:2]), "missing 1 required positional argument: 'flag'"),
        (lambda: give_back(*META, no=1), "got an unexpected keyword argument 'no'"),
    ],
)
def test_a_call_that_does_not_fit_the_signature_gets_pythons_own_message(call, message):
    with pytest.raises(TypeError, match=rf"give_back\(\) {message}"):
        call()


@pytest.mark.parametrize("spec", ["flaot (B,)", "float B", "in [0, 2]", ""])
def test_a_description_that_means_nothing_is_an_error_of_ours(spec):
    with pytest.raises(AssertionError, match="not a description"):
        require("f", x=(floats(2), spec))


# -- without a look at the values -------------------------------------------------------------


@pytest.mark.parametrize("position", range(3))
def test_validation_judges_tensors_that_have_no_values(position):
    """Tensors on the meta device hold a shape and a dtype alone: reading a value would fail."""
    give_back(*META)
    bad = [*META]
    for wrong in (meta(4, 2, 2), meta(0, 2), META[(position + 1) % 3]):
        bad[position] = wrong
        with pytest.raises((TypeError, ValueError)):
            give_back(*bad)
