"""only 0-dimensional arrays can be converted to Python scalars

`float` and `int` need an array with exactly one number and no dimensions.

also: DeprecationWarning: Conversion of an array with ndim > 0 to a scalar is deprecated, and will
    error in future. Ensure you extract a single element from your array before performing this
    operation. (Deprecated NumPy 1.25.) | https://github.com/equinor/res2df/issues/530

TypeError: only 0-dimensional arrays can be converted to Python scalars
"""

import numpy as np

action = np.array([0.5, -0.5])
torque = float(action)
print(torque)

# %%
torque = float(action[0])
print(torque)
