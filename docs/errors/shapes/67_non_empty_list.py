"""expected a non-empty list of Tensors

The list holds no tensors yet, such as the log-probabilities of an episode that has not begun.

ValueError: torch.cat(): expected a non-empty list of Tensors
"""

import torch

log_probs = []
batch = torch.cat(log_probs)
print(batch)

# %%
log_probs.append(torch.tensor([-0.5]))
print(torch.cat(log_probs))
