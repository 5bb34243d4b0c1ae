"""only one element tensors can be converted to Python scalars

`torch.tensor` of a list, `float`, `int` and the functions of `math` take numbers, and this is a
tensor with several numbers.

ValueError: only one element tensors can be converted to Python scalars
"""

import torch

states = [torch.zeros(4), torch.ones(4)]
batch = torch.tensor(states)

# %%
batch = torch.stack(states)
print(batch.shape)
