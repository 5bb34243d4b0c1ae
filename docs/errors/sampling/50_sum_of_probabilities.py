"""invalid multinomial distribution (sum of probabilities <= 0)

All weights are 0, for example because every action is masked or every priority is still 0.

RuntimeError: invalid multinomial distribution (sum of probabilities <= 0)
"""

import torch

priorities = torch.zeros(100)
batch = torch.multinomial(priorities, num_samples=8)

# %%
batch = torch.multinomial(priorities + 1e-6, num_samples=8)
print(batch.shape)
