r"""
Scale up
========

You find out what takes the time in a training, then scale it up, the cheapest way first: more
environments, a faster optimizer, a GPU, more processes, two machines.
"""

# %%
# Profile first
# -------------
#
# ``torch.profiler`` records each operation, here those of one step of a :term:`critic` on 256 states:

import torch
from torch.profiler import profile

from pytorch_rl_basics import ValueNetwork, train_step

torch.manual_seed(0)
critic, states, targets = ValueNetwork(hidden=(64, 64)), torch.randn(256, 4), torch.randn(256)
adam = torch.optim.Adam(critic.parameters())
train_step(critic, adam, states, targets)  # the first call prepares things
with profile() as profiled:
    train_step(critic, adam, states, targets)
counts = {event.key: event.count for event in profiled.key_averages()}
operations = sum(count for key, count in counts.items() if key.startswith("aten::"))
print(f"{operations} operations, {counts['aten::addmm']} of them linear layers")
# sphinx_gallery_start_ignore
assert operations > 50 * counts["aten::addmm"]
# sphinx_gallery_end_ignore

# %%
# Most operations have little to compute, so the fixed cost of a call dominates. For the times, print
# ``profiled.key_averages().table()``. For a whole program take `py-spy <https://github.com/benfred/py-spy>`__,
# which looks many times per second which line runs: ``py-spy record -- python a2c_torchrun.py``, with the
# script of :doc:`/tutorials/practice/a2c_torchrun`.
#
# More environments in one process
# --------------------------------
#
# A call for 32 states costs little more than a call for one. :doc:`The benchmark </benchmark>` measured
# A2C with 1 to 512 :doc:`environments side by side </concepts/vector_environments>`:

import matplotlib.pyplot as plt

costs = [228, 104, 29.8, 10.1, 5.08, 3.29]
plt.loglog([1, 2, 8, 32, 128, 512], costs, "o-")
plt.title("A2C: the more environments, the cheaper a step")
plt.xlabel("environments in one process")
plt.ylabel("CPU µs per step")
plt.show()

# %%
# With 32 environments a step costs less than a twentieth. With 512 it is not even four times cheaper
# than with 32, and the updates get fewer and larger. CartPole itself is only a ninth of the cost with
# 32, so a faster one would help little. A simulator can be the larger part.
#
# Then make an update cheaper. By the table at the end, ``Adam(..., fused=True)`` saves about a sixth of
# the CPU time. At this size a second thread costs more of it, and ``torch.compile`` changes little.
#
# A GPU
# -----
#
# A GPU has a fixed cost per call, too, so it can pay only with wide networks and large batches
# (:doc:`/concepts/devices`). No GPU was there for this page, so it has no figures of one. Measure yours with
# the same script, which uses a GPU if it finds one. For several widths and numbers of environments, compare
# it with one CPU core:
#
# .. code-block:: bash
#
#    time python a2c_torchrun.py --max-steps 500000 --width 1024 --envs 512
#    time CUDA_VISIBLE_DEVICES= python a2c_torchrun.py --max-steps 500000 --width 1024 --envs 512
#
# More processes, more machines
# -----------------------------
#
# Seeds need no messages: ``python a2c_torchrun.py --seeds 8`` trains eight in a pool of processes. They
# start by *spawn*, which works on every system. On one core, take :doc:`/tutorials/practice/many_seeds`.
#
# One agent on several machines is trained *data-parallel*: each process, or *rank*, computes the gradient of
# its part of the batch. *All-reduce* gives each rank the sum over all, and all take the same step. Here two
# threads stand for two ranks, with real messages by *gloo*, a library for CPUs. As some steps only reset,
# ranks have different numbers of valid steps. Rank 0 has 200, rank 1 has 56:

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import torch.distributed as dist

critic, states, targets = critic.double(), states.double(), targets.double()


def be_rank(rank, rows, store, world=2):
    """Give the gradient of the mean over the rows of all ranks, and the mean of their own ones."""
    group = dist.ProcessGroupGloo(store, rank, world, timedelta(seconds=30))
    errors = (critic(states[rows]) - targets[rows]).square()
    gradients = torch.autograd.grad(errors.sum(), critic.parameters())
    total = torch.cat([part.flatten() for part in gradients] + [torch.tensor([len(errors)])])
    own_mean = total / len(errors)
    group.allreduce([total]).wait()  # sums, and the number of all rows, in one message
    group.allreduce([own_mean]).wait()
    return total[:-1] / total[-1], own_mean[:-1] / world


