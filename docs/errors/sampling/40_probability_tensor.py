"""probability tensor contains either `inf`, `nan` or element < 0

`multinomial` was given numbers that are no probabilities, such as logits or nan.

RuntimeError: probability tensor contains either `inf`, `nan` or element < 0
"""

import torch

logits = torch.tensor([0.3, -1.2])
action = torch.multinomial(logits, num_samples=1)

# %%
action = torch.multinomial(logits.softmax(dim=-1), num_samples=1)
print(action.shape)
