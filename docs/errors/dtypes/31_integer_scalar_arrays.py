"""only integer scalar arrays can be converted to a scalar index

A Python list cannot be indexed by an array of several numbers; NumPy arrays and tensors can.

TypeError: only integer scalar arrays can be converted to a scalar index
"""

import numpy as np

buffer = ["a", "b", "c"]
indices = np.random.default_rng(0).permutation(3)
batch = buffer[indices]

# %%
batch = [buffer[i] for i in indices]
print(batch)
