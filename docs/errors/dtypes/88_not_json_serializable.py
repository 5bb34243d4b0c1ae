"""is not JSON serializable

JSON knows Python's numbers and lists, and the value is a tensor or a NumPy number.

TypeError: Object of type Tensor is not JSON serializable
"""

import json

import torch

returns = torch.tensor([10.0, 20.0])
line = json.dumps({"returns": returns})

# %%
line = json.dumps({"returns": returns.tolist()})
print(line)
