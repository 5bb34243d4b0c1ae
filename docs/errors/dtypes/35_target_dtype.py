"""expected target dtype to be Long or Byte

`cross_entropy` takes class numbers as int64, which torch calls Long.

RuntimeError: expected target dtype to be Long or Byte, but got Float
"""

import torch
import torch.nn.functional as F

logits = torch.zeros(8, 2)
actions = torch.ones(8)
loss = F.cross_entropy(logits, actions)

# %%
loss = F.cross_entropy(logits, actions.long())
print(loss)