with ThreadPoolExecutor(2) as pool:
    parts, stores = [slice(0, 200), slice(200, 256)], [dist.HashStore()] * 2
    (by_rows, by_ranks), _ = pool.map(be_rank, range(2), parts, stores)
one_process, _ = be_rank(0, slice(0, 256), dist.HashStore(), world=1)
print("equal to 1e-12:", torch.allclose(by_rows, one_process, rtol=0, atol=1e-12))
off = ((by_ranks - one_process).norm() / one_process.norm()).item()
print(f"mean of the two means: off by {off:.0%}")
# sphinx_gallery_start_ignore
assert torch.allclose(by_rows, one_process, rtol=0, atol=1e-12)
assert off > 0.1
# sphinx_gallery_end_ignore

# %%
# The mean of the two means is wrong, and no error says so: each of the 56 steps counts more than one of
# the 200. With equal parts it is right, so a test with equal parts passes. ``DistributedDataParallel``,
# which that script uses, makes the all-reduce in ``backward`` and averages, so a rank must not give it its
# own mean.
#
# Two machines
# ------------
#
# Run this on both machines, with ``--node-rank 1`` on the second. The address is that of the first, and the
# checkpoint is on a disk that both see. With GPUs the script takes *nccl* instead of gloo, and one GPU per
# rank. Two ranks on one machine were tried here, but neither nccl nor two machines.
#
# .. code-block:: bash
#
#    torchrun --nnodes 2 --node-rank 0 --nproc-per-node 8 --max-restarts 3 --rdzv-conf timeout=60 \
#        --master-addr 10.0.0.1 --master-port 29500 a2c_torchrun.py --max-steps 500000 \
#        --checkpoint /shared/a2c.pt
#
# - **A rank is killed or fails:** ``torchrun`` ends all and starts them again. They continue from the
#   checkpoint, with new episodes. ``--kill 25`` tries it.
# - **A rank is missing:** after 60 s ``torchrun`` ends with a long message, at its end "1/2 clients
#   joined". Start the other machine.
#   Without ``--rdzv-conf`` it waits for 600 s. A rank that stops later ends the job after the script's ``--timeout``.
# - **The port is in use** ("EADDRINUSE"): take another ``--master-port``.
# - **gloo finds no address** on a single machine: set ``GLOO_SOCKET_IFNAME=lo``.
#
# What it costs
# -------------
#
# In the site's source, ``nox -s bench -- --only scale`` measured the CPU time on two cores, in milliseconds (ms) for one call and
# in seconds (s) for a whole job with its start. An update has 1,024 steps. A message is the gradient of a
# critic with width 64, 1,024 or 3,000, and its time is that of both ranks. One process has as many
# environments as two ranks together: 32, and 128 at width 1,024.
#
# .. worth: scale
#
# ==============================================  =====
# measured                                          CPU
# ==============================================  =====
# an update, Adam (ms)                             1.49
# an update, fused Adam (ms)                       1.24
# an update, fused Adam, two threads (ms)          1.40
# an update, fused Adam, torch.compile (ms)        1.23
# a message of 4,545 numbers (ms)                  0.20
# a message of 1,055,745 numbers (ms)              3.56
# a message of 9,021,001 numbers (ms)             28.83
# start only, one process (s)                      4.43
# start only, two ranks (s)                       12.35
# 100,000 steps, one process (s)                   6.63
# 100,000 steps, two ranks (s)                    17.23
# 100,000 steps, two ranks, one killed (s)        26.17
# 20,000 steps at width 1,024, one process (s)    10.56
# 20,000 steps at width 1,024, two ranks (s)      18.40
# eight seeds of 50,000 steps, two processes (s)  32.53
# ==============================================  =====
#
# .. end of worth
#
# Without the start, two ranks cost about twice the CPU time of one process with as many environments. With
# wide networks this changes: at width 1,024 they cost about as much as one process, so two free cores could
# halve the time, which was not measured. A rank pays where computing its part takes much longer than the
# message. The killed rank cost less than another start. A pool costs less than eight starts of Python.
#
# `EnvPool <https://envpool.readthedocs.io>`__ steps environments that it has, such as Atari, in C++ threads.
# `TorchRL's collectors <https://docs.pytorch.org/rl>`__ act in other processes while you learn, for slow
# environments. `Ray RLlib <https://docs.ray.io/en/latest/rllib>`__ distributes whole algorithms over clusters.
