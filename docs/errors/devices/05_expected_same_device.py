"""Expected all tensors to be on the same device

One tensor, such as the batch, is on the CPU and another, such as the network's weights, on the
GPU.

see: tutorials/pitfalls/devices concepts/devices
recorded: PyTorch 2.11 on an NVIDIA H200
also: RuntimeError: Expected all tensors to be on the same device, but found at least two
    devices, cuda:0 and cpu! | PyTorch 2.11 on an NVIDIA H200

RuntimeError: Expected all tensors to be on the same device, but got mat1 is on cpu, different
from other tensors on cuda:0 (when checking argument in method wrapper_CUDA_addmm)
"""

import torch

q = torch.nn.Linear(4, 2).to("cuda")
values = q(torch.ones(8, 4))

# %%
import torch

q = torch.nn.Linear(4, 2)
device = next(q.parameters()).device
print(q(torch.ones(8, 4).to(device)).shape)
