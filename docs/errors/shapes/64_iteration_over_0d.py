"""iteration over a 0-d tensor

The tensor is a single number, and `for`, `list`, `sum` or unpacking needs at least one
dimension.

see: concepts/batches_and_shapes

TypeError: iteration over a 0-d tensor
"""

import torch

reward = torch.tensor(1.0)
total = sum(reward)
print(total)

# %%
total = reward.sum()
print(total)
