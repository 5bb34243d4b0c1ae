"""invalid index to scalar variable.

Brackets were put behind a single NumPy number, such as one element of an observation.

IndexError: invalid index to scalar variable.
"""

import numpy as np

observation = np.array([0.1, 0.2])
position = observation[0][0]
print(position)

# %%
position = observation[0]
print(position)
