"""The X-ray: it agrees with autograd itself, changes nothing, and names what is wrong."""

import copy
import re
import sys
import time
import xml.etree.ElementTree as ElementTree
from contextlib import nullcontext
from functools import partial
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.checkpoint import checkpoint

from pytorch_rl_basics import (
    PolicyNetwork,
    QNetwork,
    ValueNetwork,
    gae,
    policy_loss,
    select_log_probs,
    td_target,
)
from pytorch_rl_basics.networks import GaussianPolicy, TwinCritic
from pytorch_rl_basics.xray import XRay, xray
from pytorch_rl_basics.xray.drawing import Box


def mlp(sizes=(4, 8, 8, 2)):
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Heads(nn.Module):
    """A body with a policy head and a value head."""

    def __init__(self):
        super().__init__()
        self.body, self.policy, self.value = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(8, 1)

    def forward(self, states):
        """Give logits (B, 2) and values (B,)."""
        features = self.body(states).tanh()
        return self.policy(features), self.value(features).squeeze(-1)


class Cube(torch.autograd.Function):
    """A function with a backward of its own."""

    @staticmethod
    def forward(ctx, x):
        """Give the third power."""
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        """Give three times the square."""
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gradient


STATES = torch.linspace(-1, 1, 24).view(6, 4)
ACTIONS = torch.tensor([0, 1, 1, 0, 1, 0])


def mse(model):
    return F.mse_loss(model(STATES), torch.ones(6, 2))


def dqn(model):
    with torch.no_grad():
        target = td_target(torch.ones(6), torch.zeros(6, dtype=torch.bool), model(-STATES), 0.9)
    return F.smooth_l1_loss(model(STATES).gather(1, ACTIONS[:, None]).squeeze(1), target)


def reinforce(model):
    return policy_loss(select_log_probs(model(STATES), ACTIONS), torch.arange(6.0))


def actor_critic(model):
    logits, values = model(STATES)
    advantages = torch.ones(6) - values.detach()
    policy = torch.distributions.Categorical(logits=logits)
    loss = -(policy.log_prob(ACTIONS) * advantages).mean() - 0.01 * policy.entropy().mean()
    return loss + 0.5 * F.mse_loss(values, torch.ones(6))


def many_steps(model):
    return -torch.stack([select_log_probs(model(STATES), ACTIONS).sum() for _ in range(30)]).mean()


def in_place(model):
    values = torch.zeros(6, 2)
    values[:, 0] = model(STATES)[:, 0]
    return values.mul_(2).sum()


# Everything here reaches all parameters, and nothing is wrong with it.
SOUND = {
    "mse": (mlp, mse),
    "q network": (QNetwork, dqn),
    "policy": (PolicyNetwork, reinforce),
    "two heads": (Heads, actor_critic),
    "value": (ValueNetwork, lambda m: F.huber_loss(m(STATES), torch.zeros(6))),
    "one state": (mlp, lambda m: m(STATES[0])[1]),
    "a sequence": (mlp, lambda m: m(STATES.view(2, 3, 4)).square().mean()),
    "gaussian": (GaussianPolicy, lambda m: sum(part.sum() for part in m(STATES[:, :3]))),
    "twin": (TwinCritic, lambda m: m(STATES[:, :3], STATES[:, 3:]).min(dim=-1).values.mean()),
    "many steps": (mlp, many_steps),
    "in place": (mlp, in_place),
    "own function": (mlp, lambda m: Cube.apply(m(STATES)).mean()),
    "checkpoint": (mlp, lambda m: checkpoint(m, STATES, use_reentrant=False).mean()),
    "batch norm": (lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 2)), mse),
    "layer norm": (lambda: nn.Sequential(nn.Linear(4, 2), nn.LayerNorm(2)), mse),
    "dropout": (lambda: nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2)), mse),
    "gru": (lambda: nn.GRU(4, 5, batch_first=True), lambda m: m(STATES[None])[0].sum()),
    "attention": (
        lambda: nn.TransformerEncoderLayer(4, 2, 8, dropout=0, batch_first=True),
        lambda m: m(STATES[None]).square().mean(),
    ),
    "conv": (lambda: nn.Conv1d(1, 2, 3), lambda m: m(STATES[:, None]).amax()),
    "embedding": (lambda: nn.Embedding(3, 2), lambda m: m(ACTIONS).exp().sum()),
    "no bias": (lambda: nn.Linear(4, 2, bias=False), mse),
    "own matrix": (lambda: nn.ParameterList([torch.ones(4, 2)]), lambda m: (STATES @ m[0]).sum()),
    "double": (
        lambda: mlp().double(),
        lambda m: m(STATES.double()).log_softmax(-1)[:, 0].mean(),
    ),
}
each_sound = pytest.mark.parametrize(("make", "loss_of"), SOUND.values(), ids=SOUND)


