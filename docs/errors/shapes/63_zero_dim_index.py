"""invalid index of a 0-dim tensor.

The tensor is a single number, such as a loss, and code for PyTorch 0.3 wrote `loss[0]`.

IndexError: invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()`
in C++ to convert a 0-dim tensor to a number
"""

import torch

loss = torch.tensor(0.5)
print(loss[0])

# %%
print(loss.item())
