"""No CUDA GPUs are available

PyTorch was built with CUDA and sees no GPU: the notebook's machine has none, or
`CUDA_VISIBLE_DEVICES` names one that does not exist.

see: concepts/devices
recorded: https://github.com/AI-secure/CRFL/issues/1

RuntimeError: No CUDA GPUs are available
"""

import torch

states = torch.zeros(8, 4).cuda()

# %%
# in Colab: Runtime, Change runtime type, T4 GPU
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
print(torch.zeros(8, 4).to(device).shape)
