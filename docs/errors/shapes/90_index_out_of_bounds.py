"""index … is out of bounds for dimension … with size

Entries are counted from 0, so the index must be less than the size, or it belongs to another
dimension.

IndexError: index 40 is out of bounds for dimension 1 with size 2
"""

import torch

q_values = torch.zeros(32, 2)
best = q_values[2, 40]

# %%
best = q_values[31, 1]  # the last state, the last action
print(best)
