"""tensors used as indices must be long, int, byte or bool tensors

A tensor of floats was used as an index.

IndexError: tensors used as indices must be long, int, byte or bool tensors
"""

import torch

rewards = torch.zeros(100)
batch = torch.rand(32) * 100
sampled = rewards[batch]

# %%
batch = torch.randint(100, (32,))
print(rewards[batch].shape)
