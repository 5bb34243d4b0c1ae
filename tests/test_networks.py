"""The networks against their formulas, written out with the networks' own weights."""

import pytest
import torch
from torch import nn

from pytorch_rl_basics import PolicyNetwork, QNetwork, ValueNetwork, build_mlp
from pytorch_rl_basics.networks import GaussianPolicy, TwinCritic


def by_hand(network, states, activation):
    """Apply the layers of a network one after the other: activation between, none at the end."""
    parameters = list(network.parameters())
    x = states
    while parameters:
        weight, bias, *parameters = parameters
        x = x @ weight.T + bias
        x = activation(x) if parameters else x
    return x


def relu(x):
    return x.clamp(min=0)


def shapes(network):
    return [tuple(parameter.shape) for parameter in network.parameters()]


@pytest.mark.parametrize(
    ("network", "activation", "wanted"),
    [
        (build_mlp(), relu, [(64, 4), (64,), (2, 64), (2,)]),
        (build_mlp(3, 5, 6), relu, [(5, 3), (5,), (6, 5), (6,)]),
        (QNetwork(), relu, [(64, 4), (64,), (64, 64), (64,), (2, 64), (2,)]),
        (QNetwork(3, 6, 5), relu, [(5, 3), (5,), (5, 5), (5,), (6, 5), (6,)]),
        (PolicyNetwork(), None, [(2, 4), (2,)]),
        (PolicyNetwork(3, 6, (5,)), torch.tanh, [(5, 3), (5,), (6, 5), (6,)]),
        (PolicyNetwork(hidden=[8], activation=nn.ReLU), relu, [(8, 4), (8,), (2, 8), (2,)]),
        (ValueNetwork(), torch.tanh, [(64, 4), (64,), (64, 64), (64,), (1, 64), (1,)]),
        (ValueNetwork(3, ()), None, [(1, 3), (1,)]),
        (ValueNetwork(3, (5,), nn.ReLU), relu, [(5, 3), (5,), (1, 5), (1,)]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
@pytest.mark.parametrize("batch", [1, 2, 10])
def test_network_is_its_layers_with_no_output_activation(network, activation, wanted, batch, dtype):
    network = network.to(dtype)
    states = 10 * torch.randn(batch, wanted[0][1], dtype=dtype)
    assert shapes(network) == wanted
    outputs = by_hand(network, states, activation)
    outputs = outputs[:, 0] if isinstance(network, ValueNetwork) else outputs  # (B,)
    torch.testing.assert_close(network(states), outputs)


def test_gaussian_policy_gives_the_mean_and_then_a_log_std_between_minus_5_and_2(dtype):
    policy, states = GaussianPolicy(action_dim=2).to(dtype), torch.randn(10, 3, dtype=dtype)
    assert shapes(policy) == [(64, 3), (64,), (64, 64), (64,), (4, 64), (4,)]
    outputs = by_hand(policy, states, relu)
    mean, log_std = policy(states)
    torch.testing.assert_close(mean, outputs[:, :2])
    torch.testing.assert_close(log_std, outputs[:, 2:])
    policy.layers[-1].bias.data[2:] = torch.tensor([-100.0, 100.0])
    assert policy(states)[1].unique(dim=0).tolist() == [[-5.0, 2.0]]
    assert shapes(GaussianPolicy())[-2:] == [(2, 64), (2,)]


def test_twin_critic_is_two_networks_side_by_side(dtype):
    critic = TwinCritic(action_dim=2).to(dtype)
    states, actions = torch.randn(10, 3, dtype=dtype), torch.randn(10, 2, dtype=dtype)
    assert shapes(critic) == 2 * [(64, 5), (64,), (64, 64), (64,), (1, 64), (1,)]
    pairs = torch.cat([states, actions], dim=1)
    wanted = [by_hand(half, pairs, relu) for half in (critic.first, critic.second)]
    torch.testing.assert_close(critic(states, actions), torch.hstack(wanted))
    assert shapes(TwinCritic())[0] == (64, 4)


@pytest.mark.parametrize("make", [build_mlp, QNetwork, PolicyNetwork, ValueNetwork])
def test_networks_are_new_each_time_and_reproducible_by_the_seed(make):
    first, second = make(), make()
    torch.manual_seed(0)
    again = make()
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    assert not any(map(torch.equal, first.parameters(), second.parameters()))


@pytest.mark.parametrize("make", [build_mlp, QNetwork, PolicyNetwork, ValueNetwork])
def test_every_parameter_gets_a_gradient(make):
    network = make()
    network(torch.randn(32, 4)).square().sum().backward()
    assert all(parameter.grad.any() for parameter in network.parameters())
