"""The differentiated Tensor … appears to not have been used in the graph.

The code asks `torch.autograd.grad` for the gradient of a tensor, such as a parameter, that the loss
does not depend on.

RuntimeError: The differentiated Tensor at index 0 appears to not have been used in the graph.
Set allow_unused=True if this is the desired behavior.
"""

import torch
from torch import nn

actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
actor_loss = -actor(torch.ones(8, 4)).mean()
torch.autograd.grad(actor_loss, critic.parameters())

# %%
gradients = torch.autograd.grad(actor_loss, actor.parameters())
print([tuple(gradient.shape) for gradient in gradients])
