"""How ``build_mlp`` is checked."""

import functools
import inspect
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from ..checking import Check, Probe
from ..facts import Facts, Raised, type_of
from ..mistakes import Attempt, mistake
from .training_events import Kind

MODULES = "concepts/modules"
EXERCISE = "tutorials/exercises/exercise_2_mlp"
SHAPES = ((64, 4), (64,), (2, 64), (2,))  # of W1, b1, W2 and b2


class Truth(nn.Module):
    """W2 · max(0, W1 · s + b1) + b2, written out."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = nn.ParameterList(torch.randn(shape) for shape in SHAPES)

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, 4) to outputs (B, 2)."""
        w1, b1, w2, b2 = self.numbers
        hidden = torch.einsum("ij,bj->bi", w1, states) + b1
        outputs: Tensor = torch.einsum("ij,bj->bi", w2, hidden.clamp(min=0)) + b2
        return outputs


def look_at_layers(attempt: Attempt) -> Facts:
    """Build a network, send ten states through it, and note what it is made of."""
    network, facts = build(attempt)
    if network is None:
        return facts
    output = outcome(network, _states(10))  # first: this also makes the weights of lazy layers
    parameters = list(network.parameters())
    shapes = [() if is_lazy(p) else tuple(p.shape) for p in parameters]
    layout = "as wanted" if find_roles(network) else _layout(shapes)
    trained = sum(p.numel() for p in parameters if not is_lazy(p) and p.requires_grad)
    dtypes = {str(p.dtype).removeprefix("torch.") for p in parameters}
    facts["the shapes of its parameters"] = Kind(layout, _in_words(shapes))
    facts["the dtype of its parameters"] = ", ".join(sorted(dtypes))
    facts["the numbers that training may change"] = Kind(
        "all" if trained == 450 else "not all", f"{trained} of 450"
    )
    facts["its output for 10 states"] = output if isinstance(output, Raised) else type_of(output)
    again = outcome(network, _states(10))
    facts["the same output for the same states"] = not isinstance(output, Tensor) or (
        isinstance(again, Tensor) and torch.equal(output, again)
    )
    return facts


def look_at_outputs(batch: int, attempt: Attempt) -> Facts:
    """Set the parameters to known numbers, and note the output and where gradients arrive."""
    network, facts = build(attempt)
    if network is None:
        return facts
    outcome(network, _states(batch))
    roles = find_roles(network)
    if not roles:
        return facts
    draw = torch.Generator().manual_seed(1)
    for view, _ in roles.values():
        view.copy_(torch.randn(view.shape, generator=draw))
    states = _states(batch)
    output = outcome(network, states)
    facts["the output is"] = output if isinstance(output, Raised) else type_of(output)
    if not isinstance(output, Tensor):
        return facts
    facts["its values"] = output.detach().clone()
    facts["the states were changed"] = not torch.equal(states, _states(batch))
    reached = {}
    if output.requires_grad:
        leaves = [leaf for _, leaf in roles.values()]
        gradients = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
        reached = dict(zip(roles, gradients, strict=True))
    facts["the parameters that a gradient reaches"] = [
        name for name, gradient in reached.items() if gradient is not None
    ]
    return facts


def look_at_two(attempt: Attempt) -> Facts:
    """Build two networks, and note what they have in common."""
    one, facts = build(attempt)
    two, _ = build(attempt)
    if one is None or two is None:
        return facts
    for network in (one, two):
        outcome(network, _states(10))
    pairs = list(zip(one.parameters(), two.parameters(), strict=False))
    first = next((p for p in one.parameters() if p.dim() > 1), torch.rand(2))
    shared = sum(p.data_ptr() == q.data_ptr() for p, q in pairs)
    return facts | {
        "they share parameters": shared > 0,
        "one number fills the whole first weight": bool((first == first.flatten()[0]).all()),
        "they start with the same numbers": all(torch.equal(p, q) for p, q in pairs),
    }


def build(attempt: Attempt) -> tuple[nn.Module | None, Facts]:
    """Call the attempt, and note what kind of thing came back."""
    network = None if _wants_arguments(attempt) else attempt()
    if isinstance(network, nn.Module):
        return network, {"the result is": "an nn.Module"}
    if _wants_arguments(attempt):
        return None, {"the result is": "nothing: it cannot be called without arguments"}
    if isinstance(network, type):
        return None, {"the result is": "a class, and not yet an object made of it"}
    if isinstance(network, list | tuple) and sum(isinstance(x, nn.Linear) for x in network) > 1:
        return None, {"the result is": "layers side by side, in a list or tuple"}
    return None, {"the result is": type_of(network)}


