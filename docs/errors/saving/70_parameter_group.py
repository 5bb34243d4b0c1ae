"""loaded state dict contains a parameter group that doesn't match the size of optimizer's group

The optimizer was saved for a network with another number of parameters.

ValueError: loaded state dict contains a parameter group that doesn't match the size of
optimizer's group
"""

import torch
from torch import nn

deep = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2))
saved = torch.optim.SGD(deep.parameters(), lr=0.1).state_dict()
optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
optimizer.load_state_dict(saved)

# %%
optimizer = torch.optim.SGD(deep.parameters(), lr=0.2)
optimizer.load_state_dict(saved)
print(optimizer.param_groups[0]["lr"])
