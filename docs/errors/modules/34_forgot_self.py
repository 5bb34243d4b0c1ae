"""takes 1 positional argument but 2 were given

The method's first parameter, `self`, is missing, or the call passes too many values.

see: concepts/modules

TypeError: Policy.forward() takes 1 positional argument but 2 were given
"""

import torch
from torch import nn


class Policy(nn.Module):
    def forward(states):
        return states


Policy()(torch.ones(8, 4))


# %%
class Policy(nn.Module):
    def forward(self, states):
        return states


print(Policy()(torch.ones(8, 4)).shape)
