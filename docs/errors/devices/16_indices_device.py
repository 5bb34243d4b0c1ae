"""indices should be either on cpu or on the same device as the indexed tensor

The indices are on the GPU and the tensor that they index, such as a replay buffer, is on the
CPU.

see: concepts/devices
recorded: PyTorch 2.11 on an NVIDIA H200

RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)
"""

import torch

rewards = torch.zeros(100)
batch = rewards[torch.randint(100, (32,), device="cuda")]

# %%
import torch

rewards = torch.zeros(100)
indices = torch.randint(100, (32,), device=rewards.device)
print(rewards[indices].shape)
