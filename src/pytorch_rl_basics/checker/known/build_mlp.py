"""The known mistakes of ``build_mlp``."""

import torch
import torch.nn.functional as F
from torch import nn

from ..mistakes import mistake

MODULES = "concepts/modules"

EXERCISE = "tutorials/exercises/exercise_2_mlp"


@mistake(
    cure="Put `nn.ReLU()` between the two linear layers.",
    seen="https://github.com/YujiaBao/ls/issues/1",
)
def no_relu():
    """Nothing stands between the linear layers, and two of them in a row are one linear map."""
    return nn.Sequential(nn.Linear(4, 64), nn.Linear(64, 2))


@mistake(
    cure="End with the linear layer.",
    seen="https://github.com/dennybritz/reinforcement-learning/pull/104",
)
def relu_at_the_end():
    """A ReLU follows the last layer, so the outputs are never negative; Q-values may be."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2), nn.ReLU())


def _chain(between, *end):
    """Write the network with these activations."""
    return lambda: nn.Sequential(nn.Linear(4, 64), between, nn.Linear(64, 2), *end)


@mistake(
    cure="Leave the softmax out: the network gives values or logits, not probabilities.",
    seen="https://github.com/thu-ml/tianshou/issues/725",
    also=(
        _chain(nn.ReLU(), nn.LogSoftmax(dim=-1)),
        _chain(nn.ReLU(), nn.Softmax(dim=0)),
        _chain(nn.Tanh(), nn.Softmax(dim=-1)),
        _chain(nn.Identity(), nn.Softmax(dim=-1)),
    ),
)
def softmax_at_the_end():
    """A softmax follows the last layer and turns the outputs into probabilities."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2), nn.Softmax(dim=-1))


@mistake(
    cure="End with the linear layer.",
    seen="https://github.com/LuEE-C/PPO-Keras/issues/13",
    also=(
        _chain(nn.ReLU(), nn.Sigmoid()),
        _chain(nn.Tanh(), nn.Tanh()),
        _chain(nn.Identity(), nn.Tanh()),
        _chain(nn.Sigmoid(), nn.Sigmoid()),
        _chain(nn.Identity(), nn.Sigmoid()),
    ),
)
def outputs_squashed():
    """The last layer is followed by an activation such as tanh, which bounds the outputs."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2), nn.Tanh())


def _relu_on_the_states():
    return nn.Sequential(nn.ReLU(), nn.Linear(4, 64), nn.Linear(64, 2))


@mistake(
    cure="Move the ReLU between the two linear layers.",
    seen="https://github.com/KevinMusgrave/pytorch-metric-learning/issues/753",
    also=(_relu_on_the_states,),
)
def relu_in_the_wrong_place():
    """The ReLU does not stand between the linear layers, where it is needed."""
    return nn.Sequential(nn.Linear(4, 64), nn.Linear(64, 2), nn.ReLU())


@mistake(
    cure="Use `nn.ReLU()` between the layers.",
    seen="https://github.com/ikostrikov/pytorch-a2c-ppo-acktr-gail/issues/29",
    also=tuple(
        _chain(activation)
        for activation in (
            nn.Sigmoid(),
            nn.LeakyReLU(),
            nn.GELU(),
            nn.ELU(),
            nn.SiLU(),
            nn.SELU(),
            nn.Mish(),
            nn.ReLU6(),
            nn.Softplus(),
            nn.Softmax(dim=-1),
        )
    ),
)
def another_activation():
    """The hidden layer has another activation than ReLU."""
    return nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 2))


@mistake(
    cure="Let the first layer end in 64 units, and the second one begin with as many.",
    seen=EXERCISE,
)
def wrong_hidden_size():
    """The hidden layer has another number of units than the 64 asked for."""
    return nn.Sequential(nn.Linear(4, 128), nn.ReLU(), nn.Linear(128, 2))


@mistake(
    cure="Give the last layer 2 outputs, one for each action.",
    seen=EXERCISE,
)
def wrong_number_of_outputs():
    """The network has another number of outputs than 2."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))


@mistake(
    cure="Give the first layer 4 inputs, one for each feature of a state.",
    seen=EXERCISE,
)
def wrong_number_of_inputs():
    """The network takes another number of features than 4."""
    return nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 2))


@mistake(
    cure="The states go in, 4 features each, and one value for each of the 2 actions comes out.",
    seen=EXERCISE,
)
def inputs_and_outputs_exchanged():
    """The network begins with 2 features and ends with 4 outputs; it should be the reverse."""
    return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 4))


