"""Module … is missing the required "forward" function

The method has another name, such as `foward`, or it is indented into `__init__`.

see: concepts/modules

NotImplementedError: Module [Policy] is missing the required "forward" function
"""

import torch
from torch import nn


class Policy(nn.Module):
    def foward(self, states):
        return states


Policy()(torch.ones(8, 4))


# %%
class Policy(nn.Module):
    def forward(self, states):
        return states


print(Policy()(torch.ones(8, 4)).shape)