def reached_by_autograd(loss, model):
    """The independent truth: torch.autograd.grad gives None to what is not reached."""
    named = {n: p for n, p in model.named_parameters() if p.requires_grad}
    gradients = torch.autograd.grad(loss, named.values(), retain_graph=True, allow_unused=True)
    return [name for name, gradient in zip(named, gradients, strict=True) if gradient is not None]


@each_sound
def test_a_sound_loss_is_healthy_and_reaches_what_autograd_reaches(make, loss_of):
    model = make()
    loss = loss_of(model)
    seen = xray(loss, model)
    assert seen.names == ["healthy"]
    assert seen.reached == reached_by_autograd(loss, model)
    assert seen.reached == [name for name, _ in model.named_parameters()]
    assert "Backward" not in repr(seen)
    assert "::" not in repr(seen)


@each_sound
def test_after_backward_it_gives_the_norms(make, loss_of):
    model = make()
    loss = loss_of(model)
    wanted = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
    loss.backward()
    seen = xray(loss, model)
    norms = [parameter.norm for parameter in seen.parameters]
    assert norms == pytest.approx([g.double().square().sum().sqrt().item() for g in wanted])
    assert seen.reached == [name for name, _ in model.named_parameters()]


@each_sound
def test_it_changes_nothing_and_the_loss_can_go_backward(make, loss_of):
    model = make()
    twin = copy.deepcopy(model)
    torch.manual_seed(1)
    loss = loss_of(model)
    fired = []
    for parameter in model.parameters():
        parameter.register_hook(lambda gradient: fired.append(1))
    before = [(p.grad, p.requires_grad, p._version, p.clone()) for p in model.parameters()]
    generator, mode = torch.get_rng_state(), model.training
    seen = xray(loss, model)
    repr(seen)
    seen._repr_html_()
    assert torch.equal(torch.get_rng_state(), generator)
    assert model.training is mode
    assert not fired
    for parameter, (grad, requires, version, value) in zip(model.parameters(), before, strict=True):
        assert parameter.grad is grad is None
        assert parameter.requires_grad is requires
        assert parameter._version == version
        assert torch.equal(parameter, value)
    loss.backward()
    torch.manual_seed(1)
    loss_of(twin).backward()
    for one, other in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)


@pytest.mark.parametrize("place", range(1, 7))
def test_wherever_the_graph_is_cut_it_agrees_with_autograd(place):
    model = mlp((4, 8, 9, 7, 2))
    features = model[:place](STATES).detach()
    loss = model[place:](features).square().mean()
    seen = xray(loss, model)
    assert seen.reached == reached_by_autograd(loss, model)
    assert seen.names == ["cut"]
    cut_layer = place + place % 2  # the first layer after the cut
    assert f"`{cut_layer}.weight`" in seen.findings[0].what
    giver = max(name for name in ("0", "2", "4") if int(name) < place)
    assert f"`{giver}.weight`" in seen.findings[0].cause
    assert repr(seen).count("cut before here?") == 1


def frozen_first():
    model = mlp()
    model[0].requires_grad_(False)
    return model


def test_a_frozen_layer_is_named_where_it_is_used_and_not_taken_for_a_cut():
    model = frozen_first()
    loss = mse(model)
    seen = xray(loss, model)
    assert seen.names == ["frozen"]
    assert seen.reached == reached_by_autograd(loss, model)
    assert [p.frozen for p in seen.parameters] == [True] * 2 + [False] * 4
    middle = mlp()
    middle[2].requires_grad_(False)
    seen = xray(mse(middle), middle)
    assert seen.names == ["frozen"]
    assert "2.weight (8, 8) float32, frozen" in repr(seen)
    assert repr(seen).count(" linear ") == 3


