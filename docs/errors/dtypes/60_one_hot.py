"""one_hot is only applicable to index tensor

`one_hot` takes class numbers as int64, and these are floats.

RuntimeError: one_hot is only applicable to index tensor of type LongTensor.
"""

import torch
import torch.nn.functional as F

states = torch.tensor([0.0, 3.0])
encoded = F.one_hot(states, num_classes=4)

# %%
encoded = F.one_hot(states.long(), num_classes=4)
print(encoded)
