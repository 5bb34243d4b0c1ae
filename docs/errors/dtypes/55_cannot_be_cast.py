"""result type … can't be cast to the desired output type

An operation in place keeps the dtype of its tensor, and integers cannot hold fractions.

RuntimeError: result type Float can't be cast to the desired output type Long
"""

import torch

returns = torch.tensor([1, 0, 1])
returns *= 0.99

# %%
returns = returns * 0.99  # a new tensor, of floats
print(returns)
