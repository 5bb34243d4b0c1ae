"""Fresh attempts at ``build_mlp``, their verdicts written before they were checked."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn


class _TwoLayerNet(nn.Module):
    """The network as a class of its own."""

    def __init__(self, n_in, n_hid, n_out):
        super().__init__()
        self.fc1 = nn.Linear(n_in, n_hid)
        self.fc2 = nn.Linear(n_hid, n_out)

    def forward(self, x):
        """Go through both layers."""
        return self.fc2(F.relu(self.fc1(x)))


def own_module_class(state_dim=4, hidden=64, n_actions=2):
    """Written as a class with two layers and F.relu in its forward pass."""
    return _TwoLayerNet(state_dim, hidden, n_actions)


def named_layers(state_dim=4, hidden=64, n_actions=2):
    """Written as an OrderedDict of named layers."""
    layers = OrderedDict()
    layers["hidden"] = nn.Linear(state_dim, hidden)
    layers["relu"] = nn.ReLU()
    layers["out"] = nn.Linear(hidden, n_actions)
    return nn.Sequential(layers)


class _RectifiedLinear(nn.Linear):
    """A linear layer that cuts its own output at zero."""

    def forward(self, x):
        z = super().forward(x)
        return torch.where(z > 0, z, torch.zeros_like(z))


def relu_inside_the_layer(state_dim=4, hidden=64, n_actions=2):
    """Written with a subclass of nn.Linear that does the ReLU itself."""
    return nn.Sequential(_RectifiedLinear(state_dim, hidden), nn.Linear(hidden, n_actions))


# ---------------------------------------------------------------------------------------------


def outputs_as_probabilities():
    """Ends with a softmax over the outputs."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2), nn.Softmax(dim=-1))


def nothing_between_the_layers():
    """Has no activation between its two linear layers."""
    net = nn.Sequential()
    net.append(nn.Linear(4, 64))
    net.append(nn.Linear(64, 2))
    return net


def one_layer_more():
    """Has two hidden layers of 64 units, not one."""
    return nn.Sequential(
        nn.Linear(4, 64),
        nn.ReLU(),
        nn.Linear(64, 64),
        nn.ReLU(),
        nn.Linear(64, 2),
    )


def tanh_for_relu(state_dim=4, hidden=64, n_actions=2):
    """Uses tanh where ReLU belongs."""
    first = nn.Linear(state_dim, hidden)
    second = nn.Linear(hidden, n_actions)
    return nn.Sequential(first, nn.Tanh(), second)


class _ListNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def layers_in_a_python_list():
    """Keeps its layers in a Python list, so the module has no parameters."""
    return _ListNet()


# ---------------------------------------------------------------------------------------------


class _SqueezingNet(_TwoLayerNet):
    def forward(self, x):
        return super().forward(x).squeeze()  # get rid of useless dimensions


def loses_the_batch_of_one(state_dim=4, hidden=64, n_actions=2):
    """Squeezes its output, so a single state gives shape (2,) and not (1, 2)."""
    return _SqueezingNet(state_dim, hidden, n_actions)


def hidden_units_capped():
    """Caps its hidden units at 20, where ReLU has no upper bound."""
    return nn.Sequential(nn.Linear(4, 64), nn.Hardtanh(0.0, 20.0), nn.Linear(64, 2))


def dropout_while_training(state_dim=4, hidden=64, n_actions=2):
    """Drops a tenth of the hidden units at random, but in training mode only."""
    # a little regularisation never hurts
    return nn.Sequential(
        nn.Linear(state_dim, hidden), nn.ReLU(), nn.Dropout(p=0.1), nn.Linear(hidden, n_actions)
    )


def second_layer_without_bias(state_dim=4, hidden=64, n_actions=2):
    """Leaves the bias out of the second layer."""
    into, out_of = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions, bias=False)
    return nn.Sequential(into, nn.ReLU(), out_of)


RIGHT = [own_module_class, named_layers, relu_inside_the_layer]
ORDINARY = [
    outputs_as_probabilities, nothing_between_the_layers, one_layer_more, tanh_for_relu,
    layers_in_a_python_list,
]  # fmt: skip
ODD = [
    loses_the_batch_of_one, hidden_units_capped, dropout_while_training, second_layer_without_bias,
]  # fmt: skip
