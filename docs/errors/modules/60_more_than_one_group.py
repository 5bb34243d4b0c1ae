"""some parameters appear in more than one parameter group

Actor and critic share layers, so the two lists of parameters overlap.

ValueError: some parameters appear in more than one parameter group
"""

import torch
from torch import nn

trunk = nn.Linear(4, 8)
actor = nn.Sequential(trunk, nn.Linear(8, 2))
critic = nn.Sequential(trunk, nn.Linear(8, 1))
groups = [{"params": net.parameters()} for net in (actor, critic)]
optimizer = torch.optim.SGD(groups, lr=0.1)

# %%
both = nn.ModuleList([actor, critic])  # counts each parameter once
optimizer = torch.optim.SGD(both.parameters(), lr=0.1)
print(len(optimizer.param_groups[0]["params"]))
