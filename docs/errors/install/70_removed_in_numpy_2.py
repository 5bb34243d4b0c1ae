"""was removed in the NumPy 2.0 release.

The code was written for NumPy 1; the message names what replaces the old name.

AttributeError: `np.Inf` was removed in the NumPy 2.0 release. Use `np.inf` instead.
"""

import numpy as np

low = np.zeros(2)
high = np.full(2, np.Inf)

# %%
high = np.full(2, np.inf)
print(high)