# -- Diagnoses: what makes a model and its loss, and what must be said.

linear, column = partial(nn.Linear, 4, 2), partial(nn.Linear, 4, 1)


def errors(model):
    """Compare (6, 1) with (6,): squeeze was forgotten."""
    return (model(STATES) - torch.ones(6)).square()


def backward_of(loss):
    loss.backward()
    return loss


def older(model):
    backward_of(mse(model))
    return mse(model)


def cleared(model):
    loss = backward_of(mse(model))
    model.zero_grad()
    return loss


def overwritten(model):
    features = model(STATES).exp()
    loss = features.sum()
    features.add_(1)
    return loss


def zeros():
    model = linear()
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    return model


class Hidden(nn.Module):
    """Layers in a list, and a weight that is no parameter."""

    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 8), nn.Linear(8, 2)]
        self.scale = torch.ones(2, requires_grad=True)
        self.table = {"a": torch.ones(2, requires_grad=True)}

    def forward(self, states):
        """Use what parameters() does not see."""
        return self.layers[1](self.layers[0](states).relu()) * self.scale


SICK = {
    "a number": (mlp, lambda m: 0.5, ["not-a-tensor"], r"`\.item\(\)`"),
    "a pair": (mlp, lambda m: (torch.ones(()), 1), ["not-a-tensor"], "other results"),
    "nothing": (mlp, lambda m: None, ["not-a-tensor"], "`return`"),
    "a loss module": (mlp, lambda m: nn.MSELoss(), ["not-a-tensor"], "Call it"),
    "re-wrapped": (
        mlp,
        lambda m: torch.tensor(mse(m).item()),
        ["no-graph"],
        r"`torch.tensor\(...\)`",
    ),
    "re-wrapped, silent": (
        mlp,
        lambda m: torch.tensor(mse(m).item(), requires_grad=True),
        ["graph-of-its-own"],
        "reaches no parameter",
    ),
    "no_grad": (mlp, torch.no_grad()(mse), ["no-graph"], "Likely"),
    "inference": (mlp, torch.inference_mode()(mse), ["no-graph"], "inference_mode"),
    "counting": (
        mlp,
        lambda m: (m(STATES).argmax(-1) == ACTIONS).sum(),
        ["no-graph"],
        "int64, and only floats",
    ),
    "a parameter": (
        lambda: nn.ParameterList([torch.ones(())]),
        lambda m: m[0],
        ["no-graph"],
        "own tensor `0`",
    ),
    "all frozen": (lambda: mlp().requires_grad_(False), mse, ["no-graph", "frozen"], "all frozen"),
    "not a scalar": (
        column,
        lambda m: column()(STATES),
        ["not-a-scalar", "model-took-no-part", "other-leaves"],
        r"loss\.mean\(\)",
    ),
    "squeeze forgotten": (
        column,
        lambda m: errors(m).mean(),
        ["broadcast"],
        r"\(6, 1\) into \(6, 6\)",
    ),
    "squeeze and mean forgotten": (
        column,
        errors,
        ["not-a-scalar", "broadcast"],
        r"\(B, 1\) against a \(B,\)",
    ),
    "nan": (linear, lambda m: m(STATES).sum() * float("nan"), ["not-finite"], "is nan"),
    "detached weight": (
        mlp,
        lambda m: F.linear(m[:4](STATES), m[4].weight.detach(), m[4].bias).sum(),
        ["parameter-detached"],
        "`4.weight` without a gradient",
    ),
    "one head": (
        Heads,
        lambda m: m(STATES)[1].square().mean(),
        ["not-reached"],
        "does not tell which",
    ),
    "same width": (  # the unused head is as wide as a state, but comes after the body
        lambda: nn.ModuleDict({"body": nn.Linear(4, 8), "head": nn.Linear(8, 4)}),
        lambda m: m["body"](STATES).sum(),
        ["not-reached"],
        "`head.weight`",
    ),
    "a copy": (mlp, lambda m: mse(mlp()), ["model-took-no-part", "other-leaves"], "same shapes"),
    "another model": (
        mlp,
        lambda m: mse(QNetwork()),
        ["model-took-no-part", "other-leaves"],
        "another model",
    ),
    "used": (
        mlp,
        lambda m: backward_of(mse(m)),
        ["healthy", "graph-freed"],
        "compute the loss again",
    ),
    "cleared": (mlp, cleared, ["cleared", "graph-freed"], "`zero_grad"),
    "older": (mlp, older, ["older-gradients"], "earlier loss"),
    "target": (
        mlp,
        lambda m: F.mse_loss(m(STATES), mlp()(STATES)),
        ["other-leaves"],
        "target network",
    ),
    "judge": (
        column,
        lambda m: -TwinCritic(state_dim=4, action_dim=1)(STATES, m(STATES)).mean(),
        ["other-leaves"],
        r"Keep the graph.*zero_grad.*freeze",
    ),
    "overwritten": (lambda: nn.Linear(4, 8), overwritten, ["overwritten"], "in place"),
    "zero": (
        linear,
        lambda m: backward_of((0 * m(STATES)).sum()),
        ["zero-gradient", "graph-freed"],
        "0 in every entry",
    ),
    "infinite": (
        zeros,
        lambda m: backward_of(m(STATES).abs().sqrt().sum() + m(STATES).sqrt().sum()),
        ["gradient-not-finite", "graph-freed"],
        "not finite",
    ),
    "rounded": (
        linear,
        lambda m: m(STATES).round().sum(),
        ["flat"],
        "`round`, whose gradient is 0",
    ),
    "hidden": (Hidden, mse, ["not-registered"], r"`layers\[0\].weight`"),
    "no parameters": (
        nn.ReLU,
        lambda m: torch.ones((), requires_grad=True).exp(),
        ["no-parameters", "other-leaves"],
        "ReLU, has no parameters",
    ),
}


