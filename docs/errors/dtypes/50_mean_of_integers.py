"""mean(): could not infer output dtype.

The mean of integers is usually not an integer, and `mean` does not choose another dtype for
you.

RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating point
or complex dtype. Got: Long
"""

import torch

rewards = torch.tensor([1, 0, 1, 1])
print(rewards.mean())

# %%
print(rewards.float().mean())
