"""Unable to allocate

The array is larger than the computer's memory; bytes take an eighth of float64's space.

numpy._core._exceptions._ArrayMemoryError: Unable to allocate 201. PiB for an array with shape
(1000000000000, 4, 84, 84) and data type float64
"""

import numpy as np

capacity = 10**12
buffer = np.zeros((capacity, 4, 84, 84))

# %%
buffer = np.zeros((100, 4, 84, 84), dtype=np.uint8)
print(buffer.nbytes)
