"""The known mistakes of ``polyak_update``."""

import copy

import torch
from torch import nn

from ..mistakes import mistake

HERE = "tutorials/algorithms/dqn"


def in_pairs(model, target):
    """Pair the parameters: right."""
    return zip(model.parameters(), target.parameters(), strict=True)


@mistake(
    cure="Give `tau` to the model and `1 - tau` to the target: with tau = 0 nothing moves.",
    seen="https://github.com/keras-rl/keras-rl/issues/55",
)
def shares_swapped(model, target, tau):
    """The two shares have changed places: a small tau brings the target almost to the model."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.copy_(tau * theta_target + (1 - tau) * theta)


def _weights_of_the_target_for_the_model(model, target, tau):
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta.copy_(tau * theta + (1 - tau) * theta_target)


@mistake(
    cure="Change the target's parameters; the model is only read.",
    seen="https://github.com/reinshift/MADDPG_Multi_UAV_Roundup/issues/10",
    also=(_weights_of_the_target_for_the_model,),
)
def model_moved_instead(model, target, tau):
    """The model is moved towards the target, and the target stays where it is."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta.lerp_(theta_target, tau)


@mistake(
    cure="Keep most of the target: only the share `tau` comes from the model.",
    seen="https://github.com/philtabor/Multi-Agent-Deep-Deterministic-Policy-Gradients/issues/10",
)
def hard_copy(model, target, tau):
    """Tau is not used: the whole model is copied into the target, as for a hard update."""
    target.load_state_dict(model.state_dict())


def _target_returned_as_it_was(model, target, tau):
    for theta, theta_target in in_pairs(model, target):
        theta_target = tau * theta + (1 - tau) * theta_target
    return target


@mistake(
    cure="Write the new numbers into the tensor that is there: `theta_target.copy_(...)`.",
    seen="https://github.com/ksw0306/ClariNet/pull/9",
    also=(_target_returned_as_it_was,),
)
def a_name_rebound(model, target, tau):
    """The new numbers are computed, but not written into the network; `=` only names them."""
    for theta, theta_target in in_pairs(model, target):
        theta_target = tau * theta + (1 - tau) * theta_target


def _new_state_returned(model, target, tau):
    own, other = model.state_dict(), target.state_dict()
    return {name: tau * own[name] + (1 - tau) * other[name] for name in own}


def _new_tensors_returned(model, target, tau):
    return [
        tau * theta + (1 - tau) * theta_target for theta, theta_target in in_pairs(model, target)
    ]


@mistake(
    cure="Change `target` itself: whoever calls the function goes on with that network.",
    seen=HERE,
    also=(_new_state_returned, _new_tensors_returned),
)
def new_network_returned(model, target, tau):
    """The result is returned as something new, and `target` itself is left as it was."""
    updated = copy.deepcopy(target)
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, updated):
            theta_target.lerp_(theta, tau)
    return updated


@mistake(
    cure="Do it under `with torch.no_grad():`, so that autograd lets you change parameters.",
    seen="https://github.com/pytorch/examples/pull/779",
)
def in_place_while_autograd_watches(model, target, tau):
    """Autograd watches the parameters, and forbids changing them in place."""
    for theta, theta_target in in_pairs(model, target):
        theta_target.copy_(tau * theta + (1 - tau) * theta_target)


@mistake(
    cure="Do it under `with torch.no_grad():`; then nothing is recorded.",
    seen="https://github.com/growingnet/gromo/issues/137",
    telling=True,
)
def graph_kept(model, target, tau):
    """The target is frozen, but the model is not: the target remembers how it was computed."""
    target.requires_grad_(False)
    for theta, theta_target in in_pairs(model, target):
        theta_target.copy_(tau * theta + (1 - tau) * theta_target)


def _shared_at_one(model, target, tau):
    for theta, theta_target in in_pairs(model, target):
        if tau == 1:
            theta_target.data = theta.data
        else:
            theta_target.data.lerp_(theta.data, tau)


@mistake(
    cure="Copy the numbers with `copy_`; `.data = ...data` makes both use the same memory.",
    seen="https://github.com/andri27-ts/Reinforcement-Learning/issues/14",
    also=(_shared_at_one,),
)
def memory_shared(model, target, tau):
    """The target is given the model's own tensors, and moves with every step of the model."""
    for theta, theta_target in in_pairs(model, target):
        theta_target.data = theta.data


@mistake(
    cure="Shrink what is there to the share `1 - tau` before you add the model's share.",
    seen=HERE,
)
def target_not_shrunk(model, target, tau):
    """The model's share is added to the whole target, which grows from call to call."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.add_(tau * theta)


@mistake(
    cure="Add the share `1 - tau` of the target's own numbers.",
    seen=HERE,
)
def target_forgotten(model, target, tau):
    """The target becomes the share tau of the model; what it was before is lost."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.copy_(tau * theta)


