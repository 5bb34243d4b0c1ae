"""unsupported operand type(s) for

The operator does not exist for values of these two types: lists, tuples, networks and `None` cannot
be calculated with.

TypeError: unsupported operand type(s) for -: 'list' and 'float'
"""

import torch

rewards = [1.0, 0.0]
advantages = rewards - 0.5

# %%
advantages = torch.tensor(rewards) - 0.5
print(advantages)
