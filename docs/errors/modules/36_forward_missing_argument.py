"""missing 1 required positional argument

A function or a class needs an argument that the call does not give.

see: concepts/modules

TypeError: Linear.forward() missing 1 required positional argument: 'input'
"""

from torch import nn

q = nn.Linear(4, 2)
values = q()

# %%
import torch

values = q(torch.ones(4))
print(values.shape)
