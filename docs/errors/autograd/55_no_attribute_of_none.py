"""'NoneType' object has no attribute …

The value is `None`, such as `.grad` before the first `backward()`, or the result of a function
without `return`.

see: concepts/tensors_and_gradients

AttributeError: 'NoneType' object has no attribute 'zero_'
"""

import torch

weights = torch.ones(3, requires_grad=True)
weights.grad.zero_()
print(weights.grad)

# %%
weights.sum().backward()
weights.grad.zero_()
print(weights.grad)
