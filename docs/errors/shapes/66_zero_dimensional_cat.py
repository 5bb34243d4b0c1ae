"""zero-dimensional tensor (at position 0) cannot be concatenated

`torch.cat` joins along a dimension that already exists, and single numbers have none;
`torch.stack` makes one.

see: concepts/batches_and_shapes

RuntimeError: zero-dimensional tensor (at position 0) cannot be concatenated
"""

import torch

log_probs = [torch.tensor(-0.5), torch.tensor(-0.7)]
batch = torch.cat(log_probs)
print(batch)

# %%
batch = torch.stack(log_probs)
print(batch)
