"""'list' object has no attribute …

A list has no such attribute: the list was never turned into a tensor or an array, or the name is
misspelled.

AttributeError: 'list' object has no attribute 'mean'
"""

import torch

rewards = [1.0, 0.0, 1.0]
mean = rewards.mean()

# %%
mean = torch.tensor(rewards).mean()
print(mean)
