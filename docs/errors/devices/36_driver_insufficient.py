"""CUDA driver version is insufficient for CUDA runtime version

The NVIDIA driver is older than the CUDA version that PyTorch was built with.

see: install
recorded: https://github.com/nagadomi/nunif/issues/702
also: RuntimeError: The NVIDIA driver on your system is too old (found version 11040). |
    https://github.com/lllyasviel/Fooocus/issues/1313

RuntimeError: CUDA error: CUDA driver version is insufficient for CUDA runtime version
"""

import torch

states = torch.zeros(8, 4).cuda()

# %%
# update the driver, or take a build for an older CUDA:
# $ python -m pip install torch --index-url https://download.pytorch.org/whl/cu126
