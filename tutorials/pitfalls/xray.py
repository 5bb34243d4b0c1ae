"""
X-ray a loss that does not learn
================================

Your loss does not fall, and no error is raised. :func:`~pytorch_rl_basics.xray` reads the
:term:`computation graph` behind the loss and shows which parameters it reaches. Here it
examines three faulty agents. Afterwards you can examine your own.
"""

# %%
# A healthy loss
# --------------
# The :term:`agent` has an encoder and a head. It learns the targets of one :term:`batch` by
# heart, which is the first thing to try with any new agent.

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import xray

torch.manual_seed(0)
states, targets = torch.randn(32, 4), torch.randn(32, 2)


class Agent(nn.Module):
    """Two linear layers, with a cut between them if asked for."""

    def __init__(self, cut=False):
        super().__init__()
        self.encoder, self.head = nn.Linear(4, 64), nn.Linear(64, 2)
        self.cut = cut

    def forward(self, states):
        features = self.encoder(states).relu()  # (B, 64)
        if self.cut:
            features = features.detach()
        return self.head(features)  # (B, 2)


agent = Agent()
report = xray(F.mse_loss(agent(states), targets), agent)
assert report.names == ["healthy"]
# sphinx_gallery_start_ignore
assert len(report.reached) == 4
assert all(parameter.grad is None for parameter in agent.parameters())
# sphinx_gallery_end_ignore
report

# %%
# Read the picture from the top, as the :term:`gradient` does: from the loss through each
# operation down to the parameters, which have a filled mark. An empty mark is a constant. Here
# these are the targets and the states, as it should be: training must not change them.
#
# The table names the same parameters. No ``backward()`` has run yet, so ``.grad`` is still
# ``None``. The X-ray only reads: it computes no gradient, and you can go on with this loss.

# %%
# Three agents that do not learn
# ------------------------------
# Each of them differs from the healthy agent in one line. The first detaches the features, the
# second makes its loss of a Python number, and the third hands the :term:`optimizer` the
# parameters of another agent.


def loss_of(agent):
    """The healthy loss."""
    return F.mse_loss(agent(states), targets)


def loss_from_number(agent):
    """A loss that has been through .item()."""
    return torch.tensor(loss_of(agent).item(), requires_grad=True)


def train(agent, compute_loss, optimizer):
    """Make 60 steps on the one batch, and give the true loss at each."""
    curve = []
    for _ in range(60):
        curve.append(loss_of(agent).item())
        optimizer.zero_grad()
        compute_loss(agent).backward()
        optimizer.step()
    return curve


def adam(agent):
    """An optimizer for an agent's parameters."""
    return torch.optim.Adam(agent.parameters(), lr=1e-2)


healthy, first, second, third = Agent(), Agent(cut=True), Agent(), Agent()
for broken in (first, second, third):
    broken.load_state_dict(healthy.state_dict())
wrong_optimizer = adam(Agent())

curves = {
    "healthy": train(healthy, loss_of, adam(healthy)),
    "features detached": train(first, loss_of, adam(first)),
    "loss from .item()": train(second, loss_from_number, adam(second)),
    "wrong optimizer": train(third, loss_of, wrong_optimizer),
}

# %%
# All four start from the same parameters, and none of them raises. The plot shows what you
# would see:

import matplotlib.pyplot as plt

fig, ax = plt.subplots(layout="constrained")
styles = ["C0-", "C1--", "C2-", "C3--"]
for (name, curve), style in zip(curves.items(), styles, strict=True):
    ax.plot(curve, style, lw=5 if style == "C2-" else 2, label=name)
ax.set_title("One healthy loss and three that do not learn")
ax.set_xlabel("update")
ax.set_ylabel("loss on the batch")
ax.set_ylim(bottom=0)
ax.legend()
plt.show()

# sphinx_gallery_start_ignore
ends = {name: curve[-1] / curve[0] for name, curve in curves.items()}
assert ends["healthy"] < 0.6 * ends["features detached"] < 0.6
assert ends["loss from .item()"] == ends["wrong optimizer"] == 1
# sphinx_gallery_end_ignore

# %%
# Two curves are flat, and one covers the other. The first agent is the hardest to recognise: it
# learns, but not well, and you might look for the reason in the learning rate.
#
# First agent: detached features
# ------------------------------

first.zero_grad()
report = xray(loss_of(first), first)
assert report.names == ["cut"]
assert report.reached == ["head.weight", "head.bias"]
report

# %%
# The head learns on features that never change. The features have entered the graph as a
# constant, marked with a cross. The graph cannot tell which line made them a constant, because
# ``detach`` leaves no trace in it. But their shape fits the encoder, which comes before the head
# and is not reached. Look there.
#
# Second agent: a loss made of a number
# -------------------------------------

report = xray(loss_from_number(second), second)
assert report.names == ["graph-of-its-own"]
report

# %%
# Nothing of the agent is behind this loss, and ``backward()`` does not complain:
# :doc:`leaving the graph <leaving_the_graph>` shows all the ways to get there. Handed the number
# itself, the X-ray says:

print(xray(loss_of(second).item(), second))

# sphinx_gallery_start_ignore
assert xray(loss_of(second).item(), second).names == ["not-a-tensor"]
# sphinx_gallery_end_ignore

# %%
# This is how the X-ray looks in a terminal: the same diagnosis, graph and table, as text.
#
# Third agent: the optimizer holds other parameters
# -------------------------------------------------
# The graph of this loss is complete, so the loss alone looks healthy. Hand over the optimizer
# as well. This time look after ``backward()``:

third.zero_grad()
loss = loss_of(third)
loss.backward()
report = xray(loss, third, wrong_optimizer)
assert report.names == ["other-optimizer", "graph-freed"]
report

# %%
# Every parameter has its gradient, as the norms say. But ``step()`` moves only what the
# optimizer was given, and that was another agent. It happens with a :term:`target network`
# around, or when a cell of a notebook creates the agent again and not the optimizer.
#
# A frozen layer gives the same curve as a cut. The X-ray shows the difference:

third.encoder.requires_grad_(False)
third.zero_grad()
report = xray(loss_of(third), third, adam(third))
assert report.names == ["frozen"]
print(report)

# %%
# Your own loss
# -------------
# Write ``xray(loss, model, optimizer)`` between the forward pass and ``backward()``, as the last
# line of a notebook's cell, or print it. ``xray(loss, model).save("graph.svg")`` writes the
# picture to a file. The picture needs one more package, ``pip install "pygraphviz>=2.0"``; the words
# and the table do not. :doc:`/install` says how to install the rest.
#
# Two findings are about losses of actor-critic agents. An actor's loss, :math:`-Q(s,
# \pi(s))`, must pass through the :term:`critic`, and it leaves gradients there:

import textwrap

critic = nn.Linear(4 + 2, 1)
values = critic(torch.cat([states, agent(states)], dim=-1))  # (B, 1)
print(textwrap.fill(str(xray(-values.mean(), agent).findings[0]), 70))

# sphinx_gallery_start_ignore
assert xray(-values.mean(), agent).names == ["other-leaves"]
# sphinx_gallery_end_ignore

# %%
# The second is a target that holds the critic's own values, with their graph.
# :doc:`The laboratory </tutorials/laboratory/values>` shows what a critic learns from it.
#
# "Healthy" means that the X-ray found none of the faults that it knows. It compares no numbers with
# what they should be: look at the sign of a :term:`policy gradient`, the values of a target, the
# :term:`action` that was chosen.
