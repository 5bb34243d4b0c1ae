"""Dimension out of range

The code names a dimension that the tensor does not have, most often the batch dimension of a
single state.

see: concepts/batches_and_shapes

IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)
"""

import torch
from torch import nn

q = nn.Linear(4, 2)
state = torch.ones(4)
action = q(state).argmax(dim=1)

# %%
action = q(state).argmax(dim=-1)  # with or without a batch
print(action.shape)
