"""received an invalid combination of arguments

No version of the function takes arguments of these types or under these names; the message
lists those that exist.

TypeError: clamp() received an invalid combination of arguments - got (low=float, ), but
expected one of: * (Tensor min = None, Tensor max = None) * (Number min = None, Number max =
None)
"""

import torch

values = torch.zeros(2)
clipped = values.clamp(low=-1.0)
print(clipped)

# %%
clipped = values.clamp(min=-1.0)
print(clipped)
