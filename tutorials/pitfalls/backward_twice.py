"""
Calling backward twice
======================

A second ``backward()`` through the same graph raises an error, if the graph has saved values.
Otherwise it counts gradients twice, and so does ``retain_graph=True``, which the message suggests.
"""

# %%
# The broken code
# ---------------
# A :term:`policy` and a :term:`critic` share their first layer, as they may in an
# actor-critic agent. There are two losses, and ``backward()`` is called on each.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import policy_loss, select_log_probs

torch.manual_seed(0)
states = torch.randn(32, 4)  # (B, 4)
actions = torch.randint(2, (32,))  # (B,)
returns = states.sum(dim=-1)  # (B,)

body = nn.Sequential(nn.Linear(4, 16), nn.Tanh())
policy_head, value_head = nn.Linear(16, 2), nn.Linear(16, 1)


def losses():
    """Give the losses of the actor and of the critic."""
    features = body(states)  # (B, 16), the part that both share
    values = value_head(features).squeeze(-1)  # (B,)
    log_probs = select_log_probs(policy_head(features), actions)  # (B,)
    return policy_loss(log_probs, returns - values), F.mse_loss(values, returns)


actor_loss, critic_loss = losses()
actor_loss.backward()
try:
    critic_loss.backward()
    raise AssertionError("the second backward should have raised")
except RuntimeError as error:
    message = str(error)
print(message.replace(". ", ".\n"))

# sphinx_gallery_start_ignore
assert "Trying to backward through the graph a second time" in message
assert "retain_graph=True" in message
# sphinx_gallery_end_ignore

# %%
# Why
# ---
# For the backward pass :term:`autograd` keeps values of the forward pass: the derivative of
# ``tanh`` is computed from its output. The first ``backward()`` frees them, since they take
# memory. The second one comes to the shared layer and finds nothing.
#
# So the error is about saved values, not about calling twice. An operation that saves none
# does not raise. Try some, each twice:

ones = torch.ones(3)
operations = {
    "x.sum()": lambda x: x.sum(),
    "x.mean()": lambda x: x.mean(),
    "x + 1": lambda x: x + 1,
    "x.view(3, 1)": lambda x: x.view(3, 1),
    "torch.stack([x, x])": lambda x: torch.stack([x, x]),
    "2 * x": lambda x: 2 * x,
    "x**2": lambda x: x**2,
    "torch.relu(x)": lambda x: torch.relu(x),
    "x.log_softmax(0)": lambda x: x.log_softmax(0),
    "x.max(dim=0).values": lambda x: x.max(dim=0).values,
    "F.mse_loss(x, ones)": lambda x: F.mse_loss(x, ones),
}


def backward_twice(operation):
    """Say what a second backward does, and check it against one pass."""
    x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
    y = operation(x).sum()
    (once,) = torch.autograd.grad(y, x, retain_graph=True)
    y.backward()
    try:
        y.backward()
    except RuntimeError:
        return "raises"
    assert torch.equal(x.grad, 2 * once)
    return "doubles"


verdicts = {name: backward_twice(op) for name, op in operations.items()}
for name, verdict in verdicts.items():
    print(f"{name:20} {verdict}")

# sphinx_gallery_start_ignore
assert list(verdicts.values()) == ["doubles"] * 5 + ["raises"] * 6
# sphinx_gallery_end_ignore

# %%
# Sums, means and changes of shape have nothing to save, and the :term:`gradient` silently doubles.
# Linear layers and activations save something, so in a network of these you will see the error.
# What the message suggests is the real mistake.
#
# Why retain_graph=True does not fix it
# -------------------------------------
# The message proposes ``retain_graph=True``. It keeps the saved values, so nothing raises any
# more. Here the actor's loss goes backward first, and later the sum of both, in which the
# actor's loss is contained once more:

layers = {
    "body": body[0],
    "policy head": policy_head,
    "value head": value_head,
}


def gradients():
    """Give a copy of every layer's gradient, and clear it."""
    copies = {}
    for name, layer in layers.items():
        copies[name] = layer.weight.grad.clone()
        layer.zero_grad()
    return copies


for layer in layers.values():
    layer.zero_grad()
actor_loss, critic_loss = losses()
actor_loss.backward(retain_graph=True)
(actor_loss + critic_loss).backward()
retained = gradients()

