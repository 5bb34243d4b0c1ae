"""Expected one of cpu, cuda

PyTorch's name for an NVIDIA GPU is `"cuda"`, and for a Mac's GPU `"mps"`.

see: concepts/devices

RuntimeError: Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga,
maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device
string: gpu
"""

import torch

device = torch.device("gpu")
states = torch.zeros(8, 4, device=device)

# %%
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(torch.zeros(8, 4, device="cpu").device)
