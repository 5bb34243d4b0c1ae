r"""
Operations in place
===================

An :term:`in-place operation` overwrites numbers that the backward pass may still need. Some raise
an error at once, some only at ``backward()``, some do no harm, and a few change the gradient
without an error.
"""

# %%
# The broken code
# ---------------
# A :term:`policy` for a game with three actions, of which some are illegal in some states. After
# the :term:`softmax` their probabilities are overwritten by 0, and the rest is scaled up to sum to
# 1 again.

import textwrap

import torch
import torch.nn.functional as F

from pytorch_rl_basics import PolicyNetwork

torch.manual_seed(0)
policy = PolicyNetwork(n_actions=3)
states = torch.randn(8, 4)  # (B, 4)
illegal = torch.rand(8, 3) < 0.3  # (B, A)
illegal[:, 0] = False  # action 0 is always legal


def masked_in_place(states):
    probs = F.softmax(policy(states), dim=-1)  # (B, A)
    probs[illegal] = 0.0
    return probs / probs.sum(dim=-1, keepdim=True)


loss = -masked_in_place(states)[:, 0].log().mean()
print(f"loss {loss.item():.4f}")
try:
    loss.backward()
    raise AssertionError("this should have raised")
except RuntimeError as error:
    message = str(error)
print(textwrap.fill(message, 70))

# sphinx_gallery_start_ignore
assert illegal.any()
assert message.startswith("one of the variables needed for gradient computation has been")
assert "Softmax" in message
assert "is at version 1; expected version 0" in message
# sphinx_gallery_end_ignore

# %%
# The forward pass works, and the loss is right. The error comes at ``backward()``, not at the line
# that caused it. The message names the tensor: its shape is (8, 3), a softmax computed it,
# ``backward()`` expected version 0 of it and found version 1.
#
# Why
# ---
# The derivative of some operations is computed from their *result*: that of the softmax
# :math:`p` is made of :math:`p` itself. So :term:`autograd` keeps the tensor, and notes its
# version, a counter that each in-place operation raises by one:

probs = F.softmax(policy(states), dim=-1)
print("version", probs._version)
probs[illegal] = 0.0
print("version", probs._version)
assert probs._version == 1

# %%
# When ``backward()`` comes to the softmax, the versions differ. The numbers that it needs are
# gone, and autograd refuses rather than compute with others.
#
# The fixed code
# --------------
# Make a new tensor instead of overwriting one, and do it before the softmax: the most negative
# finite number as a :term:`logit <logits>` gives a probability of exactly 0.


LOWEST = torch.finfo(torch.float32).min


def masked(states, fill=LOWEST):
    return policy(states).masked_fill(illegal, fill)  # logits, (B, A)


probs = F.softmax(masked(states), dim=-1)
same = torch.allclose(probs, masked_in_place(states))
print("same probabilities:", same)
(-probs[:, 0].log().mean()).backward()
gradients = [p.grad for p in policy.parameters()]
print("gradients arrived: ", all(g.abs().sum() > 0 for g in gradients))

# sphinx_gallery_start_ignore
assert same
assert (probs[illegal] == 0).all()
assert all(g.abs().sum() > 0 and g.isfinite().all() for g in gradients)
# sphinx_gallery_end_ignore

# %%
# ``masked_fill`` makes a new tensor. ``masked_fill_``, with an underscore, works in place, like
# ``add_`` and ``clamp_``, an assignment to ``x[...]``, and ``+=``.
#
# Logits of minus infinity and an entropy bonus
# ---------------------------------------------
# Why not mask with minus infinity? The probability is 0 as well, and a loss of log-probabilities of
# legal actions works. But many agents add the :term:`entropy` to their objective. Written by hand,
# it multiplies each probability by its logarithm, and 0 · −∞ is nan, not a number. The bonus below
# has a weight of only 0.01. One update with each mask and each entropy:

import copy

from pytorch_rl_basics import entropy


def entropy_by_hand(logits):
    probs = F.softmax(logits, dim=-1)  # (B, A)
    return -(probs * probs.log()).sum(dim=-1)  # (B,)


broken = {}
untouched = copy.deepcopy(policy.state_dict())
for name, fill, measure in (
    ("-inf, by hand", -torch.inf, entropy_by_hand),
    ("lowest, by hand", LOWEST, entropy_by_hand),
    ("-inf, library's", -torch.inf, entropy),
    ("lowest, library's", LOWEST, entropy),
):
    policy.load_state_dict(untouched)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    logits = masked(states, fill)  # (B, A)
    loss = -F.log_softmax(logits, dim=-1)[:, 0].mean() - 0.01 * measure(logits).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    weights = torch.cat([p.detach().flatten() for p in policy.parameters()])
    broken[name] = weights.isnan().sum().item()
    print(f"{name:18} loss {loss.item():7.4f}, nan in {broken[name]} of {len(weights)} weights")
