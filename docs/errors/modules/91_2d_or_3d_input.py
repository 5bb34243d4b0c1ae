"""expected 2D or 3D input

Batch normalisation needs a batch dimension, and the tensor is a single state.

see: concepts/batches_and_shapes

ValueError: expected 2D or 3D input (got 1D input)
"""

import torch
from torch import nn

norm = nn.BatchNorm1d(4).eval()
state = torch.ones(4)
features = norm(state)

# %%
features = norm(state.unsqueeze(0))
print(features.shape)