# %%
# The fixed code
# --------------
# Two losses are one sum, and a sum goes backward once.

actor_loss, critic_loss = losses()
(actor_loss + critic_loss).backward()
fixed = gradients()

print("                 retained / fixed")
for name in layers:
    print(f"{name:12} {retained[name].norm() / fixed[name].norm():15.2f}")

# sphinx_gallery_start_ignore
assert torch.allclose(retained["policy head"], 2 * fixed["policy head"])
assert torch.allclose(retained["value head"], fixed["value head"])
cosine = F.cosine_similarity(retained["body"].flatten(), fixed["body"].flatten(), dim=0)
assert cosine < 0.999
# sphinx_gallery_end_ignore

# %%
# The policy's gradient is doubled, the critic's is not, and in the shared layer the two are mixed
# in a proportion that nobody chose.
#
# A graph carried over
# --------------------
# The error has a second cause, and there ``retain_graph=True`` is worse. Something from
# the update before is still in this one: a running total, a hidden state, a :term:`target
# network`'s output computed outside the loop. With ``total + loss``, the second update goes back
# through the graph of the first:


def train(keep_total, **backward):
    """Fit a line to the returns by 50 updates; give the losses."""
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    total, losses = 0.0, []
    for _ in range(50):
        loss = F.mse_loss(model(states).squeeze(-1), returns)
        total = total + loss if keep_total else loss
        optimizer.zero_grad()
        total.backward(**backward)
        optimizer.step()
        losses.append(loss.item())
    return losses


try:
    train(keep_total=True)
    raise AssertionError("the second update should have raised")
except RuntimeError as error:
    print(str(error).partition(" (")[0])

# %%
# The plot compares the two ways to get rid of this error: keep the graphs, or keep only this
# update's loss.

import matplotlib.pyplot as plt

carried = train(keep_total=True, retain_graph=True)
fresh = train(keep_total=False)
fig, ax = plt.subplots(layout="constrained")
ax.plot(fresh, "C0-", label="this update's loss")
ax.plot(carried, "C1--", label="the total, with retain_graph=True")
ax.set_title("Two ways to get rid of the error")
ax.set(xlabel="update", ylabel="loss")
fig.legend(loc="outside lower center", ncols=2, fontsize="small")
plt.show()

# sphinx_gallery_start_ignore
assert fresh[-1] < 0.2
assert max(carried[20:]) > 1
assert max(carried[20:]) > 10 * fresh[-1]

hidden = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
sgd = torch.optim.SGD(hidden.parameters(), lr=0.05)
total = 0.0
try:
    for _ in range(2):
        total = total + F.mse_loss(hidden(states).squeeze(-1), returns)
        total.backward(retain_graph=True)
        sgd.step()
    raise AssertionError("the second update should have raised")
except RuntimeError as error:
    message = str(error)
assert "modified by an inplace operation" in message
# sphinx_gallery_end_ignore

# %%
# With the graphs kept, each update repeats the gradients of all earlier ones, as if they had
# never been cleared (:doc:`/tutorials/pitfalls/zero_grad`), and its graph grows. In
# a network with a hidden layer the same code raises another error, since the optimizer has
# meanwhile changed the weights in place (:doc:`/tutorials/pitfalls/in_place`).
#
# How to notice it next time
# --------------------------
# - **What you see:** the error above. Ask which part of the graph is used by both passes, and
#   compute it again, detach it, or add the losses before the one ``backward()``. Where there is no
#   error, the gradients are too large, as the table above shows.
# - **What to search for:** ``retain_graph=True``. It is right when you want two gradients of one
#   graph for themselves, for example to compare them. :func:`torch.autograd.grad` gives them
#   and leaves ``.grad`` alone:

actor_loss, critic_loss = losses()
for name, loss in (("actor", actor_loss), ("critic", critic_loss)):
    (share,) = torch.autograd.grad(loss, body[0].weight, retain_graph=True)
    print(f"the {name}'s gradient in the shared layer: {share.norm():.2f}")
assert body[0].weight.grad is None

# %%
# - **What to assert**, while you look for the bug, in front of ``step()``: that ``.grad`` is the
#   gradient of the loss, taken once.

loss = actor_loss + critic_loss
(alone,) = torch.autograd.grad(loss, body[0].weight, retain_graph=True)
loss.backward()
torch.testing.assert_close(body[0].weight.grad, alone)
