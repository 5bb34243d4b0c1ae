"""no kernel image is available for execution on the device

Your build of PyTorch has no code for this GPU, which is older or newer than the build.

see: install
recorded: https://github.com/pytorch/pytorch/issues/72957

RuntimeError: CUDA error: no kernel image is available for execution on the device
"""

import torch

torch.relu(torch.ones(2, device="cuda"))

# %%
# choose a build for your GPU on https://pytorch.org/get-started/locally
import torch

print(torch.relu(torch.ones(2, device="cpu")))
