"""operands could not be broadcast together with shapes

Two arrays, aligned at their last dimensions, differ where neither has size 1.

see: concepts/batches_and_shapes

ValueError: operands could not be broadcast together with shapes (3,) (4,)
"""

import numpy as np

rewards = np.ones(3)
values = np.zeros(4)
errors = rewards - values

# %%
errors = rewards - values[:-1]
print(errors.shape)
