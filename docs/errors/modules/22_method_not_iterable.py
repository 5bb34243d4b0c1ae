"""object is not iterable

The value cannot be looped over; for an optimizer, the parentheses after `parameters` are
missing.

see: concepts/modules

TypeError: 'method' object is not iterable
"""

import torch
from torch import nn

q = nn.Linear(4, 2)
optimizer = torch.optim.SGD(q.parameters, lr=0.1)

# %%
optimizer = torch.optim.SGD(q.parameters(), lr=0.1)
print(len(optimizer.param_groups[0]["params"]))
