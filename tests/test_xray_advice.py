"""The X-ray's advice, carried out: with each finding the training fails, and then it works."""

from functools import cache, partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import gae
from pytorch_rl_basics.xray import xray
from pytorch_rl_basics.xray.rules import RULES

torch.manual_seed(0)
X = torch.randn(64, 4)
Y = (3 * X @ torch.randn(4, 8)).tanh() @ torch.randn(8, 2)  # (64, 2)
adam = partial(torch.optim.Adam, lr=0.05)


class Net(nn.Module):
    """A body and a head: ``keep`` stores them, ``between`` is what happens to the features."""

    def __init__(self, keep=nn.ModuleList, out=2):
        super().__init__()
        self.layers = keep([nn.Linear(4, 16), nn.Linear(16, out)])

    def forward(self, states, between=torch.tanh):
        """Give (B, out)."""
        return self.layers[1](between(self.layers[0](states)))


class Forgetful(nn.Module):
    """A network that makes its layers again at each call."""

    def forward(self, states):
        """Give (B, 2)."""
        return Net()(states)


class Heads(nn.Module):
    """A body with two heads, of which ``forward`` may forget one."""

    def __init__(self):
        super().__init__()
        self.body, self.a, self.b = nn.Linear(4, 16), nn.Linear(16, 1), nn.Linear(16, 1)

    def forward(self, states, forget=False):
        """Give (B, 2)."""
        features = self.body(states).tanh()
        return torch.cat([self.a(features), Y[:, 1:] if forget else self.b(features)], dim=-1)


def error(model, **options):
    return F.mse_loss(model(X, **options), Y)


def attempt(loss_of=error, make=Net, y=Y, optimizer=adam, clear=True, after=lambda moves: None):
    """Train: return what the X-ray finds in the first two updates, and whether the model learns."""
    torch.manual_seed(1)
    model = make()
    moves = optimizer([*model.parameters()] or [torch.zeros(1)])
    names, start = set(), F.mse_loss(model(X), y).item()
    for step in range(150):
        if clear:
            moves.zero_grad()
        loss = loss_of(model)
        if step < 2:
            names.update(xray(loss, model, moves).names)
        try:
            loss.backward()
        except (AttributeError, RuntimeError):
            return names, False
        after(moves)
        if step < 2:
            names.update({*xray(loss, model, moves).names} - {"graph-freed"})  # as it must be
        moves.step()
    return names, F.mse_loss(model(X), y).item() < 0.02 * start


plain = cache(attempt)


def frozen():
    model = Net()
    model.layers[0].requires_grad_(False)
    return model


def never_fires():
    model = Net()
    nn.init.constant_(model.layers[0].bias, -100)
    return model


def with_head(model, change=lambda weight: weight):
    weight, bias = model.layers[1].parameters()
    return F.mse_loss(F.linear(model.layers[0](X).tanh(), change(weight), bias), Y)


def shifted(model, shift):
    outputs = model(X).exp()
    loss = (outputs.log() - Y).square().mean()
    shift(outputs)
    return loss


def backward_before(model, again):
    loss = error(model)
    loss.backward()
    return error(model) if again else loss


def with_root(model, small):
    """Add a distance that is 0 (with ``small``: constant) whatever the model does."""
    outputs = model(X)
    distance = ((outputs - outputs.detach()).square().sum(-1) + small).sqrt()
    return F.mse_loss(outputs, Y) + distance.mean()


def squares(model):
    return (model(X) - Y).square()


