"""can't multiply sequence by non-int of type

Python's lists and tuples are not multiplied number by number; tensors are.

TypeError: can't multiply sequence by non-int of type 'float'
"""

import torch

rewards = [1.0, 1.0]
discounted = rewards * 0.99

# %%
discounted = torch.tensor(rewards) * 0.99
print(discounted)
