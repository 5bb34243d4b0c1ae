"""to have … channels, but got … channels instead

Images are (batch, height, width, channels) in Gymnasium, and PyTorch expects (batch, channels,
height, width).

RuntimeError: Given groups=1, weight of size [16, 4, 8, 8], expected input[1, 84, 84, 4] to have
4 channels, but got 84 channels instead
"""

import torch
from torch import nn

frames = torch.zeros(1, 84, 84, 4)
conv = nn.Conv2d(4, 16, kernel_size=8)
features = conv(frames)

# %%
features = conv(frames.permute(0, 3, 1, 2))
print(features.shape)
