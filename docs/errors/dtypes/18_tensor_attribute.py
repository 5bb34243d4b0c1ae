"""'Tensor' object has no attribute …

The method belongs to NumPy arrays, or its name is misspelled: tensors have `.to(dtype)`,
`.clone()` and `.numel()`.

see: concepts/tensors_and_gradients

AttributeError: 'Tensor' object has no attribute 'astype'
"""

import torch

rewards = torch.tensor([1, 0, 1])
rewards = rewards.astype("float32")

# %%
rewards = rewards.to(torch.float32)
print(rewards)
