"""Torch not compiled with CUDA enabled

The installed build of PyTorch has no CUDA, so `"cuda"` fails; ask `torch.cuda.is_available()`
first.

see: tutorials/pitfalls/devices concepts/devices
when: not torch.backends.cuda.is_built()
recorded: torch/cuda/__init__.py

AssertionError: Torch not compiled with CUDA enabled
"""

import torch
from torch import nn

q = nn.Linear(4, 2).to("cuda")

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"
q = nn.Linear(4, 2).to(device)
print(q.weight.device.type == device)