def assert_worded(seen, names, words):
    assert seen.names == names
    assert re.search(words, " ".join(map(str, seen.findings)))
    for finding in seen.findings:
        for sentence in (finding.what, finding.cause, finding.fix):
            assert re.fullmatch(r"[A-Z`].*[.?]", sentence)
    assert seen.names[0] in repr(seen)
    assert "<li><strong>" in seen._repr_html_()


@pytest.mark.parametrize(("make", "loss_of", "names", "words"), SICK.values(), ids=SICK)
def test_a_diagnosis_is_named_and_worded(make, loss_of, names, words):
    model = make()
    assert_worded(xray(loss_of(model), model), names, words)


def adam(model, **options):
    return torch.optim.Adam(model.parameters(), **options)


OPTIMIZERS = {
    "another": (lambda model: adam(mlp()), ["other-optimizer"], "moves something else"),
    "half": (lambda model: adam(model[0]), ["not-in-optimizer"], "`2.weight`"),
    "no rate": (lambda model: adam(model, lr=0.0), ["learning-rate-zero"], "scheduler"),
    "right": (adam, ["healthy"], "all.*knows some faults.*, not all"),
}


@pytest.mark.parametrize(("optimizer_of", "names", "words"), OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_an_optimizer_is_judged(optimizer_of, names, words):
    model = mlp()
    assert_worded(xray(mse(model), model, optimizer_of(model)), names, words)


NEXT, TABLE = STATES.flip(0), nn.ParameterList([torch.rand(7)])
ENDS = torch.tensor([False, False, True, False, False, False])


def advantages(values, next_values):
    return gae(torch.ones(6), values, next_values, ENDS, ENDS, 0.9, 0.95)


def step_by_step(critic):
    """Give the squared advantages of a loop that goes back over a list of single values."""
    values, found, last = [critic(state[None])[0] for state in STATES], [], 0.0
    for t in reversed(range(6)):
        last = 1 + 0.9 * (values[t + 1] if t < 5 else 0.0) - values[t] + 0.8 * last
        found.append(last)
    return torch.stack(found).square()


def in_one_pass(critic):
    values = critic(torch.cat([STATES, NEXT[-1:]]))
    return advantages(values[:-1], values[1:]) ** 2


BOTH_SIDES = {
    "advantages": (ValueNetwork, lambda m: advantages(m(STATES), m(NEXT)).square()),
    "one pass": (ValueNetwork, in_one_pass),
    "a loop": (ValueNetwork, step_by_step),
    "mse": (ValueNetwork, lambda m: F.mse_loss(m(STATES), 1 + 0.9 * m(NEXT))),
    "the other way round": (ValueNetwork, lambda m: F.huber_loss(1 + 0.9 * m(NEXT), m(STATES))),
    "absolute": (ValueNetwork, lambda m: (1 + 0.9 * m(NEXT) * ~ENDS - m(STATES)).abs()),
    "q-learning": (
        QNetwork,
        lambda m: F.smooth_l1_loss(
            m(STATES).gather(1, ACTIONS[:, None])[:, 0],
            td_target(torch.ones(6), ENDS, m(NEXT), 0.9),
        ),
    ),
    "a table": (lambda: TABLE, lambda m: F.mse_loss(m[0][:-1], 1 + 0.9 * m[0][1:])),
}


@pytest.mark.parametrize(("make", "losses_of"), BOTH_SIDES.values(), ids=BOTH_SIDES)
def test_a_target_with_the_models_own_graph_is_found(make, losses_of):
    model = make()
    assert xray(losses_of(model).mean(), model).names == ["gradient-into-the-target"]


class Dueling(Heads):
    """Action values as a state's value and what each action adds to it."""

    def forward(self, states, centre=torch.mean):
        """Give (B, 2)."""
        added, value = super().forward(states)
        return value[:, None] + added - centre(added, dim=1, keepdim=True)


def own_density(policy):
    """Give the squared distance of samples to the mean that they were drawn around, row by row."""
    mean = policy(STATES)
    return torch.stack([*(mean + torch.ones(6, 2) - mean)]).square()


ONE_SIDE = {
    "dueling": (Dueling, lambda m: F.mse_loss(m(STATES), 1 + 0.9 * m(NEXT).detach())),
    "dueling, max": (Dueling, lambda m: F.mse_loss(m(STATES, torch.amax), torch.ones(6, 2))),
    "density": (lambda: nn.Linear(4, 2), own_density),
    "clipped": (ValueNetwork, lambda m: (v := m(STATES)).maximum(v.clamp(-1, 1)).square()),
    "centred": (ValueNetwork, lambda m: (m(STATES) - m(STATES).mean()).square()),
    "detached": (
        ValueNetwork,
        lambda m: (advantages(m(STATES), m(NEXT)).detach() + m(NEXT).detach() - m(NEXT)) ** 2,
    ),
}


@pytest.mark.parametrize(("make", "losses_of"), ONE_SIDE.values(), ids=ONE_SIDE)
def test_a_prediction_that_subtracts_from_itself_is_no_target(make, losses_of):
    model = make()
    assert xray(losses_of(model).mean(), model).names == ["healthy"]


RAISES = ("squeeze and mean forgotten", "used", "cleared", "overwritten")


@pytest.mark.parametrize(
    "name", [*RAISES, "older", "one head", "hidden", "target", "rounded", "nan"]
)
def test_backward_raises_where_it_says_so_and_runs_elsewhere(name):
    make, loss_of, *_ = SICK[name]
    loss = loss_of(make())
    with pytest.raises(RuntimeError) if name in RAISES else nullcontext():
        loss.backward()


def test_a_graph_that_saves_nothing_does_not_show_its_use_and_gets_no_remark():
    model = nn.ParameterList([torch.ones(3)])
    loss = model[0].sum()
    assert xray(loss, model).names == ["healthy"]
    loss.backward()
    seen = xray(loss, model)
    assert seen.names == ["healthy"]
    assert seen.parameters[0].norm == pytest.approx(3**0.5)


STEPS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda x: x.softmax(-1),
    "double": lambda x: x + x,
    "square": lambda x: x * x,
    "column": lambda x: x[:, :1].expand(6, 4),
    "halves": lambda x: torch.cat([x[:, 2:], x[:, :2]], dim=-1),
    "turned": lambda x: x.T.contiguous().T,
    "detach": torch.Tensor.detach,
    "keep": lambda x: x,
}


