"""Implicit dimension choice for softmax has been deprecated.

Without `dim` PyTorch guesses along which dimension the probabilities sum to one, and for three
dimensions it guesses the first.

UserWarning: Implicit dimension choice for softmax has been deprecated. Change the call to
include dim=X as an argument.
"""

import torch
from torch import nn

logits = torch.zeros(8, 2)
probs = nn.Softmax()(logits)

# %%
probs = nn.Softmax(dim=-1)(logits)  # over the actions
print(probs.sum(dim=-1))
