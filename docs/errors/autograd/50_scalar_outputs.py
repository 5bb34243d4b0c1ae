"""grad can be implicitly created only for scalar outputs

`backward()` starts from a single number, and this tensor, such as a loss for each sample, has
several.

see: concepts/tensors_and_gradients

RuntimeError: grad can be implicitly created only for scalar outputs
"""

import torch

q_values = torch.zeros(8, requires_grad=True)
losses = (q_values - 1) ** 2  # (8,)
losses.backward()

# %%
losses.mean().backward()
print(q_values.grad[0])