@given(
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=4, max_size=4),
    frozen=st.sets(st.integers(0, 3), max_size=2),
    around=st.booleans(),
)
def test_on_any_network_it_agrees_with_autograd(steps, frozen, around):
    model = nn.ModuleList(nn.Linear(4, 4) for _ in steps)
    for place in frozen:
        model[place].requires_grad_(False)
    x = STATES
    for layer, step in zip(model, steps, strict=True):
        x = STEPS[step](layer(x)) + (x if around else 0)
    loss = x.mean()
    seen = xray(loss, model)
    wanted = reached_by_autograd(loss, model) if loss.requires_grad else []
    assert seen.reached == wanted
    missed = sum(p.requires_grad for p in model.parameters()) - len(wanted)
    silent = {"healthy", "frozen"}
    assert (missed == 0 and loss.requires_grad) == silent.issuperset(seen.names)
    if loss.requires_grad:
        loss.backward()
        norms = {p.name: p.norm for p in xray(loss, model).parameters if p.norm is not None}
        assert list(norms) == wanted


def test_autograd_switched_off_is_seen():
    model = mlp()
    with torch.no_grad():
        seen = xray(mse(model), model)
    assert seen.names == ["no-graph"]
    assert "switched off here" in seen.findings[0].cause


def test_a_wrong_model_or_optimizer_is_refused():
    with pytest.raises(TypeError, match=r"of type type.*Make an object"):
        xray(torch.ones(()), QNetwork)
    with pytest.raises(TypeError, match="of type generator"):
        xray(torch.ones(()), QNetwork(), QNetwork().parameters())


