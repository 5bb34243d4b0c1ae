"""doesn't match the broadcast shape

An operation in place cannot make its tensor larger, and this one needs more rows or columns.

see: concepts/batches_and_shapes

RuntimeError: output with shape [2] doesn't match the broadcast shape [32, 2]
"""

import torch

total = torch.zeros(2)
q_values = torch.ones(32, 2)
total += q_values

# %%
total = total + q_values  # a new tensor, (32, 2)
print(total.shape)
