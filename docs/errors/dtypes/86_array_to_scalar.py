"""only 0-dimensional arrays can be converted to Python scalars

`float` and `int` need an array with exactly one number and no dimensions.

TypeError: only 0-dimensional arrays can be converted to Python scalars
"""

import numpy as np

action = np.array([0.5, -0.5])
torque = float(action)
print(torque)

# %%
torque = float(action[0])
print(torque)
