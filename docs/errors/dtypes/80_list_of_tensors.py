"""only one element tensors can be converted to Python scalars

`torch.tensor` of a list takes numbers, and these are tensors with several numbers.

ValueError: only one element tensors can be converted to Python scalars
"""

import torch

states = [torch.zeros(4), torch.ones(4)]
batch = torch.tensor(states)

# %%
batch = torch.stack(states)
print(batch.shape)
