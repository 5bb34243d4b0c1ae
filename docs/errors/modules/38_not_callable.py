"""object is not callable

Parentheses were put behind something that is no function: a tensor, a number, or a name that
was given a new value.

TypeError: 'Tensor' object is not callable
"""

import torch

q_values = torch.zeros(8, 2)
best = q_values(0)

# %%
best = q_values[0]
print(best)
