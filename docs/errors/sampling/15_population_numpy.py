"""Cannot take a larger sample than population when

The replay buffer holds fewer transitions than the batch needs.

ValueError: Cannot take a larger sample than population when replace is False
"""

import numpy as np

rewards = np.zeros(10)
rng = np.random.default_rng(0)
batch = rng.choice(rewards, 32, replace=False)

# %%
if len(rewards) >= 32:  # act first, learn once there is enough
    batch = rng.choice(rewards, 32, replace=False)
print(len(rewards))