@mistake(
    cure="Write the number of inputs first: `nn.Linear(inputs, outputs)`.",
    seen=EXERCISE,
)
def sizes_exchanged():
    """`nn.Linear` takes the number of inputs first and the number of outputs second."""
    return nn.Sequential(nn.Linear(64, 4), nn.ReLU(), nn.Linear(2, 64))


@mistake(
    cure="Let each layer take as many inputs as the layer before has outputs.",
    seen="https://github.com/patrickloeber/pytorch-chatbot/issues/12",
)
def layers_that_do_not_fit():
    """The second layer takes another number of inputs than the first one gives."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(32, 2))


@mistake(
    cure="Leave `bias=False` out: a linear layer has a bias by default.",
    seen="https://github.com/ashawkey/torch-ngp/issues/61",
)
def no_bias():
    """A linear layer has no bias, so it maps zero to zero whatever it learns."""
    return nn.Sequential(nn.Linear(4, 64, bias=False), nn.ReLU(), nn.Linear(64, 2, bias=False))


@mistake(
    cure="Use two linear layers: one into the hidden units, one out of them.",
    seen=MODULES,
)
def second_hidden_layer():
    """There are two hidden layers, as in many agents, but one is asked for."""
    return nn.Sequential(
        nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)
    )


@mistake(cure="Put 64 hidden units between the states and the outputs.", seen=EXERCISE)
def no_hidden_layer():
    """One linear layer leads from the states to the outputs; the hidden layer is missing."""
    return nn.Linear(4, 2)


@mistake(
    cure="Leave the normalisation out: the network is linear, ReLU, linear.",
    seen="https://github.com/hill-a/stable-baselines/issues/874",
)
def normalisation_added():
    """A normalisation layer was added, which has parameters of its own."""
    return nn.Sequential(nn.Linear(4, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 2))


@mistake(
    cure="Leave the random layer out.",
    seen="https://github.com/joschu/modular_rl/issues/26",
    telling=True,
)
def dropout_added():
    """Something in the network draws random numbers, so that the same states give other outputs."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Dropout(), nn.Linear(64, 2))


def _hidden_layers_in_a_list():
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden = [nn.Linear(4, 64), nn.ReLU()]
            self.output = nn.Linear(64, 2)

        def forward(self, x):
            for layer in self.hidden:
                x = layer(x)
            return self.output(x)

    return Network()


@mistake(
    cure="Keep layers as attributes, in `nn.Sequential` or in `nn.ModuleList`, "
    "and weights of your own as `nn.Parameter`.",
    seen=MODULES,
    also=(_hidden_layers_in_a_list,),
)
def layers_in_a_list():
    """Layers in a plain list, or weights that are plain tensors, are not registered."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    return Network()


@mistake(
    cure="Make the layers once, in `__init__`, and use them in `forward`.",
    seen="https://github.com/Lightning-AI/pytorch-lightning/issues/6554",
)
def layers_made_in_forward():
    """Every call makes new layers with new random weights, so nothing can be learned."""

    class Network(nn.Module):
        def forward(self, x):
            x = F.relu(nn.Linear(4, 64)(x))
            return nn.Linear(64, 2)(x)

    return Network()


@mistake(
    cure="Make an object of the class, with parentheses: `return Network()`.",
    seen=EXERCISE,
    telling=True,
)
def class_instead_of_object():
    """The class was returned, the plan of a network; no network has been made of it."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))

        def forward(self, x):
            return self.layers(x)

    return Network


def _a_plain_list():
    return [nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)]


@mistake(
    cure="Chain the layers with `nn.Sequential`, or write a `forward` that calls them in turn.",
    seen="https://github.com/bigohofone/outfit-transformer/issues/4",
    also=(_a_plain_list,),
    telling=True,
)
def no_forward():
    """The layers are there, but nothing says how the states flow through them."""
    return nn.ModuleList([nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)])


@mistake(
    cure="Return an `nn.Module`, such as `nn.Sequential(...)`: it knows its parameters.",
    seen=MODULES,
    telling=True,
)
def function_instead_of_module():
    """A plain function came back; an optimizer finds no parameters in it."""
    hidden, output = nn.Linear(4, 64), nn.Linear(64, 2)

    def forward(states):
        return output(torch.relu(hidden(states)))

    return forward


@mistake(
    cure="Give the sizes default values, 4, 64 and 2, or write them in.",
    seen=EXERCISE,
    telling=True,
)
def sizes_without_defaults(state_dim, hidden, n_actions):
    """The function wants its sizes as arguments, but it is called with none."""
    return nn.Sequential(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))


