"""'torch.return_types.max' object has no attribute …

`max(dim=…)` returns two tensors, the values and their indices.

see: concepts/batches_and_shapes

AttributeError: 'torch.return_types.max' object has no attribute 'mean'
"""

import torch

q_values = torch.zeros(32, 2)
targets = q_values.max(dim=1).mean()
print(targets)

# %%
targets = q_values.max(dim=1).values.mean()
print(targets)
