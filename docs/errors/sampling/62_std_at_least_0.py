"""normal expects all elements of std >= 0.0

A standard deviation is at least 0, and a network's raw output can be negative.

RuntimeError: normal expects all elements of std >= 0.0
"""

import torch

mean, raw = torch.zeros(2), torch.tensor([0.5, -0.5])
action = torch.normal(mean, raw)

# %%
action = torch.normal(mean, raw.exp())  # raw is the logarithm
print(action.shape)
