"""expected scalar type … but found …

The operation needs the dtype that the message names first, and one tensor has the other.

see: concepts/devices
also: RuntimeError: Expected object of scalar type Float but got scalar type Double for argument
    #2 'mat1' in call to _th_addmm |
    https://github.com/hytseng0509/CrossDomainFewShot/issues/30

RuntimeError: expected scalar type Float but found Double
"""

import torch

weights = torch.zeros(1, 4, 2, dtype=torch.float64)
states = torch.ones(1, 8, 4)
values = torch.bmm(states, weights)

# %%
values = torch.bmm(states, weights.float())
print(values.dtype)
