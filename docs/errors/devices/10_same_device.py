"""Tensor on device … is not on the expected device

One tensor was moved and another was not, here because `to` on a tensor returns a copy.

see: tutorials/pitfalls/devices concepts/devices

RuntimeError: Tensor on device meta is not on the expected device cpu!
"""

import torch
from torch import nn

device = "meta"  # stands in for "cuda"
q = nn.Linear(4, 2).to(device)
states = torch.ones(8, 4)
states.to(device)
q(states)

# %%
states = states.to(device)
print(q(states).device)
