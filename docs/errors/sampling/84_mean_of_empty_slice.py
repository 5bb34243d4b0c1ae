"""Mean of empty slice

The mean of no numbers is nan: no episode has ended yet, so there are no returns.

RuntimeWarning: Mean of empty slice RuntimeWarning: invalid value encountered in scalar divide
"""

import numpy as np

returns = []
print(np.mean(returns[-10:]))

# %%
print(np.mean(returns[-10:]) if returns else "no episode yet")
