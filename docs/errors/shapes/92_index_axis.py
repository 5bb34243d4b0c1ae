"""is out of bounds for axis … with size

The index is as large as the array or larger: n entries have the indices 0 to n − 1.

IndexError: index 16 is out of bounds for axis 0 with size 16
"""

import numpy as np

q_table = np.zeros((16, 4))
state = 16
values = q_table[state]

# %%
print(q_table[state - 1])
