"""linear(): argument 'input' (position 1) must be Tensor, not …

PyTorch modules take tensors, and this is something else: Gymnasium returns NumPy arrays (and
`reset` a tuple).

see: cartpole

TypeError: linear(): argument 'input' (position 1) must be Tensor, not numpy.ndarray
"""

import numpy as np
from torch import nn

policy = nn.Linear(4, 2)
observation = np.zeros(4, dtype=np.float32)
policy(observation)

# %%
import torch

print(policy(torch.as_tensor(observation)).shape)
