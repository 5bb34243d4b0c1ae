"""can't convert … device type tensor to numpy.

NumPy reads the CPU's memory only, and the tensor is on another device; here `meta` stands in
for the GPU.

see: tutorials/pitfalls/devices concepts/devices

TypeError: can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor
to host memory first.
"""

import torch

device = "meta"  # stands in for "cuda"
actions = torch.zeros(8, device=device)
actions.numpy()

# %%
device = "cpu"  # from "meta" there is nothing to copy
actions = torch.zeros(8, device=device)
print(actions.cpu().numpy().shape)
