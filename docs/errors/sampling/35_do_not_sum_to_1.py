"""do not sum to 1

The weights for `np.random.choice` were not divided by their sum, or float32 left them a little
off.

ValueError: Probabilities do not sum to 1. See Notes section of docstring for more information.
"""

import numpy as np

priorities = np.array([1.0, 3.0])
rng = np.random.default_rng(0)
index = rng.choice(2, p=priorities)

# %%
index = rng.choice(2, p=priorities / priorities.sum())
print(index in (0, 1))
