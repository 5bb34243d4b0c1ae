"""Expected tensor for argument #1 'indices' to have one of the following scalar types

Rows of an embedding are chosen by whole numbers, and the tensor holds floats.

RuntimeError: Expected tensor for argument #1 'indices' to have one of the following scalar
types: Long, Int; but got torch.FloatTensor instead (while checking arguments for embedding)
"""

import torch
from torch import nn

q_table = nn.Embedding(16, 4)
state = torch.tensor(3.0)
values = q_table(state)

# %%
print(q_table(state.long()).shape)
