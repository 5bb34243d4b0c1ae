r"""
Mixing devices
==============

Tensors meet only on one :term:`device`. One that stayed behind raises an error on the first
machine with a GPU, or, worse, raises none. On this page you can see it on any machine.
"""

# %%
# The broken code
# ---------------
# A Q-network goes to the device, and its states go with it. So it seems:

import torch
import torch.nn.functional as F

from pytorch_rl_basics import QNetwork

torch.manual_seed(0)


def values_broken(device):
    q, states = QNetwork(), torch.randn(8, 4)  # states (B, 4)
    q.to(device)
    states.to(device)
    return q(states)  # (B, 2)


# %%
# Every build of PyTorch has the device ``meta``, whose tensors have a shape and a :term:`dtype`
# but hold no numbers. It stands in for a GPU where there is none:


def message(function, *arguments):
    """Call a function, and return what its error says."""
    try:
        function(*arguments)
    except (RuntimeError, TypeError) as error:
        return str(error).splitlines()[0]
    return "no error"


print(message(values_broken, "meta"))

# sphinx_gallery_start_ignore
assert "is not on the expected device" in message(values_broken, "meta")
# sphinx_gallery_end_ignore

# %%
# A GPU says the same in other words. On CUDA the message begins "Expected all tensors to be on the
# same device, but". Here is the real one, if the machine that built this page had a GPU:

devices = ["meta"]
if torch.accelerator.is_available():
    devices.append(torch.accelerator.current_accelerator().type)
    print(message(values_broken, devices[-1]))
else:
    print("This build had no GPU.")

# sphinx_gallery_start_ignore
assert all(message(values_broken, device) != "no error" for device in devices)
if "cuda" in devices:
    wording = "Expected all tensors to be on the same device, but"
    assert message(values_broken, "cuda").count(wording) == 1
# sphinx_gallery_end_ignore

# %%
# Why
# ---
# ``to`` means two things. A :term:`module` moves its parameters, in place. A :term:`tensor` stays
# where it is, and a moved copy is *returned*, which the broken code throws away.
# :doc:`Devices and dtypes </concepts/devices>` moves one of each. One habit is right for both:
# always assign, ``q = q.to(device)`` and ``states = states.to(device)``.
#
# Made inside, left behind
# ------------------------
# With that fixed, the next error comes from a tensor that nobody could move, because a function
# makes it on the way. In this :term:`TD target` it is the value of 0 after a :term:`termination`:


def targets_broken(rewards, terminated, next_q):
    nothing = torch.zeros(len(rewards))  # (B,), on the CPU
    future = torch.where(terminated, nothing, next_q.amax(dim=-1))
    return rewards + 0.99 * future  # (B,)


rewards, terminated = torch.ones(8), torch.arange(8) == 7  # (B,)
next_q = torch.randn(8, 2)  # (B, A)
inputs = (rewards, terminated, next_q)
on_meta = [tensor.to("meta") for tensor in inputs]
print("on the CPU:", message(targets_broken, *inputs))
print("on meta:   ", message(targets_broken, *on_meta))

# sphinx_gallery_start_ignore
assert message(targets_broken, *inputs) == "no error"
assert "is not on the expected device" in message(targets_broken, *on_meta)
# sphinx_gallery_end_ignore

# %%
# ``torch.zeros`` knows nothing of the other tensors, and makes its own on the default device, the
# CPU. On a machine without a GPU this code works.
#
# The fixed code
# --------------
# Name the device once, where modules and data are moved. Below that, no function names one: what
# it makes is *like* its inputs: on their device, with their dtype.


def targets_fixed(rewards, terminated, next_q):
    nothing = torch.zeros_like(rewards)  # (B,)
    future = torch.where(terminated, nothing, next_q.amax(dim=-1))
    return rewards + 0.99 * future  # (B,)


def fixed(device):
    q = QNetwork().to(device)
    states = torch.randn(8, 4).to(device)
    targets = targets_fixed(*[tensor.to(device) for tensor in inputs])
    return F.mse_loss(q(states).amax(dim=-1), targets)


for device in ["cpu", *devices]:
    print(device, "-> a loss on", fixed(device).device.type)
    assert fixed(device).device.type == device

# sphinx_gallery_start_ignore
bare = torch.where(on_meta[1], 0.0, on_meta[2].amax(dim=-1))
assert bare.is_meta
assert bare.dtype == torch.float32
assert torch.equal(targets_fixed(*inputs), targets_broken(*inputs))
# sphinx_gallery_end_ignore

# %%
# Other ways to say it are ``rewards.new_zeros(8)``, and ``torch.zeros(8, device=rewards.device)``,
# which leaves the dtype to you. Or make no tensor at all: a Python number has no device, and
# ``torch.where(terminated, 0.0, …)`` takes one. A tensor that a module needs but does not
# train belongs in a *buffer*, which moves along with the parameters: see
# :doc:`modules </concepts/modules>`.
#
# The figure shows both versions: on which device each tensor of an update is after a move to
# ``meta``.

import matplotlib.pyplot as plt


