"""can't assign a numpy.ndarray to a torch.FloatTensor

A part of a tensor can be set to a tensor or a number, and this is an array.

TypeError: can't assign a numpy.ndarray to a torch.FloatTensor
"""

import numpy as np
import torch

buffer = torch.zeros(100, 4)
buffer[0] = np.ones(4)

# %%
buffer[0] = torch.as_tensor(np.ones(4))
print(buffer[0])
