"""Learners' code for ``build_mlp``: right, wrong with the mistake's name, and just wrong."""

from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

# Right


def sequential():
    model = nn.Sequential()
    model.append(nn.Linear(4, 64))
    model.append(nn.ReLU())
    model.append(nn.Linear(64, 2))
    return model


def with_names():
    return nn.Sequential(
        OrderedDict(
            [("fc1", nn.Linear(4, 64)), ("act", nn.ReLU(inplace=True)), ("fc2", nn.Linear(64, 2))]
        )
    )


def as_a_class(obs=4, width=64, acts=2):
    class DQN(nn.Module):
        def __init__(self):
            super(DQN, self).__init__()
            self.out = nn.Linear(width, acts)  # defined before the first layer
            self.inp = nn.Linear(obs, width)

        def forward(self, s):
            return self.out(F.relu(self.inp(s)))

    return DQN()


def from_a_list_of_sizes(sizes=(4, 64, 2)):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def lazy():
    return nn.Sequential(nn.LazyLinear(64), nn.ReLU(), nn.LazyLinear(2))


def orthogonal_and_a_small_last_layer():
    first, last = nn.Linear(4, 64), nn.Linear(64, 2)
    nn.init.orthogonal_(first.weight, 2**0.5)
    nn.init.orthogonal_(last.weight, 0.01)
    for layer in (first, last):
        nn.init.zeros_(layer.bias)
    return nn.Sequential(first, nn.ReLU(), last)


def parameters_by_hand():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.W1 = nn.Parameter(torch.randn(4, 64) * 0.5)  # the other way round
            self.b1 = nn.Parameter(torch.zeros(64))
            self.W2 = nn.Parameter(torch.randn(64, 2) * 0.1)
            self.b2 = nn.Parameter(torch.zeros(1, 2))

        def forward(self, x):
            return (x @ self.W1 + self.b1).clamp_min(0) @ self.W2 + self.b2

    return Net()


def in_a_module_list():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(4, 64), nn.Linear(64, 2)])

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = torch.maximum(layer(x), torch.tensor(0.0))
            return self.layers[-1](x)

    return Net()


def nested_with_identity():
    body = nn.Sequential(nn.Linear(4, 64), nn.ReLU())
    return nn.Sequential(body, nn.Sequential(nn.Linear(64, 2), nn.Identity()))


class Mlp(nn.Module):  # the class itself is called
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(4, 64)
        self.head = nn.Linear(64, 2)

    def forward(self, x):
        h = self.trunk(x)
        return self.head(h * (h > 0))


RIGHT = [
    sequential, with_names, as_a_class, from_a_list_of_sizes, lazy,
    orthogonal_and_a_small_last_layer, parameters_by_hand, in_a_module_list, nested_with_identity,
    Mlp,
]  # fmt: skip

# Wrong, by the mistake's name


