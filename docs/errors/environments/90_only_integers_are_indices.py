"""only integers, slices (`:`), ellipsis (`...`)

A Q-table is indexed by whole numbers, and the state or action is a float, an array of floats or
a tuple.

IndexError: only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or
boolean arrays are valid indices
"""

import numpy as np

q_table = np.zeros((10, 2))
state = 3.0
values = q_table[state]

# %%
values = q_table[int(state)]
print(values)
