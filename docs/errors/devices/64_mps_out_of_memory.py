"""MPS backend out of memory

The Mac's GPU shares its memory with everything else, and it is full: make the batch or the
replay buffer smaller.

recorded: https://github.com/pytorch/pytorch/issues/130112

RuntimeError: MPS backend out of memory (MPS allocated: 5.50 GB, other allocations: 14.76 GB,
max allowed: 20.40 GB). Tried to allocate 147.24 MB on private pool. Use
PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0 to disable upper limit for memory allocations (may cause
system failure).
"""

import torch

states = torch.zeros(50_000, 4, 84, 84, device="mps")

# %%
import torch

states = torch.zeros(50, 4, 84, 84, dtype=torch.uint8)  # on the CPU
print(states[:32].float().shape)  # .to("mps") one batch at a time
