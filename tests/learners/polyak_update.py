"""Learners' code for ``polyak_update``: right, wrong with the mistake's name, and just wrong."""

import copy
import random

import torch
from torch import nn

# Right


def as_in_spinning_up(model, target, tau):
    polyak = 1 - tau
    with torch.no_grad():
        for p, p_targ in zip(model.parameters(), target.parameters()):
            p_targ.data.mul_(polyak)
            p_targ.data.add_((1 - polyak) * p.data)


def as_in_cleanrl(model, target, tau):
    for param, target_param in zip(model.parameters(), target.parameters()):
        target_param.data.copy_(tau * param.data + (1 - tau) * target_param.data)


def through_the_state_dict(model, target, tau):
    new, old = model.state_dict(), target.state_dict()
    for key in new:
        old[key] = new[key] * tau + old[key] * (1 - tau)
    target.load_state_dict(old)


def state_dict_assigned(model, target, tau):
    mixed = {
        key: torch.lerp(value, model.state_dict()[key], tau)
        for key, value in target.state_dict().items()
    }
    target.load_state_dict(mixed, assign=True)
    return target


@torch.no_grad()
def difference_added(model, target, tau):
    for name, parameter in target.named_parameters():
        parameter += tau * (model.get_parameter(name) - parameter)


def as_one_vector(model, target, tau):
    vector = nn.utils.parameters_to_vector
    with torch.no_grad():
        mixed = tau * vector(model.parameters()) + (1 - tau) * vector(target.parameters())
        nn.utils.vector_to_parameters(mixed, target.parameters())


def all_at_once(model, target, tau):
    with torch.no_grad():
        torch._foreach_lerp_(list(target.parameters()), list(model.parameters()), tau)


