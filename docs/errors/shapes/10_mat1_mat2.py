"""mat1 and mat2 shapes cannot be multiplied

The last dimension of the input differs from the layer's number of input features; in `a @ b`, `a`
needs as many columns as `b` has rows.

see: concepts/batches_and_shapes
also: RuntimeError: size mismatch, m1: [1 x 364], m2: [14 x 512] |
    https://github.com/dranaju/project/issues/1

RuntimeError: mat1 and mat2 shapes cannot be multiplied (8x64 and 32x2)
"""

import torch
from torch import nn

network = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(32, 2))
network(torch.ones(8, 4))

# %%
network[2] = nn.Linear(64, 2)  # takes the 64 that the layer before gives
print(network(torch.ones(8, 4)).shape)
