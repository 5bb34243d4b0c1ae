"""'numpy.ndarray' object has no attribute …

A NumPy array has no such attribute: it is a function or method of tensors, or its name is
misspelled.

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
