"""Found dtype Double but expected Float

The target is float64, so the loss is too, and `backward()` compares its dtype with the
network's float32.

see: concepts/devices

RuntimeError: Found dtype Double but expected Float
"""

import numpy as np
import torch
import torch.nn.functional as F

values = torch.zeros(8, requires_grad=True)
returns = torch.from_numpy(np.ones(8))
F.huber_loss(values, returns).backward()

# %%
F.huber_loss(values, returns.float()).backward()
print(values.grad.dtype)
