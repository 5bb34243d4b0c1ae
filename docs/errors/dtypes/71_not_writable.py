"""The given NumPy array is not writable

The array is read-only, as frames of videos and of some environments are, and the tensor would
share its memory.

UserWarning: The given NumPy array is not writable, and PyTorch does not support non-writable
tensors. This means writing to this tensor will result in undefined behavior. You may want to
copy the array to protect its data or make it writable before converting it to a tensor. This
type of warning will be suppressed for the rest of this program.
"""

import numpy as np
import torch

frame = np.zeros((84, 84), dtype=np.uint8)
frame.setflags(write=False)
state = torch.from_numpy(frame)

# %%
state = torch.from_numpy(frame.copy())
print(state.shape)
