"""Trying to backward through the graph a second time

The first `backward()` freed the values that the graph had saved, and a second one needs them: for
the same loss, or for another loss that shares a part of the graph.

see: tutorials/pitfalls/backward_twice

RuntimeError: Trying to backward through the graph a second time (or directly access saved
tensors after they have already been freed). Saved intermediate values of the graph are freed
when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward
through the graph a second time or if you need to access saved tensors after calling backward.
"""

import torch
from torch import nn

shared = nn.Sequential(nn.Linear(4, 8), nn.Tanh())
features = shared(torch.ones(2, 4))
policy_loss, value_loss = features[:, 0].mean(), features[:, 1].mean()
policy_loss.backward()
value_loss.backward()

# %%
features = shared(torch.ones(2, 4))
loss = features[:, 0].mean() + features[:, 1].mean()
loss.backward()  # one for both
print(shared[0].bias.grad.shape)