@mistake(
    cure="Leave every parameter's `requires_grad` at True.",
    seen="https://github.com/nttcslab/byol-a/issues/7",
)
def frozen_parameters():
    """Parameters do not require gradients, so training will never change them."""
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    return model.requires_grad_(False)


@mistake(
    cure="Call `super().__init__()` first thing in `__init__`.",
    seen="https://github.com/Genentech/gReLU/issues/188",
)
def no_super_init():
    """`nn.Module` was not set up before it got its first layer."""

    class Network(nn.Module):
        def __init__(self):
            self.hidden = nn.Linear(4, 64)

    return Network()


def _relu_object_of_hidden():
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.output = nn.Linear(4, 64), nn.Linear(64, 2)

        def forward(self, x):
            return nn.ReLU(self.output(self.hidden(x)))

    return Network()


@mistake(
    cure="Write `torch.relu(x)` or `nn.ReLU()(x)`: `nn.ReLU(x)` makes a layer and ignores x.",
    seen="https://github.com/patrickloeber/pytorch-chatbot/issues/29",
    also=(_relu_object_of_hidden,),
)
def relu_made_but_not_applied():
    """`nn.ReLU(x)` makes a new layer, and does not apply it to x."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.output = nn.Linear(4, 64), nn.Linear(64, 2)

        def forward(self, x):
            x = nn.ReLU(self.hidden(x))
            return self.output(x)

    return Network()


def _a_function_in_the_chain():
    return nn.Sequential(nn.Linear(4, 64), F.relu, nn.Linear(64, 2))


def _torch_relu_in_the_chain():
    return nn.Sequential(nn.Linear(4, 64), torch.relu, nn.Linear(64, 2))


@mistake(
    cure="Write `nn.ReLU()`, with parentheses and in capitals: an object made of the class.",
    seen="https://github.com/yjn870/FSRCNN-pytorch/issues/5",
    also=(_a_function_in_the_chain, _torch_relu_in_the_chain),
)
def no_module_in_the_chain():
    """`nn.Sequential` takes modules; a class without parentheses or a function is none."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU, nn.Linear(64, 2))


@mistake(
    cure="Let `forward` compute with the graph; whoever acts with the network can use `no_grad`.",
    seen="https://github.com/nianticlabs/monodepth2/issues/24",
)
def forward_without_graph():
    """The forward pass cuts the graph, so no gradient will ever reach the parameters."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))

        @torch.no_grad()
        def forward(self, x):
            return self.layers(x)

    return Network()


@mistake(
    cure="Leave out `.double()`: states and parameters are float32 by default.",
    seen="https://github.com/pytorch/pytorch/issues/2138",
    telling=True,
)
def float64_network():
    """The parameters are float64, and float32 states do not fit them."""
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)).double()


_SHARED = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))


@mistake(
    cure="Make the layers inside the function, so that every call makes new ones.",
    seen="https://github.com/datawhalechina/easy-rl/issues/140",
    telling=True,
)
def one_network_for_all():
    """Every call gives the same network, so training one of them changes all."""
    return _SHARED


@mistake(
    cure="Leave the random numbers that `nn.Linear` draws.",
    seen="https://github.com/wagonhelm/NaNmnist/issues/2",
    telling=True,
)
def units_all_alike():
    """All weights start with one number, so all hidden units stay alike for ever."""
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    return model


@mistake(
    cure="Leave `torch.manual_seed` to the program that calls the function.",
    seen="habits",
    telling=True,
)
def seed_inside():
    """The seed is set inside, so every network starts with the same numbers."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))


MISTAKES = (
    no_relu,
    relu_at_the_end,
    softmax_at_the_end,
    outputs_squashed,
    relu_in_the_wrong_place,
    another_activation,
    wrong_hidden_size,
    wrong_number_of_outputs,
    wrong_number_of_inputs,
    inputs_and_outputs_exchanged,
    sizes_exchanged,
    layers_that_do_not_fit,
    no_bias,
    second_hidden_layer,
    no_hidden_layer,
    normalisation_added,
    dropout_added,
    layers_in_a_list,
    layers_made_in_forward,
    class_instead_of_object,
    no_forward,
    function_instead_of_module,
    sizes_without_defaults,
    frozen_parameters,
    no_super_init,
    relu_made_but_not_applied,
    no_module_in_the_chain,
    forward_without_graph,
    float64_network,
    one_network_for_all,
    units_all_alike,
    seed_inside,
)
