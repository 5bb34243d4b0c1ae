"""At least one stride in the given numpy array is negative

`[::-1]` makes a view that NumPy reads backwards, and tensors have no such views.

ValueError: At least one stride in the given numpy array is negative, and tensors with negative
strides are not currently supported. (You can probably work around this by making a copy of your
array with array.copy().)
"""

import numpy as np
import torch

rewards = np.array([1.0, 0.0, 1.0])
rewards_to_go = np.cumsum(rewards[::-1])[::-1]
returns = torch.from_numpy(rewards_to_go)

# %%
returns = torch.from_numpy(rewards_to_go.copy())
print(returns)
