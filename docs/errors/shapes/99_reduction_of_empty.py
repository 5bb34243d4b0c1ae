"""Expected reduction dim to be specified for input.numel() == 0.

The tensor is empty, so it has no largest element.

IndexError: argmax(): Expected reduction dim to be specified for input.numel() == 0.
"""

import torch

q_values = torch.zeros(0)
action = q_values.argmax()
print(action)

# %%
q_values = torch.zeros(2)
print(q_values.argmax())
