"""Target … is out of bounds.

A class number is at least the number of logits; classes, like actions, count from 0.

IndexError: Target 2 is out of bounds.
"""

import torch
import torch.nn.functional as F

logits = torch.zeros(3, 2)  # two actions: 0 and 1
experts_actions = torch.tensor([1, 2, 1])
loss = F.cross_entropy(logits, experts_actions)

# %%
loss = F.cross_entropy(logits, experts_actions - 1)
print(loss)
