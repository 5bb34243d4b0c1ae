"""random_ expects 'from' to be less than 'to'

`torch.randint` draws below its upper end, and that is 0: the replay buffer is still empty.

RuntimeError: random_ expects 'from' to be less than 'to', but got from=0 >= to=0
"""

import torch

buffer = []
indices = torch.randint(len(buffer), (32,))

# %%
buffer.append("transition")
indices = torch.randint(len(buffer), (32,))
print(indices.shape)
