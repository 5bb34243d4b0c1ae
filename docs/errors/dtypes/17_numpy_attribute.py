"""'numpy.ndarray' object has no attribute …

A function or method of tensors was used on a NumPy array.

see: cartpole

AttributeError: 'numpy.ndarray' object has no attribute 'unsqueeze'
"""

import numpy as np

state = np.zeros(4, dtype=np.float32)
batch = state.unsqueeze(0)

# %%
import torch

batch = torch.as_tensor(state).unsqueeze(0)
print(batch.shape)
