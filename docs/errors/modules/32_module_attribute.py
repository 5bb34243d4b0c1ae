"""object has no attribute …

The object has no such attribute: it was never set in `__init__`, or its name is spelled
differently.

see: concepts/modules

AttributeError: 'Policy' object has no attribute 'layer'
"""

import torch
from torch import nn


class Policy(nn.Module):
    def forward(self, states):
        return self.layer(states)


Policy()(torch.ones(8, 4))


# %%
class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)


print(Policy().layer)
