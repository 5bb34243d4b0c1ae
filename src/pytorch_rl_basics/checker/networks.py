"""Fill, copy and train the networks that a check gives to an attempt."""

import torch
from torch import Tensor, nn


def draw_weights(draw: torch.Generator, *networks: nn.Module) -> None:
    """Fill all parameters with normal numbers."""
    for network in networks:
        for parameter in network.parameters():
            parameter.data.copy_(torch.randn(parameter.shape, generator=draw))


DRAWN = """\
for parameter in {network}.parameters():
    parameter.data.copy_(torch.randn(parameter.shape, generator=draw))"""
NUMBERS_OF = "nn.utils.parameters_to_vector({network}.parameters()).detach().clone()"


def add_one(network: nn.Module) -> None:
    """Change every parameter, as training would."""
    for parameter in network.parameters():
        parameter.data.add_(1.0)


def named_weights(network: nn.Module) -> dict[str, Tensor]:
    """Copy all parameters, by name."""
    return {name: tensor.detach().clone() for name, tensor in network.named_parameters()}


def weights(network: nn.Module) -> Tensor:
    """Copy all parameters into one vector."""
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def gradients(network: nn.Module) -> Tensor:
    """Copy all gradients into one vector, zeros where there is none."""
    parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in network.parameters()]
    return torch.cat([part.detach().flatten() for part in parts])


def step_by_hand(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Make a step of the optimizer, with gradients that neither accumulate nor need zeroing."""
    parameters = list(network.parameters())
    found = torch.autograd.grad(loss, parameters)
    for parameter, gradient in zip(parameters, found, strict=True):
        parameter.grad = gradient
    optimizer.step()


def in_code(name: str, network: str = "model") -> str:
    """Write a parameter's name as code has it: ``0.weight`` is ``model[0].weight``.

    >>> in_code("0.weight"), in_code("bias", "target")
    ('model[0].weight', 'target.bias')
    """
    code = network
    for part in name.split("."):
        code += f"[{part}]" if part.isdigit() else f".{part}"
    return code
