"""expected Tensor as element

`torch.stack` and `torch.cat` join tensors, and the list holds something else, such as Python
numbers or arrays.

TypeError: expected Tensor as element 0 in argument 0, but got float
"""

import torch

rewards = [1.0, 0.0, 1.0]
batch = torch.stack(rewards)
print(batch)

# %%
batch = torch.tensor(rewards)
print(batch)
