"""How ``polyak_update`` is checked."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...checker.facts import Facts, same, type_of
from ...checker.networks import draw_weights, in_code, named_weights
from ...checker.probes import Attempt, Probe
from ...checker.watching import Watch

Networks = Callable[[], tuple[nn.Module, nn.Module]]  # makes a model and its target


def truth(model: nn.Module, target: nn.Module, tau: float) -> None:
    """Go through the numbers one by one."""
    for theta, theta_target in zip(model.parameters(), target.parameters(), strict=True):
        pairs = zip(theta.flatten().tolist(), theta_target.flatten().tolist(), strict=True)
        mixed = [tau * one + (1 - tau) * other for one, other in pairs]
        theta_target.data.copy_(torch.tensor(mixed, dtype=theta.dtype).reshape(theta.shape))


class Policy(nn.Module):
    """Two layers, and a parameter that belongs to no layer, as policies of PPO have it."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        self.log_std = nn.Parameter(torch.zeros(1))


def two_lines() -> tuple[nn.Module, nn.Module]:
    """Make two linear layers with the numbers that the report gives."""
    return _line([[2.0, -1.0]], 0.5), _line([[1.0, 3.0]], -1.5)


def two_policies() -> tuple[nn.Module, nn.Module]:
    """Make two policies with random numbers."""
    draw = torch.Generator().manual_seed(3)
    model, target = Policy(), Policy()
    draw_weights(draw, model, target)
    return model, target


def two_lines_one_frozen() -> tuple[nn.Module, nn.Module]:
    """Make two linear layers; the target's parameters require no gradients."""
    model, target = two_lines()
    return model, target.requires_grad_(False)


def two_policies_in_float64() -> tuple[nn.Module, nn.Module]:
    """Make two policies with numbers of double precision."""
    model, target = two_policies()
    return model.double(), target.double()


class Results(Watch):
    """Look out among all results of PyTorch for the numbers that the target should get."""

    def __init__(self, model: nn.Module, target: nn.Module, tau: float) -> None:
        super().__init__()
        pairs = zip(model.parameters(), target.parameters(), strict=True)
        self.wanted = [(tau * one + (1 - tau) * other).detach() for one, other in pairs]
        self.right = False

    def after(self, function: Any, args: Sequence[Any], result: Any) -> Any:
        """Compare a result with the numbers that are right."""
        if isinstance(result, Tensor) and not self.right:
            self.right = any(same(result, wanted) for wanted in self.wanted)
        return result


def call(attempt: Attempt, networks: Networks, tau: float, calls: int) -> Facts:
    """Call the attempt, and note what became of both networks."""
    model, target = networks()
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    frozen = not next(target.parameters()).requires_grad
    models, targets = dict(model.named_parameters()), list(target.parameters())
    before, versions = named_weights(target), [parameter._version for parameter in targets]
    with Results(model, target, tau) as results:
        for number in range(calls):
            if number:
                _train(model)
            result = attempt(model, target, tau)
    gradients_on = torch.is_grad_enabled()
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
    graph = any(parameter.grad_fn is not None for parameter in target.parameters())
    facts["the target's parameters hang on a graph"] = graph
    if frozen:
        needed = any(parameter.requires_grad for parameter in target.parameters())
        facts["the frozen target requires gradients"] = needed
    kept = all(models.get(name) is parameter for name, parameter in model.named_parameters())
    required = all(parameter.requires_grad for parameter in model.parameters())
    cleared = any(
        parameter.grad is None or not torch.equal(parameter.grad, torch.ones_like(parameter))
        for parameter in model.parameters()
    )
    _train(model)
    facts["target moves when model is trained further"] = not _equal(named_weights(target), after)
    facts["the model still has its own parameters"] = kept
    facts["the model's parameters require gradients"] = required
    facts["the model's gradients changed"] = cleared
    facts["the model is in training mode"] = model.training
    facts["PyTorch computes gradients after the call"] = gradients_on
    return facts


def _line(weight: list[list[float]], bias: float) -> nn.Linear:
    line = nn.Linear(2, 1)
    with torch.no_grad():
        line.weight.copy_(torch.tensor(weight))
        line.bias.fill_(bias)
    return line


def _equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(tensor, other[name]) for name, tensor in one.items()
    )


def _train(network: nn.Module) -> None:
    """Change every number, as an optimizer would."""
    for parameter in network.parameters():
        parameter.data.add_(1.0)


def probe(networks: Networks, words: str, tau: float, calls: int = 1) -> Probe:
    """Make the probe that updates these networks."""
    text = f"polyak_update(model, target, tau={tau}){words}"
    return Probe(text, lambda attempt: call(attempt, networks, tau, calls))


LINES = (
    ", both nn.Linear(2, 1), with model.weight = [[2, -1]], model.bias = [0.5], "
    "target.weight = [[1, 3]], target.bias = [-1.5]"
)
POLICIES = ", both with two layers and a parameter of their own, log_std"
PROBES = (
    probe(two_lines, LINES, 0.25),
    probe(two_policies, POLICIES, 0.1),
    probe(two_lines_one_frozen, LINES + "; target.requires_grad_(False)", 0.25),
    probe(two_lines, ", three times, the model trained a bit in between" + LINES, 0.5, calls=3),
    probe(two_lines, LINES, 1.0),
    probe(two_lines, LINES, 0.0),
    probe(two_policies_in_float64, POLICIES + ", in float64", 0.005),
)
