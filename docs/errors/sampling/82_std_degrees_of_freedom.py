"""std(): degrees of freedom is <= 0.

The standard deviation of a single number does not exist, so it is nan: the batch or episode has
one element.

UserWarning: std(): degrees of freedom is <= 0. Correction should be strictly less than the
reduction factor (input numel divided by output numel).
"""

import torch

returns = torch.tensor([12.0])
advantages = (returns - returns.mean()) / (returns.std() + 1e-8)

# %%
advantages = returns - returns.mean()
if len(returns) > 1:
    advantages = advantages / (returns.std() + 1e-8)
print(advantages)
