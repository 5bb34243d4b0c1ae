"""DataLoader worker (pid(s) …) exited unexpectedly

A worker process died: memory ran out, or on Windows and macOS it could not import what a
notebook cell defines.

recorded: torch/utils/data/dataloader.py
also: RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed. |
    https://github.com/pytorch/pytorch/issues/8976

RuntimeError: DataLoader worker (pid(s) 4711) exited unexpectedly
"""

from torch.utils.data import DataLoader

loader = DataLoader(states, batch_size=32, num_workers=4)
next(iter(loader))

# %%
import torch
from torch.utils.data import DataLoader

states = torch.zeros(64, 4)
loader = DataLoader(states, batch_size=32, num_workers=0)  # no processes
print(next(iter(loader)).shape)
