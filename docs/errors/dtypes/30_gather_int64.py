"""gather(): Expected dtype … for index

The indices are floats, such as actions that the replay buffer stored in a float array.

see: concepts/batches_and_shapes

RuntimeError: gather(): Expected dtype int32/int64 for index
"""

import torch

q_values = torch.zeros(8, 2)
actions = torch.ones(8, 1)
chosen = q_values.gather(1, actions)

# %%
chosen = q_values.gather(1, actions.long())
print(chosen.shape)
