"""How ``polyak_update`` is checked."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...checker.example import Example
from ...checker.facts import Facts, same, type_of
from ...checker.networks import DRAWN, NUMBERS_OF, add_one, in_code, named_weights
from ...checker.probes import Attempt, Probe
from ...checker.watching import Watch

RESULTS = {f"the {name}": NUMBERS_OF.format(network=name) for name in ("target", "model")}
LINEAR = """\
model, target = nn.Linear(2, 1), nn.Linear(2, 1)
nn.utils.vector_to_parameters(torch.tensor([2.0, -1.0, 0.5]), model.parameters())
nn.utils.vector_to_parameters(torch.tensor([1.0, 3.0, -1.5]), target.parameters())
"""
POLICY = f'''\
class Policy(nn.Module):
    """Two layers, and a parameter that belongs to no layer, as policies of PPO have it."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        self.log_std = nn.Parameter(torch.zeros(1))


model, target = Policy(), Policy()
draw = torch.Generator().manual_seed(3)
{DRAWN.format(network="model")}
{DRAWN.format(network="target")}
'''
MILLIONS = f"""\
{POLICY}
for parameter in (*model.parameters(), *target.parameters()):
    parameter.data.mul_(1e6)
model.eval().layers.requires_grad_(False)
"""


def truth(model: nn.Module, target: nn.Module, tau: float) -> None:
    """Go through the numbers one by one."""
    for theta, theta_target in zip(model.parameters(), target.parameters(), strict=True):
        pairs = zip(theta.flatten().tolist(), theta_target.flatten().tolist(), strict=True)
        mixed = [tau * one + (1 - tau) * other for one, other in pairs]
        theta_target.data.copy_(torch.tensor(mixed, dtype=theta.dtype).reshape(theta.shape))


class Results(Watch):
    """Look out among all results of PyTorch for the numbers that the target should get."""

    def __init__(self, model: nn.Module, target: nn.Module, tau: float) -> None:
        super().__init__()
        pairs = zip(model.parameters(), target.parameters(), strict=True)
        self.expected = [(tau * one + (1 - tau) * other).detach() for one, other in pairs]
        self.right = False

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """Compare a result with the numbers that are right."""
        if isinstance(result, Tensor) and not self.right:
            self.right = any(same(result, expected) for expected in self.expected)
        return result


def call(attempt: Attempt, example: Example, calls: int, frozen: bool) -> Facts:
    """Call the attempt, train the model between calls, and note what became of both networks."""
    model, target, tau = example.given("model", "target", "tau")
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    models, targets = dict(model.named_parameters()), list(target.parameters())
    before, versions = named_weights(target), [parameter._version for parameter in targets]
    with Results(model, target, tau) as results:
        for number in range(calls):
            if number:
                add_one(model)
            result = attempt(model, target, tau)
    after = named_weights(target)
    facts: Facts = {"the parameters of target are": ", ".join(after) or "gone"}
    if tau > 0:
        facts["the numbers in target changed"] = not _equal(after, before)
    if tau > 0 and _equal(after, before):  # what happened instead
        facts["the result is"] = "target" if result is target else type_of(result)
        facts["the right numbers were computed"] = results.right
        facts["something was written into target"] = versions != [p._version for p in targets]
    facts |= {in_code(name, "target"): numbers for name, numbers in after.items()}
    facts |= {in_code(name): numbers for name, numbers in named_weights(model).items()}
    targets = list(target.parameters())
    facts["the target's parameters hang on a graph"] = any(p.grad_fn is not None for p in targets)
    if frozen:
        facts["the frozen target requires gradients"] = any(p.requires_grad for p in targets)
    state = _state(model, models)
    add_one(model)
    facts["target moves when model is trained further"] = not _equal(named_weights(target), after)
    return facts | state


def _state(model: nn.Module, given: dict[str, nn.Parameter]) -> Facts:
    """Note what else became of the model, which had gradients of 1 in the given parameters."""
    named = dict(model.named_parameters())
    return {
        "the model still has its own parameters": all(given.get(n) is p for n, p in named.items()),
        "the model's parameters require gradients": all(p.requires_grad for p in named.values()),
        "the model's gradients changed": any(
            p.grad is None or not torch.equal(p.grad, torch.ones_like(p)) for p in named.values()
        ),
        "the model is in training mode": model.training,
        "PyTorch computes gradients after the call": torch.is_grad_enabled(),
    }


def _equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(tensor, other[name]) for name, tensor in one.items()
    )


def probe(
    networks: str,
    words: str,
    tau: float,
    *,
    calls: int = 1,
    frozen: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Probe:
    """Make the probe that updates a target, which may be frozen, with these networks."""
    text = f"polyak_update(model, target, tau={tau}){words}"
    setup = networks + f"tau = {tau}"
    setup += "\ntarget.requires_grad_(False)" if frozen else ""
    setup += "\nmodel, target = model.double(), target.double()" if dtype == torch.float64 else ""
    once = "polyak_update(model, target, tau)"
    more = "[parameter.data.add_(1.0) for parameter in model.parameters()]"
    code = once if calls == 1 else f"[({once}, {more}) for _ in range({calls})]"
    example = Example("polyak_update", setup, code, RESULTS)
    return Probe(text, lambda attempt: call(attempt, example, calls, frozen), example=example)


LINES = (
    ", both nn.Linear(2, 1), with model.weight = [[2, -1]], model.bias = [0.5], "
    "target.weight = [[1, 3]], target.bias = [-1.5]"
)
POLICIES = ", both with two layers and a parameter of their own, log_std"
PROBES = (
    probe(LINEAR, LINES, 0.25),
    probe(POLICY, POLICIES, 0.1),
    probe(LINEAR, LINES + "; target.requires_grad_(False)", 0.25, frozen=True),
    probe(LINEAR, ", three times, the model trained a bit in between" + LINES, 0.5, calls=3),
    probe(LINEAR, LINES, 1.0),
    probe(LINEAR, LINES, 0.0),
    probe(POLICY, POLICIES + ", in float64", 0.005, dtype=torch.float64),
    probe(MILLIONS, POLICIES + ", numbers in the millions; model.layers is frozen", 0.75),
)
