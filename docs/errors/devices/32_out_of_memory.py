"""CUDA out of memory. Tried to allocate

The GPU's memory is full: the batch or the replay buffer is too large, losses are kept with
their graphs, or another process uses the GPU.

see: concepts/devices
recorded: PyTorch 2.11 on an NVIDIA H200

torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3725.29 GiB. GPU 0 has a total
capacity of 139.80 GiB of which 139.29 GiB is free. Including non-PyTorch memory, this process
has 518.00 MiB memory in use. Of the allocated memory 0 bytes is allocated by PyTorch, and 0
bytes is reserved by PyTorch but unallocated.
"""

losses = []
for batch in batches:
    loss = q(batch.to("cuda")).pow(2).mean()
    losses.append(loss)  # keeps every graph

# %%
import torch
from torch import nn

q, losses = nn.Linear(4, 2), []
for batch in torch.zeros(3, 8, 4):
    losses.append(q(batch).pow(2).mean().item())  # a number
print(len(losses))
