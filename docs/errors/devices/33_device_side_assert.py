"""CUDA error: device-side assert triggered

An index is out of range on the GPU, most often an action or class number; run the same code on
the CPU, where the message names it.

see: concepts/devices
recorded: PyTorch 2.11 on an NVIDIA H200

torch.AcceleratorError: CUDA error: device-side assert triggered Search for `cudaErrorAssert' in
https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html for more information.
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace
below might be incorrect. For debugging consider passing CUDA_LAUNCH_BLOCKING=1 Compile with
`TORCH_USE_CUDA_DSA` to enable device-side assertions.
"""

import torch

q_values = torch.zeros(8, 2, device="cuda")
actions = torch.full((8, 1), 2, device="cuda")  # only 0 and 1 exist
chosen = q_values.gather(1, actions)

# %%
import torch

q_values = torch.zeros(8, 2)
actions = torch.full((8, 1), 1)
assert actions.max() < q_values.shape[1]
print(q_values.gather(1, actions).shape)
