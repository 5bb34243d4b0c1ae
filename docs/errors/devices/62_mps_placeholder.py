"""Placeholder storage has not been allocated on MPS device!

One tensor is on the Mac's GPU and another, such as the input, is still on the CPU.

see: concepts/devices
recorded: https://github.com/pytorch/pytorch/issues/130790

RuntimeError: Placeholder storage has not been allocated on MPS device!
"""

import torch

q = torch.nn.Linear(4, 2).to("mps")
values = q(torch.ones(8, 4))

# %%
import torch

q = torch.nn.Linear(4, 2)
device = next(q.parameters()).device
print(q(torch.ones(8, 4, device=device)).shape)
