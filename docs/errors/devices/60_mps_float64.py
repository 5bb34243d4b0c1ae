"""Cannot convert a MPS Tensor to float64 dtype

The GPU of a Mac has no float64, which NumPy makes by default.

see: concepts/devices
recorded: https://github.com/pytorch/pytorch/issues/122602

TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support
float64. Please use float32 instead.
"""

import numpy as np
import torch

states = torch.from_numpy(np.zeros((8, 4))).to("mps")

# %%
import numpy as np
import torch

states = torch.as_tensor(np.zeros((8, 4)), dtype=torch.float32)
print(states.dtype)  # .to("mps") now works
