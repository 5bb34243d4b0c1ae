"""expected target dtype to be Long or Byte

Class numbers are counted, not measured: `cross_entropy` wants them as int64, which torch calls
Long.

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
