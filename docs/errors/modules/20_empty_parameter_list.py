"""optimizer got an empty parameter list

The module has no parameters: its layers are in a plain list, or it has none yet.

see: concepts/modules

ValueError: optimizer got an empty parameter list
"""

import torch
from torch import nn


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 2)]


optimizer = torch.optim.SGD(Policy().parameters(), lr=0.1)


# %%
class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 2)])


optimizer = torch.optim.SGD(Policy().parameters(), lr=0.1)
print(len(optimizer.param_groups[0]["params"]))
