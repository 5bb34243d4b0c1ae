r"""
Leaving the graph too early or too late
=======================================

A :term:`loss` teaches only through its :term:`computation graph`. Leave the graph too early and
nothing is learned, or the wrong thing. Leave it too late and it stays in memory, with all that it
has saved.
"""

# %%
# The broken code: too early
# --------------------------
# The task is small enough to know its answer: a corridor of five cells, in which you walk left or
# right at random. Leaving it at the right end pays 1, leaving it at the left end pays 0. The exact
# values of the cells are 1/6, 2/6, … 5/6. Ten transitions are all there are:

import torch
import torch.nn.functional as F

cell = torch.arange(5).repeat_interleave(2)  # (10,) 0 0 1 1 2 2 3 3 4 4
goes_to = cell + torch.tensor([-1, 1]).repeat(5)  # (10,)
outside = (goes_to < 0) | (goes_to > 4)
next_cell = goes_to.clamp(0, 4)
reward = (goes_to == 5).float()
exact = torch.arange(1, 6) / 6  # (5,)


def td_parts(values):
    """Return what is predicted, and the TD target without a stop, (10,)."""
    return values[cell], reward + torch.where(outside, 0.0, values[next_cell])


def learn(loss_of):
    """Train a table of five values; return it, and the losses."""
    torch.manual_seed(0)
    values = torch.rand(5, requires_grad=True)
    optimizer = torch.optim.SGD([values], lr=2.0)
    losses = []
    for _ in range(60):
        loss = loss_of(*td_parts(values))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return values, losses


# %%
# Whether anything is learned depends on ``loss_of``. Here are some ways to write it, as beginners
# do, because they want a number, an array, or to be rid of an error. Each one hands its result to
# ``backward()``:

import textwrap


def to_tensor(loss):
    return torch.tensor(loss.item())


def to_tensor_with_grad(loss):
    return torch.tensor(loss.item(), requires_grad=True)


ways = {
    "loss": lambda loss: loss,
    "loss.item()": lambda loss: loss.item(),
    "loss.numpy()": lambda loss: loss.numpy(),
    "torch.tensor(loss.item())": to_tensor,
    "torch.tensor(loss.item(), requires_grad=True)": to_tensor_with_grad,
}
errors, gradients = {}, {}
for name, way in ways.items():
    values = torch.zeros(5, requires_grad=True)
    prediction, target = td_parts(values)
    loss = F.mse_loss(prediction, target.detach())
    try:
        way(loss).backward()
        gradients[name] = values.grad
        print(f"{name}\n    gradient: {values.grad}")
    except (AttributeError, RuntimeError) as error:
        errors[name] = str(error)
        message = textwrap.fill(str(error), 66)
        print(f"{name}\n{textwrap.indent(message, '    ')}")

# sphinx_gallery_start_ignore
said = list(errors.values())
assert list(errors) == list(ways)[1:4]
assert "'float' object has no attribute 'backward'" in said[0]
assert said[1].startswith("Can't call numpy() on Tensor that requires grad")
assert said[2].startswith("element 0 of tensors does not require grad")
assert [gradient is None for gradient in gradients.values()] == [False, True]
# sphinx_gallery_end_ignore

# %%
# The first is right. Three raise, and the message of two of them suggests the next mistake:
# ``detach()``, or ``requires_grad=True``. The last one follows the suggestion. It raises nothing,
# and the gradient of the values is ``None``: they will never move.
#
# The other way to leave too early is ``detach`` in the wrong place. The prediction should
# move towards the :term:`TD target`, which should not move, so the target is detached. Here it is the prediction:


def right(prediction, target):
    return F.mse_loss(prediction, target.detach())


def wrong_one_detached(prediction, target):
    return F.mse_loss(prediction.detach(), target)


def wrapped_anew(prediction, target):
    return to_tensor_with_grad(F.mse_loss(prediction, target))


# %%
# Why nothing is learned
# ----------------------
# ``backward()`` starts from a tensor and follows ``grad_fn``, from each result to what it was made
# of. A number has none. A tensor made from a number has none either, whatever it requires: it is
# a :term:`leaf <leaf tensor>` of its own, with nothing behind it.

print("the loss:    ", type(loss.grad_fn).__name__)
print("a new tensor:", to_tensor_with_grad(loss).grad_fn)

# sphinx_gallery_start_ignore
assert loss.grad_fn is not None
assert to_tensor_with_grad(loss).grad_fn is None
# sphinx_gallery_end_ignore

# %%
# And ``detach()`` decides who moves. The gradient goes where the graph leads, and with the wrong
# side detached it leads to the next cell only.
#
# The fixed code: take the loss
# -----------------------------
# It is ``right`` above. Take the loss itself to ``backward()``, the number to the log, and
# ``detach`` the target alone. The figure compares the three. Look at the losses first, and guess
# which of them learns the values in the lower panel.

import matplotlib.pyplot as plt

