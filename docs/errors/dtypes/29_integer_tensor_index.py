"""only integer tensors of a single element can be converted to an index

A list takes one whole number, and this is a tensor of floats or of several numbers.

TypeError: only integer tensors of a single element can be converted to an index
"""

import torch

buffer = ["a", "b", "c"]
indices = torch.tensor([0, 2])
batch = buffer[indices]

# %%
batch = [buffer[i] for i in indices]
print(batch)
