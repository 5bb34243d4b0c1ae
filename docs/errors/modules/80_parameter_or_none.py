"""cannot assign … as parameter … (torch.nn.Parameter or None expected)

A plain tensor was assigned where the module has a parameter, and an optimizer would not find
it.

TypeError: cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None
expected)
"""

import torch
from torch import nn

head = nn.Linear(4, 2)
head.weight = torch.zeros(2, 4)  # start with equal actions

# %%
nn.init.zeros_(head.weight)  # the same parameter, other values
print(head.weight.abs().sum().item())
