"""could not broadcast input array from shape … into shape

A row of the NumPy buffer has another size than the state that is written into it.

ValueError: could not broadcast input array from shape (4,) into shape (3,)
"""

import numpy as np

buffer = np.zeros((100, 3))
state = np.ones(4)
buffer[0] = state

# %%
buffer = np.zeros((100, 4))
buffer[0] = state
print(buffer[0])
