"""size_average and reduce args will be deprecated

Old arguments of the loss functions have become one: `reduction`.

UserWarning: size_average and reduce args will be deprecated, please use reduction='sum'
instead.
"""

import torch
import torch.nn.functional as F

values, targets = torch.zeros(4), torch.ones(4)
loss = F.mse_loss(values, targets, size_average=False)

# %%
loss = F.mse_loss(values, targets, reduction="sum")
print(loss)