policy.load_state_dict(untouched)

# sphinx_gallery_start_ignore
assert list(broken.values()) == [len(weights)] * 2 + [0] * 2
legal = F.softmax(policy(states), dim=-1) * ~illegal
legal = legal / legal.sum(dim=-1, keepdim=True)
expected = torch.special.entr(legal).sum(dim=-1)
assert torch.allclose(entropy(masked(states)), expected)
# sphinx_gallery_end_ignore

# %%
# A single update with nan makes every weight nan. No error is raised there. It comes in the next
# episode, when the agent samples an action, far from the line that caused it:

from pytorch_rl_basics import sample_actions

with torch.no_grad():
    policy.layers[-1].bias.fill_(torch.nan)
try:
    sample_actions(policy, states)
    raise AssertionError("this should have raised")
except (RuntimeError, ValueError) as error:
    print(textwrap.fill(str(error), 70))
policy.load_state_dict(untouched)

# %%
# **How to notice:** log the entropy, and stop if ``loss.isfinite()`` is false.
#
# **The fix:** use :func:`~pytorch_rl_basics.entropy` of the library, which lets an action of
# probability 0 add 0. A finite mask alone is not enough, as the second row shows: the softmax rounds
# the probability to 0, and ``probs.log()`` is minus infinity again.
#
# Four outcomes
# -------------
# When is it an error, and when not? Take a function with a known derivative:
# :math:`y = x^3 + 2x` at :math:`x = 3`, where it is :math:`3 \cdot 9 + 2 = 29`. Each line below is
# run on a fresh ``x`` and followed by ``y.backward()``.


def outcome(code):
    """Run the code on a fresh x = 3, go backward, and say what happened."""
    names = {"torch": torch, "x": torch.tensor(3.0, requires_grad=True)}
    try:
        exec(code, names)
    except RuntimeError:
        return "raises at once"
    try:
        names["y"].backward()
    except RuntimeError:
        return "raises at backward"
    gradient = names["x"].grad.item()
    return "right" if gradient == 29 else f"WRONG: {gradient:g}"


snippets = {
    "a leaf": [
        "x += 0; y = x**3 + 2*x",
        "x.view(1)[0] = 3; y = x**3 + 2*x",
    ],
    "a value that backward needs": [
        "h = x + 0; y = h**3 + 2*h; h += 1",
        "y = x**3 + 2*x; x.detach().add_(1)",
        "y = x**3 + 2*x\nwith torch.no_grad(): x += 1",
    ],
    "a value that nothing needs": [
        "y = x**3; y += 2*x",
        "y = (x**3 + 2*x).relu_()",
        "with torch.no_grad(): x += 0\ny = x**3 + 2*x",
    ],
    "behind autograd's back": [
        "y = x**3 + 2*x; x.data += 1",
        "y = x**3 + 2*x; x.detach().numpy().fill(4)",
    ],
}
for kind, codes in snippets.items():
    print(f"\nChanged in place: {kind}")
    for code in codes:
        shown = code.replace("\n", "; ")
        print(f"  {outcome(code):18} {shown}")

# sphinx_gallery_start_ignore
found = [sorted({outcome(code) for code in codes}) for codes in snippets.values()]
assert found == [["raises at once"], ["raises at backward"], ["right"], ["WRONG: 50"]]
# sphinx_gallery_end_ignore

# %%
# - **A leaf** that requires a gradient, or a view of one, **raises at once**: ``x`` is what the
#   gradient is asked for, and an operation recorded on it would turn it into a result.
# - **A value that backward needs raises at backward.** The cube needs :math:`x`, and its version
#   has moved on. ``detach()`` gives no copy: it shares memory *and version* with ``x``.
#   ``torch.no_grad()`` permits the change of a leaf, but does not hide it.
# - **A value that nothing needs is harmless.** The derivative of a sum needs neither of its terms,
#   and that of ReLU needs its result only. A leaf may be changed under ``torch.no_grad()`` *before* the forward pass:
#   this is what ``optimizer.step()`` does.
# - **Behind autograd's back nothing is raised, and the gradient is wrong.** ``.data`` gives the
#   same memory with a counter of its own, and NumPy does not count at all.
#
# What a wrong gradient looks like
# --------------------------------
# The value of ``y`` was computed at 3. The derivative of the cube was computed later, from what
# ``x`` held then. The figure shows the slope that each case reports, as a line through the point
# at :math:`x = 3`.