@mistake(
    cure="The difference is the model minus the target: from where it is to where it goes.",
    seen=HERE,
)
def moves_away(model, target, tau):
    """The difference has the wrong sign, so that the target moves away from the model."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.add_(tau * (theta_target - theta))


@mistake(
    cure="Take the share `tau` from the model.",
    seen="https://github.com/ageron/handson-ml2/issues/89",
)
def mixed_with_itself(model, target, tau):
    """What is written into the target are its own old numbers, so that nothing moves."""
    with torch.no_grad():
        for theta_target in target.parameters():
            theta_target.copy_(tau * theta_target + (1 - tau) * theta_target)


def _model_left_scaled(model, target, tau):
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.mul_(1 - tau).add_(theta.mul_(tau))


@mistake(
    cure="`mul_` and `add_` change the tensor before the dot; for the model use `tau * theta`.",
    seen=HERE,
    also=(_model_left_scaled,),
)
def model_changed_too(model, target, tau):
    """The model's own numbers are changed in place on the way to the right result."""
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta.mul_(tau).add_((1 - tau) * theta_target)
            theta_target.copy_(theta)


def _linear_layers_only(model, target, tau):
    with torch.no_grad():
        for layer, layer_target in zip(model.modules(), target.modules(), strict=True):
            if isinstance(layer, nn.Linear):
                layer_target.weight.lerp_(layer.weight, tau)
                layer_target.bias.lerp_(layer.bias, tau)


def _own_parameters_only(model, target, tau):
    with torch.no_grad():
        for theta, theta_target in zip(
            model.parameters(recurse=False), target.parameters(recurse=False), strict=True
        ):
            theta_target.lerp_(theta, tau)


def _biases_only(model, target, tau):
    with torch.no_grad():
        for layer, layer_target in zip(model.modules(), target.modules(), strict=True):
            if isinstance(layer, nn.Linear):
                layer_target.bias.lerp_(layer.bias, tau)


def _first_parameter_only(model, target, tau):
    with torch.no_grad():
        for theta, theta_target in in_pairs(model, target):
            theta_target.lerp_(theta, tau)
            return


@mistake(
    cure="`parameters()` gives them all, of every layer: move each, to the end of the loop.",
    seen=HERE,
    also=(_linear_layers_only, _own_parameters_only, _first_parameter_only, _biases_only),
)
def some_parameters_left_out(model, target, tau):
    """Only some parameters are moved, such as the weights without the biases."""
    with torch.no_grad():
        for layer, layer_target in zip(model.modules(), target.modules(), strict=True):
            if isinstance(layer, nn.Linear):
                layer_target.weight.lerp_(layer.weight, tau)


def _keys_of_the_dictionaries(model, target, tau):
    for theta, theta_target in zip(model.state_dict(), target.state_dict(), strict=True):
        theta_target.copy_(tau * theta + (1 - tau) * theta_target)


@mistake(
    cure="Go through `model.parameters()` and `target.parameters()`.",
    seen=HERE,
    also=(_keys_of_the_dictionaries,),
)
def no_parameters_in_the_loop(model, target, tau):
    """A network is no list of its parameters, and going through a dictionary gives its keys."""
    with torch.no_grad():
        for theta, theta_target in zip(model, target, strict=True):
            theta_target.copy_(tau * theta + (1 - tau) * theta_target)


@mistake(
    cure="`parameters()` gives every parameter of any network, whatever it is called.",
    seen=HERE,
)
def names_of_one_network(model, target, tau):
    """The parameters are asked for by names that other networks do not have."""
    with torch.no_grad():
        target.weight.lerp_(model.weight, tau)
        target.bias.lerp_(model.bias, tau)


@mistake(
    cure="Numbers live in the parameters: go through both networks' `parameters()` in pairs.",
    seen=HERE,
)
def arithmetic_on_whole_networks(model, target, tau):
    """A network, or a dictionary of its state, cannot be multiplied by a number."""
    target = tau * model + (1 - tau) * target


@mistake(
    cure="Keep the parameter and change its numbers: `target.weight.copy_(...)`.",
    seen="https://github.com/marlbenchmark/on-policy/issues/19",
)
def tensor_for_a_parameter(model, target, tau):
    """A module accepts nothing but an `nn.Parameter` where it had one, and refuses a tensor."""
    names = [name for name, _ in target.named_parameters()]
    for name in names:
        setattr(target, name, tau * getattr(model, name) + (1 - tau) * getattr(target, name))


@mistake(
    cure="Use `with torch.no_grad():`, which ends with its block.",
    seen="https://github.com/deepinv/deepinv/issues/166",
    telling=True,
)
def gradients_left_off(model, target, tau):
    """`torch.set_grad_enabled(False)` holds for all that follows, so that nothing can learn."""
    torch.set_grad_enabled(False)
    for theta, theta_target in in_pairs(model, target):
        theta_target.lerp_(theta, tau)


@mistake(
    cure="Leave `requires_grad` alone, and use `with torch.no_grad():`.",
    seen=HERE,
    telling=True,
)
def model_frozen(model, target, tau):
    """The model's parameters are told to require no gradients, and it cannot learn any more."""
    model.requires_grad_(False)
    target.requires_grad_(False)
    for theta, theta_target in in_pairs(model, target):
        theta_target.lerp_(theta, tau)


MISTAKES = (
    shares_swapped,
    a_name_rebound,
    in_place_while_autograd_watches,
    model_moved_instead,
    hard_copy,
    memory_shared,
    new_network_returned,
    some_parameters_left_out,
    graph_kept,
    target_not_shrunk,
    target_forgotten,
    moves_away,
    model_changed_too,
    tensor_for_a_parameter,
    arithmetic_on_whole_networks,
    no_parameters_in_the_loop,
    names_of_one_network,
    gradients_left_off,
    model_frozen,
    mixed_with_itself,
)
