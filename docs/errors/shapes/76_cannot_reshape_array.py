"""cannot reshape array of size

NumPy's `reshape` keeps the number of elements, and this shape holds a different number.

ValueError: cannot reshape array of size 4 into shape (1,3)
"""

import numpy as np

state = np.zeros(4)
batch = state.reshape(1, 3)
print(batch.shape)

# %%
batch = state.reshape(1, -1)  # NumPy works out the second size
print(batch.shape)
