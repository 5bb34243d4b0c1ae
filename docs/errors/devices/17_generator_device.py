"""device type for generator but found

A generator draws on its own device only, and the tensor is to be made on another.

see: tutorials/pitfalls/seeding
recorded: PyTorch 2.11 on an NVIDIA H200

RuntimeError: Expected a 'cuda' device type for generator but found 'cpu'
"""

import torch

generator = torch.Generator().manual_seed(0)
noise = torch.randn(8, generator=generator, device="cuda")

# %%
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
generator = torch.Generator(device).manual_seed(0)
print(torch.randn(8, generator=generator, device=device).shape)
