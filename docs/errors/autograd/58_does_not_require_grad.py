"""One of the differentiated Tensors does not require grad

The gradient was asked for with respect to a tensor that autograd does not watch.

see: concepts/tensors_and_gradients

RuntimeError: One of the differentiated Tensors does not require grad
"""

import torch

x = torch.tensor(3.0)
weight = torch.tensor(2.0, requires_grad=True)
torch.autograd.grad(weight * x, x)

# %%
x = torch.tensor(3.0, requires_grad=True)
print(torch.autograd.grad(weight * x, x))
