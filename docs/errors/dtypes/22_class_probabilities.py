"""Expected floating point type for target with class probabilities

The target has the shape of the logits, so `cross_entropy` reads it as probabilities, and those
are floats.

RuntimeError: Expected floating point type for target with class probabilities, got Long
"""

import torch
import torch.nn.functional as F

logits = torch.zeros(3, 2)
targets = F.one_hot(torch.tensor([0, 1, 1]))
loss = F.cross_entropy(logits, targets)

# %%
loss = F.cross_entropy(logits, torch.tensor([0, 1, 1]))
print(loss)
