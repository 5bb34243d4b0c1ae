"""a leaf Variable that requires grad is being used in an in-place operation.

A tensor that requires a gradient, such as a parameter of a target network, is changed in place
while autograd records.

see: tutorials/pitfalls/in_place concepts/tensors_and_gradients

RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.
"""

import torch
from torch import nn

q, target = nn.Linear(4, 2), nn.Linear(4, 2)
target.weight.mul_(0.995).add_(0.005 * q.weight)

# %%
with torch.no_grad():
    target.weight.mul_(0.995).add_(0.005 * q.weight)
print(target.weight.requires_grad)
