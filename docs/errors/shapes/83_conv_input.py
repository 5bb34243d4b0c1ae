"""Expected 3D (unbatched) or 4D (batched) input to conv2d

A convolution takes (channels, height, width), with or without a batch dimension in front.

RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size:
[84, 84]
"""

import torch
from torch import nn

frame = torch.zeros(84, 84)
conv = nn.Conv2d(1, 16, kernel_size=8)
features = conv(frame)

# %%
features = conv(frame.unsqueeze(0))  # one channel
print(features.shape)
