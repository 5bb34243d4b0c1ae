"""Tensors must have same number of dimensions

`torch.cat` joins tensors that have the same number of dimensions, such as (B, 4) and (B, 1).

see: concepts/batches_and_shapes

RuntimeError: Tensors must have same number of dimensions: got 2 and 1
"""

import torch

states, actions = torch.zeros(32, 4), torch.zeros(32)
inputs = torch.cat([states, actions], dim=-1)
print(inputs.shape)

# %%
inputs = torch.cat([states, actions.unsqueeze(-1)], dim=-1)
print(inputs.shape)
