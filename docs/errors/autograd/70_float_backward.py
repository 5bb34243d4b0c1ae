"""'float' object has no attribute 'backward'

The loss is a Python number, for example because of `.item()`, and a number has no graph.

see: tutorials/pitfalls/leaving_the_graph concepts/tensors_and_gradients

AttributeError: 'float' object has no attribute 'backward'
"""

import torch
from torch import nn

q = nn.Linear(4, 2)
loss = q(torch.ones(8, 4)).pow(2).mean().item()
loss.backward()

# %%
loss = q(torch.ones(8, 4)).pow(2).mean()
loss.backward()
print(type(loss.item()).__name__)  # for the log, afterwards
