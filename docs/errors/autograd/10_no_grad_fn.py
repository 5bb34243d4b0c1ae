"""element 0 of tensors does not require grad and does not have a grad_fn

The loss has no graph: no tensor that it is made of requires a gradient, it was computed under
`torch.no_grad()`, or it passed through `.item()`, `.detach()`, `.numpy()` or a new
`torch.tensor(…)`.

see: tutorials/pitfalls/leaving_the_graph concepts/tensors_and_gradients

RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn
"""

import torch
from torch import nn

policy = nn.Linear(4, 2)
with torch.no_grad():  # right for acting, wrong for learning
    log_probs = policy(torch.ones(8, 4)).log_softmax(dim=-1)
loss = -log_probs[:, 0].mean()
loss.backward()

# %%
log_probs = policy(torch.ones(8, 4)).log_softmax(dim=-1)
loss = -log_probs[:, 0].mean()
loss.backward()
print(policy.bias.grad is not None)
