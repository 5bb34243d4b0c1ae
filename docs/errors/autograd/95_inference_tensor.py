"""Inference tensors cannot be saved for backward.

Tensors made under `torch.inference_mode()` cannot be used in any later graph.

see: tutorials/pitfalls/leaving_the_graph

RuntimeError: Inference tensors cannot be saved for backward. Please do not use Tensors created
in inference mode in computation tracked by autograd. To work around this, you can make a clone
to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of
`torch.inference_mode()`.
"""

import torch
from torch import nn

encoder, critic = nn.Linear(4, 4), nn.Linear(4, 1)
with torch.inference_mode():
    features = encoder(torch.ones(8, 4))
critic(features).mean().backward()

# %%
with torch.no_grad():  # makes ordinary tensors, without a graph
    features = encoder(torch.ones(8, 4))
critic(features).mean().backward()
print(critic.weight.grad.shape)
