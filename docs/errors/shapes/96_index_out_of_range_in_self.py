"""index out of range in self

`nn.Embedding` has rows 0 to n − 1, and the state's number is n or more.

IndexError: index out of range in self
"""

import torch
from torch import nn

q_table = nn.Embedding(16, 4)
state = torch.tensor(16)
values = q_table(state)

# %%
q_table = nn.Embedding(17, 4)
print(q_table(state).shape)
