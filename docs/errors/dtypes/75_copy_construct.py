"""To copy construct from a tensor, it is recommended to use

`torch.tensor(…)` of a tensor makes a copy without a graph, and PyTorch asks whether you want
that.

see: tutorials/pitfalls/leaving_the_graph concepts/tensors_and_gradients

UserWarning: To copy construct from a tensor, it is recommended to use
sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than
torch.tensor(sourceTensor).
"""

import torch

log_probs = torch.zeros(8, requires_grad=True).log_softmax(dim=0)
loss = torch.tensor(-log_probs[0])

# %%
loss = -log_probs[0]  # is a tensor already
loss.backward()
print(loss.requires_grad)