def test_what_cannot_be_known_is_not_claimed():
    """Detach, no_grad and re-wrapping leave the same graph, so they get the same words."""
    model = mlp()
    with torch.no_grad():
        quiet = model[:2](STATES)
    cuts = [quiet, model[:2](STATES).detach(), torch.tensor(model[:2](STATES).tolist())]
    texts = {str(xray(model[2:](cut).mean(), model).findings[0]) for cut in cuts}
    assert len(texts) == 1
    assert "Likely" in texts.pop()


def test_the_text_of_a_two_layer_network():
    model = mlp((4, 64, 2))
    text = repr(xray(mse(model), model))
    graph = [
        "  1 mse_loss () float32",
        "      constant (6, 2) float32",
        "  2 linear (6, 2) float32",
        "      2.weight (2, 64) float32",
        "      2.bias (2,) float32",
        "  3 relu (6, 64) float32",
        "  4 linear (6, 64) float32",
        "      0.weight (64, 4) float32",
        "      0.bias (64,) float32",
        "      constant (6, 4) float32",
        "",
    ]
    assert "\n".join(graph) in text
    assert re.search(r"0\.weight +\(64, 4\) float32 +yes +None", text)
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_branch_says_which_lines_it_uses():
    model = mlp()
    output = model(STATES)
    text = repr(xray((output * output.exp()).sum(), model))
    assert re.search(r"2 mul \(6, 2\) float32  <- (3 and 4|4 and 3)", text)


def test_operations_are_named_as_in_the_code():
    model = mlp()
    output = model(STATES)
    loss = (output.log_softmax(-1)[:2].T @ torch.ones(2)).view(1, 2).sum()
    text = repr(xray(loss, model))
    for name in ("sum", "view", "matmul", "transpose", "indexing [...]", "log_softmax", "linear"):
        assert f" {name} (" in text
    assert " Cube (" in repr(xray(Cube.apply(output).sum(), model))


# -- The picture


def picture(svg):
    pytest.importorskip("pygraphviz")
    return ElementTree.fromstring(svg)


