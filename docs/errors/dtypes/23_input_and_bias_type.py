"""Input type … and bias type … should be the same

The input has another dtype or device than the layer's parameters: frames are bytes (`unsigned
char`) and weights are float32.

see: concepts/devices
also: RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor)
    should be the same | https://github.com/sksq96/pytorch-summary/issues/16

RuntimeError: Input type (unsigned char) and bias type (float) should be the same
"""

import torch
from torch import nn

frames = torch.zeros(1, 4, 84, 84, dtype=torch.uint8)
conv = nn.Conv2d(4, 16, kernel_size=8)
features = conv(frames)

# %%
features = conv(frames.float() / 255)
print(features.dtype)
