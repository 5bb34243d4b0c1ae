"""invalid value encountered in

NumPy divided 0 by 0, or took the logarithm or root of a negative number, and the result is nan.

RuntimeWarning: invalid value encountered in divide
"""

import numpy as np

rewards = np.zeros(3)
scaled = (rewards - rewards.mean()) / rewards.std()

# %%
scaled = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
print(scaled)
