"""returned nan values in its

Anomaly detection found the operation whose gradient is nan: the square root of 0, a division by
0 or a logarithm of 0.

RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.
"""

import torch

x = torch.zeros(1, requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    loss = (torch.sqrt(x) * 0).sum()
    loss.backward()

# %%
loss = (torch.sqrt(x + 1e-8) * 0).sum()
loss.backward()
print(x.grad)