COLUMN = {"make": lambda: Net(out=1), "y": Y[:, :1]}
# By finding: what makes it, and the same after its advice; where nothing stands, plain training.
FIXES = {
    "not-a-tensor": ({"loss_of": lambda m: error(m).item()}, {}),
    "not-a-tensor, pair": ({"loss_of": lambda m: (error(m), 0)}, {}),
    "not-a-scalar": ({"loss_of": squares}, {"loss_of": lambda m: squares(m).mean()}),
    "not-finite": (
        {"loss_of": lambda m: squares(m).sum() / torch.tensor(0.0)},
        {"loss_of": lambda m: squares(m).sum() / torch.tensor(128.0)},
    ),
    "graph-of-its-own": (
        {"loss_of": lambda m: torch.tensor(error(m).item(), requires_grad=True)},
        {},
    ),
    "no-graph": ({"loss_of": lambda m: torch.tensor(error(m).item())}, {}),
    "no-graph, no_grad": ({"loss_of": torch.no_grad()(error)}, {}),
    "no-graph, inference": ({"loss_of": torch.inference_mode()(error)}, {}),
    "no-graph, counting": ({"loss_of": lambda m: (m(X) > Y).sum()}, {}),
    "no-graph, frozen": ({"make": lambda: Net().requires_grad_(False)}, {}),
    "not-registered": ({"make": lambda: Net(keep=list)}, {}),
    "no-parameters": ({"make": Forgetful}, {}),
    "frozen": ({"make": frozen}, {"make": lambda: frozen().requires_grad_(True)}),
    "parameter-detached": (
        {"loss_of": partial(with_head, change=torch.Tensor.detach)},
        {"loss_of": with_head},
    ),
    "model-took-no-part": ({"loss_of": lambda m: error(Net())}, {}),
    "cut": ({"loss_of": partial(error, between=lambda f: f.tanh().detach())}, {}),
    "not-reached": ({"make": Heads, "loss_of": partial(error, forget=True)}, {"make": Heads}),
    "flat": ({"loss_of": lambda m: F.mse_loss(m(X).round(), Y)}, {}),
    "broadcast": (
        COLUMN | {"loss_of": lambda m: (m(X) - Y[:, 0]).square().mean()},
        COLUMN | {"loss_of": lambda m: (m(X).squeeze(-1) - Y[:, 0]).square().mean()},
    ),
    "overwritten": (
        {"loss_of": partial(shifted, shift=lambda x: x.add_(1))},
        {"loss_of": partial(shifted, shift=lambda x: x + 1)},
    ),
    "cleared": ({"after": lambda moves: moves.zero_grad()}, {}),
    "older-gradients": ({"clear": False}, {}),
    "zero-gradient": ({"loss_of": lambda m: 0 * error(m)}, {}),
    "zero-gradient, units": ({"make": never_fires}, {}),
    "gradient-not-finite": (
        {"loss_of": partial(with_root, small=0)},
        {"loss_of": partial(with_root, small=1e-6)},
    ),
    "other-optimizer": ({"optimizer": lambda held: adam(Net().parameters())}, {}),
    "not-in-optimizer": ({"optimizer": lambda held: adam(held[2:])}, {}),
    "learning-rate-zero": ({"optimizer": partial(adam, lr=0.0)}, {}),
    "healthy": ({"loss_of": lambda m: -error(m)}, {}),  # the sign, as it says
    "graph-freed": (
        {"loss_of": partial(backward_before, again=False)},
        {"loss_of": partial(backward_before, again=True)},
    ),
}


@pytest.mark.parametrize(
    ("name", "broken", "fixed"), [(k, *v) for k, v in FIXES.items()], ids=FIXES
)
def test_with_the_finding_the_model_does_not_learn_and_after_its_advice_it_does(
    name, broken, fixed
):
    name = name.split(",")[0]
    names, learned = attempt(**broken)
    assert name in names
    assert not learned
    names, learned = attempt(**fixed) if fixed else plain()
    assert learned
    assert "healthy" in names
    assert name == "healthy" or name not in names


def test_every_finding_has_its_advice_carried_out():
    elsewhere = {"gradient-into-the-target", "other-leaves"}  # below
    assert {name.split(",")[0] for name in FIXES} == RULES.keys() - elsewhere


def test_anomaly_detection_names_what_gives_nan_and_does_not_look_for_inf():
    model = Net()
    with (
        pytest.warns(UserWarning, match="Anomaly|Error detected in PowBackward0"),
        torch.autograd.detect_anomaly(),
        pytest.raises(RuntimeError, match="PowBackward0' returned nan"),
    ):
        with_root(model, small=0).backward()  # the root, which comes before it, gave inf
    x = torch.zeros(1, requires_grad=True)
    with pytest.warns(UserWarning, match="Anomaly Detection"), torch.autograd.detect_anomaly():
        x.sqrt().backward()
    assert x.grad.isinf()


