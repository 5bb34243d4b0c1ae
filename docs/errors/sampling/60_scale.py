"""Expected parameter scale … of distribution Normal

A standard deviation must be positive, and a network's raw output can be negative.

ValueError: Expected parameter scale (Tensor of shape (2,)) of distribution Normal(loc:
torch.Size([2]), scale: torch.Size([2])) to satisfy the constraint GreaterThan(lower_bound=0.0),
but found invalid values: tensor([ 0.5000, -0.5000])
"""

import torch

mean, raw = torch.zeros(2), torch.tensor([0.5, -0.5])
policy = torch.distributions.Normal(mean, raw)

# %%
policy = torch.distributions.Normal(mean, raw.exp())  # raw is log std
print(policy.scale)
