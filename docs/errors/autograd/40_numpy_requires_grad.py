"""Can't call numpy() on Tensor that requires grad.

NumPy does not record gradients, so PyTorch asks for an explicit `.detach()`.

see: tutorials/pitfalls/leaving_the_graph concepts/tensors_and_gradients

RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy()
instead.
"""

import torch
from torch import nn

policy = nn.Linear(4, 2)
action = policy(torch.ones(4)).numpy()

# %%
action = policy(torch.ones(4)).detach().numpy()
print(type(action).__name__)
