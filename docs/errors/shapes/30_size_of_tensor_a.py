"""The size of tensor a … must match the size of tensor b

The two shapes, aligned at their last dimensions, differ in a dimension where neither has size
1.

see: concepts/batches_and_shapes

RuntimeError: The size of tensor a (32) must match the size of tensor b (2) at non-singleton
dimension 1
"""

import torch

q_values = torch.zeros(32, 2)
rewards = torch.ones(32)
targets = rewards + 0.99 * q_values

# %%
targets = rewards + 0.99 * q_values.max(dim=-1).values  # (32,) and (32,)
print(targets.shape)
