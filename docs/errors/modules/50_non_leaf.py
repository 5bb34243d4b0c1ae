"""can't optimize a non-leaf Tensor

The tensor is the result of an operation, and an optimizer can only change leaf tensors.

ValueError: can't optimize a non-leaf Tensor
"""

import torch

log_std = torch.zeros(2, requires_grad=True) - 1.0
optimizer = torch.optim.SGD([log_std], lr=0.1)

# %%
log_std = torch.full((2,), -1.0, requires_grad=True)
optimizer = torch.optim.SGD([log_std], lr=0.1)
print(log_std.is_leaf)
