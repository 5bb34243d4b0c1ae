"""one of the variables needed for gradient computation has been modified by an inplace operation

`backward()` needs a value that the code has overwritten since, by `q[…] =`, `+=`, a method that
ends in `_`, or an `optimizer.step()` between forward and backward.

see: tutorials/pitfalls/in_place concepts/tensors_and_gradients

RuntimeError: one of the variables needed for gradient computation has been modified by an
inplace operation: [torch.FloatTensor [3]], which is output 0 of Exp, is at version 1; expected
version 0 instead. Hint: enable anomaly detection to find the operation that failed to compute
its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).
"""

import torch

weights = torch.ones(3, requires_grad=True)
q_values = weights.exp()
q_values[0] = 0.0  # mask an action that is not allowed
q_values.sum().backward()

# %%
allowed = torch.tensor([False, True, True])
q_values = torch.where(allowed, weights.exp(), 0.0)  # a new tensor
q_values.sum().backward()
print(weights.grad)
