"""unsupported operand type(s) for

One side of the operator is a list, a tuple or `None`, which cannot be calculated with.

TypeError: unsupported operand type(s) for -: 'list' and 'float'
"""

import torch

rewards = [1.0, 0.0]
advantages = rewards - 0.5

# %%
advantages = torch.tensor(rewards) - 0.5
print(advantages)
