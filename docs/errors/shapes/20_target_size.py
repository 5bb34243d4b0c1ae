"""Using a target size … that is different to the input size

Prediction and target are broadcast, so every prediction is compared with every target, and the
mean is a different loss.

see: tutorials/laboratory/values concepts/batches_and_shapes

UserWarning: Using a target size (torch.Size([32])) that is different to the input size
(torch.Size([32, 1])). This will likely lead to incorrect results due to broadcasting. Please
ensure they have the same size.
"""

import torch
import torch.nn.functional as F
from torch import nn

critic = nn.Linear(4, 1)
returns = torch.ones(32)
loss = F.mse_loss(critic(torch.ones(32, 4)), returns)

# %%
values = critic(torch.ones(32, 4)).squeeze(-1)  # (32, 1) -> (32,)
loss = F.mse_loss(values, returns)
print(values.shape == returns.shape)