runs = {
    "target detached": (right, "C0o-"),
    "prediction detached": (wrong_one_detached, "C1s--"),
    "wrapped in a new tensor": (wrapped_anew, "C2^:"),
}
fig, (top, bottom) = plt.subplots(2, layout="constrained")
fig.set_size_inches(6, 6.4)
learned, losses = {}, {}
for label, (loss_of, style) in runs.items():
    values, losses[label] = learn(loss_of)
    learned[label] = values.detach()
    top.plot(losses[label], style, label=label, markevery=10)
    bottom.plot(range(1, 6), learned[label], style)
bottom.plot(range(1, 6), exact, "*", color="0.2", ms=11, label="exact", zorder=3)
top.set(title="Loss of three ways to leave the graph", xlabel="update")
top.set_ylabel("loss")
bottom.set(title="What each has learned", xlabel="cell", ylabel="value")
bottom.set_xticks(range(1, 6))
top.legend()
bottom.legend()
plt.show()

# sphinx_gallery_start_ignore
fixed, detached, wrapped = learned.values()
assert torch.allclose(fixed, exact, atol=0.01)
assert detached.std() < 0.01
assert losses["prediction detached"][-1] < losses["prediction detached"][0] / 2
assert len(set(losses["wrapped in a new tensor"])) == 1
torch.manual_seed(0)
assert torch.equal(wrapped, torch.rand(5))
# sphinx_gallery_end_ignore

# %%
# - **Wrapped in a new tensor,** the loss is a flat line, and the values are the random ones of the
#   start. Nothing has moved, and the curve shows it.
# - **With the prediction detached the loss falls**, and it falls smoothly, and all cells get the
#   same value. Each was moved towards those of the cells that lead to it, and the reward was never
#   learned: the transition that pays leads outside, where there is no value to move.
# - **With the target detached** the values are exact. The loss does not go to 0, because each target
#   is one sample of where the walk may go.
#
# What is harmless
# ----------------
# Not every ``item()`` is a mistake. To log a number, to index, to reshape or to ``stack`` leaves the
# graph whole:

values = torch.zeros(5, requires_grad=True)
loss = right(*td_parts(values))
for_the_log = loss.item()
each = [right(p[None], t[None]) for p, t in zip(*td_parts(values), strict=True)]
(plain,) = torch.autograd.grad(loss, values)
(stacked,) = torch.autograd.grad(torch.stack(each).mean(), values)
print("with item(), indexing and stack:", torch.allclose(plain, stacked))
assert torch.allclose(plain, stacked)

# %%
# For a list of tensors, such as the log-probabilities of an :term:`episode`, ``torch.stack`` keeps
# the graph, and ``torch.tensor`` drops it.
#
# The broken code: too late
# -------------------------
# A :term:`critic` is trained, and its losses are kept for a plot later. What does the list hold?
# Autograd lets you watch what it saves for the backward pass: it hands each tensor to a function of
# yours, here ``Saved``. As long as the graph lives, so does this object.

import weakref

from pytorch_rl_basics import ValueNetwork

alive = weakref.WeakSet()


class Saved:
    """A tensor that autograd keeps for the backward pass."""

    def __init__(self, tensor):
        self.tensor = tensor.detach()
        alive.add(self)


def kilobytes(model):
    """Return the memory of what autograd has saved, without the weights."""
    weights = {p.data_ptr() for p in model.parameters()}
    blocks = [saved.tensor.untyped_storage() for saved in alive]
    sizes = {block.data_ptr(): block.nbytes() for block in blocks}
    return sum(sizes[place] for place in sizes.keys() - weights) / 1000


def nodes(tensors):
    """Count the nodes of all graphs behind some tensors."""
    found, queue = set(), [tensor.grad_fn for tensor in tensors]
    while queue:
        node = queue.pop()
        if node is not None and node not in found:
            found.add(node)
            queue += [parent for parent, _ in node.next_functions]
    return len(found)


# %%
# Fifty updates with a fresh :term:`batch` each, and three logs: of the losses after their backward
# pass, of losses on which nobody goes backward, as in an evaluation, and of numbers.


def train(train_it, keep):
    """Return kept nodes and saved kilobytes after each of 50 updates."""
    torch.manual_seed(0)
    critic = ValueNetwork()
    optimizer = torch.optim.SGD(critic.parameters(), lr=0.01)
    log, sizes = [], []
    with torch.autograd.graph.saved_tensors_hooks(Saved, lambda s: s.tensor):
        for _ in range(50):
            loss = F.mse_loss(critic(torch.randn(32, 4)), torch.ones(32))
            if train_it:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            log.append(keep(loss))
            del loss  # so that only the log can hold it
            held = [entry for entry in log if torch.is_tensor(entry)]
            sizes.append((nodes(held), kilobytes(critic)))
    return torch.tensor(sizes).T


logs = {
    "loss, never backward": train(False, keep=lambda loss: loss),
    "loss, after backward": train(True, keep=lambda loss: loss),
    "loss.item()": train(True, keep=lambda loss: loss.item()),
}
for name, (count, size) in logs.items():
    print(f"{name:21} {count[-1]:4.0f} nodes {size[-1]:5.0f} kB")

