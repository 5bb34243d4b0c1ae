"""Cannot copy out of meta tensor; no data!

A tensor on the device `meta` has a shape but no numbers, so there is nothing to move.

see: tutorials/pitfalls/devices concepts/devices

NotImplementedError: Cannot copy out of meta tensor; no data! Please use
torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a
different device.
"""

import torch
from torch import nn

with torch.device("meta"):
    q = nn.Linear(4, 2)
q.to("cpu")

# %%
q.to_empty(device="cpu")  # memory, not yet values
q.reset_parameters()
print(q.weight.device)
