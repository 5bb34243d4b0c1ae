"""too many indices for tensor of dimension

The tensor or array has fewer dimensions than the brackets have entries, often because a batch
dimension is missing.

see: concepts/batches_and_shapes
also: IndexError: too many indices for array: array is 1-dimensional, but 2 were indexed |
    NumPy 2.4, for an array

IndexError: too many indices for tensor of dimension 1
"""

import torch

q_values = torch.zeros(2)  # one state
best = q_values[:, 0]
print(best)

# %%
best = q_values.unsqueeze(0)[:, 0]  # a batch of one state
print(best)
