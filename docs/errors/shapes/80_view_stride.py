"""view size is not compatible with input tensor's size and stride

`view` never moves numbers in memory, and after `transpose`, `permute` or `expand` they would
have to move.

RuntimeError: view size is not compatible with input tensor's size and stride (at least one
dimension spans across two contiguous subspaces). Use .reshape(...) instead.
"""

import torch

rewards = torch.zeros(5, 8).transpose(0, 1)  # (T, N) -> (N, T)
flat = rewards.view(-1)

# %%
flat = rewards.reshape(-1)  # copies where it must
print(flat.shape)
