"""Could not infer dtype of

`torch.tensor` was given something that is not a number, such as `None` for a missing next state.

RuntimeError: Could not infer dtype of NoneType
"""

import torch

next_values = [0.5, None]
batch = torch.tensor(next_values)
print(batch)

# %%
batch = torch.tensor([0.0 if v is None else v for v in next_values])
print(batch)
