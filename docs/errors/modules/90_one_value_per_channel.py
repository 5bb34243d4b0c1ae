"""Expected more than 1 value per channel when training

Batch normalisation compares the rows of a batch, and an agent that acts passes one row.

ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1,
8])
"""

import torch
from torch import nn

q = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
state = torch.ones(1, 4)
action = q(state).argmax()

# %%
q.eval()  # to act; q.train() again to learn
print(q(state).shape)
