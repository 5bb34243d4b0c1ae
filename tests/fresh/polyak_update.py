"""Fresh attempts at ``polyak_update``, their verdicts written before they were checked."""

import torch
from torch import nn

CALLS = {"polyak_update": 0}


def scale_then_add(model: nn.Module, target: nn.Module, tau: float) -> None:
    """Written with two steps in place: shrink the old part, add the new one."""
    with torch.no_grad():
        for p, p_targ in zip(model.parameters(), target.parameters(), strict=True):
            p_targ.mul_(1 - tau)
            p_targ.add_(tau * p)


def copies_a_mixture(model, target, tau):
    """Written with a helper function inside, and copy_."""

    def mixture(new, old):
        return tau * new + (1 - tau) * old

    online, slow = list(model.parameters()), list(target.parameters())
    for i in range(len(online)):
        slow[i].data.copy_(mixture(online[i].data, slow[i].data))


@torch.no_grad()
def two_iterators(model, target, tau):
    """Written with a second iterator, under no_grad as a decorator."""
    theirs = iter(target.parameters())
    for mine in model.parameters():
        old = next(theirs)
        old[...] = mine if tau == 1 else torch.lerp(old, mine, tau)


def tau_on_the_wrong_side(model, target, tau):
    """Swaps the shares: tau is what the target keeps."""
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters(), strict=True):
            q.copy_((1 - tau) * p + tau * q)


def moves_the_model(model, target, tau):
    """Moves the model towards the target, not the target towards the model."""
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters(), strict=True):
            p.copy_(tau * p + (1 - tau) * q)


def only_a_new_name(model, target, tau):
    """Binds the loop's name to a new tensor, so that the target stays as it was."""
    for param, target_param in zip(model.parameters(), target.parameters(), strict=True):
        target_param = tau * param + (1 - tau) * target_param


def gradients_left_on(model, target, tau):
    """Forgets no_grad, so that a change in place is refused or recorded."""
    for p, q in zip(model.parameters(), target.parameters(), strict=True):
        q.mul_(1 - tau)
        q.add_(p, alpha=tau)


def old_part_not_shrunk(model, target, tau):
    """Adds tau times the model without shrinking the target first."""
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters(), strict=True):
            q.add_(p, alpha=tau)


def shares_memory_at_one(model, target, tau):
    """With a tau of 1 the target shares the model's memory, and later follows its training."""
    for p, q in zip(model.parameters(), target.parameters(), strict=True):
        if tau == 1:
            q.data = p.data  # nothing to mix
        else:
            q.data.lerp_(p.data, tau)


def frozen_ones_skipped(model, target, tau):
    """Skips the target's parameters that need no gradient, so that a frozen target never moves."""
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters(), strict=True):
            if not q.requires_grad:
                continue
            q.copy_(torch.lerp(q, p, tau))


def shared_weights_twice(model, target, tau):
    """Goes through the modules one by one, so that a weight shared by two of them moves twice."""
    with torch.no_grad():
        for module, twin in zip(model.modules(), target.modules(), strict=True):
            own = module.parameters(recurse=False)
            for p, q in zip(own, twin.parameters(recurse=False), strict=True):
                q.lerp_(p, tau)


def gradients_off_for_good(model, target, tau):
    """Turns gradients off for the whole program, and never on again."""
    torch.set_grad_enabled(False)
    for p, q in zip(model.parameters(), target.parameters(), strict=True):
        q.mul_(1 - tau).add_(p, alpha=tau)


def every_second_call(model, target, tau):
    """Moves the target only on every second call."""
    CALLS["polyak_update"] += 1
    if CALLS["polyak_update"] % 2 == 0:
        return
    with torch.no_grad():
        for p, q in zip(model.parameters(), target.parameters(), strict=True):
            q.lerp_(p, tau)


# The last was first called wrong; special_ends in tests/learners does so, too.
RIGHT = [scale_then_add, copies_a_mixture, two_iterators, shared_weights_twice]
ORDINARY = [
    tau_on_the_wrong_side, moves_the_model, only_a_new_name, gradients_left_on, old_part_not_shrunk,
]  # fmt: skip
ODD = [shares_memory_at_one, frozen_ones_skipped, gradients_off_for_good, every_second_call]
