"""divide by zero encountered in

NumPy divided by 0 or took the logarithm of 0, and the result is infinite.

RuntimeWarning: divide by zero encountered in log
"""

import numpy as np

probs = np.array([1.0, 0.0])
log_probs = np.log(probs)

# %%
log_probs = np.log(probs + 1e-8)
print(log_probs.round(2))
