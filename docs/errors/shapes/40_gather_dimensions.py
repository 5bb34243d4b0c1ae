"""Index tensor must have the same number of dimensions as input tensor

`gather` takes one index for each element of its result, so Q-values of shape (B, A) need
actions of shape (B, 1).

see: concepts/batches_and_shapes

RuntimeError: Index tensor must have the same number of dimensions as input tensor
"""

import torch

q_values = torch.zeros(32, 2)
actions = torch.ones(32, dtype=torch.int64)
chosen = q_values.gather(1, actions)

# %%
chosen = q_values.gather(1, actions.unsqueeze(1)).squeeze(1)
print(chosen.shape)
