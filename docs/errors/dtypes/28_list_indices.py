"""list indices must be integers or slices, not …

A list cannot be indexed by a tuple, a float or a name: `[:, 0]` works on tensors and arrays
only.

TypeError: list indices must be integers or slices, not tuple
"""

import torch

batch = [[0.1, 0.2], [0.3, 0.4]]
first = batch[:, 0]

# %%
first = torch.tensor(batch)[:, 0]
print(first)
