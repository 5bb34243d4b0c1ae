"""The shape of the mask … does not match the shape of the indexed tensor

A tensor of bools selects elements one by one, so it needs the shape of the tensor, or of its
first dimensions.

see: concepts/batches_and_shapes

IndexError: The shape of the mask [2] at index 0 does not match the shape of the indexed tensor
[3, 4] at index 0
"""

import torch

states = torch.zeros(3, 4)
done = torch.tensor([True, False])
finished = states[done]

# %%
done = torch.tensor([True, False, False])  # one for each row
print(states[done].shape)
