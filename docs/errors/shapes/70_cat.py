"""Sizes of tensors must match except in dimension

`torch.cat` joins along one dimension, and all the other dimensions must match.

RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 4 but got size 1
for tensor number 1 in the list.
"""

import torch

states = torch.ones(32, 4)
actions = torch.zeros(16, 1)
inputs = torch.cat([states, actions])

# %%
actions = torch.zeros(32, 1)  # one for each state
inputs = torch.cat([states, actions], dim=-1)
print(inputs.shape)
