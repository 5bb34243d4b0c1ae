"""0D or 1D target tensor expected, multi-target not supported

The class numbers have shape (B, 1), and cross entropy takes shape (B,).

RuntimeError: 0D or 1D target tensor expected, multi-target not supported
"""

import torch
import torch.nn.functional as F

logits = torch.zeros(8, 2)
actions = torch.ones(8, 1, dtype=torch.int64)
loss = F.cross_entropy(logits, actions)

# %%
loss = F.cross_entropy(logits, actions.squeeze(1))
print(loss)