def words(svg):
    return [
        "".join(text.itertext()) for text in picture(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


def test_the_picture_holds_every_operation_and_entry(tmp_path):
    pytest.importorskip("pygraphviz")
    model = mlp((4, 64, 2))
    seen = xray(mse(model), model)
    seen.save(tmp_path / "graph.svg")
    svg = (tmp_path / "graph.svg").read_text()
    assert svg == seen.svg == xray(mse(model), model).svg
    assert words(svg)[1:5] == [
        "mse_loss () float32",
        "constant (6, 2) float32",
        "linear (6, 2) float32",
        "2.weight (2, 64) float32",
    ]
    assert int(picture(svg).get("width")) <= 350  # a phone shows it without shrinking it
    assert "href" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_boxes_hold_their_text_and_do_not_overlap():
    pytest.importorskip("pygraphviz")
    model = Heads()
    root = picture(xray(actor_critic(model), model).svg)
    _, *boxes = root.iter("{http://www.w3.org/2000/svg}rect")
    sides = [
        (x, y, x + float(box.get("width")), y + float(box.get("height")))
        for box in boxes
        for x, y in [(float(box.get("x")), float(box.get("y")))]
    ]
    for place, (left, top, right, bottom) in enumerate(sides):
        assert left >= 0
        assert right <= float(root.get("width"))
        for other in sides[place + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    assert Box("linear", "(6, 2)").width >= 7.2 * len("linear (6, 2)")


def test_what_is_not_reached_is_in_the_picture():
    pytest.importorskip("pygraphviz")
    model = mlp((4, *[8] * 9, 2))
    shown = words(xray(0.5, model).svg)
    assert shown[0] == "loss of type float, no graph"
    assert shown[1] == "not reached by this loss"
    assert shown[-1] == "and 12 more"
    model = frozen_first()
    assert "0.weight (8, 4) float32, frozen" in words(xray(mse(model), model).svg)


def test_a_notebook_shows_words_picture_and_table():
    pytest.importorskip("pygraphviz")
    model = mlp()
    shown = xray(mse(model), model, adam(model))._repr_html_()
    assert 'alt="Autograd graph: loss ' in shown
    assert "6 of 6 parameters reached" in shown
    assert shown.count("<tr>") == 7
    assert "in the optimizer" in shown
    ElementTree.fromstring(re.sub(r"<(img[^>]*|br)>", r"<\1/>", shown))


def test_names_are_escaped():
    pytest.importorskip("pygraphviz")
    model = nn.ModuleDict({"<b>&": nn.Linear(4, 2)})
    seen = xray(model["<b>&"](STATES).sum(), model)
    assert "<b>" not in seen._repr_html_()
    assert "<b>&.weight (2, 4) float32" in words(seen.svg)


def test_without_the_extra_words_and_table_remain(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)  # import then fails
    model = mlp()
    seen = xray(mse(model), model)
    shown = seen._repr_html_()
    assert "pip install &quot;pygraphviz&gt;=2.0&quot;" in shown
    assert "1 mse_loss () float32" in shown
    assert "<table" in shown
    assert "mse_loss" in repr(seen)
    with pytest.raises(ImportError, match=r'pip install "pygraphviz>=2.0"'):
        seen.save(tmp_path / "graph.svg")
    assert not list(tmp_path.iterdir())


def test_a_long_graph_is_cut_short_and_quick():
    model, x = nn.Linear(4, 4), STATES
    for _ in range(1000):
        x = model(x).tanh()
    start = time.process_time()
    seen = xray(x.sum(), model)
    text, shown = repr(seen), seen._repr_html_()
    assert time.process_time() - start < 5
    assert "and 1961 more operations" in text
    assert len(text.splitlines()) < 120
    assert len(shown) < 200_000


def test_many_parameters_are_counted():
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(30)))
    text = repr(xray(model(torch.ones(1, 2)).sum(), model))
    assert text.splitlines()[-1] == "and 20 more"


def test_meta_tensors_have_no_values_to_read():
    model = mlp().to("meta")
    loss = model(STATES.to("meta")).sum()
    loss.backward()
    seen = xray(loss, model)
    assert isinstance(seen, XRay)
    assert len(seen.reached) == 6


def test_a_linear_layer_that_is_one_operation_is_read_like_any_other():  # as on Apple's GPUs
    rows = torch.nested.nested_tensor([STATES], layout=torch.jagged)
    model = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2))
    loss = model[1](model[0](rows).detach()).values().sum()
    assert xray(loss, model).names == ["cut"]