# -- An actor that its critic judges: which action is best in which state.


@cache
def train_actor_and_critic(way):
    """Train both at once; return what the X-ray finds, and the errors of actor and critic."""
    torch.manual_seed(0)
    best = X[:, :1].tanh()
    actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
    critic = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))
    moves, judges = (torch.optim.Adam(net.parameters(), lr=0.01) for net in (actor, critic))
    names = set()

    def q(actions):
        return critic(torch.cat([X, actions], dim=-1))

    def surprise(actions):
        return F.mse_loss(q(actions), -((actions - best) ** 2))

    for step in range(400):
        if way == "zero_grad":
            judges.zero_grad()
        surprise(torch.empty(64, 1).uniform_(-2, 2)).backward()
        judges.step()
        judges.zero_grad()  # the actor's loss comes after it
        moves.zero_grad()
        critic.requires_grad_(way != "freeze")
        with torch.set_grad_enabled(way != "no_grad"):
            loss = -q(2 * actor(X).tanh()).mean()
        if step < 2:
            names.update(xray(loss, actor).names)
        if loss.requires_grad:
            loss.backward()
        moves.step()
        critic.requires_grad_(True)
    return names, F.mse_loss(2 * actor(X).tanh(), best).item(), surprise(best).item()


@pytest.mark.parametrize("way", ["zero_grad", "freeze"])
def test_the_advice_on_a_critic_lets_both_learn_and_no_grad_would_not(way):
    names, actor, critic = train_actor_and_critic(way)
    assert names == ({"healthy"} if way == "freeze" else {"other-leaves"})
    assert actor < 0.05
    assert critic < 0.05
    names, actor, _ = train_actor_and_critic("as it was")
    assert names == {"other-leaves"}
    assert actor > 1
    names, actor, _ = train_actor_and_critic("no_grad")
    assert names == {"no-graph"}
    assert actor > 0.5


def test_the_advice_on_a_target_network_changes_nothing_that_the_model_learns():
    model, target = Net(), Net()
    gradients = []
    for mode, found in ((True, "other-leaves"), (False, "healthy")):
        with torch.set_grad_enabled(mode):
            targets = Y + 0.9 * target(X)
        loss = F.mse_loss(model(X), targets)
        assert xray(loss, model).names == [found]
        gradients.append(torch.autograd.grad(loss, list(model.parameters())))
    assert all(map(torch.equal, *gradients))


# -- A critic whose target holds its own values: a random walk over five cells, with known values.


@pytest.mark.parametrize("error", ["advantages", "td errors"])
def test_the_advice_on_a_target_with_a_gradient_lets_the_critic_learn_the_values(error):
    cells = torch.arange(5).repeat_interleave(2)
    following = cells + torch.tensor([-1, 1]).repeat(5)
    ends, rewards = (following < 0) | (following > 4), (following == 5).float()
    states, exact = torch.eye(7), torch.arange(1, 6) / 6
    errors = {}
    for advice in (False, True):
        torch.manual_seed(0)
        critic = nn.Linear(7, 1, bias=False)
        moves = torch.optim.SGD(critic.parameters(), lr=1.0)
        for step in range(200):
            values, after = critic(states[cells]), critic(states[following])  # (10, 1)
            if error == "advantages":
                parts = [part[None] for part in (rewards[:, None], values, after, ends[:, None])]
                differences = gae(*parts, parts[-1], 1.0, 0.95)[0]
                targets = (differences + values).detach()
            else:
                targets = rewards[:, None] + after.masked_fill(ends[:, None], 0)
                differences, targets = targets - values, targets.detach()
            loss = F.mse_loss(values, targets) if advice else differences.square().mean()
            moves.zero_grad()
            if step < 2:
                found = "healthy" if advice else "gradient-into-the-target"
                assert xray(loss, critic).names == [found]
            loss.backward()
            moves.step()
        errors[advice] = (critic.weight[0, :5] - exact).abs().max().item()
    assert errors[True] < 0.02
    assert errors[False] > 0.05