# sphinx_gallery_start_ignore
never, after, numbers = logs.values()
assert numbers.abs().sum() == 0
assert after[1].abs().sum() == 0
assert 8 <= after[0, 1] - after[0, 0] <= 12
assert after[0, -1] - after[0, 0] == 49 * (after[0, 1] - after[0, 0])
assert torch.equal(never[0], after[0])
assert 49 < never[1, -1] / never[1, 0] < 51
# sphinx_gallery_end_ignore

# %%
# The figure shows the growth, update by update.

fig, axes = plt.subplots(2, sharex=True, layout="constrained")
fig.set_size_inches(6, 6)
styles = {"C1s--": (0, 10), "C2^:": (3, 10), "C0o-": (6, 10)}
for (name, both), (style, marks) in zip(logs.items(), styles.items(), strict=True):
    for ax, size in zip(axes, both, strict=True):
        ax.plot(range(1, 51), size, style, markevery=marks, label=name)
axes[0].set(title="Nodes that the log keeps alive", ylabel="nodes")
axes[1].set(title="Saved tensors that the log keeps alive", ylabel="kB")
axes[1].set_xlabel("update")
axes[1].legend()
plt.show()

# %%
# - **A loss on which nobody goes backward** keeps all that autograd has saved: the inputs of every
#   layer, for every batch, for as long as the list lives.
# - **After a backward pass** the saved tensors are free, and what stays is the skeleton: about ten
#   nodes per update, and the loss itself. That is little, but it grows with every update.
# - **A number** keeps nothing.
#
# Why the graph stays
# -------------------
# A result holds its ``grad_fn``, and each node holds the nodes before it and what it needs for its
# derivative. Python frees all this when the last name for the result goes. In a list the name
# never goes.
#
# The same happens with a sum, ``total += loss``, and with a running mean: there the graphs are
# joined into one. If the mean is used in the next loss, as a baseline is, ``backward()`` walks into
# graphs that it has freed before:

torch.manual_seed(0)
critic, baseline = ValueNetwork(), torch.tensor(0.0)
try:
    for update in range(1, 4):
        estimates = critic(torch.randn(32, 4))  # (B,)
        loss = (estimates - baseline - 1.0).square().mean()
        critic.zero_grad()
        loss.backward()
        print("update", update, "worked")
        mean = estimates.mean()
        baseline = 0.9 * baseline + 0.1 * mean  # holds its graph
except RuntimeError as error:
    joined = str(error)
print("update", update, "did not:")
print(textwrap.fill(joined.partition(" (")[0], 70))

# sphinx_gallery_start_ignore
assert update == 2
assert joined.startswith("Trying to backward through the graph a second time")
# sphinx_gallery_end_ignore

# %%
# The way led through the baseline into the first graph. The state of a recurrent network, carried
# from one update to the next, does the same.
#
# The fixed code: let go
# ----------------------
# Keep numbers for the log. Cut what goes on into the next update. And where nobody will go
# backward, do not build a graph in the first place:

baseline, log = torch.tensor(0.0), []
for _ in range(3):
    estimates = critic(torch.randn(32, 4))  # (B,)
    loss = (estimates - baseline - 1.0).square().mean()
    critic.zero_grad()
    loss.backward()
    log.append(loss.item())
    baseline = 0.9 * baseline + 0.1 * estimates.detach().mean()

with torch.no_grad():
    evaluation = F.mse_loss(critic(torch.randn(32, 4)), torch.ones(32))
print("kept nodes:", nodes([baseline, evaluation]))
assert nodes([baseline, evaluation]) == 0

# %%
# How to notice it next time
# --------------------------
# - **Too early, with an error:** "does not require grad and does not have a grad_fn" means that the
#   graph was left somewhere before. Print ``grad_fn`` of each tensor on the way to the loss: the
#   first ``None`` is the place. Never answer with ``requires_grad=True``.
# - **Too early, silent:** before you search, let :func:`~pytorch_rl_basics.xray` look at the loss.
#   It follows the graph down to the parameters, and says in words what it finds:

from pytorch_rl_basics import xray

critic = ValueNetwork()
loss = F.mse_loss(critic(torch.randn(32, 4)), torch.ones(32))
report = xray(to_tensor_with_grad(loss), critic)
assert report.names == ["graph-of-its-own"]
# sphinx_gallery_start_ignore
assert xray(loss, critic).names == ["healthy"]
# sphinx_gallery_end_ignore
print(report)

# %%
# - **Detached in the wrong place:** every parameter may have a gradient, as here, and the loss may
#   fall. Only a task whose answer you know shows the mistake. Before that, ask of each side of a
#   loss whether it should move. Detach what should not, and nothing else.
# - **Too late:** memory that grows by the same amount with each update, or an update that takes
#   longer than the one before. Assert of what you keep that it requires no gradient:

assert not any(torch.is_tensor(entry) for entry in log)
assert not baseline.requires_grad

# %%
# The three ways to compute without a graph are in
# :doc:`tensors and gradients </concepts/tensors_and_gradients>`. That ``detach()`` makes no copy is
# shown in :doc:`operations in place <in_place>`.
