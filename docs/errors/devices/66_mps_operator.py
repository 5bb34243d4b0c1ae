"""is not currently implemented for the MPS device.

This operation has no version for the Mac's GPU yet; the message's environment variable lets the
CPU do it.

recorded: https://github.com/pytorch/pytorch/issues/86195

NotImplementedError: The operator 'aten::_slow_conv2d_forward' is not currently implemented for
the MPS device. If you want this op to be added in priority during the prototype phase of this
feature, please comment on https://github.com/pytorch/pytorch/issues/77764. As a temporary fix,
you can set the environment variable `PYTORCH_ENABLE_MPS_FALLBACK=1` to use the CPU as a
fallback for this op. WARNING: this will be slower than running natively on MPS.
"""

import torch

conv = torch.nn.Conv2d(1, 1, 3).to("mps")
conv(torch.ones(1, 8, 8, device="mps"))

# %%
# $ PYTORCH_ENABLE_MPS_FALLBACK=1 python train.py
import torch

print(torch.nn.Conv2d(1, 1, 3)(torch.ones(1, 8, 8)).shape)
