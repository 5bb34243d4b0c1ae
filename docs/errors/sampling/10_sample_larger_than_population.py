"""Sample larger than population or is negative

The replay buffer holds fewer transitions than a batch needs.

ValueError: Sample larger than population or is negative
"""

import random

buffer = [("state", "action", 1.0)] * 10
batch = random.sample(buffer, 32)

# %%
if len(buffer) >= 32:  # act first, learn once there is enough
    batch = random.sample(buffer, 32)
print(len(buffer))
