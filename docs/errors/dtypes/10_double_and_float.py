"""mat1 and mat2 must have the same dtype, but got … and …

A matrix product does not convert dtypes: NumPy makes float64, which torch calls Double, and a
layer's weights are float32, which it calls Float.

see: concepts/devices
also: RuntimeError: expected m1 and m2 to have the same dtype, but got: double != float |
    PyTorch 2.13, for torch.mm
also: RuntimeError: expected mat1 and mat2 to have the same dtype, but got: c10::Half != float |
    PyTorch 2.11 on an NVIDIA H200

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
