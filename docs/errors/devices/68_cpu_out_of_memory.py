"""DefaultCPUAllocator: can't allocate memory

The tensor is larger than the computer's memory, most often a replay buffer of images in
float32.

RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate
memory: you tried to allocate 112896000000000000 bytes. Error code 12 (Cannot allocate memory)
"""

import torch

capacity = 10**12
buffer = torch.zeros(capacity, 4, 84, 84)

# %%
buffer = torch.zeros(100, 4, 84, 84, dtype=torch.uint8)
print(buffer.nbytes)
