"""argument 'input' (position 1) must be Tensor, not float

Functions of `torch` take tensors, and this is a Python number; `math` has many of these functions
for numbers.

TypeError: log(): argument 'input' (position 1) must be Tensor, not float
"""

import torch

std = 0.5
log_std = torch.log(std)

# %%
log_std = torch.tensor(std).log()
print(log_std)
