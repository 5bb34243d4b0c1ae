"""mat1 and mat2 must have the same dtype, but got Double and Float

NumPy makes float64, which torch calls Double, and the layer's weights are float32.

see: concepts/devices

RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float
"""

import numpy as np
import torch
from torch import nn

q = nn.Linear(4, 2)
state = torch.from_numpy(np.zeros((1, 4)))
q(state)

# %%
state = torch.as_tensor(np.zeros((1, 4)), dtype=torch.float32)
print(q(state).dtype)
