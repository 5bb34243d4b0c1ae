"""CUBLAS_STATUS_NOT_INITIALIZED when calling

The GPU had no memory left for NVIDIA's libraries cuBLAS or cuDNN, or an earlier index error
broke the process; run on the CPU to see which.

recorded: https://github.com/OpenBMB/VisCPM/issues/3
also: RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)` |
    the same call, when memory is full
also: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED |
    https://github.com/yukkyo/PyTorch-FilterResponseNormalizationLayer/issues/4

RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`
"""

import torch

q = torch.nn.Linear(4, 2).cuda()
values = q(torch.ones(10_000_000, 4).cuda())

# %%
import torch

q = torch.nn.Linear(4, 2)
print(torch.cat([q(part) for part in torch.ones(8, 4).split(4)]).shape)
