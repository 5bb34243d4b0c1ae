"""'list' object has no attribute …

The list was never turned into a tensor or an array.

AttributeError: 'list' object has no attribute 'mean'
"""

import torch

rewards = [1.0, 0.0, 1.0]
mean = rewards.mean()

# %%
mean = torch.tensor(rewards).mean()
print(mean)
