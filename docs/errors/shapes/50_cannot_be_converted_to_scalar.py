"""a Tensor with … elements cannot be converted to Scalar

`.item()`, `float` and `int` need a tensor with exactly one number.

RuntimeError: a Tensor with 2 elements cannot be converted to Scalar
"""

import torch

q_values = torch.tensor([0.2, 0.5])
action = q_values.item()

# %%
action = q_values.argmax().item()
print(action)
