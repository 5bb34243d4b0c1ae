"""'collections.OrderedDict' object has no attribute 'eval'

The file holds the `state_dict`, which is the numbers without the network.

AttributeError: 'collections.OrderedDict' object has no attribute 'eval'
"""

import io

import torch
from torch import nn

file = io.BytesIO()
torch.save(nn.Linear(4, 2).state_dict(), file)
file.seek(0)
q = torch.load(file).eval()

# %%
file.seek(0)
q = nn.Linear(4, 2)
q.load_state_dict(torch.load(file))
print(q.eval())
