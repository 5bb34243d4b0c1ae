"""object is not subscriptable

Brackets were put behind a value that has no entries, such as `None` or a number.

TypeError: 'NoneType' object is not subscriptable
"""

import torch

weights = torch.ones(3, requires_grad=True)
first = weights.grad[0]
print(first)

# %%
weights.sum().backward()
print(weights.grad[0])