import matplotlib.pyplot as plt


def slope(moved):
    """Return the gradient of y = x³ + 2x at 3, if x is moved too early."""
    x = torch.tensor(3.0, requires_grad=True)
    y = x**3 + 2 * x
    x.data += moved
    y.backward()
    return x.grad.item()


slopes = {"moved through .data": slope(1.0), "left alone": slope(0.0)}
x = torch.linspace(1.8, 4.3, 100)
ends = torch.tensor([2.3, 4.1])
fig, ax = plt.subplots(layout="constrained")
ax.plot(x, x**3 + 2 * x, color="0.5", label="y = x³ + 2x")
for (label, k), style in zip(slopes.items(), ["C1--", "C0-"], strict=True):
    ax.plot(ends, 33 + k * (ends - 3), style, label=f"slope {k:g}, x {label}")
ax.plot(3, 33, "o", color="0.2")
ax.set(title="The slope at x = 3, and the one reported", xlabel="x", ylabel="y")
ax.legend()
plt.show()

# sphinx_gallery_start_ignore
assert list(slopes.values()) == [50, 29]
# sphinx_gallery_end_ignore

# %%
# One line touches the curve. The other cuts it: its slope of 50 belongs to the point 4, which
# ``.data`` has put into ``x``. In a network nothing marks such an error: there is no message, and
# the loss is computed as before.
#
# The same memory
# ---------------
# That ``detach()`` does not copy has a second consequence. An agent wants to remember its weights,
# the best ones so far or those before an update. Here are four ways to take a snapshot, then one
# step of an :term:`optimizer`, which works in place:

weight = policy.layers[0].weight
deep = copy.deepcopy(policy.state_dict())
snapshots = {
    "weight.detach()": weight.detach(),
    "policy.state_dict()": policy.state_dict()["layers.0.weight"],
    "weight.detach().clone()": weight.detach().clone(),
    "copy.deepcopy(policy.state_dict())": deep["layers.0.weight"],
}
torch.optim.SGD(policy.parameters(), lr=0.1).step()
for way, snapshot in snapshots.items():
    kept = not torch.equal(snapshot, weight)
    print(f"{way:35}", "kept the old weights" if kept else "MOVED ALONG")

# sphinx_gallery_start_ignore
kept = [not torch.equal(snapshot, weight) for snapshot in snapshots.values()]
assert kept == [False, False, True, True]
shared = [s.data_ptr() == weight.data_ptr() for s in snapshots.values()]
assert shared == [True, True, False, False]
# sphinx_gallery_end_ignore

# %%
# The first two are other names for the weights themselves. Restoring the "best" weights from them
# changes nothing, and the distance that an update has moved them is always 0. Copy: ``clone()``
# for one tensor, ``copy.deepcopy`` for a whole ``state_dict()``.
#
# How to notice it next time
# --------------------------
# - **"modified by an inplace operation":** the message names the shape and the operation whose
#   tensor was changed. Look for what touches that tensor *after* it: an assignment to a part of it,
#   a ``+=``, a name that ends in an underscore, or an ``optimizer.step()`` between forward and
#   backward.
# - **If you do not find it,** let autograd record where each operation was called. PyTorch warns
#   that this increases the run time, so switch it on only to search:

import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with torch.autograd.detect_anomaly():
        try:
            masked_in_place(states)[:, 0].log().mean().backward()
        except RuntimeError:
            report = str(caught[-1].message)
lines = report.splitlines()
print(lines[0])
print(*[line for line in lines if "softmax(policy" in line])

# sphinx_gallery_start_ignore
assert "Error detected in SoftmaxBackward" in lines[0]
assert sum("softmax(policy" in line for line in lines) == 1
# sphinx_gallery_end_ignore

# %%
# - **If nothing is raised,** search your code for ``.data``. Each of its uses has a safe
#   replacement: ``with torch.no_grad():`` to change a leaf, ``.detach()`` to read a value. If the
#   change comes at the wrong moment, these two raise, as the table shows. Search also for arrays
#   that come from ``.numpy()`` and are written to.
# - **Copy what you keep.** A snapshot that shares memory changes with the weights. One line
#   tests it: ``snapshot.data_ptr() == weight.data_ptr()`` must be false.
#
# :doc:`Tensors and gradients </concepts/tensors_and_gradients>` explains how to keep values out of
# a graph on purpose. :doc:`Leaving the graph <leaving_the_graph>` shows what happens when they are
# kept out in the wrong place.