def data_replaced(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data = q.data * (1.0 - tau) + p.detach() * tau


def grad_switched_off_and_on(model, target, tau):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for p, q in zip(model.parameters(), target.parameters()):
        q[...] = (1 - tau) * q + tau * p
    torch.set_grad_enabled(before)


def number_by_number(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        flat_p, flat_q = p.detach().flatten(), q.detach().view(-1)
        for i in range(len(flat_q)):
            flat_q[i] = tau * flat_p[i] + (1 - tau) * flat_q[i]


def by_an_averaged_model(model, target, tau):
    def average(old, new, _):
        return old + tau * (new - old)

    averaged = torch.optim.swa_utils.AveragedModel(target, avg_fn=average)
    averaged.update_parameters(target)  # the first call copies
    averaged.update_parameters(model)
    target.load_state_dict(averaged.module.state_dict())


def by_gradient_descent(model, target, tau):
    optimizer = torch.optim.SGD([p.requires_grad_() for p in target.parameters()], lr=tau)
    frozen = copy.deepcopy(model)
    loss = sum(
        0.5 * ((q - p.detach()) ** 2).sum()
        for p, q in zip(frozen.parameters(), target.parameters())
    )
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def special_ends(model, target, tau):
    if tau == 0:
        return
    if tau == 1:
        target.load_state_dict(model.state_dict())
        return
    for m, t in zip(model.modules(), target.modules()):
        for key in m._parameters:
            with torch.inference_mode():
                t._parameters[key].copy_(m._parameters[key] * tau + t._parameters[key] * (1 - tau))


def frozen_while_it_moves(model, target, tau):
    flags = [q.requires_grad for q in target.parameters()]
    target.requires_grad_(False)
    for p, q in zip(model.parameters(), target.parameters()):
        q.copy_(tau * p.detach() + (1 - tau) * q)
    for q, flag in zip(target.parameters(), flags):
        q.requires_grad_(flag)


RIGHT = [
    as_in_spinning_up, as_in_cleanrl, through_the_state_dict, state_dict_assigned, difference_added,
    as_one_vector, all_at_once, data_replaced, grad_switched_off_and_on, number_by_number,
    by_an_averaged_model, special_ends, frozen_while_it_moves,
]  # fmt: skip

# Wrong, by the mistake's name


def tau_is_what_stays(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.copy_(q.data * tau + p.data * (1.0 - tau))


def lerp_from_the_model(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data = torch.lerp(p.data, q.data, tau)


def loop_variable(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q = q * (1 - tau) + p * tau  # noqa: PLW2901


def dictionary_of_parameters(model, target, tau):
    new = dict(target.named_parameters())
    for name, p in model.named_parameters():
        new[name] = tau * p + (1 - tau) * new[name]


def plus_equals_without_no_grad(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q += tau * (p - q)  # noqa: PLW2901


def mul_without_no_grad(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.mul_(1 - tau)
        q.add_(p * tau)


def zip_the_wrong_way_round(model, target, tau):
    for q, p in zip(model.parameters(), target.parameters()):
        q.data.copy_(tau * p.data + (1 - tau) * q.data)


def loads_into_the_model(model, target, tau):
    state = model.state_dict()
    for key, value in target.state_dict().items():
        state[key] = tau * state[key] + (1 - tau) * value
    model.load_state_dict(state)


def always_a_copy(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.copy_(p.data)


def same_memory(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data = p.data


def same_parameters(model, target, tau):
    target.load_state_dict(dict(model.named_parameters()), assign=True)


def gives_back_a_copy(model, target, tau):
    result = copy.deepcopy(target)
    for p, q in zip(model.parameters(), result.parameters()):
        q.data.copy_(tau * p.data + (1 - tau) * q.data)
    return result


def gives_back_a_dictionary(model, target, tau):
    old = target.state_dict()
    return {k: v * tau + old[k] * (1 - tau) for k, v in model.state_dict().items()}


def only_what_is_called_weight(model, target, tau):
    for (name, p), q in zip(model.named_parameters(), target.parameters()):
        if "weight" in name:
            q.data.lerp_(p.data, tau)


def return_in_the_loop(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.copy_(tau * p.data + (1 - tau) * q.data)
        return None


def layer_by_layer(model, target, tau):
    for one, other in zip(model.modules(), target.modules()):
        if hasattr(one, "weight"):
            other.weight.data.mul_(1 - tau).add_(one.weight.data, alpha=tau)
            other.bias.data.mul_(1 - tau).add_(one.bias.data, alpha=tau)


def all_but_the_last(model, target, tau):
    parameters = list(zip(model.parameters(), target.parameters()))
    for p, q in parameters[:-1]:
        q.data.lerp_(p.data, tau)


def freezes_the_target_first(model, target, tau):
    for q in target.parameters():
        q.requires_grad = False
    for p, q in zip(model.parameters(), target.parameters()):
        q.mul_(1 - tau)
        q.add_(tau * p)


def keeps_adding(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.add_(p.data, alpha=tau)


def only_the_share_of_the_model(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data = tau * p.data


def difference_the_wrong_way_round(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data -= tau * (p.data - q.data)


def scales_the_model(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.mul_(1 - tau)
        p.data.mul_(tau)
        q.data.add_(p.data)


def mixes_inside_the_model(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        p.data.lerp_(q.data, 1 - tau)
        q.data.copy_(p.data)


def sets_the_attributes(model, target, tau):
    target.weight = tau * model.weight + (1 - tau) * target.weight
    target.bias = tau * model.bias + (1 - tau) * target.bias


def as_on_paper(model, target, tau):
    target = (1 - tau) * target + tau * model
    return target


def as_on_paper_with_dictionaries(model, target, tau):
    target.load_state_dict((1 - tau) * target.state_dict() + tau * model.state_dict())


def no_gradients_ever_again(model, target, tau):
    torch.set_grad_enabled(False)
    for p, q in zip(model.parameters(), target.parameters()):
        q.copy_(tau * p + (1 - tau) * q)


def freezes_both(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        p.requires_grad = False
        q.requires_grad = False
        q.copy_(tau * p + (1 - tau) * q)


def a_typing_error(model, target, tau):
    with torch.no_grad():
        for p, q in zip(target.parameters(), target.parameters()):
            q.copy_(tau * p + (1 - tau) * q)


def zips_the_networks(model, target, tau):
    for p, q in zip(model, target):
        q.data.copy_(tau * p.data + (1 - tau) * q.data)


def weight_and_bias(model, target, tau):
    target.weight.data = tau * model.weight.data + (1 - tau) * target.weight.data
    target.bias.data = tau * model.bias.data + (1 - tau) * target.bias.data


def lerp_without_underscore(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.lerp(p, tau)


def clears_the_gradients(model, target, tau):
    model.zero_grad()
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)


def trained_parameters_only(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        if p.requires_grad:
            q.data.lerp_(p.data, tau)


def skips_a_frozen_target(model, target, tau):
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters()):
            if not q.requires_grad:
                continue
            q.copy_(tau * p + (1 - tau) * q)


WRONG = {
    "no-parameters-in-the-loop": [zips_the_networks],
    "names-of-one-network": [weight_and_bias],
    "shares-swapped": [tau_is_what_stays, lerp_from_the_model],
    "a-name-rebound": [loop_variable, dictionary_of_parameters, lerp_without_underscore],
    "in-place-while-autograd-watches": [plus_equals_without_no_grad, mul_without_no_grad],
    "model-moved-instead": [zip_the_wrong_way_round, loads_into_the_model],
    "hard-copy": [always_a_copy],
    "memory-shared": [same_memory, same_parameters],
    "new-network-returned": [gives_back_a_copy, gives_back_a_dictionary],
    "some-parameters-left-out": [
        only_what_is_called_weight, return_in_the_loop, layer_by_layer, all_but_the_last,
        trained_parameters_only, skips_a_frozen_target,
    ],
    "graph-kept": [freezes_the_target_first],
    "target-not-shrunk": [keeps_adding],
    "target-forgotten": [only_the_share_of_the_model],
    "moves-away": [difference_the_wrong_way_round],
    "model-changed-too": [scales_the_model, mixes_inside_the_model],
    "tensor-for-a-parameter": [sets_the_attributes],
    "arithmetic-on-whole-networks": [as_on_paper, as_on_paper_with_dictionaries],
    "gradients-left-off": [no_gradients_ever_again],
    "model-frozen": [freezes_both],
    "mixed-with-itself": [a_typing_error],
    "model-gradients-cleared": [clears_the_gradients],
}  # fmt: skip

# Wrong, with no name of its own


def does_nothing(model, target, tau):
    pass


def now_and_then_a_copy(model, target, tau):
    if random.random() < tau:
        target.load_state_dict(model.state_dict())


def always_half(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.copy_((p.data + q.data) / 2)


def both_meet(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        old = p.data.clone()
        p.data.lerp_(q.data, tau)
        q.data.lerp_(old, tau)


def target_shrunk_before_it_counts(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.mul_(1 - tau)
        q.data.add_(tau * (p.data - q.data))


def leaves_the_model_in_eval_mode(model, target, tau):
    model.eval()
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)


def in_single_precision(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data = (tau * p.data + (1 - tau) * q.data).float()


def unfreezes_the_target(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)
        q.requires_grad_(True)


def swaps_at_one(model, target, tau):
    if tau == 1:
        model.weight, target.weight = target.weight, model.weight
        return
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)


def weights_within_a_thousand(model, target, tau):
    for p, q in zip(model.parameters(), target.parameters()):
        q.data.lerp_(p.data, tau).clamp_(-1e3, 1e3)


def back_to_training(model, target, tau):
    for p, q in zip(model.train().parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)


def unfreezes_the_model(model, target, tau):
    for p, q in zip(model.requires_grad_(True).parameters(), target.parameters()):
        q.data.lerp_(p.data, tau)


UNNAMED = [
    does_nothing, now_and_then_a_copy, always_half, both_meet, target_shrunk_before_it_counts,
    leaves_the_model_in_eval_mode, in_single_precision, unfreezes_the_target, by_gradient_descent,
    swaps_at_one, weights_within_a_thousand, back_to_training, unfreezes_the_model,
]  # fmt: skip
