"""Expected input batch_size … to match target batch_size

There must be one target for each row of the logits.

ValueError: Expected input batch_size (8) to match target batch_size (4).
"""

import torch
import torch.nn.functional as F

logits = torch.zeros(8, 2)
actions = torch.zeros(4, dtype=torch.int64)
loss = F.cross_entropy(logits, actions)

# %%
loss = F.cross_entropy(logits[:4], actions)
print(loss)
