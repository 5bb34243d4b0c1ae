"""params argument given to the optimizer should be an iterable of Tensors or dicts

A single tensor, such as the logarithm of SAC's temperature, must be passed in a list.

TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but
got torch.FloatTensor
"""

import torch

log_alpha = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam(log_alpha, lr=3e-4)

# %%
optimizer = torch.optim.Adam([log_alpha], lr=3e-4)
print(len(optimizer.param_groups[0]["params"]))
