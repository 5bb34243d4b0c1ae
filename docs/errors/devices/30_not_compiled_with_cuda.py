"""Torch not compiled with CUDA enabled

The installed build of PyTorch knows no CUDA, so `"cuda"` cannot be named without asking first.

see: tutorials/pitfalls/devices concepts/devices
when: not torch.backends.cuda.is_built()

AssertionError: Torch not compiled with CUDA enabled
"""

import torch
from torch import nn

q = nn.Linear(4, 2).to("cuda")

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"
q = nn.Linear(4, 2).to(device)
print(q.weight.device.type == device)
