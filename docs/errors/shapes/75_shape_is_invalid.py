"""shape … is invalid for input of size

`reshape` and `view` keep the number of elements, and this shape has a different number.

RuntimeError: shape '[8, 100]' is invalid for input of size 2400
"""

import torch

frames = torch.zeros(8, 3, 10, 10)
flat = frames.reshape(8, 100)

# %%
flat = frames.flatten(start_dim=1)
print(flat.shape)
