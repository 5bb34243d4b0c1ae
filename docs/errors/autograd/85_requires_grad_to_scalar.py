"""Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.

A function of Python or NumPy, such as `math.exp` or `np.mean`, was given a tensor with a graph,
and the graph ends there.

see: tutorials/pitfalls/leaving_the_graph

UserWarning: Converting a tensor with requires_grad=True to a scalar may lead to unexpected
behavior. Consider using tensor.detach() first.
"""

import math

import torch

log_std = torch.zeros((), requires_grad=True)
std = math.exp(log_std)

# %%
std = log_std.exp()  # torch's own function keeps the graph
std.backward()
print(log_std.grad)
