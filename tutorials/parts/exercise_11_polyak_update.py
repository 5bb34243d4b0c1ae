r"""
Exercise 11: A target network that follows slowly
=================================================

You move a target network a small part of the way towards the network that learns, after every
update. Exercise 8 copied it now and then instead.

Read :doc:`exercise 8 </tutorials/exercises/exercise_8_target_network>` first.
"""

# %%
# The task
# --------
#
# The :term:`TD target` of DQN comes from a :term:`target network`, so that it does not move with
# every update of the network that learns. A *hard* copy replaces the target network every N
# updates, and all targets change at once. A *soft* update changes it a little each time. For every
# :term:`parameter` :math:`\theta` of the network that learns:
#
# .. math:: \theta_{\text{target}} \leftarrow (1 - \tau) \, \theta_{\text{target}} + \tau \, \theta
#
# Write ``polyak_update(model, target, tau)``:
#
# - ``model`` and ``target`` are modules with parameters of the same shapes, in the same order.
# - Change every parameter of ``target`` in place, and leave ``model`` as it is.
# - Build no :term:`computation graph`, and return nothing.

# %%
# Your attempt
# ------------

import torch
import torch.nn.functional as F
from torch import nn

from pytorch_rl_basics import check


def polyak_update(model, target, tau):
    raise NotImplementedError


print(check(polyak_update))

# %%
# .. exercise-hints:: polyak_update

# %%
# This wrong attempt takes the shares from the wrong networks:

import pytorch_rl_basics as rl


def swapped(model, target, tau):
    rl.polyak_update(model, target, 1 - tau)


report = check(swapped, "polyak_update")
print("The wrong attempt:", report, sep="\n")
assert report.mistake == "shares-swapped"

# %%
# With the usual small :math:`\tau` it is almost a hard copy after every update: the target network
# then moves with the network that learns.
#
# .. exercise-solution:: polyak_update

# %%
# The rest of this page uses your function if it passes, and the library's if it does not.

from pytorch_rl_basics import own_or_reference

polyak_update, caption = own_or_reference(polyak_update)

# %%
# A quarter of the way
# --------------------
#
# Two networks with one weight each, and :math:`\tau = 0.25`. Each call goes a quarter of the way
# that is left:


def network_of(weight):
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, weight)
    return network


model, target = network_of(1.0), network_of(0.0)
for _ in range(3):
    polyak_update(model, target, tau=0.25)
    print(f"model {model.weight.item():.2f}, target {target.weight.item():.4f}")
assert model.weight.item() == 1
assert abs(target.weight.item() - (1 - 0.75**3)) < 1e-6

# %%
# Soft and hard
# -------------
#
# In the left panel, a weight moves from 0 to 1 with some noise, as it does in training. One target
# copies it every 50 updates. The other one follows softly, with :math:`\tau = 1/50`. The first one
# jumps, the second one moves smoothly. Both are late.
#
# The right panel shows how fast a soft target forgets its old values: the weight to follow is 1, the
# target begins at 0, and the distance between them shrinks by the factor :math:`1 - \tau` per
# update.

import matplotlib.pyplot as plt

torch.manual_seed(0)
path = torch.linspace(0, 1, 300) + 0.1 * torch.randn(300)  # what the weight does
N = 50
soft, hard = [0.0], [0.0]
follower = network_of(0.0)
for update, weight in enumerate(path.tolist(), start=1):
    polyak_update(network_of(weight), follower, tau=1 / N)
    soft.append(follower.weight.item())
    hard.append(weight if update % N == 0 else hard[-1])


def distances(tau, updates=200):
    """Follow a weight of 1 from 0, and return the distance before each update."""
    still, target, found = network_of(1.0), network_of(0.0), []
    for _ in range(updates):
        found.append(1 - target.weight.item())
        polyak_update(still, target, tau)
    return found


fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
left.plot(path, color="0.8", lw=1, label="learns")
left.plot(hard, color="C1", label=f"hard, every {N}")
left.plot(soft, color="C0", label=f"soft, τ = 1/{N}")
left.set(title="Following a weight", xlabel="update", ylabel="weight")
left.legend()
for color, steps in zip(("C0", "C2", "C3"), (10, 50, 100), strict=True):
    found = distances(1 / steps)
    right.plot(found, color=color, label=f"τ = 1/{steps}")
    right.plot(steps, found[steps], "o", color=color)
    print(f"tau = 1/{steps}: distance {found[steps]:.2f} after {steps} updates")
    # sphinx_gallery_start_ignore
    assert 0.34 < found[steps] < 0.37
    # sphinx_gallery_end_ignore
right.set(title="Distance that is left", xlabel="update", ylabel="distance")
right.legend()
fig.supxlabel(caption, fontsize="small", color="0.35")
plt.show()
# sphinx_gallery_start_ignore
largest = [torch.tensor(curve).diff().abs().max().item() for curve in (soft, hard)]
assert largest[0] < 0.01 < 0.2 < largest[1], largest
assert 40 < (1 - soft[-1]) * 300 < 60  # updates behind
# sphinx_gallery_end_ignore

# %%
# The dots mark :math:`1/\tau` updates. A little more than a third of the distance is left there,
# whatever :math:`\tau` is. So :math:`\tau = 1/N` plays the role of N. In the left panel the soft
# target ends about 50 updates behind; the hard one is between 0 and 50 updates behind.
#
# In RL
# -----
#
# - The plain :doc:`DQN </tutorials/algorithms/dqn>` makes hard copies.
#   :doc:`The improved one </tutorials/improved/dqn_improved>` calls this function after every update.
# - :doc:`SAC </tutorials/algorithms/sac>` calls it for each of its two critics.
#
# Next: :doc:`DQN, improved </tutorials/improved/dqn_improved>`.
