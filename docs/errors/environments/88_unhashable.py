"""unhashable type

The state is an array and a dict needs a fixed key, such as a tuple of its rounded numbers.

TypeError: unhashable type: 'numpy.ndarray'
"""

import numpy as np

q_table = {}
state = np.array([0.12, -0.31])
q_table[state] = 0.0

# %%
q_table[tuple(state.round(1).tolist())] = 0.0
print(q_table)