def outcome(network: nn.Module, states: Tensor) -> Any:
    """Call the network; an exception is an outcome as well."""
    try:
        return network(states)
    except Exception as error:
        return Raised.of(error)


def find_roles(network: nn.Module) -> dict[str, tuple[Tensor, nn.Parameter]]:
    """Tell by the shapes which parameter is W1, b1, W2 or b2; a weight may lie on its side.

    Returns:
        For each a view of the shape wanted, and the parameter itself; nothing if they differ.
    """
    left = [p for p in network.parameters() if not is_lazy(p)]
    roles: dict[str, tuple[Tensor, nn.Parameter]] = {}
    for name, shape in zip(("W1", "b1", "W2", "b2"), SHAPES, strict=True):
        for i, parameter in enumerate(left):
            view = parameter.detach().squeeze()
            view = view.T if view.dim() == 2 and view.T.shape == shape else view
            if view.shape == shape:
                roles[name] = view, left.pop(i)
                break
    return roles if len(roles) == 4 and not left else {}


def _states(batch: int) -> Tensor:
    return torch.randn(batch, 4, generator=torch.Generator().manual_seed(batch))


def _wants_arguments(attempt: Attempt) -> bool:
    try:
        inspect.signature(attempt).bind()
    except ValueError:  # some callables do not tell their arguments
        return False
    except TypeError:
        return True
    return False


def _layout(shapes: list[tuple[int, ...]]) -> str:
    """Name the kind of network that has parameters of these shapes."""
    if not shapes:
        return "none"
    weights = [shape for shape in shapes if len(shape) == 2]
    biases = [shape for shape in shapes if len(shape) == 1]
    if weights == [SHAPES[0], SHAPES[2]] and len(biases) < 2:
        return "a bias is missing"
    if set(shapes) < set(SHAPES):
        return "only a part"
    if len(weights) > 2:
        return "more layers"
    if len(biases) > len(weights):
        return "more than linear layers"
    if len(weights) == 2 and shapes == [weights[0], weights[0][:1], weights[1], weights[1][:1]]:
        (hidden, inputs), (outputs, again) = weights
        if hidden != again:
            return "sizes exchanged" if inputs == outputs else "layers that do not fit"
        if (inputs, outputs) == (4, 2):
            return "another number of hidden units"
        if inputs == 4 or outputs == 2:
            return "another number of " + ("outputs" if inputs == 4 else "inputs")
        return "inputs and outputs exchanged" if (inputs, outputs) == (2, 4) else "other ends"
    return _in_words(shapes)


def _in_words(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(shape) for shape in shapes) or "it has none"


PROBES = (
    Probe("network = build_mlp()", look_at_layers),
    Probe(
        "network(states of shape (10, 4)), with known numbers in the parameters of "
        "network = build_mlp()",
        functools.partial(look_at_outputs, 10),
    ),
    Probe(
        "network(states of shape (1, 4)), with known numbers in the parameters of "
        "network = build_mlp()",
        functools.partial(look_at_outputs, 1),
    ),
    Probe("build_mlp() twice", look_at_two),
)


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


def _one_bias():
    return nn.Sequential(nn.Linear(4, 64, bias=False), nn.ReLU(), nn.Linear(64, 2))


@mistake(
    cure="Leave `bias=False` out: a linear layer has a bias by default.",
    seen="https://github.com/ashawkey/torch-ngp/issues/61",
    also=(_one_bias,),
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


def _weights_as_plain_tensors():
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.w1 = torch.randn(64, 4, requires_grad=True)
            self.w2 = torch.randn(2, 64, requires_grad=True)

        def forward(self, x):
            return F.relu(x @ self.w1.T) @ self.w2.T

    return Network()


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
    also=(_weights_as_plain_tensors, _hidden_layers_in_a_list),
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


def _forward_misspelled():
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.output = nn.Linear(4, 64), nn.Linear(64, 2)

        def forwards(self, x):
            return self.output(F.relu(self.hidden(x)))

    return Network()


@mistake(
    cure="Chain the layers with `nn.Sequential`, or write a `forward` that calls them in turn.",
    seen="https://github.com/bigohofone/outfit-transformer/issues/4",
    also=(_a_plain_list, _forward_misspelled),
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


CHECK = Check(
    Truth,
    PROBES,
    (
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
    ),
)
