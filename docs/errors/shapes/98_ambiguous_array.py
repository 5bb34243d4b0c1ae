"""The truth value of an array with more than one element is ambiguous.

`if`, `and`, `or` and `not` need one truth value, and the array has several.

ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or
a.all()
"""

import numpy as np

terminated = np.array([False, True])
if terminated:
    print("reset")

# %%
if terminated.any():  # or .all()
    print("reset", np.flatnonzero(terminated))
