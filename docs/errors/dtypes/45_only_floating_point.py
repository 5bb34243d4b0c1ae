"""Only Tensors of floating point and complex dtype can require gradients

The tensor holds integers, for example because its numbers were written without a decimal point, and
integers have no gradient.

see: concepts/tensors_and_gradients

RuntimeError: Only Tensors of floating point and complex dtype can require gradients
"""

import torch

x = torch.tensor([1, 2, 3], requires_grad=True)
x.sum().backward()

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
x.sum().backward()
print(x.grad)
