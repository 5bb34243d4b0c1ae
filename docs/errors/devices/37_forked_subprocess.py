"""Cannot re-initialize CUDA in forked subprocess.

The parent process has used the GPU before it forked, and CUDA does not survive a fork.

recorded: PyTorch 2.11 on an NVIDIA H200

RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing,
you must use the 'spawn' start method
"""

import torch
import torch.multiprocessing as mp

q = torch.nn.Linear(4, 2).cuda()
mp.Process(target=q, args=(torch.ones(4).cuda(),)).start()

# %%
import torch.multiprocessing as mp

context = mp.get_context("spawn")  # use context.Process, context.Queue
print(context.get_start_method())
