"""linear(): argument 'input' (position 1) must be Tensor, not …

Gymnasium returns NumPy arrays (and `reset` a tuple), and PyTorch modules take tensors.

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