def places(assign, zeros):
    """Return the device of each tensor in an update that goes to meta."""
    q, states = QNetwork(), torch.randn(8, 4)
    q.to("meta")
    moved = states.to("meta")
    rewards = torch.ones(8).to("meta")
    tensors = {
        "parameters of q": next(q.parameters()),
        "states": moved if assign else states,
        "rewards": rewards,
        "zeros made inside": zeros(rewards),
    }
    return {name: tensor.device.type for name, tensor in tensors.items()}


versions = {
    "broken": places(assign=False, zeros=lambda r: torch.zeros(len(r))),
    "fixed": places(assign=True, zeros=torch.zeros_like),
}
markers = {"broken": ("C1X", 0.14), "fixed": ("C0o", -0.14)}
fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for name, found in versions.items():
    marker, shift = markers[name]
    rows = [row + shift for row in range(len(found))]
    columns = [["cpu", "meta"].index(device) for device in found.values()]
    ax.plot(columns, rows, marker, ms=11, label=name)
ax.set_yticks(range(len(found)), list(found))
ax.set_xticks([0, 1], ["still on the CPU", "on meta"])
ax.set(xlim=(-0.6, 1.6), ylim=(3.6, -0.6))
ax.set_title("Where the tensors of an update are")
ax.legend(loc="center")
plt.show()

# sphinx_gallery_start_ignore
assert list(versions["broken"].values()) == ["meta", "cpu", "meta", "cpu"]
assert set(versions["fixed"].values()) == {"meta"}
# sphinx_gallery_end_ignore

# %%
# Each cross in the left column is an error of this page.
#
# Operations that do not check the device
# ---------------------------------------
# Not every operation looks. Here ``x`` is moved, the other tensor is not:

column = torch.zeros(8, 1, dtype=torch.int64)  # (B, 1)
image = torch.ones(1, 1, 4, 4)


def assign_slice(x):
    x[:4] = torch.zeros(4, 2)


operations = {
    "x + tensor": lambda x: x + torch.ones(8, 2),
    "F.mse_loss(x, tensor)": lambda x: F.mse_loss(x, torch.ones(8, 2)),
    "torch.cat([x, tensor])": lambda x: torch.cat([x, torch.ones(8, 2)]),
    "x + 0-d tensor": lambda x: x + torch.tensor(1.0),
    "x[:4] = tensor": assign_slice,
    "x[index]": lambda x: x[column.squeeze(-1)],
    "x.gather(1, index)": lambda x: x.gather(1, column),
    "F.conv2d(image, x)": lambda x: F.conv2d(image, x.view(4, 1, 2, 2)),
}
print(f"{'':24}", *[f"{device:8}" for device in devices])
silent = []
for name, operation in operations.items():
    outcomes = []
    for device in devices:
        said = message(operation, torch.ones(8, 2, device=device))
        outcomes.append("silent" if said == "no error" else "raises")
    print(f"{name:24}", *[f"{outcome:8}" for outcome in outcomes])
    silent.append(outcomes[0] == "silent")

# sphinx_gallery_start_ignore
assert silent == [False] * 3 + [True] * 5
# sphinx_gallery_end_ignore

# %%
# - **A 0-d tensor is let through on purpose**: ``torch.tensor(0.99)`` may stay on the CPU. So is
#   the **assignment to a slice**, which copies from one device to the other. On a GPU that copy is
#   a transfer at every step.
# - **Indices** on the CPU may index a tensor on any device.
# - With :term:`gather` and ``conv2d`` ``meta`` is more lenient than a GPU. CUDA raises an error for
#   both (recorded with torch 2.11 on an H200). So code that runs on ``meta`` can still fail there.
#
# And the way back? NumPy cannot read another device's memory. A GPU's message has the same words,
# and its own name in them:

import textwrap

to_numpy = message(torch.zeros(8, device="meta").numpy)
print(textwrap.fill(to_numpy, 70))

# sphinx_gallery_start_ignore
assert "Use Tensor.cpu() to copy" in to_numpy
# sphinx_gallery_end_ignore

# %%
# How to notice it next time
# --------------------------
# - **Print the devices.** Print ``.device`` of all tensors in the line that fails. Then go back to
#   where the odd one was *made*, and fix it there.
# - **Test on meta.** Your update, run as ``fixed("meta")`` above, needs no GPU and computes nothing,
#   and raises an error for the first three rows of the table above.
# - **Search for makers** without ``device=``: ``torch.zeros``, ``ones``, ``arange``, ``randn``,
#   ``tensor``. A default device catches them all, but not what comes from NumPy:

import numpy as np

with torch.device("meta"):  # or torch.set_default_device, for a whole program
    made = {
        "torch.zeros": torch.zeros(3),
        "torch.tensor": torch.tensor(0.5),
        "QNetwork": next(QNetwork().parameters()),
        "torch.from_numpy": torch.from_numpy(np.zeros(3)),
    }
for name, tensor in made.items():
    print(f"{name:17}", tensor.device)

# sphinx_gallery_start_ignore
assert [tensor.device.type for tensor in made.values()] == ["meta"] * 3 + ["cpu"]
# sphinx_gallery_end_ignore

# %%
# :doc:`Devices and dtypes </concepts/devices>` explains which device to choose, why the
# :term:`optimizer` comes after the move, and how to time a GPU.
