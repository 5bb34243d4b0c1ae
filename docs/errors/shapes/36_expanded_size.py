"""The expanded size of the tensor … must match the existing size

The value that is written into a part of a tensor, or expanded, has another size than that part.

see: concepts/batches_and_shapes

RuntimeError: The expanded size of the tensor (3) must match the existing size (4) at
non-singleton dimension 0. Target sizes: [3]. Tensor sizes: [4]
"""

import torch

buffer = torch.zeros(100, 3)
buffer[0] = torch.ones(4)
print(buffer[0])

# %%
buffer = torch.zeros(100, 4)
buffer[0] = torch.ones(4)
print(buffer[0])
