"""Found no NVIDIA driver on your system.

The computer has no NVIDIA GPU or no driver for it, or the notebook runs on a machine without
GPU.

see: concepts/devices
recorded: https://github.com/googlecolab/colabtools/issues/5136

RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU
and installed a driver from http://www.nvidia.com/Download/index.aspx
"""

import torch

states = torch.zeros(8, 4).cuda()

# %%
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
print(torch.zeros(8, 4).to(device).shape)
