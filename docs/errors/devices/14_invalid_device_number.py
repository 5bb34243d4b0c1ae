"""Invalid device string

A device is called `"cuda"` or `"cuda:0"`, with a colon before the number.

see: concepts/devices

RuntimeError: Invalid device string: 'cuda:first'
"""

import torch

device = torch.device("cuda:first")
states = torch.zeros(8, 4, device=device)

# %%
device = torch.device("cuda:0")  # a name only: nothing is moved yet
print(device)