def net(forward, **layers):
    """Make a network of these layers, with this forward pass."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            for name, layer in layers.items():
                setattr(self, name, layer)

    Net.forward = forward
    return Net()


def two_layers(forward=lambda self, x: self.b(F.relu(self.a(x))), a=(4, 64), b=(64, 2), bias=True):
    """Make networks of two layers of these sizes, with this forward pass."""
    return lambda: net(forward, a=nn.Linear(*a, bias=bias), b=nn.Linear(*b, bias=bias))


forgot_the_activation = two_layers(lambda self, x: self.b(self.a(x)))
relu_everywhere = two_layers(lambda self, x: F.relu(self.b(F.relu(self.a(x)))))
probabilities = two_layers(lambda self, x: F.softmax(self.b(F.relu(self.a(x))), dim=1))
log_probabilities = two_layers(lambda self, x: self.b(self.a(x).relu()).log_softmax(-1))
bounded_outputs = two_layers(lambda self, x: torch.tanh(self.b(torch.relu(self.a(x)))))
outputs_between_zero_and_one = two_layers(lambda self, x: self.b(self.a(x).relu()).sigmoid())
relu_on_the_outputs_only = two_layers(lambda self, x: self.b(self.a(x)).relu())
relu_on_the_inputs_only = two_layers(lambda self, x: self.b(self.a(torch.relu(x))))
tanh_network = two_layers(lambda self, x: self.b(torch.tanh(self.a(x))))
leaky = two_layers(lambda self, x: self.b(F.leaky_relu(self.a(x))))
dropout_in_front = two_layers(lambda self, x: self.b(F.relu(self.a(F.dropout(x, 0.2)))))
relu_called_like_a_function = two_layers(lambda self, x: self.b(nn.ReLU(self.a(x))))
only_the_first_output = two_layers(lambda self, x: self.b(F.relu(self.a(x)))[:, :1])
skip_connection = two_layers(lambda self, x: self.b(F.relu(self.a(x))) + x[:, :2])
normalised_states = two_layers(lambda self, x: self.b(F.relu(self.a(x / x.norm()))))
hidden_detached = two_layers(lambda self, x: self.b(F.relu(self.a(x)).detach()))
batch_first_flattened = two_layers(lambda self, x: self.b(F.relu(self.a(x))).squeeze())
sixteen_units = two_layers(a=(4, 16), b=(16, 2))
a_state_value = two_layers(b=(64, 1))
pixels_in = two_layers(a=(84, 64))
outputs_first = two_layers(a=(64, 4), b=(2, 64))
weights_alone = two_layers(bias=False)


@two_layers
def never_a_graph(self, x):
    with torch.no_grad():
        return self.b(F.relu(self.a(x)))


def activation_made_and_unused():
    relu = nn.ReLU()
    return net(lambda self, x: self.b(self.a(x)), a=nn.Linear(4, 64), relu=relu, b=nn.Linear(64, 2))


def as_wide_as_mnist(width=784):
    return nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 2))


def four_actions():
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 4))


def actions_in_states_out(inputs=2, outputs=4):
    return nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, outputs))


def sizes_out_of_step():
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(128, 2))


def no_last_bias():
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2, False))


def two_hidden_layers():
    return net(
        lambda self, x: self.c(F.relu(self.b(F.relu(self.a(x))))),
        a=nn.Linear(4, 64),
        b=nn.Linear(64, 64),
        c=nn.Linear(64, 2),
    )


def linear_policy():
    return net(lambda self, x: self.a(x), a=nn.Linear(4, 2))


def batch_norm():
    return nn.Sequential(nn.Linear(4, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2))


def layers_in_a_tuple():
    return net(
        lambda self, x: self.all[1](F.relu(self.all[0](x))),
        all=(nn.Linear(4, 64), nn.Linear(64, 2)),
    )


def layers_in_a_dict():
    return net(
        lambda self, x: self.d["b"](self.d["a"](x).relu()),
        d={"a": nn.Linear(4, 64), "b": nn.Linear(64, 2)},
    )


def new_layers_each_time():
    class Net(nn.Module):
        def forward(self, x):
            hidden = nn.Linear(4, 64)
            output = nn.Linear(64, 2)
            return output(torch.relu(hidden(x)))

    return Net()


def forgot_the_parentheses():
    return Mlp


def only_the_layers():
    hidden = nn.Linear(4, 64)
    output = nn.Linear(64, 2)
    return [hidden, output]


def forward_spelled_with_a_capital():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(4, 64), nn.Linear(64, 2)

        def Forward(self, x):
            return self.fc2(F.relu(self.fc1(x)))

    return Net()


def a_closure():
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    return lambda x: model(x)


def asks_for_a_size(hidden):
    return nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), nn.Linear(hidden, 2))


def like_a_target_network():
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    for p in model.parameters():
        p.requires_grad = False
    return model


def half_frozen():
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    model[0].requires_grad_(False)
    return model


def forgot_super():
    class Net(nn.Module):
        def __init__(self):
            self.layers = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))

        def forward(self, x):
            return self.layers(x)

    return Net()


def relu_class_in_the_chain():
    layers = [nn.Linear(4, 64), nn.ReLU, nn.Linear(64, 2)]
    return nn.Sequential(*layers)


def relu_function_in_the_chain():
    return nn.Sequential(nn.Linear(4, 64), torch.relu, nn.Linear(64, 2))


def double_precision():
    return nn.Sequential(
        nn.Linear(4, 64, dtype=torch.float64), nn.ReLU(), nn.Linear(64, 2, dtype=torch.float64)
    )


class _Cache:
    model = None


def made_once():
    if _Cache.model is None:
        _Cache.model = Mlp()
    return _Cache.model


def all_ones():
    model = Mlp()
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(0.1)
    return model


def reproducible():
    torch.manual_seed(42)
    return Mlp()


def no_return():
    nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))


def relu_capped():
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU6(), nn.Linear(64, 2))


def nothing_but_identity():
    return nn.Identity()


def only_the_output_layer():
    return nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(64, 2))


WRONG = {
    "no-relu": [forgot_the_activation, activation_made_and_unused],
    "relu-at-the-end": [relu_everywhere],
    "softmax-at-the-end": [probabilities, log_probabilities],
    "outputs-squashed": [bounded_outputs, outputs_between_zero_and_one],
    "relu-in-the-wrong-place": [relu_on_the_outputs_only, relu_on_the_inputs_only],
    "another-activation": [tanh_network, leaky],
    "wrong-hidden-size": [sixteen_units, as_wide_as_mnist],
    "wrong-number-of-outputs": [a_state_value, four_actions],
    "wrong-number-of-inputs": [pixels_in],
    "inputs-and-outputs-exchanged": [actions_in_states_out],
    "sizes-exchanged": [outputs_first],
    "layers-that-do-not-fit": [sizes_out_of_step],
    "no-bias": [weights_alone, no_last_bias],
    "second-hidden-layer": [two_hidden_layers],
    "no-hidden-layer": [linear_policy, nothing_but_identity, only_the_output_layer],
    "normalisation-added": [batch_norm],
    "dropout-added": [dropout_in_front],
    "layers-in-a-list": [layers_in_a_tuple, layers_in_a_dict],
    "layers-made-in-forward": [new_layers_each_time],
    "class-instead-of-object": [forgot_the_parentheses],
    "no-forward": [only_the_layers, forward_spelled_with_a_capital],
    "function-instead-of-module": [a_closure],
    "sizes-without-defaults": [asks_for_a_size],
    "frozen-parameters": [like_a_target_network, half_frozen],
    "no-super-init": [forgot_super],
    "relu-made-but-not-applied": [relu_called_like_a_function],
    "no-module-in-the-chain": [relu_class_in_the_chain, relu_function_in_the_chain],
    "forward-without-graph": [never_a_graph],
    "float64-network": [double_precision],
    "one-network-for-all": [made_once],
    "units-all-alike": [all_ones],
    "seed-inside": [reproducible],
    "forgotten-return": [no_return],
    "squeezed-too-much": [batch_first_flattened],
    "states-normalised": [normalised_states],
    "skip-connection": [skip_connection],
    "hidden-layer-detached": [hidden_detached],
}

UNNAMED = [only_the_first_output, relu_capped]
