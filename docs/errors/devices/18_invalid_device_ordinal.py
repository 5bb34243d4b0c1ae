"""CUDA error: invalid device ordinal

The code names a GPU that this computer does not have; the first one is `"cuda:0"`.

see: concepts/devices
recorded: PyTorch 2.11 on an NVIDIA H200

torch.AcceleratorError: CUDA error: invalid device ordinal GPU device may be out of range, do
you have enough GPUs?
"""

import torch

states = torch.zeros(8, 4, device="cuda:1")

# %%
import torch

device = "cuda:0" if torch.cuda.device_count() else "cpu"
print(torch.zeros(8, 4, device=device).shape)
