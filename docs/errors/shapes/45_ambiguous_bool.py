"""Boolean value of Tensor with more than one value is ambiguous

`if`, `and`, `or`, `not` and Python's `max` need one truth value, and the tensor has several.

RuntimeError: Boolean value of Tensor with more than one value is ambiguous
"""

import torch

terminated = torch.tensor([False, True, False])
if terminated:
    print("reset")

# %%
if terminated.any():  # or .all()
    print("reset", terminated.nonzero().flatten())
