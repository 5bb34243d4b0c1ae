"""all elements of input should be between 0 and 1

`binary_cross_entropy` takes probabilities, and these are logits.

RuntimeError: all elements of input should be between 0 and 1
"""

import torch
import torch.nn.functional as F

logits = torch.tensor([2.0, -1.0])
done = torch.tensor([1.0, 0.0])
loss = F.binary_cross_entropy(logits, done)

# %%
loss = F.binary_cross_entropy_with_logits(logits, done)
print(loss)
